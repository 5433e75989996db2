/**
 * The border of a live session: every frame that crosses it, in either direction, passes here and can be recorded.
 *
 * A frame from outside gets an instant of its own, at which nothing else happens: the engine is brought up to the present,
 * then on to the first nanosecond at which no event is queued. Whatever the order in which a replay queues its events, one
 * that stands alone at its instant runs at the same place among the others; so time alone makes a replay exact.
 */
import type { Nanoseconds } from "../core/time.js";
import type { Engine } from "../engine/engine.js";
import type { EventHandler } from "../engine/event-queue.js";
import type { Pacer } from "../engine/pacer.js";
import type { Frame } from "../link/frame.js";
import type { Plug } from "./plug.js";
import type { SessionRecorder } from "./session-recorder.js";

/** Where a plug hands frames that leave the lab. The border keeps no reference to the frame; the plug frees it. */
export interface Border {
  outgoing(plug: Plug, frame: Frame): void;
}

const NO_BYTES = new Uint8Array(0);

export class LiveBorder implements Border, EventHandler {
  framesIn = 0;
  framesOut = 0;
  /** Why the session had to end before its time. */
  failure: Error | null = null;
  private ended = false;
  private entering: Plug | null = null;
  private enteringBytes: Uint8Array = NO_BYTES;

  constructor(
    private readonly engine: Engine,
    private readonly pacer: Pacer,
    private readonly recorder: SessionRecorder | null,
    /** Nothing comes in after this instant. */
    private readonly until: Nanoseconds = Number.POSITIVE_INFINITY,
  ) {}

  /** A frame comes in from outside; the bytes are copied. After the end it is ignored. */
  incoming(plug: Plug, bytes: Uint8Array): void {
    if (this.ended) return;
    const { engine, until } = this;
    try {
      this.pacer.catchUp(until);
      let at = engine.now + 1;
      for (; engine.nextTime <= at && at <= until; at = engine.now + 1) engine.run(at);
      if (at > until) return;
      this.entering = plug;
      this.enteringBytes = bytes;
      engine.schedule(at, this);
      engine.run(at);
    } catch (error) {
      this.fail(error as Error);
    }
  }

  /** For the run loop: the instant of the frame that is entering. */
  handle(): void {
    const plug = this.entering!;
    this.framesIn++;
    this.recorder?.frame("in", plug, this.engine.now, this.enteringBytes, 0, this.enteringBytes.length);
    plug.inject(this.enteringBytes);
  }

  outgoing(plug: Plug, frame: Frame): void {
    if (this.ended) return;
    this.framesOut++;
    try {
      this.recorder?.frame("out", plug, this.engine.now, frame.bytes, frame.start, frame.end);
    } catch (error) {
      this.fail(error as Error);
    }
    plug.send(frame.bytes, frame.start, frame.end);
  }

  /** Nothing crosses any more. */
  end(): void {
    this.ended = true;
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.pacer.stop();
  }
}
