/** Cutting an IPv4 packet to a smaller MTU (RFC 791 §3.2). */
import { readU16, writeU16 } from "../../core/bytes.js";
import { checksum } from "../../core/checksum.js";
import type { Frame } from "../../link/frame.js";
import {
  IPV4_CHECKSUM,
  IPV4_FLAGS,
  IPV4_HEADER_SIZE,
  IPV4_MF,
  IPV4_OFFSET_MASK,
  IPV4_TOTAL_LENGTH,
} from "../../wire/ipv4.js";
import { IPV4_OPTION_COPIED, IPV4_OPTION_END, IPV4_OPTION_NOP } from "../../wire/ipv4-options.js";

/**
 * Cuts the packet at `frame.network` into fragments of at most `mtu` bytes and hands each to `emit`, which owns it. The
 * packet itself is freed. All fragments carry the packet's id.
 */
export function fragment(frame: Frame, mtu: number, emit: (fragment: Frame) => void): void {
  const { bytes, network: at } = frame;
  const headerSize = (bytes[at]! & 15) * 4;
  const flags = readU16(bytes, at + IPV4_FLAGS);
  const first = flags & IPV4_OFFSET_MASK;
  const total = frame.end - at - headerSize;
  // An MTU that holds no eight bytes behind the header (RFC 791 §3.2 asks for 68) still gets fragments, one by one.
  const room = Math.max(8, (mtu - headerSize) & ~7);
  for (let done = 0; done < total; done += room) {
    const size = Math.min(room, total - done);
    const more = done + size < total || (flags & IPV4_MF) !== 0;
    const piece = frame.pool.take(headerSize + size);
    const to = piece.start;
    piece.id = frame.id;
    piece.cause = frame.cause;
    piece.network = to;
    piece.bytes.set(bytes.subarray(at, at + headerSize), to);
    if (done > 0) blankOptions(piece.bytes, to, headerSize);
    piece.bytes.set(bytes.subarray(at + headerSize + done, at + headerSize + done + size), to + headerSize);
    writeU16(piece.bytes, to + IPV4_TOTAL_LENGTH, headerSize + size);
    writeU16(piece.bytes, to + IPV4_FLAGS, (more ? IPV4_MF : 0) | (first + done / 8));
    writeU16(piece.bytes, to + IPV4_CHECKSUM, 0);
    writeU16(piece.bytes, to + IPV4_CHECKSUM, checksum(piece.bytes, to, to + headerSize));
    emit(piece);
  }
  frame.free();
}

/** RFC 791 §3.1: options without the copied bit stand in the first fragment only; later ones carry no-operations there. */
function blankOptions(bytes: Uint8Array, at: number, headerSize: number): void {
  const end = at + headerSize;
  for (let i = at + IPV4_HEADER_SIZE; i < end; ) {
    const type = bytes[i]!;
    if (type === IPV4_OPTION_END) return;
    const size = type === IPV4_OPTION_NOP ? 1 : Math.max(2, bytes[i + 1] ?? 2);
    if ((type & IPV4_OPTION_COPIED) === 0) bytes.fill(IPV4_OPTION_NOP, i, Math.min(end, i + size));
    i += size;
  }
}
