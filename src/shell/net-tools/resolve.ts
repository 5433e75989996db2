/** What net-tools makes of a host's name: an IPv4 address, or a complaint. There are no names to look up yet. */
import { type Ipv4, parseIpv4 } from "../../core/ipv4.js";
import { fail } from "../failure.js";

/** An address; whatever else it is ends the command with `status`. */
export function resolve(word: string, status: number, more = ""): Ipv4 {
  return parseIpv4(word) ?? fail(status, `${word}: Unknown host${more}`);
}

/** The mask that an address has without one being given: that of its class (RFC 791 §3.2). */
export function classLength(address: number): number {
  if (address >= 0) return 8;
  return address >>> 30 === 2 ? 16 : 24;
}
