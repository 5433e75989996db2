/** Judges what became of a traffic flow. */
import { formatDuration, type Nanoseconds } from "../../core/time.js";
import type { LabPath } from "../file/complaint.js";
import type { FlowExpectation } from "../file/expectations.js";
import type { FlowStep } from "../file/steps.js";
import { inRange, type Range } from "../file/words.js";
import { type Finding, rangeWords } from "./finding.js";
import type { StepRun } from "./script.js";

/** One finding for each thing that is expected of the flow of a `flow` step. `now` is the end of the run. */
export function judgeFlow(run: StepRun, expectation: FlowExpectation, path: LabPath, now: number): Finding[] {
  // A step that never began is a failure of its own, told once.
  if (run.flow === undefined || run.began === undefined) return [];
  const { flow } = run.step as FlowStep;
  const report = run.flow.report();
  const { sent, received, loss, outage, outageBegan } = report;
  const arrived = `${received} of ${sent} datagrams arrived`;
  const gap =
    outage === 0
      ? ""
      : `; nothing of what was sent from ${formatDuration(outageBegan)} on for ${formatDuration(outage)}`;
  const findings: Finding[] = [];
  const find = (
    key: string,
    value: number | undefined,
    range: Range | undefined,
    what: string,
    happened: string,
  ) => {
    if (range === undefined) return;
    findings.push({
      ok: value !== undefined && inRange(value, range),
      path: [...path, key],
      expected: `flow ${flow.from} to ${flow.to}: ${what} ${rangeWords(range)}`,
      happened,
      suspect: { node: flow.from, from: outage === 0 ? run.began! : outageBegan, to: run.ended ?? now },
    });
  };
  const when = (time: Nanoseconds | undefined, which: string): string =>
    time === undefined ? "nothing arrived" : `the ${which} one arrived at ${formatDuration(time)}`;
  find("loss", loss, expectation.loss, "loss", `${arrived} (${percent(loss)} lost)${gap}`);
  find("outage", outage, expectation.outage, "outage", `${arrived}${gap}`);
  find("received", received, expectation.received, "datagrams that arrive", `${arrived}${gap}`);
  find("first", report.first, expectation.first, "first arrival at", when(report.first, "first"));
  find("last", report.last, expectation.last, "last arrival at", when(report.last, "last"));
  return findings;
}

const percent = (share: number): string => `${Number((share * 100).toFixed(2))}%`;
