/** From the text of a lab file, or a lab that a program defines, to a plan; or to all that is wrong with it. */
import { LineCounter, parseDocument } from "yaml";
import type { Registry } from "../registry.js";
import { check } from "./check.js";
import { checkExpectations } from "./check-expectations.js";
import { planLinks } from "./check-links.js";
import { checkSteps } from "./check-steps.js";
import { type Complaint, LabError, type PlacedComplaint } from "./complaint.js";
import { labDocument } from "./document.js";
import { draftOf, draftOfDocument } from "./draft.js";
import { planNodes } from "./nodes.js";
import { PathPlaces, type Places, TextPlaces } from "./places.js";
import type { LabPlan } from "./plan.js";
import { References } from "./references.js";

/** The plan of a lab file. Throws a LabError with all complaints, in the order of their places. */
export function loadLab(text: string, file: string, registry: Registry): LabPlan {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    logLevel: "error",
  });
  const places = new TextPlaces(file, document, lines);
  if (document.errors.length > 0)
    throw new LabError(
      document.errors.map(({ message, pos }) => ({
        path: [],
        place: places.atOffset(pos[0]),
        problem: "this is no YAML",
        expected: "well-formed YAML",
        found: lowerFirst(message),
      })),
    );
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    const found = error instanceof Error ? lowerFirst(error.message) : String(error);
    throw new LabError([
      { path: [], place: places.at([]), problem: "this YAML has no value", expected: "a lab", found },
    ]);
  }
  return planLab(value, file, places, registry);
}

/** The plan of a lab that a program defines. */
export const defineLab = (definition: unknown, registry: Registry): LabPlan =>
  planLab(definition, undefined, new PathPlaces(definition), registry);

function planLab(value: unknown, file: string | undefined, places: Places, registry: Registry): LabPlan {
  const checked = check(labDocument, value, []);
  const complaints = "complaints" in checked ? [...checked.complaints] : [];
  const draft = "value" in checked ? draftOfDocument(checked.value) : draftOf(value);
  const nodes = planNodes(draft, registry, places, complaints);
  const links = planLinks(draft, nodes, places, complaints);
  const references = new References(
    nodes,
    Object.keys(draft.nodes),
    links,
    links.length < draft.links.length,
  );
  checkExpectations(draft, references, checkSteps(draft, references));
  complaints.push(...references.complaints);
  if ("complaints" in checked || complaints.length > 0) throw new LabError(placed(complaints, places));
  const { value: document } = checked;
  return { source: file ?? document.name, document, nodes, links, places };
}

/** Complaints with their places, in the order of the text. */
function placed(complaints: readonly Complaint[], places: Places): PlacedComplaint[] {
  return complaints
    .map((complaint) => ({ ...complaint, place: places.at(complaint.path, complaint.aboutKey) }))
    .sort((a, b) => comparePlaces(a.place, b.place));
}

/** By line and column; places without them keep their order. */
function comparePlaces(a: string, b: string): number {
  const [, lineA, columnA] = /:(\d+):(\d+)$/.exec(a) ?? [];
  const [, lineB, columnB] = /:(\d+):(\d+)$/.exec(b) ?? [];
  if (lineA === undefined || lineB === undefined) return 0;
  return Number(lineA) - Number(lineB) || Number(columnA) - Number(columnB);
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
