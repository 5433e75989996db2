/** ICMP messages in the words of ping (iputils). */
import { formatIpv4 } from "../../../core/ipv4.js";
import {
  ICMP_PARAMETER_PROBLEM,
  ICMP_REDIRECT,
  ICMP_SOURCE_QUENCH,
  ICMP_TIME_EXCEEDED,
  ICMP_UNREACHABLE,
} from "../../../wire/icmpv4.js";

const UNREACHABLE: readonly string[] = [
  "Destination Net Unreachable",
  "Destination Host Unreachable",
  "Destination Protocol Unreachable",
  "Destination Port Unreachable",
  "Frag needed and DF set (mtu = %u)",
  "Source Route Failed",
  "Destination Net Unknown",
  "Destination Host Unknown",
  "Source Host Isolated",
  "Destination Net Prohibited",
  "Destination Host Prohibited",
  "Destination Net Unreachable for Type of Service",
  "Destination Host Unreachable for Type of Service",
  "Packet filtered",
  "Precedence Violation",
  "Precedence Cutoff",
];

const REDIRECTS: readonly string[] = [
  "Redirect Network",
  "Redirect Host",
  "Redirect Type of Service and Network",
  "Redirect Type of Service and Host",
];

const EXCEEDED: readonly string[] = ["Time to live exceeded", "Frag reassembly time exceeded"];

/** The message as a sentence; `rest` is the second word of its header. */
export function icmpText(type: number, code: number, rest: number): string {
  switch (type) {
    case ICMP_UNREACHABLE:
      return UNREACHABLE[code]?.replace("%u", String(rest & 0xffff)) ?? `Dest Unreachable, Bad Code: ${code}`;
    case ICMP_TIME_EXCEEDED:
      return EXCEEDED[code] ?? `Time exceeded, Bad Code: ${code}`;
    case ICMP_REDIRECT:
      return `${REDIRECTS[code] ?? `Redirect, Bad Code: ${code}`}(New nexthop: ${formatIpv4(rest)})`;
    case ICMP_SOURCE_QUENCH:
      return "Source Quench";
    case ICMP_PARAMETER_PROBLEM:
      return `Parameter problem: pointer = ${rest >>> 24}`;
    default:
      return `Bad ICMP type: ${type}`;
  }
}
