/** The UDP header (RFC 768). */
import { addToSum, foldChecksum } from "../core/checksum.js";
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

/**
 * The checksum field's value for the datagram bytes[from, to), whose own checksum field must be zero.
 * RFC 768: a sum that comes out as zero is sent as all ones, since zero says "no checksum".
 */
export function udpChecksum(bytes: Uint8Array, from: number, to: number, src: number, dst: number): number {
  const sum = pseudoHeaderSum(src, dst, IP_PROTO_UDP, to - from);
  return foldChecksum(addToSum(bytes, from, to, sum)) || 0xffff;
}
