/**
 * One line for a packet, as tcpdump 4.99 prints it with -n: the link header (-e), ARP, IPv4, ICMP, UDP, IGMP, VLAN tags.
 *
 * Left out: what datagrams of well-known ports hold (they print as UDP), TCP but for its ports and size, IPv6 and
 * spanning tree. Bytes that are wrong or missing print as tcpdump prints them (`[|udp]`, `bad-len`, `truncated-ip`).
 */
import * as ETHERNET from "../../wire/ethernet.js";
import { hexDump } from "./hex-dump.js";
import { ethertypeText, printEthertype } from "./print-ethertype.js";
import { printLlc } from "./print-llc.js";
import { type PrintOptions, Printout } from "./printout.js";

export type { PrintOptions } from "./printout.js";

const VLAN_TYPES: ReadonlySet<number> = new Set([
  ETHERNET.ETHERTYPE_VLAN,
  ETHERNET.ETHERTYPE_QINQ,
  0x9100,
  0x9200,
]);

/**
 * The text for an Ethernet frame (without FCS), without a line feed at its end; with -v, -x or unknown data it has several
 * lines. `time`, if not empty, goes in front.
 */
export function printPacket(bytes: Uint8Array, time = "", options: PrintOptions = {}): string {
  const out = new Printout(bytes, options);
  const linkSize = printEthernet(out, options.originalSize ?? bytes.length);
  const { hex } = options;
  const from = hex === "xx" || hex === "XX" || out.cutShort ? 0 : linkSize;
  const dump = hex === undefined ? "" : hexDump(bytes, from, bytes.length, hex[0] === "X");
  return `${time === "" ? "" : `${time} `}${out.text}${dump}`;
}

/** Gives the size of the link header. */
function printEthernet(out: Printout, frameSize: number): number {
  if (!out.need(0, ETHERNET.ETHERNET_HEADER_SIZE)) return out.end;
  const [src, dst] = [out.mac(ETHERNET.ETHERNET_SRC), out.mac(ETHERNET.ETHERNET_DST)];
  if (out.link) out.add(`${src} > ${dst}, `);
  let at = ETHERNET.ETHERNET_HEADER_SIZE;
  let type = out.u16(ETHERNET.ETHERNET_TYPE);
  let sizeShown = false;
  const showSize = (size: number): void => {
    if (out.link) out.add(sizeShown ? ", " : `, length ${size}: `);
    sizeShown = true;
  };
  while (VLAN_TYPES.has(type)) {
    out.protocol = "vlan";
    if (!out.need(at, 4)) return out.end;
    const tag = out.u16(at);
    if (out.link) out.add(ethertypeText(type));
    showSize(frameSize);
    const dropEligible = (tag & 0x1000) !== 0 ? ", DEI" : "";
    if (out.link) out.add(`vlan ${tag & 0xfff}, p ${tag >> 13}${dropEligible}, `);
    type = out.u16(at + 2);
    at += 4;
  }
  if (type <= ETHERNET.ETHERNET_LENGTH_MAX) {
    const size = Math.min(type, frameSize - at);
    if (out.link) out.add(sizeShown ? "802.3" : `802.3, length ${size}: `);
    return at + printLlc(out, at, size, src, dst);
  }
  if (out.link) out.add(ethertypeText(type));
  showSize(frameSize);
  if (!printEthertype(out, type, at, frameSize - at)) {
    if (!out.link) out.add(`${src} > ${dst}, ${ethertypeText(type)}, length ${frameSize}: `);
    out.dumpRest(at, frameSize - at);
  }
  return at;
}
