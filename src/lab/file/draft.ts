/** What can be understood of a lab that may have faults: every part that is right by itself, at its own position. */
import type { z } from "zod";
import { check } from "./check.js";
import type { LabDocument } from "./document.js";
import { type Expectation, expectation } from "./expectations.js";
import { link } from "./links.js";
import { type Step, step } from "./steps.js";

/** `undefined` stands for a part with faults of its own. */
export interface Draft {
  readonly defaults: Mapping;
  readonly kinds: Readonly<Record<string, Mapping>>;
  readonly nodes: Readonly<Record<string, Mapping | undefined>>;
  readonly links: readonly (LabDocument["topology"]["links"][number] | undefined)[];
  readonly steps: readonly (Step | undefined)[];
  readonly expect: readonly (Expectation | undefined)[];
  /** Ids of steps with faults: nobody shall hear that they do not exist. */
  readonly faultyIds: readonly string[];
}

export type Mapping = Readonly<Record<string, unknown>>;

/** The draft of a lab without faults of form. */
export function draftOfDocument({ topology, steps, expect }: LabDocument): Draft {
  const { defaults = {}, kinds = {}, links } = topology;
  const nodes = Object.fromEntries(Object.entries(topology.nodes).map(([name, node]) => [name, node ?? {}]));
  return { defaults, kinds, nodes, links, steps, expect, faultyIds: [] };
}

/** The draft of a lab as it was written. */
export function draftOf(value: unknown): Draft {
  const lab = mapping(value) ?? {};
  const topology = mapping(lab["topology"]) ?? {};
  const steps = list(lab["steps"]);
  const drafted = steps.map((written) => part(step, written));
  const faultyIds = steps
    .filter((_, i) => drafted[i] === undefined)
    .map((written) => mapping(written)?.["id"])
    .filter((id) => typeof id === "string");
  return {
    defaults: mapping(topology["defaults"]) ?? {},
    kinds: mappings(topology["kinds"]),
    nodes: Object.fromEntries(
      Object.entries(mapping(topology["nodes"]) ?? {}).map(([name, node]) => [name, mapping(node ?? {})]),
    ),
    links: list(topology["links"]).map((written) => part(link, written)),
    steps: drafted,
    expect: list(lab["expect"]).map((written) => part(expectation, written)),
    faultyIds,
  };
}

function part<S extends z.ZodType>(schema: S, written: unknown): z.output<S> | undefined {
  const checked = check(schema, written, []);
  return "value" in checked ? checked.value : undefined;
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const mapping = (value: unknown): Mapping | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Mapping) : undefined;

const mappings = (value: unknown): Record<string, Mapping> =>
  Object.fromEntries(
    Object.entries(mapping(value) ?? {}).flatMap(([key, held]) => {
      const inner = mapping(held);
      return inner === undefined ? [] : [[key, inner]];
    }),
  );
