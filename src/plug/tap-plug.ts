/**
 * A TAP device as a plug: a real Linux kernel joins the lab. What the kernel sends on the device comes in, what leaves the
 * lab the kernel receives there. The device exists as long as the session, unless somebody made it beforehand.
 *
 * The kernel computes all checksums before it hands a frame over, because the device offers no offloads; it adds no FCS.
 */
import { writeSync } from "node:fs";
import { createRequire } from "node:module";
import { isAbsolute, join } from "node:path";
import { Worker } from "node:worker_threads";
import { readU32 } from "../core/bytes.js";
import type { World } from "../link/world.js";
import { type Inlet, Plug } from "./plug.js";
import { refusal } from "./tap-errors.js";
import { readTap, type TapNotice, type TapRequest } from "./tap-reader.js";

export interface TapOptions {
  /** The device's name in Linux, 1 to 15 characters. */
  readonly device: string;
  /** Name (as `ip netns` knows it) or absolute path of the network namespace that holds the device. */
  readonly netns?: string;
  /** Set on the device when it is opened; Linux's default is 1500. */
  readonly mtu?: number;
}

const NETNS_FOLDER = "/run/netns";

/** An open device: the reader's thread and the descriptors it opened. */
interface OpenTap {
  readonly ended: Promise<void>;
  readonly shared: Int32Array;
  readonly fd: number;
  readonly wakeFd: number;
}

export class TapPlug extends Plug {
  private tap: OpenTap | null = null;

  constructor(
    world: World,
    name: string,
    readonly options: TapOptions,
  ) {
    super(world, name);
  }

  async open(inlet: Inlet): Promise<void> {
    const { device, netns, mtu } = this.options;
    if (process.platform !== "linux") throw new Error(`${this.name}: TAP devices exist on Linux only`);
    const shared = new Int32Array(new SharedArrayBuffer(8));
    const request: TapRequest = {
      koffi: createRequire(import.meta.url).resolve("koffi"),
      device,
      netnsPath: netns === undefined ? null : isAbsolute(netns) ? netns : join(NETNS_FOLDER, netns),
      mtu: mtu ?? null,
      shared: shared.buffer as SharedArrayBuffer,
    };
    const worker = new Worker(
      `(${readTap})(require("worker_threads").workerData, require("fs"), require("worker_threads"), require)`,
      { eval: true, workerData: request, name: `tap ${device}` },
    );
    const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
    await new Promise<void>((resolve, reject) => {
      worker.once("error", (error) => {
        this.trouble = `the thread that reads ${device} failed: ${error.message}`;
        reject(error);
      });
      worker.on("message", (notice: TapNotice) => {
        if (notice.kind === "open") {
          this.tap = { ended, shared, fd: notice.fd, wakeFd: notice.wakeFd };
          resolve();
        } else if (notice.kind === "frames") this.takeBatch(inlet, notice.bytes, notice.count, shared);
        else if (notice.kind === "gone") this.trouble = `the device ${device} has disappeared`;
        else reject(new Error(`${this.name}: ${refusal(this.options, notice.call, notice.code)}`));
      });
    });
  }

  async close(): Promise<void> {
    const { tap } = this;
    if (tap === null) return;
    this.tap = null;
    // First of all, while the thread surely still holds it: from the word to stop on, the thread closes this descriptor.
    writeSync(tap.wakeFd, BigInt64Array.of(1n));
    Atomics.store(tap.shared, 1, 1);
    Atomics.notify(tap.shared, 1);
    Atomics.store(tap.shared, 0, 0);
    Atomics.notify(tap.shared, 0);
    await tap.ended; // the thread closes what it opened
  }

  send(bytes: Uint8Array, from: number, to: number): void {
    const { tap } = this;
    try {
      if (tap === null) this.count("border-unsent");
      else writeSync(tap.fd, bytes, from, to - from);
    } catch {
      // The device is down or gone, or its queue is full: for the lab that is a loss outside.
      this.count("border-unsent");
    }
  }

  private takeBatch(inlet: Inlet, batch: Uint8Array, count: number, shared: Int32Array): void {
    for (let at = 0; at < batch.length; ) {
      const start = at + 4;
      at = start + readU32(batch, at);
      this.take(inlet, batch.subarray(start, at));
    }
    Atomics.sub(shared, 0, count);
    Atomics.notify(shared, 0);
  }
}
