/** Judges what a command did: its output, its exit status, its times. */
import { formatDuration } from "../../core/time.js";
import type { LabPath } from "../file/complaint.js";
import { compilePattern, type OutputExpectation } from "../file/expectations.js";
import type { RunStep } from "../file/steps.js";
import { inRange } from "../file/words.js";
import { block, type Finding, quoted, rangeWords } from "./finding.js";
import type { StepRun } from "./script.js";

/** One finding for each thing that is expected of the command of a `run` step. `now` is the end of the run. */
export function judgeOutput(
  run: StepRun,
  expectation: OutputExpectation,
  path: LabPath,
  now: number,
): Finding[] {
  const { command, began } = run;
  // A step that never began is a failure of its own, told once.
  if (command === undefined || began === undefined) return [];
  const step = run.step as RunStep;
  const { status, contains = [], matches = [], lines, not = [], errors = [], ends, takes } = expectation;
  const { stdout, stderr } = command;
  const output = stdout + stderr;
  const subject = `${step.node}: \`${step.run}\``;
  const suspect = {
    node: step.node,
    from: began,
    to: run.ended ?? now,
    commandLine: step.run,
    ...(command.frames !== undefined && { frames: command.frames }),
  };
  const printed = `it printed${block(output)}`;
  const findings: Finding[] = [];
  const find = (key: string, ok: boolean, what: string, happened: string) =>
    findings.push({
      ok,
      path: [...path, key],
      expected: `${subject} ${what}`,
      happened,
      time: run.ended ?? now,
      suspect,
    });

  if (status !== undefined)
    find(
      "status",
      command.status === status,
      `ends with status ${status}`,
      command.status !== null
        ? `it ended with status ${command.status}; ${printed}`
        : `it was still running; ${printed}`,
    );
  for (const text of contains) find("contains", output.includes(text), `prints ${quoted(text)}`, printed);
  for (const pattern of matches)
    find("matches", compilePattern(pattern)!.test(output), `prints something like /${pattern}/`, printed);
  for (const text of not) find("not", !output.includes(text), `does not print ${quoted(text)}`, printed);
  for (const text of errors)
    find("errors", stderr.includes(text), `complains ${quoted(text)}`, `its errors were${block(stderr)}`);
  if (lines !== undefined) {
    const difference = firstDifference(lines.join("\n"), stdout);
    find("lines", difference === undefined, "prints exactly these lines", `${difference ?? ""}; ${printed}`);
  }
  const end = run.ended;
  if (ends !== undefined)
    find(
      "ends",
      end !== undefined && inRange(end, ends),
      `ends at ${rangeWords(ends)}`,
      end === undefined ? "it was still running" : `it ended at ${formatDuration(end)}`,
    );
  if (takes !== undefined)
    find(
      "takes",
      end !== undefined && inRange(end - began, takes),
      `takes ${rangeWords(takes)}`,
      end === undefined ? "it was still running" : `it took ${formatDuration(end - began)}`,
    );
  return findings;
}

function firstDifference(expected: string, found: string): string | undefined {
  const [wanted, got] = [expected, found].map((text) => text.replace(/\n$/, "").split("\n")) as [
    string[],
    string[],
  ];
  for (let i = 0; i < Math.max(wanted.length, got.length); i++) {
    const [want, have] = [wanted[i], got[i]];
    if (want === have) continue;
    if (have === undefined) return `line ${i + 1} is missing: ${quoted(want!)}`;
    if (want === undefined) return `line ${i + 1} is one too many: ${quoted(have)}`;
    return `line ${i + 1} should be ${quoted(want)} and is ${quoted(have)}`;
  }
  return undefined;
}
