/**
 * The echo request that ping sends (RFC 792): an ICMP header, the time of sending as a Linux `struct timeval` if there is
 * room for one, and a pattern; and the IP options that ask for a record of the way.
 */
import { readU32, writeU16, writeU32 } from "../../../core/bytes.js";
import { checksum } from "../../../core/checksum.js";
import type { Nanoseconds } from "../../../core/time.js";
import { MICROSECOND, SECOND } from "../../../core/time.js";
import {
  ICMP_CHECKSUM,
  ICMP_ECHO_REQUEST,
  ICMP_HEADER_SIZE,
  ICMP_ID,
  ICMP_SEQUENCE,
  ICMP_TYPE,
} from "../../../wire/icmpv4.js";
import {
  IPV4_OPTION_NOP,
  IPV4_OPTION_RECORD_ROUTE,
  IPV4_OPTION_TIMESTAMP,
} from "../../../wire/ipv4-options.js";

/** Two 64-bit little-endian numbers, as on every machine that Debian calls amd64 or arm64. */
export const TIMEVAL_SIZE = 16;

const OPTIONS_SIZE = 40;

export class EchoRequest {
  readonly bytes: Uint8Array;

  constructor(
    ident: number,
    readonly size: number,
    pattern: Uint8Array | undefined,
  ) {
    this.bytes = new Uint8Array(ICMP_HEADER_SIZE + size);
    this.bytes[ICMP_TYPE] = ICMP_ECHO_REQUEST;
    writeU16(this.bytes, ICMP_ID, ident);
    for (let i = 0; i < size; i++)
      this.bytes[ICMP_HEADER_SIZE + i] = pattern === undefined ? i : pattern[i % pattern.length]!;
  }

  /** Does it carry the time of its sending? */
  get timed(): boolean {
    return this.size >= TIMEVAL_SIZE;
  }

  /** Makes it the request of this number, sent now. */
  stamp(sequence: number, now: Nanoseconds): void {
    const { bytes } = this;
    writeU16(bytes, ICMP_SEQUENCE, sequence);
    if (this.timed) {
      writeU64LittleEndian(bytes, ICMP_HEADER_SIZE, Math.floor(now / SECOND));
      writeU64LittleEndian(bytes, ICMP_HEADER_SIZE + 8, Math.floor((now % SECOND) / MICROSECOND));
    }
    writeU16(bytes, ICMP_CHECKSUM, 0);
    writeU16(bytes, ICMP_CHECKSUM, checksum(bytes, 0, bytes.length));
  }
}

/** Microseconds from the time that an answer brought back until now; the answer's ICMP header is at `at`. */
export function microsecondsSince(bytes: Uint8Array, at: number, now: Nanoseconds): number {
  const seconds = readU32LittleEndian(bytes, at + ICMP_HEADER_SIZE);
  const microseconds = readU32LittleEndian(bytes, at + ICMP_HEADER_SIZE + 8);
  return Math.floor(now / MICROSECOND) - (seconds * 1_000_000 + microseconds);
}

/** RFC 791 §3.1: record route with nine places, of which the sender's own address fills the first. */
export function recordRouteOption(source: number): Uint8Array {
  const option = new Uint8Array(OPTIONS_SIZE);
  option.set([IPV4_OPTION_NOP, IPV4_OPTION_RECORD_ROUTE, 39, 8]);
  writeU32(option, 4, source);
  return option;
}

/** RFC 791 §3.1: timestamps, with or without addresses; the sender is the first to be recorded. */
export function timestampOption(source: number, withAddresses: boolean, milliseconds: number): Uint8Array {
  const option = new Uint8Array(OPTIONS_SIZE);
  const entry = withAddresses ? 8 : 4;
  const size = withAddresses ? 36 : 40;
  option.set([IPV4_OPTION_TIMESTAMP, size, 5 + entry, withAddresses ? 1 : 0]);
  if (withAddresses) writeU32(option, 4, source);
  writeU32(option, entry, milliseconds);
  return option;
}

function writeU64LittleEndian(bytes: Uint8Array, at: number, value: number): void {
  let rest = value;
  for (let i = 0; i < 8; i++) {
    bytes[at + i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
}

const readU32LittleEndian = (bytes: Uint8Array, at: number): number =>
  readU32(Uint8Array.of(bytes[at + 3]!, bytes[at + 2]!, bytes[at + 1]!, bytes[at]!), 0);
