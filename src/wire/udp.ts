/** UDP (RFC 768). */
import { addToSum, foldChecksum } from "../core/checksum.js";
import type { Codec } from "./codec/codec.js";
import { checksumFault, Fault } from "./codec/fault.js";
import { Layout, type ValueOf } from "./codec/layout.js";
import { IP_PROTO_UDP, pseudoHeaderSum } from "./ipv4.js";

export const UDP_HEADER_SIZE = 8;
export const UDP_SRC_PORT = 0;
export const UDP_DST_PORT = 2;
export const UDP_LENGTH = 4;
export const UDP_CHECKSUM = 6;

export const UDP_PORT_DNS = 53;
export const UDP_PORT_DHCP_SERVER = 67;
export const UDP_PORT_DHCP_CLIENT = 68;
export const UDP_PORT_VXLAN = 4789;

const PORT_NAMES: Readonly<Record<number, string>> = {
  7: "echo",
  9: "discard",
  [UDP_PORT_DNS]: "DNS",
  [UDP_PORT_DHCP_SERVER]: "DHCP server",
  [UDP_PORT_DHCP_CLIENT]: "DHCP client",
  69: "TFTP",
  123: "NTP",
  161: "SNMP",
  520: "RIP",
  [UDP_PORT_VXLAN]: "VXLAN",
};

export const UDP_LAYOUT = new Layout("UDP header", "RFC 768", [
  { name: "srcPort", bits: 16, label: "Source port", meaning: PORT_NAMES },
  { name: "dstPort", bits: 16, label: "Destination port", meaning: PORT_NAMES },
  {
    name: "length",
    bits: 16,
    label: "Length",
    computed: true,
    fault: (length) => (length < UDP_HEADER_SIZE ? `is ${length}, must be at least 8` : undefined),
  },
  { name: "checksum", bits: 16, label: "Checksum", kind: "hex", computed: true },
]);

export interface UdpDatagram extends ValueOf<typeof UDP_LAYOUT> {
  /** False if it was sent without a checksum, which RFC 768 allows. */
  readonly checksummed: boolean;
  readonly payload: Uint8Array;
}

/**
 * The checksum field's value for the datagram bytes[from, to), whose own checksum field must be zero.
 * RFC 768: a sum that comes out as zero is sent as all ones, since zero says "no checksum".
 */
export function udpChecksum(bytes: Uint8Array, from: number, to: number, src: number, dst: number): number {
  return checksumOf(bytes, from, to, pseudoHeaderSum(src, dst, IP_PROTO_UDP, to - from));
}

const checksumOf = (bytes: Uint8Array, from: number, to: number, sum: number): number =>
  foldChecksum(addToSum(bytes, from, to, sum)) || 0xffff;

/** The pseudo header's sum is that of addresses and protocol; the codec adds the length. */
export const udpCodec: Codec<UdpDatagram> = {
  name: "udp",
  title: "UDP",
  spec: "RFC 768",
  layouts: [UDP_LAYOUT],
  carriedBy: [{ space: "ip", number: IP_PROTO_UDP }],

  parse(bytes, from, to, pseudoSum = 0) {
    const fault = UDP_LAYOUT.check(bytes, from, to);
    if (fault !== undefined) return fault;
    const length = UDP_LAYOUT.read(bytes, from, "length");
    const end = from + length;
    if (end > to)
      return new Fault(`Length is ${length}, but ${to - from} bytes are there`, from + UDP_LENGTH);
    const checksummed = UDP_LAYOUT.read(bytes, from, "checksum") !== 0;
    const sum = addToSum(bytes, from, end, pseudoSum + length);
    const wrong = checksummed ? checksumFault(sum, from + UDP_CHECKSUM) : undefined;
    if (wrong !== undefined) return wrong;
    const payload = bytes.subarray(from + UDP_HEADER_SIZE, end);
    return UDP_LAYOUT.values(bytes, from, { checksummed, payload });
  },

  size: (datagram) => UDP_HEADER_SIZE + datagram.payload.length,

  emit(datagram, bytes, at, pseudoSum = 0) {
    const length = UDP_HEADER_SIZE + datagram.payload.length;
    const end = at + length;
    UDP_LAYOUT.put(bytes, at, datagram);
    UDP_LAYOUT.write(bytes, at, "length", length);
    bytes.set(datagram.payload, at + UDP_HEADER_SIZE);
    if (datagram.checksummed)
      UDP_LAYOUT.write(bytes, at, "checksum", checksumOf(bytes, at, end, pseudoSum + length));
    return end;
  },

  dissect(layer) {
    const { bytes, from, to } = layer;
    const { incomplete, pseudoSum } = layer.surroundings;
    if (!layer.add(UDP_LAYOUT)) return;
    const length = UDP_LAYOUT.read(bytes, from, "length");
    const cut = from + length > to;
    if (cut && incomplete === undefined)
      layer.blame("length", `is ${length}, but ${to - from} bytes are there`);
    if (length < UDP_HEADER_SIZE) return;
    const end = Math.min(to, from + length);
    layer.layer.to = end;
    if (UDP_LAYOUT.read(bytes, from, "checksum") === 0) layer.explain("checksum", "none");
    else if (cut || incomplete !== undefined || pseudoSum === undefined)
      layer.explain("checksum", "not judged");
    else layer.judgeChecksum("checksum", addToSum(bytes, from, end, pseudoSum + length));
    layer.carry(from + UDP_HEADER_SIZE, end, [
      { space: "udp", number: UDP_LAYOUT.read(bytes, from, "dstPort") },
      { space: "udp", number: UDP_LAYOUT.read(bytes, from, "srcPort") },
    ]);
  },
};
