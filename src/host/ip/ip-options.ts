/**
 * IPv4 options on the way through a machine (RFC 791 §3.1, RFC 1122 §3.2.1.8, RFC 1812 §5.3.13), with Linux's habits: a machine
 * enters itself in a record of the route or of times as soon as the packet arrives, with the address that faces the sender; when
 * it sends the packet on, the record of the route gets the address that faces the next hop in place of that one. Answers and
 * errors carry the records on, and nothing else. Source routes are refused (accept_source_route = 0).
 */
import { readI32, writeU16, writeU32 } from "../../core/bytes.js";
import { checksum } from "../../core/checksum.js";
import { DAY, MILLISECOND } from "../../core/time.js";
import { IPV4_CHECKSUM, IPV4_HEADER_SIZE } from "../../wire/ipv4.js";
import {
  IPV4_OPTION_END,
  IPV4_OPTION_LOOSE_ROUTE,
  IPV4_OPTION_NOP,
  IPV4_OPTION_RECORD_ROUTE,
  IPV4_OPTION_ROUTER_ALERT,
  IPV4_OPTION_STRICT_ROUTE,
  IPV4_OPTION_TIMESTAMP,
} from "../../wire/ipv4-options.js";
import type { Stack } from "../stack.js";

/** What a machine enters into records. */
export interface Recorder {
  readonly address: number;
  /** Since midnight. */
  readonly milliseconds: number;
  /** Is this some other machine's address? */
  isForeign(address: number): boolean;
}

/** A recorder for a machine that goes by that address. */
export const recorderOf = (stack: Stack, address: number): Recorder => ({
  address,
  milliseconds: Math.floor((stack.host.world.engine.now % DAY) / MILLISECOND),
  isForeign: (other) => other !== 0 && other >>> 28 < 14 && stack.fib.local.lookup(other) === null,
});

/** Fields of a record: the type, then the size, the pointer to the next free slot (counted from 1), and flags. */
const SIZE = 1;
const POINTER = 2;
const FLAGS = 3;
const ROUTE_SLOTS = 4;
const TIME_SLOTS = 5;
/** RFC 791: what a timestamp option records. */
const TIMES_WITH_ADDRESSES = 1;
const TIMES_OF_NAMED = 3;

/** The options of the packet that a machine has in hand. */
export class PacketOptions {
  /** The packet asks for a route of its own choice. */
  sourceRouted = false;
  /** Offset in the header of the record of the route that got an address of this machine; 0 for none. */
  private route = 0;
  private changed = false;

  /** Checks the options of an arriving packet and enters this machine. The offset of the byte that is wrong, 0 if none is. */
  arrive(bytes: Uint8Array, at: number, headerSize: number, recorder: Recorder): number {
    this.sourceRouted = false;
    this.route = 0;
    this.changed = false;
    const end = at + headerSize;
    const wrong = walk(bytes, at + IPV4_HEADER_SIZE, end, (option) => {
      const fault = wrongByte(bytes, option);
      if (fault > 0) return fault;
      if (isSourceRoute(bytes[option]!)) this.sourceRouted = true;
      else if (bytes[option] === IPV4_OPTION_RECORD_ROUTE) this.recordRoute(bytes, at, option, recorder);
      else if (bytes[option] === IPV4_OPTION_TIMESTAMP) this.recordTime(bytes, option, recorder);
      return 0;
    });
    return wrong < 0 ? 0 : wrong - at;
  }

  /** The packet leaves by a device with that address. */
  leave(bytes: Uint8Array, at: number, headerSize: number, address: number): void {
    const { route } = this;
    if (route !== 0) writeU32(bytes, at + route + bytes[at + route + POINTER]! - 5, address);
    if (!this.changed) return;
    writeU16(bytes, at + IPV4_CHECKSUM, 0);
    writeU16(bytes, at + IPV4_CHECKSUM, checksum(bytes, at, at + headerSize));
  }

  private recordRoute(bytes: Uint8Array, at: number, option: number, { address }: Recorder): void {
    if (!enterRoute(bytes, option, address)) return;
    this.route = option - at;
    this.changed = true;
  }

  private recordTime(bytes: Uint8Array, option: number, recorder: Recorder): void {
    if (isFull(bytes, option)) {
      // RFC 791: no room left, so the overflow count goes up.
      if ((bytes[option + FLAGS]! & 15) === TIMES_OF_NAMED) return;
      bytes[option + FLAGS] = bytes[option + FLAGS]! + 0x10;
    } else if (!enterTime(bytes, option, recorder)) return;
    this.changed = true;
  }
}

/**
 * The options for an answer to a packet that arrived here, or for an error about it: its records, with this machine's entry
 * as their sender. Of the header only `headerSize` bytes are looked at: those before the wrong one, if there is one. Null if a
 * record has no whole slot left, so that there can be no answer.
 */
export function echoOptions(
  bytes: Uint8Array,
  at: number,
  headerSize: number,
  recorder: Recorder,
): Uint8Array | null {
  const echo: number[] = [];
  let whole = true;
  walk(bytes, at + IPV4_HEADER_SIZE, at + headerSize, (option) => {
    const type = bytes[option]!;
    if (type !== IPV4_OPTION_RECORD_ROUTE && type !== IPV4_OPTION_TIMESTAMP) return 0;
    const copy = bytes.slice(option, option + bytes[option + SIZE]!);
    const slot = slotSize(copy, 0);
    const fits = copy[POINTER]! + slot - 1 <= copy.length;
    if (slot === 0 || isFull(copy, 0)) {
      // It is passed on as it is.
    } else if (!fits) whole &&= (copy[FLAGS]! & 15) === TIMES_OF_NAMED && type === IPV4_OPTION_TIMESTAMP;
    else if (type === IPV4_OPTION_RECORD_ROUTE) enterRoute(copy, 0, recorder.address);
    else enterTime(copy, 0, recorder);
    echo.push(...copy);
    return 0;
  });
  while (echo.length % 4 !== 0) echo.push(IPV4_OPTION_END);
  return whole ? Uint8Array.from(echo) : null;
}

const isSourceRoute = (type: number): boolean =>
  type === IPV4_OPTION_LOOSE_ROUTE || type === IPV4_OPTION_STRICT_ROUTE;

const isFull = (bytes: Uint8Array, option: number): boolean =>
  bytes[option + POINTER]! > bytes[option + SIZE]!;

function enterRoute(bytes: Uint8Array, option: number, address: number): boolean {
  if (isFull(bytes, option)) return false;
  writeU32(bytes, option + bytes[option + POINTER]! - 1, address);
  bytes[option + POINTER] = bytes[option + POINTER]! + 4;
  return true;
}

/** Enters the time, where the option's kind asks for it with the address; there must be room. */
function enterTime(bytes: Uint8Array, option: number, recorder: Recorder): boolean {
  const kind = bytes[option + FLAGS]! & 15;
  const slot = option + bytes[option + POINTER]! - 1;
  const size = slotSize(bytes, option);
  if (size === 0 || (kind === TIMES_OF_NAMED && recorder.isForeign(readI32(bytes, slot)))) return false;
  if (kind === TIMES_WITH_ADDRESSES) writeU32(bytes, slot, recorder.address);
  writeU32(bytes, slot + size - 4, recorder.milliseconds);
  bytes[option + POINTER] = bytes[option + POINTER]! + size;
  return true;
}

/** What one entry of a record takes; 0 for a record of times of an unknown kind. */
function slotSize(bytes: Uint8Array, option: number): number {
  if (bytes[option] === IPV4_OPTION_RECORD_ROUTE) return 4;
  const kind = bytes[option + FLAGS]! & 15;
  return kind === 0 ? 4 : kind === TIMES_WITH_ADDRESSES || kind === TIMES_OF_NAMED ? 8 : 0;
}

/**
 * Visits each option that is more than one byte, until a visit returns the offset in the option of a byte that is wrong. The
 * place of the wrong byte, or -1.
 */
function walk(bytes: Uint8Array, from: number, end: number, visit: (option: number) => number): number {
  const seen = new Set<number>();
  for (let i = from; i < end; ) {
    const type = bytes[i]!;
    if (type === IPV4_OPTION_END) return -1;
    if (type === IPV4_OPTION_NOP) {
      i++;
      continue;
    }
    const size = i + SIZE < end ? bytes[i + SIZE]! : 0;
    if (size < 2 || i + size > end) return i;
    if (type in MINIMUM && type !== IPV4_OPTION_ROUTER_ALERT) {
      const kind = isSourceRoute(type) ? IPV4_OPTION_LOOSE_ROUTE : type;
      if (seen.has(kind)) return i;
      seen.add(kind);
    }
    const wrong = visit(i);
    if (wrong > 0) return i + wrong;
    i += size;
  }
  return -1;
}

/** The least size of an option whose content matters, by type. */
const MINIMUM: Readonly<Record<number, number>> = {
  [IPV4_OPTION_RECORD_ROUTE]: 3,
  [IPV4_OPTION_LOOSE_ROUTE]: 3,
  [IPV4_OPTION_STRICT_ROUTE]: 3,
  [IPV4_OPTION_TIMESTAMP]: 4,
  [IPV4_OPTION_ROUTER_ALERT]: 4,
};

/** The offset in an option of the byte that is wrong, 0 if it is sound. */
function wrongByte(bytes: Uint8Array, option: number): number {
  const type = bytes[option]!;
  const size = bytes[option + SIZE]!;
  const minimum = MINIMUM[type];
  if (minimum === undefined) return 0;
  if (size < minimum) return SIZE;
  const pointer = bytes[option + POINTER]!;
  const room = size - pointer + 1;
  if (isSourceRoute(type)) return pointer < ROUTE_SLOTS ? POINTER : 0;
  if (type === IPV4_OPTION_RECORD_ROUTE) return pointer < ROUTE_SLOTS || (room > 0 && room < 4) ? POINTER : 0;
  if (type !== IPV4_OPTION_TIMESTAMP) return 0;
  if (pointer < TIME_SLOTS) return POINTER;
  if (room > 0) return room < Math.max(4, slotSize(bytes, option)) ? POINTER : 0;
  const flags = bytes[option + FLAGS]!;
  // Nobody can count a sixteenth machine without room.
  return (flags & 15) !== TIMES_OF_NAMED && flags >> 4 === 15 ? FLAGS : 0;
}
