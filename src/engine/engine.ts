/**
 * Virtual time: the clock, the queue and the run loop. It knows no network.
 *
 * Events at one instant run in the order in which they were scheduled. Time moves only from event to event; with
 * nothing scheduled nothing costs anything. "Foreground" events hold a run to the end open; timers marked as background
 * (periodic hellos, say) do not.
 */
import type { Nanoseconds } from "../core/time.js";
import { type EventHandler, EventQueue } from "./event-queue.js";

export class Engine {
  /** The present instant. Read it freely; only the run loop writes it. */
  now: Nanoseconds = 0;
  /** Events handled since the start. */
  handled = 0;
  private readonly queue = new EventQueue();
  /** Scheduled foreground events plus armed foreground timers. */
  private foreground = 0;
  private stopped = false;

  /** Calls `handler.handle(arg)` at `at`. An instant in the past is an error of the caller and throws. */
  schedule(at: Nanoseconds, handler: EventHandler, arg = 0): void {
    if (!(at >= this.now)) throw new RangeError(`scheduled at ${at}, but it is ${this.now} already`);
    this.foreground++;
    this.queue.push(at, handler, arg);
  }

  /** Calls the function once, `delay` from now. For set-up, steps and tests; hot paths keep a handler object. */
  after(delay: Nanoseconds, call: () => void): void {
    this.schedule(this.now + delay, { handle: call });
  }

  at(time: Nanoseconds, call: () => void): void {
    this.schedule(time, { handle: call });
  }

  /** For Timer only: queues an entry and leaves the count of foreground work to the timer. */
  enqueueUncounted(at: Nanoseconds, handler: EventHandler, arg: number): void {
    this.queue.push(at, handler, arg);
  }

  /** For Timer only. */
  adjustForeground(by: number): void {
    this.foreground += by;
  }

  /** Is there foreground work left? */
  get busy(): boolean {
    return this.foreground > 0;
  }

  /** The time of the next event of any kind, Infinity if none. */
  get nextTime(): Nanoseconds {
    return this.queue.nextTime();
  }

  /** Ends the present run after the event that is being handled. */
  stop(): void {
    this.stopped = true;
  }

  /**
   * Runs until no foreground work is left, or until all events up to and including `until` have been handled; in the
   * latter case the clock then stands at `until`. With `most` it pauses after that many events. Returns the number of
   * events handled.
   */
  run(until: Nanoseconds = Number.POSITIVE_INFINITY, most = Number.POSITIVE_INFINITY): number {
    const { queue } = this;
    this.stopped = false;
    const before = this.handled;
    const last = before + most;
    const toTheEnd = until === Number.POSITIVE_INFINITY;
    while (!this.stopped && (!toTheEnd || this.foreground > 0)) {
      if (this.handled === last) return most;
      const time = queue.nextTime();
      if (time > until || time === Number.POSITIVE_INFINITY) break;
      const handler = queue.pop();
      this.now = time;
      this.foreground--;
      this.handled++;
      handler.handle(queue.arg);
    }
    if (!toTheEnd && !this.stopped && this.now < until) this.now = until;
    return this.handled - before;
  }

  /** Handles exactly one event. False if there is none. */
  step(): boolean {
    const time = this.queue.nextTime();
    if (time === Number.POSITIVE_INFINITY) return false;
    const handler = this.queue.pop();
    this.now = time;
    this.foreground--;
    this.handled++;
    handler.handle(this.queue.arg);
    return true;
  }
}
