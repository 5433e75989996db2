/** Units of virtual time. Time is an integer number of nanoseconds since the lab began (safe for 104 days). */

/** Integer nanoseconds of virtual time. */
export type Nanoseconds = number;

export const MICROSECOND = 1_000;
export const MILLISECOND = 1_000_000;
export const SECOND = 1_000_000_000;
export const MINUTE = 60 * SECOND;
export const DAY = 24 * 60 * MINUTE;

const UNITS: Readonly<Record<string, number>> = {
  ns: 1,
  us: MICROSECOND,
  µs: MICROSECOND,
  ms: MILLISECOND,
  s: SECOND,
  m: MINUTE,
  min: MINUTE,
  h: 60 * MINUTE,
};

/** `1.5ms`, `200us`, `2s`, `1h30m`, or a bare number of seconds. `undefined` if the text is no duration. */
export function parseDuration(text: string): Nanoseconds | undefined {
  const trimmed = text.trim();
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Math.round(Number(trimmed) * SECOND);
  if (!/^(\d+(\.\d+)?\s*(ns|us|µs|ms|s|min|m|h)\s*)+$/.test(trimmed)) return undefined;
  let total = 0;
  for (const [, amount, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)\s*(ns|us|µs|ms|s|min|m|h)/g))
    total += Number(amount) * UNITS[unit!]!;
  return Math.round(total);
}

/** A time in the largest unit that keeps it readable: `250 ns`, `1.5 ms`, `2 s`. */
export function formatDuration(time: Nanoseconds): string {
  if (!Number.isFinite(time)) return "never";
  const size = Math.abs(time);
  if (size >= SECOND) return `${trim(time / SECOND, 6)} s`;
  if (size >= MILLISECOND) return `${trim(time / MILLISECOND, 6)} ms`;
  if (size >= MICROSECOND) return `${trim(time / MICROSECOND, 3)} us`;
  return `${time} ns`;
}

/** A moment with a fixed number of places, for columns: `2.000010240`. */
export function formatInstant(time: Nanoseconds): string {
  const seconds = Math.floor(time / SECOND);
  return `${seconds}.${String(time - seconds * SECOND).padStart(9, "0")}`;
}

function trim(value: number, places: number): string {
  return String(Number(value.toFixed(places)));
}
