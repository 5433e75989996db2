/**
 * The format of a border recording, written and read.
 *
 *   first line   JSON: {"netcosm":"border","version":1,"lab":NAME,"seed":N,"plugs":[NAME,...]} and a line feed
 *   then records 0  kind: 1 frame in, 2 frame out, 3 end of session
 *                1  plug, as its place in the list of the first line (0 for the end)
 *                3  virtual time in nanoseconds, 8 bytes
 *               11  length of what follows, 4 bytes
 *               15  the frame without FCS; for the end, the session's fingerprint as text
 *                .  CRC-32 of the file so far, without the CRC fields, 4 bytes
 *
 * All numbers are big-endian. Times never fall, and a frame that came in stands alone at its instant. A session that ended
 * in order ends in an end record; one that was killed lacks it, and what is there is still a recording.
 */
import { z } from "zod";
import { fromUtf8, readU16, readU32, utf8, writeU16, writeU32 } from "../core/bytes.js";
import { crc32 } from "../core/crc32.js";
import type { Nanoseconds } from "../core/time.js";

export interface RecordingHeader {
  /** The lab's name, for people. */
  readonly lab: string;
  readonly seed: number;
  /** The names of the plugs. */
  readonly plugs: readonly string[];
}

export interface Crossing {
  readonly direction: "in" | "out";
  /** Place in the header's list. */
  readonly plug: number;
  readonly time: Nanoseconds;
  /** The frame, without FCS. */
  readonly bytes: Uint8Array;
}

export interface Recording {
  readonly header: RecordingHeader;
  readonly crossings: readonly Crossing[];
  /** When and how the session ended; null if it was cut off. */
  readonly end: { readonly time: Nanoseconds; readonly fingerprint: string } | null;
}

/** A file that is no recording, or a damaged one: where, and what is wrong there. */
export class RecordingError extends Error {
  override readonly name = "RecordingError";

  constructor(
    readonly offset: number,
    what: string,
  ) {
    super(`byte ${offset}: ${what}`);
  }
}

const KINDS = { in: 1, out: 2, end: 3 } as const;
export type RecordKind = keyof typeof KINDS;

const RECORD_HEAD = 15;
const RECORD_OVERHEAD = RECORD_HEAD + 4;
const MAX_LINE = 65_536;
const MIN_FRAME = 14;
const MAX_FRAME = 131_072;
const MAX_PLUGS = 65_535;

const headerSchema = z.strictObject({
  netcosm: z.literal("border"),
  version: z.literal(1),
  lab: z.string(),
  seed: z.int(),
  plugs: z.array(z.string().min(1)).min(1).max(MAX_PLUGS),
});

/** The first line of a recording. */
export function encodeHeader(header: RecordingHeader): Uint8Array {
  const { lab, seed, plugs } = header;
  return utf8(`${JSON.stringify({ netcosm: "border", version: 1, lab, seed, plugs })}\n`);
}

/** How many bytes a record with that much content takes. */
export const recordSize = (contentSize: number): number => RECORD_OVERHEAD + contentSize;

/**
 * Writes a record with the content bytes[from, to) at `at` of `target`, which has room for it. `sum` is the CRC-32 of the
 * file so far; returns the one with this record's fields, which is the record's own last field.
 */
export function encodeRecord(
  target: Uint8Array,
  at: number,
  sum: number,
  kind: RecordKind,
  plug: number,
  time: Nanoseconds,
  bytes: Uint8Array,
  from: number,
  to: number,
): number {
  target[at] = KINDS[kind];
  writeU16(target, at + 1, plug);
  writeU32(target, at + 3, Math.floor(time / 0x1_0000_0000));
  writeU32(target, at + 7, time % 0x1_0000_0000);
  writeU32(target, at + 11, to - from);
  let end = at + RECORD_HEAD;
  for (let i = from; i < to; i++) target[end++] = bytes[i]!;
  const newSum = crc32(target, at, end, sum);
  writeU32(target, end, newSum);
  return newSum;
}

/** Reads a recording. Throws a RecordingError at the first thing that is wrong. The crossings keep views into the bytes. */
export function parseRecording(file: Uint8Array): Recording {
  const { header, size } = parseHeader(file);
  const crossings: Crossing[] = [];
  let end: Recording["end"] = null;
  let last = -1;
  let sum = crc32(file, 0, size);
  let at = size;
  while (at < file.length) {
    if (end !== null) throw new RecordingError(at, "there are bytes behind the end of the session");
    const { kind, plug, time, bytes, newSum } = parseRecord(file, at, sum);
    if (time < last) throw new RecordingError(at, `the time falls from ${last} to ${time}`);
    if (kind === KINDS.end) {
      if (plug !== 0) throw new RecordingError(at, "the end of the session names a plug");
      end = { time, fingerprint: fromUtf8(bytes) };
    } else {
      if (plug >= header.plugs.length)
        throw new RecordingError(at, `a frame of plug ${plug}, but the header names ${header.plugs.length}`);
      if (bytes.length < MIN_FRAME) throw new RecordingError(at, `a frame of only ${bytes.length} bytes`);
      if (kind === KINDS.in && time === last)
        throw new RecordingError(at, `a frame that came in does not stand alone at its instant, ${time}`);
      crossings.push({ direction: kind === KINDS.in ? "in" : "out", plug, time, bytes });
    }
    last = time;
    sum = newSum;
    at += recordSize(bytes.length);
  }
  return { header, crossings, end };
}

function parseHeader(file: Uint8Array): { header: RecordingHeader; size: number } {
  const newline = file.subarray(0, MAX_LINE).indexOf(10);
  if (newline < 0)
    throw new RecordingError(0, "this is not a border recording: it does not begin with a line of JSON");
  let json: unknown;
  try {
    json = JSON.parse(fromUtf8(file, 0, newline));
  } catch {
    throw new RecordingError(0, "this is not a border recording: its first line is not JSON");
  }
  const result = headerSchema.safeParse(json);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new RecordingError(0, `the first line: ${issue!.path.join(".")}: ${issue!.message}`);
  }
  const { lab, seed, plugs } = result.data;
  if (new Set(plugs).size !== plugs.length)
    throw new RecordingError(0, "the first line: two plugs of one name");
  return { header: { lab, seed, plugs }, size: newline + 1 };
}

function parseRecord(
  file: Uint8Array,
  at: number,
  sum: number,
): { kind: number; plug: number; time: Nanoseconds; bytes: Uint8Array; newSum: number } {
  const left = file.length - at;
  if (left < RECORD_OVERHEAD)
    throw new RecordingError(at, `the file ends within a record (${left} bytes are left)`);
  const kind = file[at]!;
  if (kind < KINDS.in || kind > KINDS.end) throw new RecordingError(at, `unknown kind of record: ${kind}`);
  const length = readU32(file, at + 11);
  if (length > MAX_FRAME)
    throw new RecordingError(at, `a record of ${length} bytes (at most ${MAX_FRAME} are possible)`);
  if (left < recordSize(length))
    throw new RecordingError(at, `the file ends within a record (${left} of ${recordSize(length)} bytes)`);
  const contentEnd = at + RECORD_HEAD + length;
  const newSum = crc32(file, at, contentEnd, sum);
  if (readU32(file, contentEnd) !== newSum)
    throw new RecordingError(at, "the checksum is wrong: this record or the first line is damaged");
  const time = readU32(file, at + 3) * 0x1_0000_0000 + readU32(file, at + 7);
  if (!Number.isSafeInteger(time)) throw new RecordingError(at, "a time beyond 104 days");
  return {
    kind,
    plug: readU16(file, at + 1),
    time,
    bytes: file.subarray(at + RECORD_HEAD, contentEnd),
    newSum,
  };
}
