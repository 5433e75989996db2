/**
 * The words of which lab files are made: durations, rates, shares, addresses, ranges, bytes. Each is a zod schema that
 * takes what a person writes and gives what the engine uses; what it does not understand is an "expected ..." issue.
 */
import { z } from "zod";
import { fromHex } from "../../core/bytes.js";
import { type Ipv4, parseInterfaceAddress, parseIpv4, parsePrefix } from "../../core/ipv4.js";
import { type Mac, parseMac } from "../../core/mac.js";
import { parseRate } from "../../core/rate.js";
import { parseDuration } from "../../core/time.js";

/** A schema for text or a number that `parse` turns into a value, or finds to be none (`undefined`). */
export function word<T>(expected: string, parse: (text: string) => T | undefined) {
  const error = `expected ${expected}`;
  return z
    .union([z.string(), z.number()], { error })
    .transform((written, context): T => {
      const value = parse(String(written).trim());
      if (value !== undefined) return value;
      context.addIssue({ code: "custom", message: error });
      return z.NEVER;
    })
    .meta(metaOf(expected));
}

/** For editors and pages: `a duration, such as 2s` is a field of type "duration". */
const metaOf = (expected: string) => ({
  title: expected.replace(/^(an?|the) /, "").replace(/,? such as .*$/, ""),
  description: expected.charAt(0).toUpperCase() + expected.slice(1),
});

/** A schema for plain text that must read in a certain way; it stays text. */
export const text = (expected: string, accepts: (text: string) => boolean) =>
  z
    .string({ error: `expected ${expected}` })
    .refine(accepts, { error: `expected ${expected}` })
    .meta(metaOf(expected));

export const duration = word("a duration, such as 2s, 150ms or 1m30s", parseDuration);
export const bitRate = word("a rate, such as 10Mbps or 1Gbps", parseRate);
export const share = word("a share, such as 5% or 0.05", parseShare);
export const mac = word<Mac>("a MAC address, such as 02:00:00:00:00:01", parseMac);
export const address = word<Ipv4>("an IPv4 address, such as 10.0.0.1", parseIpv4);
export const interfaceAddress = word(
  "an IPv4 address with its prefix length, such as 10.0.0.1/24",
  (written) => (written.includes("/") ? parseInterfaceAddress(written) : undefined),
);
export const prefix = word("an IPv4 prefix, such as 10.0.0.0/8 or default", parsePrefix);

export const count = z
  .int({ error: "expected a whole number" })
  .min(0, { error: "expected a whole number, 0 or more" })
  .describe("A whole number, 0 or more");

export const positive = z
  .int({ error: "expected a whole number" })
  .min(1, { error: "expected a whole number, 1 or more" })
  .describe("A whole number, 1 or more");

export const flag = z.boolean({ error: "expected true or false" });

export const frameBytes = word(
  "the bytes of a frame in hexadecimal, from the destination address on",
  (written) => {
    if (!/^[0-9a-fA-F:\s]+$/.test(written) || written.replace(/[\s:]/g, "").length % 2 !== 0)
      return undefined;
    const bytes = fromHex(written);
    return bytes.length >= 14 ? bytes : undefined;
  },
);

function parseShare(written: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?(?:e-?\d+)?)\s*(%?)$/i.exec(written);
  if (match === null) return undefined;
  const value = Number(match[1]) / (match[2] === "%" ? 100 : 1);
  return value <= 1 ? value : undefined;
}

/** A set of values that an expectation allows: a bound on one or on both sides, ends included. */
export interface Range {
  readonly min: number;
  readonly max: number;
  readonly minIncluded: boolean;
  readonly maxIncluded: boolean;
  /** As it was written. */
  readonly text: string;
}

export const inRange = (value: number, range: Range): boolean =>
  (value > range.min || (range.minIncluded && value === range.min)) &&
  (value < range.max || (range.maxIncluded && value === range.max));

/** A range over values that `parse` reads: `3`, `>=1`, `< 10`, `1..5`. */
export function parseRange(written: string, parse: (text: string) => number | undefined): Range | undefined {
  const text = written.trim();
  const between = /^(.+?)\s*\.\.\s*(.+)$/.exec(text);
  if (between !== null) {
    const [min, max] = [parse(between[1]!), parse(between[2]!)];
    if (min === undefined || max === undefined || min > max) return undefined;
    return { min, max, minIncluded: true, maxIncluded: true, text };
  }
  const [, operator, operand] = /^(>=|<=|>|<|=)?\s*(.+)$/.exec(text) ?? [];
  const bound = operand === undefined ? undefined : parse(operand);
  if (bound === undefined) return undefined;
  const [min, max] =
    operator === ">" || operator === ">="
      ? [bound, Number.POSITIVE_INFINITY]
      : operator === "<" || operator === "<="
        ? [Number.NEGATIVE_INFINITY, bound]
        : [bound, bound];
  return { min, max, minIncluded: operator !== ">", maxIncluded: operator !== "<", text };
}

const rangeOf = (expected: string, parse: (text: string) => number | undefined) =>
  word<Range>(expected, (written) => parseRange(written, parse));

export const countRange = rangeOf("a number or a range, such as 3, >=1, <10 or 1..5", (written) =>
  /^\d+$/.test(written) ? Number(written) : undefined,
);
export const durationRange = rangeOf(
  "a duration or a range of them, such as <=200ms or 1s..2s",
  parseDuration,
);
export const shareRange = rangeOf("a share or a range of shares, such as <=1%, 0% or 10%..20%", parseShare);
