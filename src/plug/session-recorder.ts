/**
 * Writes a border recording while the session runs. Whole records only: whatever happens, the file stays readable.
 */
import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { utf8 } from "../core/bytes.js";
import { crc32 } from "../core/crc32.js";
import type { Nanoseconds } from "../core/time.js";
import type { Plug } from "./plug.js";
import {
  encodeHeader,
  encodeRecord,
  type RecordingHeader,
  type RecordKind,
  recordSize,
} from "./recording.js";

/** Where the bytes of a recording go. */
export interface RecordingSink {
  /** Writes all of the bytes, or none of them and throws. It may not keep them. */
  write(bytes: Uint8Array): void;
  close(): void;
}

const BUFFER_SIZE = 1 << 18;

export class SessionRecorder {
  private readonly buffer = new Uint8Array(BUFFER_SIZE);
  private used = 0;
  /** CRC-32 of what was recorded. */
  private sum: number;
  private readonly places: ReadonlyMap<string, number>;

  constructor(
    private readonly sink: RecordingSink,
    header: RecordingHeader,
  ) {
    this.places = new Map(header.plugs.map((name, place) => [name, place]));
    const line = encodeHeader(header);
    this.sum = crc32(line);
    sink.write(line);
  }

  /** Records a crossing; throws if the sink does. */
  frame(
    direction: "in" | "out",
    plug: Plug,
    time: Nanoseconds,
    bytes: Uint8Array,
    from: number,
    to: number,
  ): void {
    this.add(direction, this.places.get(plug.name)!, time, bytes, from, to);
  }

  /** The session ended in order: writes what is left and the end. */
  end(time: Nanoseconds, fingerprint: string): void {
    const content = utf8(fingerprint);
    this.add("end", 0, time, content, 0, content.length);
    this.flush();
  }

  /** Hands on what is buffered. */
  flush(): void {
    const { used } = this;
    this.used = 0;
    if (used > 0) this.sink.write(this.buffer.subarray(0, used));
  }

  /** Lets go of the sink. */
  close(): void {
    this.sink.close();
  }

  private add(
    kind: RecordKind,
    plug: number,
    time: Nanoseconds,
    bytes: Uint8Array,
    from: number,
    to: number,
  ): void {
    const size = recordSize(to - from);
    if (this.used + size > BUFFER_SIZE) this.flush();
    this.sum = encodeRecord(this.buffer, this.used, this.sum, kind, plug, time, bytes, from, to);
    this.used += size;
  }
}

/** A recording in a file; an existing one is replaced. */
export class RecordingFile implements RecordingSink {
  private readonly fd: number;
  private size = 0;

  constructor(private readonly path: string) {
    try {
      this.fd = openSync(path, "w");
    } catch (error) {
      throw new Error(`cannot record to ${path}: ${reasonOf(error)}`);
    }
  }

  write(bytes: Uint8Array): void {
    let done = 0;
    try {
      while (done < bytes.length) done += writeSync(this.fd, bytes, done);
    } catch (error) {
      this.cutBack();
      throw new Error(
        `cannot record to ${this.path}: ${reasonOf(error)}; it holds the session's first ${this.size} bytes`,
      );
    }
    this.size += bytes.length;
  }

  close(): void {
    closeSync(this.fd);
  }

  /** Takes half a write back out of the file. */
  private cutBack(): void {
    try {
      ftruncateSync(this.fd, this.size);
    } catch {
      // A device or pipe cannot be cut; there is nothing to mend.
    }
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC") return "the disk is full";
  if (code === "EDQUOT") return "the disk quota is used up";
  if (code === "EACCES") return "no permission to write there";
  if (code === "ENOENT") return "the folder does not exist";
  return message;
}
