/** The names that expectations use. */
import { compileFilter } from "../../trace/filter/compile-filter.js";
import { FilterError } from "../../trace/filter/filter-error.js";
import type { LabPath } from "./complaint.js";
import type { Draft } from "./draft.js";
import type { Expectation } from "./expectations.js";
import type { References } from "./references.js";

/** The counters of a port that expectations may look at. */
export const COUNTERS = [
  "rxFrames",
  "rxBytes",
  "txFrames",
  "txBytes",
  "rxErrors",
  "rxDropped",
  "txDropped",
] as const;

export type Counter = (typeof COUNTERS)[number];

export function checkExpectations(
  draft: Draft,
  references: References,
  steps: { readonly runs: readonly string[]; readonly flows: readonly string[] },
): void {
  for (const [index, expectation] of draft.expect.entries())
    if (expectation !== undefined) checkExpectation(expectation, ["expect", index], references, steps);
}

function checkExpectation(
  expectation: Expectation,
  path: LabPath,
  references: References,
  steps: { readonly runs: readonly string[]; readonly flows: readonly string[] },
): void {
  if ("output" in expectation)
    references.word([...path, "output"], "id of a run step", expectation.output, steps.runs);
  else if ("flow" in expectation)
    references.word([...path, "flow"], "id of a flow step", expectation.flow, steps.flows);
  else if ("table" in expectation) {
    const node = references.node([...path, "node"], expectation.node);
    if (node === undefined) return;
    const tables = node.kind.tables ?? {};
    if (!references.word([...path, "table"], "table", expectation.table, Object.keys(tables))) return;
    for (const column of Object.keys(expectation.row))
      references.keys.word([...path, "row", column], "column", column, tables[expectation.table]!.columns);
  } else if ("frames" in expectation) {
    checkFilter([...path, "frames"], expectation.frames, references);
    const link = references.link([...path, "on"], expectation.on);
    if (expectation.towards !== undefined && link !== undefined)
      references.end([...path, "towards"], expectation.towards, link);
  } else if ("drops" in expectation) {
    for (const name of Object.keys(expectation.drops)) {
      const place = [...path, "drops", name];
      if (name.includes(":")) references.keys.link(place, name);
      else references.keys.node(place, name);
    }
  } else
    for (const [endpoint, counters] of Object.entries(expectation.counters)) {
      const place = [...path, "counters", endpoint];
      references.keys.endpoint(place, endpoint);
      for (const counter of Object.keys(counters))
        references.keys.word([...place, counter], "counter", counter, COUNTERS);
    }
}

function checkFilter(path: LabPath, filter: string, references: References): void {
  try {
    compileFilter(filter);
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    references.complain(
      path,
      `no capture filter: ${error.message}`,
      "a filter such as `arp` or `icmp and host 10.0.0.1`",
      JSON.stringify(filter),
    );
  }
}
