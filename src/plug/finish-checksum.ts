/**
 * Finishes the checksum of a TCP or UDP packet that a kernel left to a network card.
 *
 * A kernel that tunnels over a virtual link (veth, loopback) counts on nobody looking at the inner packet: its TCP or UDP
 * checksum field holds only the pseudo-header's sum, as a card that computes checksums expects it (Linux calls that
 * CHECKSUM_PARTIAL). No wire ever saw such a packet, so it is finished here, as the card would.
 */
import { readU16, writeU16 } from "../core/bytes.js";
import { addToSum, checksum, foldChecksum } from "../core/checksum.js";
import { ETHERTYPE_IPV4, ETHERTYPE_IPV6 } from "../wire/ethernet.js";
import { IP_PROTO_TCP, IP_PROTO_UDP } from "../wire/ipv4.js";

/** Mends the frame in place; any frame that is not exactly such a packet is left as it is. */
export function finishChecksum(frame: Uint8Array): void {
  if (frame.length < 34) return;
  const type = readU16(frame, 12);
  if (type === ETHERTYPE_IPV4) {
    const header = (frame[14]! & 15) * 4;
    const end = 14 + readU16(frame, 16);
    const fragment = (readU16(frame, 20) & 0x3fff) !== 0;
    if (header >= 20 && !fragment) finish(frame, 26, 34, frame[23]!, 14 + header, end);
  } else if (type === ETHERTYPE_IPV6 && frame.length >= 54)
    finish(frame, 22, 54, frame[20]!, 54, 54 + readU16(frame, 18));
}

/** The addresses are frame[addresses, addressesEnd), the TCP segment or UDP datagram is frame[from, to). */
function finish(
  frame: Uint8Array,
  addresses: number,
  addressesEnd: number,
  protocol: number,
  from: number,
  to: number,
): void {
  const field = protocol === IP_PROTO_TCP ? 16 : protocol === IP_PROTO_UDP ? 6 : -1;
  if (field < 0 || to > frame.length || from + field + 2 > to) return;
  const pseudoSum = addToSum(frame, addresses, addressesEnd, protocol + to - from);
  const partial = ~foldChecksum(pseudoSum) & 0xffff;
  // The field itself, not complemented, stands for the pseudo-header in the sum over the segment.
  if (readU16(frame, from + field) !== partial || isRight(frame, from, to, pseudoSum)) return;
  const sum = checksum(frame, from, to);
  // RFC 768: a UDP checksum that comes out as zero is sent as all ones.
  writeU16(frame, from + field, sum === 0 && protocol === IP_PROTO_UDP ? 0xffff : sum);
}

const isRight = (frame: Uint8Array, from: number, to: number, pseudoSum: number): boolean =>
  foldChecksum(addToSum(frame, from, to, pseudoSum)) === 0;
