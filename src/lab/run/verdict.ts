/** What came of a run: every expectation with what happened, when, and where to look next. */

import { formatInstant, type Nanoseconds } from "../../core/time.js";
import type { Journey } from "../../trace/journey/journey.js";
import { renderJourney } from "../../trace/journey/render-journey.js";

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
  /** The journey of the frame that did not do what was expected; only of a run that was recorded. */
  readonly why?: Journey;
}

export interface Verdict {
  readonly ok: boolean;
  readonly results: readonly Result[];
}

/** A result in a few lines. */
export const formatResult = (result: Result): string => format(result, new Set());

/** `told` has what was said before, and gets what is said here: hints and journeys are told once. */
function format(result: Result, told: Set<string>): string {
  const { ok, expected, happened, time, place, note, look = [], why } = result;
  if (ok) return `ok    ${expected}`;
  const lines = [
    `FAIL  ${expected}`,
    `      ${place}${note === undefined ? "" : `: ${note}`}`,
    `      at ${formatInstant(time)} s: ${indented(happened)}`,
    ...look.filter((hint) => !told.has(hint)).map((hint) => `      look: ${indented(hint)}`),
  ];
  if (why !== undefined) {
    const story = `frame ${why.frame}`;
    lines.push(
      `      why: ${told.has(story) ? `${story}, as above` : indented(renderJourney(why).trimEnd())}`,
    );
    told.add(story);
  }
  for (const hint of look) told.add(hint);
  return lines.join("\n");
}

/** The whole verdict: failures in full, then one line that counts. */
export function formatVerdict({ results }: Verdict): string {
  if (results.length === 0) return "the lab expects nothing";
  const told = new Set<string>();
  const failed = results.filter(({ ok }) => !ok);
  const count = results.length === 1 ? "1 expectation" : `${results.length} expectations`;
  const sum = failed.length === 0 ? `${count} met` : `${failed.length} of ${count} failed`;
  return [...failed.map((result) => format(result, told)), sum].join("\n");
}

const indented = (text: string): string => text.replace(/\n(?=.)/g, "\n        ");
