/**
 * Runs an engine against a wall clock at any factor: virtual time follows wall time, events run as their moment comes,
 * and those that run late (the machine was too slow) are counted and reported, never skipped.
 *
 * The wall clock and the wait are handed in, so that this room stays free of real time and tests can use a false one.
 */
import type { Nanoseconds } from "../core/time.js";
import type { Engine } from "./engine.js";

export interface WallClock {
  /** Monotonic wall time. */
  now(): Nanoseconds;
  /** Resolves after about `delay`, or earlier when `wake` is called. */
  wait(delay: Nanoseconds): Promise<void>;
}

export interface PacerOptions {
  /** Virtual seconds for each wall second; 1 is real time. */
  readonly factor?: number;
  /** An event that runs more than this after its moment counts as late. */
  readonly lateAfter?: Nanoseconds;
}

export class Pacer {
  /** Instants at which events ran late. */
  late = 0;
  /** The longest lateness seen, in virtual time. */
  latest: Nanoseconds = 0;
  private stopped = false;
  private wallStart = 0;
  private virtualStart = 0;
  private readonly factor: number;
  private readonly lateAfter: Nanoseconds;

  constructor(
    private readonly engine: Engine,
    private readonly clock: WallClock,
    options: PacerOptions = {},
  ) {
    this.factor = options.factor ?? 1;
    this.lateAfter = options.lateAfter ?? 5_000_000;
    if (!(this.factor > 0)) throw new RangeError(`the pace must be above 0, not ${this.factor}`);
    this.wallStart = clock.now();
    this.virtualStart = engine.now;
  }

  stop(): void {
    this.stopped = true;
  }

  /** The virtual instant that belongs to the present wall time. */
  virtualNow(): Nanoseconds {
    return this.virtualStart + Math.floor((this.clock.now() - this.wallStart) * this.factor);
  }

  /** Brings the engine up to the present: call it before handing in anything from outside. */
  catchUp(limit: Nanoseconds = Number.POSITIVE_INFINITY): void {
    const { engine } = this;
    for (;;) {
      const target = Math.min(this.virtualNow(), limit);
      const next = engine.nextTime;
      if (next > target) {
        if (target > engine.now && target !== Number.POSITIVE_INFINITY) engine.run(target);
        return;
      }
      const lateness = target - next;
      if (lateness > this.lateAfter) {
        this.late++;
        if (lateness > this.latest) this.latest = lateness;
      }
      engine.run(next);
    }
  }

  /** Runs until `until` (or until stopped). With `idleEnd` it also ends when no foreground work is left. */
  async run(until: Nanoseconds = Number.POSITIVE_INFINITY, idleEnd = false): Promise<void> {
    this.stopped = false;
    this.wallStart = this.clock.now();
    this.virtualStart = this.engine.now;
    while (!this.stopped) {
      this.catchUp(until);
      if (this.stopped || this.engine.now >= until || (idleEnd && !this.engine.busy)) return;
      const next = Math.min(this.engine.nextTime, until);
      const delay =
        next === Number.POSITIVE_INFINITY ? 100_000_000 : (next - this.virtualNow()) / this.factor;
      await this.clock.wait(Math.max(0, Math.min(delay, 100_000_000)));
    }
  }
}
