/** Rates of links, in bits per second. */

const FACTORS: Readonly<Record<string, number>> = { "": 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };

/** `10Mbps`, `1Gbit`, `2.5 Gbit/s`, or a bare number of bits per second. `undefined` if the text is no rate. */
export function parseRate(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:bps|bit\/s|bits|bit|b\/s)?$/i.exec(text.trim());
  if (match === null) return undefined;
  const rate = Number(match[1]) * FACTORS[match[2]!.toLowerCase()]!;
  return rate > 0 ? rate : undefined;
}

export function formatRate(bitsPerSecond: number): string {
  for (const [unit, factor] of [
    ["Tbit/s", 1e12],
    ["Gbit/s", 1e9],
    ["Mbit/s", 1e6],
    ["kbit/s", 1e3],
  ] as const)
    if (bitsPerSecond >= factor) return `${Number((bitsPerSecond / factor).toFixed(3))} ${unit}`;
  return `${bitsPerSecond} bit/s`;
}
