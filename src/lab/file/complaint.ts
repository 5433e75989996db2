/**
 * What is wrong with a lab: all of it at once, each with its place, what was expected, what was found, and the nearest
 * valid word.
 */

/** Where something stands in a lab: keys and list positions from the top. */
export type LabPath = readonly (string | number)[];

export interface Complaint {
  readonly path: LabPath;
  /** The complaint is about the key at the end of the path, not about its value. */
  readonly aboutKey?: boolean;
  readonly problem: string;
  readonly expected: string;
  readonly found: string;
  /** The nearest valid word. */
  readonly suggestion?: string;
}

/** A complaint with its place in the text. */
export interface PlacedComplaint extends Complaint {
  /** `file:line:column`, or a path such as `topology.links[2]` for a lab that was defined in a program. */
  readonly place: string;
}

export function formatComplaint(complaint: PlacedComplaint): string {
  const { place, problem, expected, found, suggestion } = complaint;
  const hint = suggestion === undefined ? "" : `; did you mean "${suggestion}"?`;
  return `${place}: ${problem}; expected ${expected}; found ${found}${hint}`;
}

/** A lab that cannot be built. The message holds every complaint, one a line. */
export class LabError extends Error {
  override readonly name = "LabError";

  constructor(readonly complaints: readonly PlacedComplaint[]) {
    super(complaints.map(formatComplaint).join("\n"));
  }
}

/** A found value in words: texts in quotes, long ones cut, lists and mappings by their kind. */
export function describeValue(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (typeof value === "string")
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (Array.isArray(value)) return value.length === 1 ? "a list of 1" : `a list of ${value.length}`;
  if (typeof value === "object") {
    const keys = Object.keys(value);
    return keys.length === 0 ? "an empty mapping" : `a mapping of ${keys.slice(0, 5).join(", ")}`;
  }
  return String(value);
}

/** `a`, `a or b`, `a, b or c`; long lists are cut. */
export function anyOf(words: readonly string[], limit = 24): string {
  const shown =
    words.length > limit ? [...words.slice(0, limit - 1), `${words.length - limit + 1} more`] : words;
  return shown.length < 2 ? (shown[0] ?? "nothing") : `${shown.slice(0, -1).join(", ")} or ${shown.at(-1)}`;
}
