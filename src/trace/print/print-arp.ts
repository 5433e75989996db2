/** ARP and RARP (RFC 826, RFC 903) as tcpdump prints them. */
import * as ARP from "../../wire/arp.js";
import { ETHERTYPE_IPV4 } from "../../wire/ethernet.js";
import { ARP_HARDWARE_NAMES, ETHERTYPE_NAMES } from "./names.js";
import type { Printout } from "./printout.js";

/** RFC 2390. */
const INVERSE_REQUEST = 8;
const INVERSE_REPLY = 9;

const OPERATIONS: ReadonlyMap<number, string> = new Map([
  [ARP.ARP_REQUEST, "Request"],
  [ARP.ARP_REPLY, "Reply"],
  [ARP.RARP_REQUEST, "Reverse Request"],
  [ARP.RARP_REPLY, "Reverse Reply"],
  [INVERSE_REQUEST, "Inverse Request"],
  [INVERSE_REPLY, "Inverse Reply"],
  [10, "NACK Reply"],
]);
/** The fixed part, before the addresses. */
const FIXED = 8;

export function printArp(out: Printout, at: number, length: number): void {
  out.protocol = "arp";
  const hardware = out.u16(at + ARP.ARP_HARDWARE);
  const protocol = out.u16(at + ARP.ARP_PROTOCOL);
  const macSize = out.u8(at + ARP.ARP_HARDWARE_SIZE);
  const ipSize = out.u8(at + ARP.ARP_PROTOCOL_SIZE);
  const operation = out.u16(at + ARP.ARP_OPERATION);
  // All addresses must be there before anything is printed.
  out.linkAddress(at + FIXED, 2 * (macSize + ipSize));
  if (!out.link) out.add("ARP, ");
  const unusual = protocol !== ETHERTYPE_IPV4 || ipSize !== 4 || macSize === 0;
  if (unusual || out.verbose > 0) {
    const hardwareName = ARP_HARDWARE_NAMES.get(hardware) ?? `Unknown Hardware (${hardware})`;
    const protocolName = ETHERTYPE_NAMES.get(protocol) ?? `Unknown Protocol (0x${hex4(protocol)})`;
    out.add(`${hardwareName} (len ${macSize}), ${protocolName} (len ${ipSize})`);
    if (out.verbose === 0) {
      out.add(`, length ${length}`);
      return;
    }
    out.add(", ");
  }
  const senderMac = at + FIXED;
  const senderIp = senderMac + macSize;
  const targetMac = senderIp + ipSize;
  const targetIp = targetMac + macSize;
  const ip = (where: number): string =>
    protocol !== ETHERTYPE_IPV4 ? "<wrong proto type>" : ipSize !== 4 ? "<wrong len>" : out.ipv4(where);
  const mac = (where: number): string => (macSize === 0 ? "<No address>" : out.linkAddress(where, macSize));
  out.add(`${OPERATIONS.get(operation) ?? `Unknown (${operation})`} `);
  switch (operation) {
    case ARP.ARP_REQUEST: {
      const target = /[1-9a-f]/.test(out.linkAddress(targetMac, macSize)) ? ` (${mac(targetMac)})` : "";
      out.add(`who-has ${ip(targetIp)}${target} tell ${ip(senderIp)}`);
      break;
    }
    case ARP.ARP_REPLY:
      out.add(`${ip(senderIp)} is-at ${mac(senderMac)}`);
      break;
    case ARP.RARP_REQUEST:
    case INVERSE_REQUEST:
      out.add(`who-is ${mac(targetMac)} tell ${mac(senderMac)}`);
      break;
    case ARP.RARP_REPLY:
      out.add(`${mac(targetMac)} at ${ip(targetIp)}`);
      break;
    case INVERSE_REPLY:
      out.add(`${mac(senderMac)} at ${ip(senderIp)}`);
      break;
    default:
      out.dump(at, length);
      return;
  }
  out.add(`, length ${length}`);
}

const hex4 = (value: number): string => value.toString(16).padStart(4, "0");
