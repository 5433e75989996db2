/** Each node of a lab, with the defaults of the lab and of its kind, checked by its kind's definition. */

import { nearest } from "../../core/nearest.js";
import type { Kind } from "../kind.js";
import type { Registry } from "../registry.js";
import { check, unknownKey } from "./check.js";
import { anyOf, type Complaint, describeValue, type LabPath } from "./complaint.js";
import { type Draft, type Mapping, mapping } from "./draft.js";
import type { Places } from "./places.js";
import type { PlannedNode } from "./plan.js";
import { keysOf, shapeOf } from "./schema-walk.js";

const DEFAULTS: LabPath = ["topology", "defaults"];
const KINDS: LabPath = ["topology", "kinds"];
const NODES: LabPath = ["topology", "nodes"];

/** The nodes that are right, by name; what is wrong with the others goes to `complaints`. */
export function planNodes(
  draft: Draft,
  registry: Registry,
  places: Places,
  complaints: Complaint[],
): Map<string, PlannedNode> {
  const { defaults, kinds, nodes } = draft;
  const planned = new Map<string, PlannedNode>();
  checkDefaults(defaults, registry, complaints);
  for (const name of Object.keys(kinds)) {
    const kind = registry.kind(name);
    if (kind === undefined) complaints.push(unknownKind(name, registry, [...KINDS, name], true));
    else checkPart(kind, kinds[name]!, [...KINDS, name], complaints);
  }
  for (const [name, own] of Object.entries(nodes)) {
    if (own === undefined) continue;
    const path = [...NODES, name];
    const kindName = own["kind"] ?? defaults["kind"];
    const kind = typeof kindName === "string" ? registry.kind(kindName) : undefined;
    if (kind === undefined) {
      // An unknown default is complained about once, where it stands.
      if (own["kind"] !== undefined || defaults["kind"] === undefined)
        complaints.push(unknownKind(kindName, registry, [...path, "kind"]));
      complaints.push(...strangers(own, everyKey(registry), path));
      continue;
    }
    const known = new Set(keysOf(kind.config));
    const config = [only(defaults, known), kinds[kind.name] ?? {}, own].reduce(merged, {});
    const checked = check(kind.config, config, path);
    if ("value" in checked) {
      planned.set(name, { name, kind, config: checked.value });
      for (const fault of kind.check?.(checked.value) ?? [])
        complaints.push(...atSource({ ...fault, path: [...path, ...fault.path] }, kind, places));
    } else complaints.push(...checked.complaints.flatMap((complaint) => atSource(complaint, kind, places)));
  }
  return planned;
}

/** A default must be known to some kind; its value is checked on the nodes that take it. */
function checkDefaults(defaults: Mapping, registry: Registry, complaints: Complaint[]): void {
  complaints.push(...strangers(defaults, everyKey(registry), DEFAULTS));
  const kind = defaults["kind"];
  if (kind !== undefined && (typeof kind !== "string" || registry.kind(kind) === undefined))
    complaints.push(unknownKind(kind, registry, [...DEFAULTS, "kind"]));
}

/** The keys of nodes of any kind. */
const everyKey = (registry: Registry): string[] => [
  ...new Set(["kind", ...registry.all.flatMap((kind) => keysOf(kind.config))]),
];

const strangers = (written: Mapping, known: readonly string[], path: LabPath): Complaint[] =>
  Object.keys(written)
    .filter((key) => !known.includes(key))
    .map((key) => unknownKey(key, known, path));

/** What stands below `kinds` is checked key by key, whether a node takes it or not. */
function checkPart(kind: Kind, part: Mapping, path: LabPath, complaints: Complaint[]): void {
  const shape = shapeOf(kind.config) ?? {};
  for (const key of Object.keys(part)) {
    const field = shape[key];
    if (field === undefined) complaints.push(unknownKey(key, Object.keys(shape), path));
    else {
      const checked = check(field as never, part[key], [...path, key]);
      if ("complaints" in checked) complaints.push(...checked.complaints);
    }
  }
}

/** A complaint about a merged node, moved to where the fault was written. What `kinds` says was complained about there. */
function atSource(complaint: Complaint, kind: Kind, places: Places): Complaint[] {
  if (places.has(complaint.path) || complaint.found === "nothing") return [complaint];
  const below = complaint.path.slice(NODES.length + 1);
  if (places.has([...KINDS, kind.name, ...below])) return [];
  const path = [...DEFAULTS, ...below];
  return [places.has(path) ? { ...complaint, path } : complaint];
}

function unknownKind(found: unknown, registry: Registry, path: LabPath, aboutKey = false): Complaint {
  const suggestion = typeof found === "string" ? nearest(found, registry.names) : undefined;
  return {
    path,
    aboutKey,
    problem: found === undefined || found === null ? '"kind" is missing' : "unknown kind",
    expected: anyOf(registry.names),
    found: describeValue(found),
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

const only = (from: Mapping, keys: ReadonlySet<string>): Mapping =>
  Object.fromEntries(Object.entries(from).filter(([key]) => keys.has(key)));

/** Mappings are merged key by key; anything else, lists too, is replaced. The `kind` itself is no configuration. */
function merged(under: Mapping, over: Mapping): Mapping {
  const result: Record<string, unknown> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    if (key === "kind") continue;
    const [below, above] = [mapping(result[key]), mapping(value)];
    result[key] = below !== undefined && above !== undefined ? merged(below, above) : value;
  }
  return result;
}
