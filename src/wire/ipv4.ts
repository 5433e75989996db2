/**
 * The IPv4 packet (RFC 791 §3.1) with the differentiated services field (RFC 2474, RFC 3168) in place of type of service.
 * Options are in ipv4-options.ts. Reassembly is the host's.
 */
import { addToSum, foldChecksum } from "../core/checksum.js";
import type { Codec } from "./codec/codec.js";
import { checksumFault, Fault } from "./codec/fault.js";
import { Layout, type ValueOf } from "./codec/layout.js";
import type { LayerBuilder } from "./dissect/dissection.js";
import { ETHERTYPE_IPV4 } from "./ethernet.js";
import {
  dissectOptions,
  emitOptions,
  IPV4_ROUTE_LAYOUT,
  IPV4_ROUTER_ALERT_LAYOUT,
  IPV4_TIMESTAMP_LAYOUT,
  type Ipv4Option,
  optionsSize,
  parseOptions,
  sourceRouteEnd,
} from "./ipv4-options.js";

/** The header without options. */
export const IPV4_HEADER_SIZE = 20;
export const IPV4_HEADER_MAX = 60;
export const IPV4_SIZE_MAX = 65535;
/** Version (4 bits) and header length in 32-bit words (4 bits); 0x45 without options. */
export const IPV4_VERSION_IHL = 0;
/** DSCP (6 bits) and ECN (2 bits). */
export const IPV4_TOS = 1;
export const IPV4_TOTAL_LENGTH = 2;
export const IPV4_ID = 4;
/** Flags (3 bits) and fragment offset in units of 8 bytes (13 bits). */
export const IPV4_FLAGS = 6;
export const IPV4_TTL = 8;
export const IPV4_PROTOCOL = 9;
export const IPV4_CHECKSUM = 10;
export const IPV4_SRC = 12;
export const IPV4_DST = 16;
export const IPV4_OPTIONS = 20;

/** Masks of the 16-bit word at IPV4_FLAGS. */
export const IPV4_DF = 0x4000;
export const IPV4_MF = 0x2000;
export const IPV4_OFFSET_MASK = 0x1fff;

/** RFC 791 §3.1: every host accepts datagrams of this size. */
export const IPV4_MIN_REASSEMBLY = 576;
/** RFC 791 §3.2: every link carries this much unfragmented. */
export const IPV4_MIN_MTU = 68;

/** LINKTYPEs of capture files whose packets begin with the IP header. */
export const LINKTYPE_RAW = 101;
export const LINKTYPE_IPV4 = 228;

export const IP_PROTO_ICMP = 1;
export const IP_PROTO_IGMP = 2;
export const IP_PROTO_IPIP = 4;
export const IP_PROTO_TCP = 6;
export const IP_PROTO_UDP = 17;
export const IP_PROTO_IPV6 = 41;
export const IP_PROTO_GRE = 47;
export const IP_PROTO_ESP = 50;
export const IP_PROTO_AH = 51;
export const IP_PROTO_ICMPV6 = 58;
export const IP_PROTO_OSPF = 89;
export const IP_PROTO_PIM = 103;
export const IP_PROTO_VRRP = 112;
export const IP_PROTO_SCTP = 132;

export const IP_PROTO_NAMES: Readonly<Record<number, string>> = {
  [IP_PROTO_ICMP]: "ICMP",
  [IP_PROTO_IGMP]: "IGMP",
  [IP_PROTO_IPIP]: "IPv4",
  [IP_PROTO_TCP]: "TCP",
  [IP_PROTO_UDP]: "UDP",
  [IP_PROTO_IPV6]: "IPv6",
  [IP_PROTO_GRE]: "GRE",
  [IP_PROTO_ESP]: "ESP",
  [IP_PROTO_AH]: "AH",
  [IP_PROTO_ICMPV6]: "ICMPv6",
  [IP_PROTO_OSPF]: "OSPF",
  [IP_PROTO_PIM]: "PIM",
  [IP_PROTO_VRRP]: "VRRP",
  [IP_PROTO_SCTP]: "SCTP",
};

const ECN_NAMES = { 0: "not ECN-capable", 1: "ECT(1)", 2: "ECT(0)", 3: "congestion experienced" };

export const IPV4_LAYOUT = new Layout("IPv4 header", "RFC 791 §3.1", [
  { name: "version", bits: 4, label: "Version", always: 4 },
  {
    name: "ihl",
    bits: 4,
    label: "Header length",
    short: "IHL",
    computed: true,
    meaning: (words) => `${4 * words} bytes`,
    fault: (words) => (words < 5 ? `is ${words}, must be at least 5 words` : undefined),
  },
  {
    name: "dscp",
    bits: 6,
    label: "DSCP",
    meaning: { 0: "best effort", 46: "expedited", 48: "network control" },
  },
  { name: "ecn", bits: 2, label: "ECN", meaning: ECN_NAMES },
  { name: "totalLength", bits: 16, label: "Total length", computed: true },
  { name: "id", bits: 16, label: "Identification", kind: "hex" },
  // RFC 791 §3.1: the first of the three flags is reserved and must be zero.
  { name: "reserved", bits: 1, label: "Reserved flag", short: "0", kind: "flag", always: 0 },
  { name: "dontFragment", bits: 1, label: "Don't fragment", short: "DF", kind: "flag" },
  { name: "moreFragments", bits: 1, label: "More fragments", short: "MF", kind: "flag" },
  {
    name: "fragmentOffset",
    bits: 13,
    label: "Fragment offset",
    meaning: (units) => (units === 0 ? undefined : `byte ${8 * units}`),
  },
  { name: "ttl", bits: 8, label: "Time to live" },
  { name: "protocol", bits: 8, label: "Protocol", meaning: IP_PROTO_NAMES },
  { name: "checksum", bits: 16, label: "Header checksum", kind: "hex", computed: true },
  { name: "src", bits: 32, label: "Source", kind: "ipv4" },
  { name: "dst", bits: 32, label: "Destination", kind: "ipv4" },
]);

/** `fragmentOffset` is in units of 8 bytes, as in the header. */
export interface Ipv4Packet extends ValueOf<typeof IPV4_LAYOUT> {
  readonly options: readonly Ipv4Option[];
  readonly payload: Uint8Array;
}

/** The sum over the pseudo header of UDP and TCP (RFC 768, RFC 9293 §3.1): a start value for `addToSum`. `length`: bytes of the datagram or segment. */
export function pseudoHeaderSum(src: number, dst: number, protocol: number, length: number): number {
  return (src >>> 16) + (src & 0xffff) + (dst >>> 16) + (dst & 0xffff) + protocol + length;
}

export const ipv4Codec: Codec<Ipv4Packet> = {
  name: "ipv4",
  title: "IPv4",
  spec: "RFC 791",
  layouts: [IPV4_LAYOUT, IPV4_ROUTE_LAYOUT, IPV4_TIMESTAMP_LAYOUT, IPV4_ROUTER_ALERT_LAYOUT],
  carriedBy: [
    { space: "ethertype", number: ETHERTYPE_IPV4 },
    { space: "ip", number: IP_PROTO_IPIP },
    { space: "link", number: LINKTYPE_RAW },
    { space: "link", number: LINKTYPE_IPV4 },
  ],

  parse(bytes, from, to) {
    const fault = IPV4_LAYOUT.check(bytes, from, to);
    if (fault !== undefined) return fault;
    const start = from + 4 * IPV4_LAYOUT.read(bytes, from, "ihl");
    if (start > to) return new Fault("Header length goes past the end", from + IPV4_VERSION_IHL);
    const wrong = checksumFault(addToSum(bytes, from, start, 0), from + IPV4_CHECKSUM);
    if (wrong !== undefined) return wrong;
    const end = from + IPV4_LAYOUT.read(bytes, from, "totalLength");
    const lengthFault = lengthFaultOf(bytes, from, start, to);
    if (lengthFault !== undefined) return new Fault(`Total length ${lengthFault}`, from + IPV4_TOTAL_LENGTH);
    const fragmentFault = fragmentFaultOf(bytes, from, end - start);
    if (fragmentFault !== undefined) return new Fault(`Fragment offset ${fragmentFault}`, from + IPV4_FLAGS);
    const options = parseOptions(bytes, from + IPV4_OPTIONS, start);
    if (options instanceof Fault) return options;
    return IPV4_LAYOUT.values(bytes, from, { options, payload: bytes.subarray(start, end) });
  },

  size: (packet) => IPV4_HEADER_SIZE + optionsSize(packet.options) + packet.payload.length,

  emit(packet, bytes, at) {
    IPV4_LAYOUT.put(bytes, at, packet);
    const start = emitOptions(packet.options, bytes, at + IPV4_OPTIONS);
    const end = start + packet.payload.length;
    IPV4_LAYOUT.write(bytes, at, "ihl", (start - at) / 4);
    IPV4_LAYOUT.write(bytes, at, "totalLength", end - at);
    IPV4_LAYOUT.write(bytes, at, "checksum", foldChecksum(addToSum(bytes, at, start, 0)));
    bytes.set(packet.payload, start);
    return end;
  },

  dissect(layer) {
    const { bytes, from, to, surroundings } = layer;
    if (!layer.add(IPV4_LAYOUT)) return;
    if (IPV4_LAYOUT.read(bytes, from, "version") !== 4) return;
    const start = from + 4 * IPV4_LAYOUT.read(bytes, from, "ihl");
    if (start < from + IPV4_HEADER_SIZE) return;
    if (start > to) {
      if (surroundings.incomplete === undefined) layer.blame("ihl", "goes past the end");
      return;
    }
    layer.judgeChecksum("checksum", addToSum(bytes, from, start, 0));
    dissectOptions(layer, from + IPV4_OPTIONS, start);
    dissectPayload(layer, start);
  },
};

function dissectPayload(layer: LayerBuilder, start: number): void {
  const { bytes, from, to, surroundings } = layer;
  const totalLength = IPV4_LAYOUT.read(bytes, from, "totalLength");
  const cut = from + totalLength > to;
  const lengthFault = lengthFaultOf(bytes, from, start, to);
  if (lengthFault !== undefined && !(cut && surroundings.incomplete !== undefined))
    layer.blame("totalLength", lengthFault);
  const end = Math.min(to, Math.max(start, from + totalLength));
  layer.layer.to = end;

  const fragmentFault = fragmentFaultOf(bytes, from, from + totalLength - start);
  if (fragmentFault !== undefined) layer.blame("fragmentOffset", fragmentFault);
  const offset = IPV4_LAYOUT.read(bytes, from, "fragmentOffset");
  const fragment = offset > 0 || IPV4_LAYOUT.read(bytes, from, "moreFragments") === 1;
  const protocol = IPV4_LAYOUT.read(bytes, from, "protocol");
  const src = IPV4_LAYOUT.read(bytes, from, "src");
  const dst = finalDestination(bytes, from, start);
  // Only the first fragment begins with the header of what is carried.
  layer.carry(start, end, offset > 0 ? [] : [{ space: "ip", number: protocol }], {
    pseudoSum: pseudoHeaderSum(src, dst, protocol, 0),
    ...(fragment && { incomplete: "fragment" }),
  });
}

/** RFC 793 §3.1: the pseudo header has the ultimate destination, which is the last one of a source route. */
function finalDestination(bytes: Uint8Array, from: number, start: number): number {
  const options = parseOptions(bytes, from + IPV4_OPTIONS, start);
  const end = options instanceof Fault ? undefined : sourceRouteEnd(options);
  return end ?? IPV4_LAYOUT.read(bytes, from, "dst");
}

/** What is wrong with the total length of the header at bytes[from, start) of a packet that ends before `to`. */
function lengthFaultOf(bytes: Uint8Array, from: number, start: number, to: number): string | undefined {
  const totalLength = IPV4_LAYOUT.read(bytes, from, "totalLength");
  if (from + totalLength < start) return `is ${totalLength}, less than the header's ${start - from}`;
  if (from + totalLength > to) return `is ${totalLength}, but ${to - from} bytes are there`;
  return undefined;
}

/** What is wrong with the packet as a fragment. */
function fragmentFaultOf(bytes: Uint8Array, from: number, payloadSize: number): string | undefined {
  const offset = 8 * IPV4_LAYOUT.read(bytes, from, "fragmentOffset");
  if (offset + payloadSize > IPV4_SIZE_MAX - IPV4_HEADER_SIZE && offset > 0)
    return `puts the end beyond the largest packet`;
  // RFC 791 §3.2: all fragments but the last carry a multiple of 8 bytes.
  if (IPV4_LAYOUT.read(bytes, from, "moreFragments") === 1 && payloadSize % 8 !== 0)
    return `with more fragments needs a multiple of 8 bytes, has ${payloadSize}`;
  return undefined;
}
