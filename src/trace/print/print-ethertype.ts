/** What an EtherType names, and the printing of what it carries. */
import { ETHERTYPE_ARP, ETHERTYPE_IPV4, ETHERTYPE_RARP } from "../../wire/ethernet.js";
import { ETHERTYPE_NAMES } from "./names.js";
import { printArp } from "./print-arp.js";
import { printIpv4 } from "./print-ipv4.js";
import type { Printout } from "./printout.js";

/** Prints `size` bytes from `at`; false if nobody here can. */
export function printEthertype(out: Printout, type: number, at: number, size: number): boolean {
  if (type === ETHERTYPE_IPV4) printIpv4(out, at, size);
  else if (type === ETHERTYPE_ARP || type === ETHERTYPE_RARP) printArp(out, at, size);
  else return false;
  return true;
}

/** `ethertype IPv4 (0x0800)` */
export function ethertypeText(type: number): string {
  return `ethertype ${ETHERTYPE_NAMES.get(type) ?? "Unknown"} (0x${type.toString(16).padStart(4, "0")})`;
}
