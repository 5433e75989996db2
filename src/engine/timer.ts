/**
 * A timer that can be set, moved and cancelled at no cost in the queue.
 *
 * Most timers are cancelled or pushed back before they fire (retransmission, neighbour probes), so moving one later only
 * notes the new deadline: the entry in the queue, when its time comes, is queued again. Moving one earlier queues a
 * second entry and outdates the first.
 */
import type { Nanoseconds } from "../core/time.js";
import type { Engine } from "./engine.js";
import type { EventHandler } from "./event-queue.js";

const NEVER = Number.POSITIVE_INFINITY;

export class Timer implements EventHandler {
  private deadline = NEVER;
  /** When the valid entry in the queue comes up; NEVER without one. */
  private queuedAt = NEVER;
  private generation = 0;

  /**
   * `handler.handle(arg)` is called when the timer fires. A background timer does not keep a run to the end going.
   */
  constructor(
    private readonly engine: Engine,
    private readonly handler: EventHandler,
    private readonly arg = 0,
    private readonly background = false,
  ) {}

  get armed(): boolean {
    return this.deadline !== NEVER;
  }

  /** When it fires, Infinity if it is not armed. */
  get expires(): Nanoseconds {
    return this.deadline;
  }

  /** Arms the timer, or moves it. An instant in the past is an error of the caller and throws. */
  set(at: Nanoseconds): void {
    if (!(at >= this.engine.now))
      throw new RangeError(`timer set to ${at}, but it is ${this.engine.now} already`);
    if (!this.armed && !this.background) this.engine.adjustForeground(1);
    this.deadline = at;
    if (at < this.queuedAt) this.enqueue(at);
  }

  setAfter(delay: Nanoseconds): void {
    this.set(this.engine.now + delay);
  }

  cancel(): void {
    if (this.armed && !this.background) this.engine.adjustForeground(-1);
    this.deadline = NEVER;
  }

  /** For the run loop only. */
  handle(generation: number): void {
    // The run loop has counted this entry as one piece of foreground work done.
    this.engine.adjustForeground(1);
    if (generation !== this.generation) return;
    this.queuedAt = NEVER;
    if (this.deadline === NEVER) return;
    if (this.deadline > this.engine.now) {
      this.enqueue(this.deadline);
      return;
    }
    this.deadline = NEVER;
    if (!this.background) this.engine.adjustForeground(-1);
    this.handler.handle(this.arg);
  }

  private enqueue(at: Nanoseconds): void {
    this.generation = (this.generation + 1) | 0;
    this.queuedAt = at;
    this.engine.enqueueUncounted(at, this, this.generation);
  }
}
