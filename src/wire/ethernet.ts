/**
 * Ethernet frames: the Ethernet II header, the IEEE 802.3 length form, and the frame check sequence (IEEE 802.3 §3).
 * Preamble and start delimiter are the link's business and are not in a frame's bytes.
 */
import { readU32 } from "../core/bytes.js";
import { crc32 } from "../core/crc32.js";
import type { Codec } from "./codec/codec.js";
import { Fault } from "./codec/fault.js";
import { formatHex, Layout, type ValueOf } from "./codec/layout.js";

export const ETHERNET_HEADER_SIZE = 14;
export const ETHERNET_DST = 0;
export const ETHERNET_SRC = 6;
/** EtherType, or the length of the data in an 802.3 frame. */
export const ETHERNET_TYPE = 12;

export const FCS_SIZE = 4;
/** The least frame without FCS (IEEE 802.3 §3.2.8: the data is padded to 46 bytes). */
export const ETHERNET_MIN_SIZE = 60;
export const ETHERNET_MTU = 1500;
/** Type/length values from here on are EtherTypes (IEEE 802.3 §3.2.6). */
export const ETHERTYPE_MIN = 0x0600;
/** The largest type/length value that is a length. */
export const ETHERNET_LENGTH_MAX = 1500;

export const ETHERTYPE_IPV4 = 0x0800;
export const ETHERTYPE_ARP = 0x0806;
export const ETHERTYPE_RARP = 0x8035;
/** Transparent Ethernet bridging (RFC 1701), as GRE and Geneve carry frames. */
export const ETHERTYPE_TEB = 0x6558;
export const ETHERTYPE_VLAN = 0x8100;
export const ETHERTYPE_IPV6 = 0x86dd;
export const ETHERTYPE_FLOW_CONTROL = 0x8808;
export const ETHERTYPE_SLOW = 0x8809;
export const ETHERTYPE_MPLS = 0x8847;
export const ETHERTYPE_PPPOE_DISCOVERY = 0x8863;
export const ETHERTYPE_PPPOE_SESSION = 0x8864;
export const ETHERTYPE_EAPOL = 0x888e;
/** Service tag, IEEE 802.1ad. */
export const ETHERTYPE_QINQ = 0x88a8;
export const ETHERTYPE_LLDP = 0x88cc;

export const ETHERTYPE_NAMES: Readonly<Record<number, string>> = {
  [ETHERTYPE_IPV4]: "IPv4",
  [ETHERTYPE_ARP]: "ARP",
  [ETHERTYPE_RARP]: "RARP",
  [ETHERTYPE_TEB]: "bridged Ethernet",
  [ETHERTYPE_VLAN]: "802.1Q tag",
  [ETHERTYPE_IPV6]: "IPv6",
  [ETHERTYPE_FLOW_CONTROL]: "flow control",
  [ETHERTYPE_SLOW]: "slow protocols",
  [ETHERTYPE_MPLS]: "MPLS",
  [ETHERTYPE_PPPOE_DISCOVERY]: "PPPoE discovery",
  [ETHERTYPE_PPPOE_SESSION]: "PPPoE session",
  [ETHERTYPE_EAPOL]: "EAPOL",
  [ETHERTYPE_QINQ]: "802.1ad service tag",
  [ETHERTYPE_LLDP]: "LLDP",
};

/** The LINKTYPE of Ethernet in capture files. */
export const LINKTYPE_ETHERNET = 1;

const ADDRESSES = [
  { name: "dst", bits: 48, label: "Destination", kind: "mac" },
  { name: "src", bits: 48, label: "Source", kind: "mac" },
] as const;

export const ETHERNET_LAYOUT = new Layout("Ethernet II header", "IEEE 802.3 §3.1.1", [
  ...ADDRESSES,
  {
    name: "type",
    bits: 16,
    label: "EtherType",
    kind: "hex",
    meaning: ETHERTYPE_NAMES,
    // IEEE 802.3 §3.2.6: 1501 to 1535 are neither a length nor a type.
    fault: (type) =>
      type < ETHERTYPE_MIN ? `is ${formatHex(type, 16)}, neither a type nor a length` : undefined,
  },
]);

export const ETHERNET_LENGTH_LAYOUT = new Layout("IEEE 802.3 header", "IEEE 802.3 §3.1.1", [
  ...ADDRESSES,
  { name: "length", bits: 16, label: "Length", computed: true },
]);

/** Shown in the order of its bytes, as Wireshark does. */
const FCS_FIELD = { name: "fcs", bits: 32, label: "Frame check sequence", kind: "hex" } as const;

export interface EthernetFrame extends Omit<ValueOf<typeof ETHERNET_LAYOUT>, "type"> {
  /** The EtherType; `undefined` in the 802.3 form, which gives the length of the payload (at most 1500) in its place. */
  readonly type: number | undefined;
  readonly payload: Uint8Array;
}

/** IEEE 802.3 §3.2.9: the FCS at `at`, which goes least significant byte first. */
export function readFcs(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

export function writeFcs(bytes: Uint8Array, at: number, fcs: number): void {
  bytes[at] = fcs;
  bytes[at + 1] = fcs >>> 8;
  bytes[at + 2] = fcs >>> 16;
  bytes[at + 3] = fcs >>> 24;
}

const hasLength = (bytes: Uint8Array, from: number): boolean =>
  ETHERNET_LAYOUT.read(bytes, from, "type") <= ETHERNET_LENGTH_MAX;

/** The frame without FCS. */
export const ethernetCodec: Codec<EthernetFrame> = {
  name: "ethernet",
  title: "Ethernet",
  spec: "IEEE 802.3 §3",
  layouts: [ETHERNET_LAYOUT, ETHERNET_LENGTH_LAYOUT],
  carriedBy: [{ space: "link", number: LINKTYPE_ETHERNET }],

  parse(bytes, from, to) {
    if (to - from < ETHERNET_HEADER_SIZE || !hasLength(bytes, from)) {
      const fault = ETHERNET_LAYOUT.check(bytes, from, to);
      const payload = from + ETHERNET_HEADER_SIZE;
      return fault ?? ETHERNET_LAYOUT.values(bytes, from, { payload: bytes.subarray(payload, to) });
    }
    const start = from + ETHERNET_HEADER_SIZE;
    const length = ETHERNET_LENGTH_LAYOUT.read(bytes, from, "length");
    if (start + length > to)
      return new Fault(`Length is ${length}, but ${to - start} bytes are there`, from + ETHERNET_TYPE);
    const payload = bytes.subarray(start, start + length);
    return ETHERNET_LENGTH_LAYOUT.values(bytes, from, { type: undefined, payload });
  },

  size: (frame) => ETHERNET_HEADER_SIZE + frame.payload.length,

  emit(frame, bytes, at) {
    const { type, payload } = frame;
    if (type === undefined) {
      ETHERNET_LENGTH_LAYOUT.put(bytes, at, frame);
      ETHERNET_LENGTH_LAYOUT.write(bytes, at, "length", payload.length);
    } else ETHERNET_LAYOUT.put(bytes, at, { ...frame, type });
    bytes.set(payload, at + ETHERNET_HEADER_SIZE);
    return at + ETHERNET_HEADER_SIZE + payload.length;
  },

  dissect(layer) {
    const { bytes, from } = layer;
    const fcsSize = layer.surroundings.fcsSize ?? 0;
    const end = Math.max(from, layer.to - fcsSize);
    if (fcsSize === FCS_SIZE && layer.to - from >= FCS_SIZE) {
      layer.addValue(FCS_FIELD, 8 * (end - from), readU32(bytes, end));
      const right = new Uint8Array(FCS_SIZE);
      writeFcs(right, 0, crc32(bytes, from, end));
      if (readU32(right, 0) === readU32(bytes, end)) layer.explain("fcs", "good");
      else layer.blame("fcs", `should be ${formatHex(readU32(right, 0), 32)}`);
    }
    const start = from + ETHERNET_HEADER_SIZE;
    if (end < start || !hasLength(bytes, from)) {
      if (!layer.add(ETHERNET_LAYOUT, from, end)) return;
      const type = ETHERNET_LAYOUT.read(bytes, from, "type");
      layer.carry(start, end, [{ space: "ethertype", number: type }]);
      return;
    }
    layer.add(ETHERNET_LENGTH_LAYOUT, from, end);
    const length = ETHERNET_LENGTH_LAYOUT.read(bytes, from, "length");
    if (start + length > end) layer.blame("length", `is more than the ${end - start} bytes that follow`);
    const dataEnd = Math.min(end, start + length);
    layer.carry(start, dataEnd, [{ space: "802.3", number: 0 }]);
    layer.addBytes("padding", "Padding", dataEnd, end);
  },
};
