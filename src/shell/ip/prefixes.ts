/** Addresses and prefixes as iproute2 reads them: quads may be short (10.1 is 10.1.0.0), lengths may be masks. */
import { type Ipv4, lengthOfMask, parseIpv4 } from "../../core/ipv4.js";
import { fail } from "../failure.js";

export interface WrittenPrefix {
  readonly address: Ipv4;
  readonly length: number;
  /** The length was written, not just 32 for want of one. */
  readonly explicit: boolean;
}

/** What a complaint calls the thing that it expected. */
type Family = "any valid" | "inet";

export function readAddress(word: string, family: Family = "inet"): Ipv4 {
  return parseShort(word) ?? fail(1, `Error: ${family} address is expected rather than "${word}".`);
}

/** A prefix; bits beyond its length are kept. */
export function readPrefix(word: string, family: Family = "any valid"): WrittenPrefix {
  if (word === "default" || word === "any" || word === "all")
    return { address: 0 as Ipv4, length: 0, explicit: true };
  const [quad, bits, rest] = word.split("/");
  const address = parseShort(quad!);
  const length = bits === undefined ? 32 : readLength(bits);
  if (address === undefined || length === undefined || rest !== undefined)
    return fail(1, `Error: ${family} prefix is expected rather than "${word}".`);
  return { address, length, explicit: bits !== undefined };
}

function readLength(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) <= 32 ? Number(text) : undefined;
  const mask = parseIpv4(text);
  return mask === undefined ? undefined : lengthOfMask(mask);
}

function parseShort(text: string): Ipv4 | undefined {
  const dots = text.split(".").length - 1;
  return parseIpv4(dots < 3 ? text + ".0".repeat(3 - dots) : text);
}
