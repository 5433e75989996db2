/** What came of a run: every expectation with what happened, when, and where to look next. */
import { formatInstant, type Nanoseconds } from "../../core/time.js";

export interface Result {
  readonly ok: boolean;
  /** What was expected, as a sentence. */
  readonly expected: string;
  /** What happened, as a sentence. */
  readonly happened: string;
  /** Virtual time at which this was seen. */
  readonly time: Nanoseconds;
  /** `file:line:column` of the expectation. */
  readonly place: string;
  /** The author's note at the expectation. */
  readonly note?: string;
  /** Where to look next, for a failure. */
  readonly look?: readonly string[];
  /** The journey of the frame that did not do what was expected, as a story. */
  readonly why?: string;
}

export interface Verdict {
  readonly ok: boolean;
  readonly results: readonly Result[];
}

/** A result in a few lines. */
export function formatResult(result: Result): string {
  const { ok, expected, happened, time, place, note, look = [], why } = result;
  if (ok) return `ok    ${expected}`;
  const lines = [
    `FAIL  ${expected}`,
    `      ${place}${note === undefined ? "" : `: ${note}`}`,
    `      at ${formatInstant(time)} s: ${indented(happened)}`,
    ...look.map((hint) => `      look: ${indented(hint)}`),
    ...(why === undefined ? [] : [`      why: ${indented(why.trimEnd())}`]),
  ];
  return lines.join("\n");
}

/** The whole verdict: failures in full, then one line that counts. */
export function formatVerdict({ results }: Verdict): string {
  const failed = results.filter(({ ok }) => !ok);
  const count = results.length === 1 ? "1 expectation" : `${results.length} expectations`;
  const sum = failed.length === 0 ? `${count} met` : `${failed.length} of ${count} failed`;
  return [...failed.map(formatResult), sum].join("\n");
}

const indented = (text: string): string => text.replaceAll("\n", "\n        ");
