/**
 * IPv4 options on the way through a machine (RFC 791 §3.1, RFC 1812 §5.3.13): validity, record route and timestamp.
 * Source routes are refused, as Linux does with accept_source_route = 0.
 */
import { writeU16, writeU32 } from "../../core/bytes.js";
import { checksum } from "../../core/checksum.js";
import { IPV4_CHECKSUM, IPV4_HEADER_SIZE } from "../../wire/ipv4.js";
import {
  IPV4_OPTION_END,
  IPV4_OPTION_LOOSE_ROUTE,
  IPV4_OPTION_NOP,
  IPV4_OPTION_RECORD_ROUTE,
  IPV4_OPTION_STRICT_ROUTE,
  IPV4_OPTION_TIMESTAMP,
} from "../../wire/ipv4-options.js";

/** The offset in the header of the byte that is wrong; 0 if the options are sound; -1 if they ask for a source route. */
export function checkOptions(bytes: Uint8Array, at: number, headerSize: number): number {
  const end = at + headerSize;
  for (let i = at + IPV4_HEADER_SIZE; i < end; ) {
    const type = bytes[i]!;
    if (type === IPV4_OPTION_END) return 0;
    if (type === IPV4_OPTION_NOP) {
      i++;
      continue;
    }
    const size = i + 1 < end ? bytes[i + 1]! : 0;
    if (size < 2 || i + size > end) return i - at;
    if (type === IPV4_OPTION_LOOSE_ROUTE || type === IPV4_OPTION_STRICT_ROUTE) return -1;
    if (type === IPV4_OPTION_RECORD_ROUTE && (size < 3 || bytes[i + 2]! < 4 || bytes[i + 2]! > size + 1))
      return i + 2 - at;
    if (type === IPV4_OPTION_TIMESTAMP && (size < 4 || bytes[i + 2]! < 5 || bytes[i + 2]! > size + 1))
      return i + 2 - at;
    i += size;
  }
  return 0;
}

/**
 * The options that an echo reply carries because the request in bytes[from, to) did (RFC 1122 §3.2.2.6): the record of the
 * route and the timestamps, where the machine that answers stands once more; others are left out, as Linux leaves them.
 */
export function answerOptions(
  bytes: Uint8Array,
  from: number,
  to: number,
  address: number,
  milliseconds: number,
): Uint8Array {
  const kept: number[] = [];
  for (let i = from; i < to && bytes[i] !== IPV4_OPTION_END; ) {
    const type = bytes[i]!;
    const size = type === IPV4_OPTION_NOP ? 1 : bytes[i + 1]!;
    if (type === IPV4_OPTION_RECORD_ROUTE || type === IPV4_OPTION_TIMESTAMP)
      kept.push(...bytes.subarray(i, i + size));
    i += size;
  }
  const header = new Uint8Array(IPV4_HEADER_SIZE + ((kept.length + 3) & ~3));
  header.set(kept, IPV4_HEADER_SIZE);
  const timeOverflow = kept[0] === IPV4_OPTION_TIMESTAMP && kept[2]! > kept[1]!;
  if (!timeOverflow) recordInOptions(header, 0, header.length, address, milliseconds);
  return header.subarray(IPV4_HEADER_SIZE);
}

/**
 * Writes this machine's address (and time, in milliseconds) where the options ask for it, and corrects the checksum.
 * The options must have passed `checkOptions`.
 */
export function recordInOptions(
  bytes: Uint8Array,
  at: number,
  headerSize: number,
  address: number,
  milliseconds: number,
): void {
  const end = at + headerSize;
  for (let i = at + IPV4_HEADER_SIZE; i < end; ) {
    const type = bytes[i]!;
    if (type === IPV4_OPTION_END) break;
    if (type === IPV4_OPTION_NOP) {
      i++;
      continue;
    }
    const size = bytes[i + 1]!;
    const next = i + bytes[i + 2]! - 1;
    if (type === IPV4_OPTION_RECORD_ROUTE && bytes[i + 2]! + 3 <= size) {
      writeU32(bytes, next, address);
      bytes[i + 2] = bytes[i + 2]! + 4;
    } else if (type === IPV4_OPTION_TIMESTAMP) recordTime(bytes, i, size, next, address, milliseconds);
    i += size;
  }
  writeU16(bytes, at + IPV4_CHECKSUM, 0);
  writeU16(bytes, at + IPV4_CHECKSUM, checksum(bytes, at, end));
}

function recordTime(
  bytes: Uint8Array,
  i: number,
  size: number,
  next: number,
  address: number,
  ms: number,
): void {
  const kind = bytes[i + 3]! & 15;
  const need = kind === 0 ? 4 : 8;
  if (bytes[i + 2]! - 1 + need > size) {
    // RFC 791: no room left, so the overflow count goes up, up to its limit.
    if (bytes[i + 3]! < 0xf0) bytes[i + 3] = bytes[i + 3]! + 0x10;
    return;
  }
  if (kind === 3) {
    // Prespecified addresses: only the machine that is named there writes.
    const named =
      (bytes[next]! << 24) | (bytes[next + 1]! << 16) | (bytes[next + 2]! << 8) | bytes[next + 3]!;
    if (named !== address) return;
  } else if (kind === 1) writeU32(bytes, next, address);
  writeU32(bytes, kind === 0 ? next : next + 4, ms);
  bytes[i + 2] = bytes[i + 2]! + need;
}
