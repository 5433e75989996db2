/**
 * UDP (RFC 768) as tcpdump prints it, and TCP in the short form of its option -q.
 * Left out: what the datagrams of well-known ports hold, but for DHCP.
 */
import { formatIpv4 } from "../../core/ipv4.js";
import { IP_PROTO_UDP, IPV4_DST, IPV4_HEADER_SIZE, IPV4_SRC, pseudoHeaderSum } from "../../wire/ipv4.js";
import {
  UDP_CHECKSUM,
  UDP_DST_PORT,
  UDP_HEADER_SIZE,
  UDP_LENGTH,
  UDP_PORT_DHCP_CLIENT,
  UDP_PORT_DHCP_SERVER,
  UDP_SRC_PORT,
} from "../../wire/udp.js";
import { printDhcp } from "./print-dhcp.js";
import { type Printout, rightChecksum } from "./printout.js";

const TCP_HEADER_SIZE = 20;
/** The IPv4 options that carry a route (RFC 791 §3.1). */
const LOOSE_ROUTE = 131;
const STRICT_ROUTE = 137;

/** `ip` is where the packet's header begins; `length` what it says the datagram has. */
export function printUdp(out: Printout, at: number, length: number, ip: number, fragmented: boolean): void {
  out.protocol = "udp";
  if (length < UDP_HEADER_SIZE) {
    out.add(`${addresses(out, ip)}truncated-udp ${length}`);
    return;
  }
  if (!out.holds(at, 4)) {
    out.add(addresses(out, ip));
    out.need(at, 4);
    return;
  }
  const ports = addresses(out, ip, out.u16(at + UDP_SRC_PORT), out.u16(at + UDP_DST_PORT));
  if (!out.holds(at, UDP_HEADER_SIZE - 2)) {
    out.add(ports);
    out.need(at, UDP_HEADER_SIZE - 2);
    return;
  }
  const stated = out.u16(at + UDP_LENGTH);
  if (stated < UDP_HEADER_SIZE) {
    out.add(`${ports}truncated-udplength ${stated}`);
    return;
  }
  out.add(ports);
  const there = Math.min(stated, length);
  if (!out.need(at, UDP_HEADER_SIZE)) return;
  if (out.verbose > 1 && !fragmented) printChecksum(out, at, there, ip);
  const size = stated - UDP_HEADER_SIZE;
  const room = there - UDP_HEADER_SIZE;
  const dstPort = out.u16(at + UDP_DST_PORT);
  if (isDhcp(dstPort) || isDhcp(out.u16(at + UDP_SRC_PORT))) {
    printDhcp(out, at + UDP_HEADER_SIZE, room);
    return;
  }
  out.add(size > room && !fragmented ? `UDP, bad length ${size} > ${room}` : `UDP, length ${size}`);
}

const isDhcp = (port: number): boolean => port === UDP_PORT_DHCP_SERVER || port === UDP_PORT_DHCP_CLIENT;

/** `tcp` and the size of the payload. */
export function printTcp(out: Printout, at: number, length: number, ip: number): void {
  out.protocol = "tcp";
  const ports = addresses(out, ip, out.u16(at), out.u16(at + 2));
  out.add(ports);
  if (!out.need(at, TCP_HEADER_SIZE)) return;
  const headerSize = (out.u8(at + 12) >> 4) * 4;
  if (headerSize < TCP_HEADER_SIZE || headerSize > length)
    out.add(` tcp ${length - headerSize} [bad hdr length ${headerSize}]`);
  else out.add(`tcp ${length - headerSize}`);
}

function printChecksum(out: Printout, at: number, size: number, ip: number): void {
  const field = out.u16(at + UDP_CHECKSUM);
  if (field === 0) {
    out.add("[no cksum] ");
    return;
  }
  if (!out.holds(at, size)) return;
  const pseudo = pseudoHeaderSum(out.u32(ip + IPV4_SRC), lastDestination(out, ip), IP_PROTO_UDP, size);
  const sum = out.checksum(at, at + size, pseudo);
  const hex = (value: number): string => value.toString(16).padStart(4, "0");
  out.add(
    sum === 0 ? "[udp sum ok] " : `[bad udp cksum 0x${hex(field)} -> 0x${hex(rightChecksum(field, sum))}!] `,
  );
}

function addresses(out: Printout, ip: number, srcPort?: number, dstPort?: number): string {
  const [src, dst] = [formatIpv4(out.u32(ip + IPV4_SRC)), formatIpv4(out.u32(ip + IPV4_DST))];
  return srcPort === undefined ? `${src} > ${dst}: ` : `${src}.${srcPort} > ${dst}.${dstPort}: `;
}

/** RFC 1122 §3.2.1.8 (c): under a source route, the checksum is over the last address of the route. */
function lastDestination(out: Printout, ip: number): number {
  const end = ip + (out.u8(ip) & 15) * 4;
  for (let at = ip + IPV4_HEADER_SIZE; at + 1 < end && out.holds(at, 2); ) {
    const code = out.u8(at);
    if (code === 0) break;
    const size = code === 1 ? 1 : out.u8(at + 1);
    if (size === 0 || at + size > end) break;
    if ((code === LOOSE_ROUTE || code === STRICT_ROUTE) && size >= 7)
      return out.u32(at + size - 4 - ((size - 3) % 4));
    at += size;
  }
  return out.u32(ip + IPV4_DST);
}
