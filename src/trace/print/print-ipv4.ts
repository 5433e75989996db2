/** IPv4 packets (RFC 791) as tcpdump prints them, and what they carry. */
import * as IP from "../../wire/ipv4.js";
import { IP_PROTOCOL_NAMES } from "./names.js";
import { printIcmp } from "./print-icmp.js";
import { printIgmp } from "./print-igmp.js";
import { printIpv4Options } from "./print-ipv4-options.js";
import { printTcp, printUdp } from "./print-transport.js";
import { type Printout, rightChecksum } from "./printout.js";

const ECN = ["", ",ECT(1)", ",ECT(0)", ",CE"] as const;
/** Packets in packets, at most: hostile ones could nest for ever. */
const MAX_NESTING = 8;

/** Prints the packet at `at`, which has `length` bytes on the wire (fewer may have been captured). */
export function printIpv4(out: Printout, at: number, length: number, nesting = 0): void {
  out.protocol = "ip";
  const version = out.u8(at) >> 4;
  if (version !== 4) {
    out.add(version === 6 ? "IP6, wrong link-layer encapsulation (invalid)" : `IP${version} (invalid)`);
    return;
  }
  if (!out.link) out.add("IP ");
  if (!out.need(at, IP.IPV4_HEADER_SIZE)) return;
  if (length < IP.IPV4_HEADER_SIZE) {
    out.add(`truncated-ip ${length}`);
    return;
  }
  const headerSize = (out.u8(at) & 15) * 4;
  if (headerSize < IP.IPV4_HEADER_SIZE) {
    out.add(`bad-hlen ${headerSize}`);
    return;
  }
  let size = out.u16(at + IP.IPV4_TOTAL_LENGTH);
  if (length < size) out.add(`truncated-ip - ${size - length} bytes missing! `);
  if (size < headerSize) {
    // A length of zero is what a card that segments for the stack shows.
    if (size !== 0) {
      out.add(`bad-len ${size}`);
      return;
    }
    size = length;
  }
  out.end = Math.min(out.end, at + size);
  const flags = out.u16(at + IP.IPV4_FLAGS);
  const protocol = out.u8(at + IP.IPV4_PROTOCOL);
  const addresses = `${out.ipv4(at + IP.IPV4_SRC)} > ${out.ipv4(at + IP.IPV4_DST)}:`;
  if (out.verbose > 0 && !printHeader(out, at, headerSize, flags)) {
    out.add(`${addresses} `);
    out.need(at, headerSize);
    return;
  }
  if ((flags & IP.IPV4_OFFSET_MASK) !== 0) {
    out.add(`${addresses} ip-proto-${protocol}`);
    return;
  }
  if (!out.holds(at, headerSize)) {
    if (protocol !== IP.IP_PROTO_UDP && protocol !== IP.IP_PROTO_TCP) out.add(`${addresses} `);
    out.add(` [remaining caplen(${out.end - at}) < header length(${headerSize})]`);
    out.reads(at, headerSize);
    return;
  }
  const payload = at + headerSize;
  const payloadSize = size - headerSize;
  const fragmented = (flags & IP.IPV4_MF) !== 0;
  switch (protocol) {
    case IP.IP_PROTO_UDP:
      printUdp(out, payload, payloadSize, at, fragmented);
      return;
    case IP.IP_PROTO_TCP:
      printTcp(out, payload, payloadSize, at);
      return;
    case IP.IP_PROTO_ICMP:
      out.add(`${addresses} `);
      printIcmp(out, payload, payloadSize, fragmented, (quoted, quotedSize) => {
        if (nesting < MAX_NESTING) printIpv4(out, quoted, quotedSize, nesting + 1);
      });
      return;
    case IP.IP_PROTO_IGMP:
      out.add(`${addresses} `);
      printIgmp(out, payload, payloadSize);
      return;
    case IP.IP_PROTO_IPIP:
      out.add(`${addresses} `);
      if (nesting < MAX_NESTING) printIpv4(out, payload, payloadSize, nesting + 1);
      return;
    default:
      out.add(`${addresses}  ip-proto-${protocol} ${payloadSize}`);
  }
}

/** What `-v` puts in front, in a line of its own. False if the end came in the middle of an option. */
function printHeader(out: Printout, at: number, headerSize: number, flags: number): boolean {
  const tos = out.u8(at + IP.IPV4_TOS);
  out.add(`(tos 0x${tos.toString(16)}${ECN[tos & 3]}`);
  const ttl = out.u8(at + IP.IPV4_TTL);
  if (ttl > 0) out.add(`, ttl ${ttl}`);
  const protocol = out.u8(at + IP.IPV4_PROTOCOL);
  const flagNames = [
    [IP.IPV4_MF, "+"],
    [IP.IPV4_DF, "DF"],
    [0x8000, "rsvd"],
  ] as const;
  const set = flagNames.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name);
  const offset = (flags & IP.IPV4_OFFSET_MASK) * 8;
  out.add(
    `, id ${out.u16(at + IP.IPV4_ID)}, offset ${offset}, flags [${set.join(", ") || "none"}]` +
      `, proto ${IP_PROTOCOL_NAMES.get(protocol) ?? "unknown"} (${protocol})`,
  );
  out.add(`, length ${out.u16(at + IP.IPV4_TOTAL_LENGTH)}`);
  let whole = true;
  if (headerSize > IP.IPV4_HEADER_SIZE) {
    out.add(", options (");
    whole = printIpv4Options(out, at + IP.IPV4_OPTIONS, headerSize - IP.IPV4_HEADER_SIZE);
    out.add(whole ? ")" : " [truncated-option])");
  }
  if (out.holds(at, headerSize)) {
    const sum = out.checksum(at, at + headerSize);
    const field = out.u16(at + IP.IPV4_CHECKSUM);
    if (sum !== 0)
      out.add(`, bad cksum ${field.toString(16)} (->${rightChecksum(field, sum).toString(16)})!`);
  }
  out.add(")\n    ");
  return whole;
}
