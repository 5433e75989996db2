/** Numbers on command lines and in output, in the manner of the C library. */

/** strtol(3) over the whole text, decimal or 0x hexadecimal; `undefined` if there is anything else. */
export function parseInteger(text: string): number | undefined {
  const match = /^\s*([+-]?)(0[xX][0-9a-fA-F]+|\d+)$/.exec(text);
  if (match === null) return undefined;
  const size = Number(match[2]);
  return match[1] === "-" ? -size : size;
}

/** A number of seconds with a fraction, as strtod(3) reads it; `undefined` if it is none. */
export function parseDecimal(text: string): number | undefined {
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}

/** printf's %g for numbers from 0.0001 to 999999: six significant digits, no zeros at the end. */
export const formatG = (value: number): string => String(Number(value.toPrecision(6)));

/** A count of thousandths with three places: 1234 is `1.234`. */
export function thousandths(value: number): string {
  return `${Math.floor(value / 1000)}.${String(value % 1000).padStart(3, "0")}`;
}
