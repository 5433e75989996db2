/**
 * When a packet that a machine sends to itself comes back: at the same instant. But no machine handles more than about a
 * million packets a second, and two programs that answer each other for ever must not hold the clock still: beyond a
 * burst, packets wait for their turn.
 */
import { MICROSECOND, type Nanoseconds } from "../core/time.js";

/** More packets than this never wait for their turn: those that come then are lost. */
export const MOST_WAITING = 10_000;

const EACH = MICROSECOND;
const BURST = 1000 * EACH;

export class OwnTraffic {
  private busyUntil: Nanoseconds = 0;

  /** The instant at which one more packet comes back; these never go backwards. */
  next(now: Nanoseconds): Nanoseconds {
    this.busyUntil = Math.max(this.busyUntil, now) + EACH;
    return Math.max(now, this.busyUntil - BURST);
  }
}
