/**
 * Where captured frames go: a file, or standard output for a reader such as Wireshark. Chunks are gathered, so that a
 * frame costs no system call of its own; in real time they are passed on at once.
 */
import { closeSync, openSync, writeSync } from "node:fs";
import { UsageError } from "./exit.js";

const CHUNK = 1 << 18;

export class CaptureSink {
  private readonly descriptor: number;
  private readonly buffer = Buffer.allocUnsafe(CHUNK);
  private filled = 0;

  /** Opens the file anew; `-` is standard output. */
  constructor(
    private readonly path: string,
    private readonly prompt: boolean,
  ) {
    try {
      this.descriptor = path === "-" ? 1 : openSync(path, "w");
    } catch (error) {
      throw new UsageError(`cannot write the capture ${path}: ${(error as Error).message}`);
    }
  }

  readonly write = (chunk: Uint8Array): void => {
    if (this.filled + chunk.length > CHUNK) this.flush();
    if (chunk.length > CHUNK) this.put(chunk);
    else {
      this.buffer.set(chunk, this.filled);
      this.filled += chunk.length;
    }
    if (this.prompt) this.flush();
  };

  flush(): void {
    if (this.filled > 0) this.put(this.buffer.subarray(0, this.filled));
    this.filled = 0;
  }

  close(): void {
    this.flush();
    if (this.descriptor !== 1) closeSync(this.descriptor);
  }

  private put(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      try {
        done += writeSync(this.descriptor, bytes, done);
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        // A pipe that is full for the moment; the reader will catch up.
        if (code === "EAGAIN") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
        else if (code === "EPIPE" && this.descriptor === 1) process.exit(0);
        else throw new UsageError(`cannot write the capture ${this.path}: ${message}`);
      }
    }
  }
}
