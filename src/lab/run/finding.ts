/** What one look at an expectation found: a result before its place in the text is known. */
import type { Nanoseconds } from "../../core/time.js";
import { describeValue, type LabPath } from "../file/complaint.js";
import type { Range } from "../file/words.js";

export interface Finding {
  readonly ok: boolean;
  readonly path: LabPath;
  readonly expected: string;
  readonly happened: string;
  /** When it was seen; the end of the run unless given. */
  readonly time?: Nanoseconds;
  readonly note?: string;
  /** Where to look for the frame that did not do what was expected. */
  readonly suspect?: Suspect;
}

export interface Suspect {
  /** The node that sent it, and when it did. */
  readonly node: string;
  readonly from: Nanoseconds;
  readonly to: Nanoseconds;
  /** The command that the node ran, if it was one, and the ids of the frames that it sent. */
  readonly commandLine?: string;
  readonly frames?: readonly number[];
  /** The id of the very frame, if it is known. */
  readonly culprit?: number;
}

/** The first lines of a text as a block of its own, or ` nothing`; goes right behind a word. */
export function block(text: string, limit = 12): string {
  const lines = text.trimEnd().split("\n");
  if (text === "") return " nothing";
  const shown = lines.slice(0, limit);
  const rest = lines.length - shown.length;
  return `\n${[...shown, ...(rest > 0 ? [`... ${rest} more lines`] : [])].map((line) => `| ${line}`.trimEnd()).join("\n")}`;
}

/** A range in a sentence: `exactly 3`, `>=1`. */
export const rangeWords = (range: Range): string =>
  range.min === range.max ? `exactly ${range.text.replace(/^=\s*/, "")}` : range.text;

export const quoted = (text: string): string => describeValue(text);
