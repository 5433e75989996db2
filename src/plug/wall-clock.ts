/**
 * The wall clock of a Node process, for the pacer.
 *
 * Node's timers count whole milliseconds and fire late rather than early, while a hop in a lab takes microseconds. So the
 * last stretch of a wait is spent asking the event loop for its next turn: sockets and readers are served meanwhile, and
 * the moment is met to some microseconds.
 */
import type { Nanoseconds } from "../core/time.js";
import type { WallClock } from "../engine/pacer.js";

/** A wall clock whose wait can be cut short, because something came in from outside. */
export interface WakingClock extends WallClock {
  wake(): void;
}

const MILLISECOND = 1e6;
/** A timer of n milliseconds may fire this much later than asked. */
const TIMER_SLACK = 1.5 * MILLISECOND;

export class NodeWallClock implements WakingClock {
  private end: (() => void) | null = null;

  now(): Nanoseconds {
    return Math.round(performance.now() * MILLISECOND);
  }

  /** Resolves after about `delay`, earlier when woken; the pacer looks at the time again in any case. */
  wait(delay: Nanoseconds): Promise<void> {
    return new Promise((resolve) => {
      const whole = Math.floor((delay - TIMER_SLACK) / MILLISECOND);
      const turn = whole < 1 ? setImmediate(() => this.wake()) : undefined;
      const timer = whole < 1 ? undefined : setTimeout(() => this.wake(), whole);
      this.end = () => {
        clearImmediate(turn);
        clearTimeout(timer);
        resolve();
      };
    });
  }

  wake(): void {
    const { end } = this;
    this.end = null;
    end?.();
  }
}
