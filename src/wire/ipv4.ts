/** The IPv4 header (RFC 791 §3.1) with the differentiated services field (RFC 2474, RFC 3168) in place of type of service. */

/** The header without options. */
export const IPV4_HEADER_SIZE = 20;
export const IPV4_HEADER_MAX = 60;
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

/** The sum over the pseudo header of UDP and TCP (RFC 768, RFC 9293 §3.1): a start value for `addToSum`. `length`: bytes of the datagram or segment. */
export function pseudoHeaderSum(src: number, dst: number, protocol: number, length: number): number {
  return (src >>> 16) + (src & 0xffff) + (dst >>> 16) + (dst & 0xffff) + protocol + length;
}
