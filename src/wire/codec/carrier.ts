/** How one protocol names what it carries, and how a codec says where it is found. */

/** The spaces of numbers by which one protocol names what it carries. */
export type NumberSpace =
  /** LINKTYPE of a capture file: what the whole frame is. */
  | "link"
  | "ethertype"
  /** The data of an 802.3 frame, which has no type: always number 0. */
  | "802.3"
  /** The service access points of LLC. */
  | "llc"
  | "ip"
  | "udp";

/** "UDP port 4789": a place where a protocol is found. */
export interface Carrier {
  readonly space: NumberSpace;
  readonly number: number;
}
