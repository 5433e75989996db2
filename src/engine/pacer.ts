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

/** A wait is no longer than this, so that a stop is heard. */
const LONGEST_WAIT = 100_000_000;
/** Work without a wait is no longer than this, so that a slow machine still hears the outside. */
const LONGEST_WORK = 50_000_000;

export interface PacerOptions {
  /** Virtual seconds for each wall second; 1 is real time. */
  readonly factor?: number;
  /** An event that runs more than this after its moment counts as late. */
  readonly lateAfter?: Nanoseconds;
}

export class Pacer {
  /** Events that ran late. */
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
    if (!(this.factor > 0 && this.factor < Number.POSITIVE_INFINITY))
      throw new RangeError(`the pace must be a number above 0, not ${this.factor}`);
    this.wallStart = clock.now();
    this.virtualStart = engine.now;
  }

  stop(): void {
    this.stopped = true;
  }

  /** The virtual instant that belongs to the present wall time. */
  virtualNow(): Nanoseconds {
    return this.virtualAt(this.clock.now());
  }

  /**
   * Brings the engine up to the present, or as far as it comes in a bounded time: call it before handing in anything from
   * outside.
   */
  catchUp(limit: Nanoseconds = Number.POSITIVE_INFINITY): void {
    this.advance(limit, this.clock.now() + LONGEST_WORK);
  }

  /** Runs until `until` (or until stopped). With `idleEnd` it also ends when no foreground work is left. */
  async run(until: Nanoseconds = Number.POSITIVE_INFINITY, idleEnd = false): Promise<void> {
    this.stopped = false;
    this.wallStart = this.clock.now();
    this.virtualStart = this.engine.now;
    while (!this.stopped) {
      this.advance(until, this.clock.now() + LONGEST_WORK);
      if (this.stopped || this.engine.now >= until || (idleEnd && !this.engine.busy)) return;
      const next = Math.min(this.engine.nextTime, until);
      const delay =
        next === Number.POSITIVE_INFINITY ? LONGEST_WAIT : (next - this.virtualNow()) / this.factor;
      await this.clock.wait(Math.max(0, Math.min(delay, LONGEST_WAIT)));
    }
  }

  private virtualAt(wall: Nanoseconds): Nanoseconds {
    return this.virtualStart + Math.floor((wall - this.wallStart) * this.factor);
  }

  /** Runs what is due by now, up to `limit`; gives up when stopped or when the wall clock passes `giveUpAt`. */
  private advance(limit: Nanoseconds, giveUpAt: Nanoseconds): void {
    const { engine } = this;
    while (!this.stopped) {
      const wall = this.clock.now();
      if (wall > giveUpAt) return;
      const target = Math.min(this.virtualAt(wall), limit);
      const next = engine.nextTime;
      if (next > target) {
        if (target > engine.now) engine.run(target);
        return;
      }
      const ran = engine.run(next);
      const lateness = target - next;
      if (lateness <= this.lateAfter) continue;
      this.late += ran;
      if (lateness > this.latest) this.latest = lateness;
    }
  }
}
