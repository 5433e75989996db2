/** An outside that exists only in memory, a clock that obeys a script, and a small network between two plugs. */
import { RunningHash } from "../../src/core/hash.js";
import type { EventHandler } from "../../src/engine/event-queue.js";
import { Timer } from "../../src/engine/timer.js";
import { Cable } from "../../src/link/cable.js";
import type { Frame } from "../../src/link/frame.js";
import { Node } from "../../src/link/node.js";
import { Port } from "../../src/link/port.js";
import { type LinkTap, World } from "../../src/link/world.js";
import { type Inlet, Plug } from "../../src/plug/plug.js";
import type { RecordingSink } from "../../src/plug/session-recorder.js";
import type { WakingClock } from "../../src/plug/wall-clock.js";

export class MemoryPlug extends Plug {
  inlet: Inlet | null = null;
  readonly sent: Uint8Array[] = [];
  refuses: Error | null = null;

  async open(inlet: Inlet): Promise<void> {
    if (this.refuses !== null) throw this.refuses;
    this.inlet = inlet;
  }

  async close(): Promise<void> {
    this.inlet = null;
  }

  send(bytes: Uint8Array, from: number, to: number): void {
    this.sent.push(bytes.slice(from, to));
  }

  /** A frame comes from outside. */
  arrive(bytes: Uint8Array): void {
    this.take(this.inlet!, bytes);
  }
}

/** At a wall time, something happens outside. */
export interface Happening {
  readonly at: number;
  readonly call: () => void;
}

/** Wall time moves only while somebody waits, and goes through the script; each wait overshoots by `overshoot`. */
export class ScriptedClock implements WakingClock {
  private time = 0;
  private next = 0;

  constructor(
    private readonly script: readonly Happening[] = [],
    private readonly overshoot = 0,
  ) {}

  now(): number {
    return this.time;
  }

  async wait(delay: number): Promise<void> {
    const until = this.time + delay + this.overshoot;
    const happening = this.script[this.next];
    if (happening === undefined || happening.at > until) {
      this.time = until;
      return;
    }
    this.next++;
    this.time = Math.max(this.time, happening.at);
    happening.call();
  }

  wake(): void {}
}

/** Sends a numbered frame every `period` from its first port, and passes every frame on to its other port, turned round. */
export class Chatter extends Node implements EventHandler {
  private readonly timer: Timer;
  private beat = 0;

  constructor(
    world: World,
    name: string,
    private readonly period: number,
  ) {
    super(world, name);
    new Port(this, 0, "0");
    new Port(this, 1, "1");
    this.timer = new Timer(world.engine, this, 0, true);
    this.timer.setAfter(period);
  }

  handle(): void {
    const bytes = new Uint8Array(60).fill(0xcc);
    bytes[14] = ++this.beat;
    this.ports[0]!.transmit(this.world.frames.from(bytes));
    this.timer.setAfter(this.period);
  }

  receive(port: Port, frame: Frame): void {
    frame.bytes.subarray(frame.start, frame.end).reverse();
    this.ports[1 - port.index]!.transmit(frame);
  }
}

/** Hash of time, port and bytes of everything that arrives anywhere. */
export class Fingerprint implements LinkTap {
  private readonly hash = new RunningHash();

  constructor(private readonly world: World) {
    world.tap = this;
  }

  arriving(_from: Port, to: Port, frame: Frame): void {
    this.hash.number(this.world.engine.now);
    this.hash.number(to.number);
    this.hash.bytes(frame.bytes, frame.start, frame.end);
  }

  arrived(): void {}
  lost(): void {}
  dropped(): void {}

  digest(): string {
    return this.hash.digest();
  }
}

/** left plug -- chatter -- right plug; short cables and a short period, so that many things happen at one instant. */
export function smallNetwork(period = 1000) {
  const world = new World();
  const left = new MemoryPlug(world, "left");
  const right = new MemoryPlug(world, "right");
  const chatter = new Chatter(world, "chatter", period);
  const cable = { bitsPerSecond: 8e12, delay: 250 };
  new Cable(left.inner, chatter.ports[0]!, cable);
  new Cable(chatter.ports[1]!, right.inner, cable);
  return { world, left, right, plugs: [left, right], fingerprint: new Fingerprint(world) };
}

/** A recording in memory. */
export class MemorySink implements RecordingSink {
  private readonly parts: Uint8Array[] = [];
  closed = 0;

  write(bytes: Uint8Array): void {
    this.parts.push(bytes.slice());
  }

  close(): void {
    this.closed++;
  }

  get bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.parts));
  }
}
