/**
 * The queue in front of one sender's wire, as instants only: when the wire falls idle, and when each waiting frame begins
 * to be sent. The frames themselves are under way already, for their arrival is known as they are queued.
 */
import type { Nanoseconds } from "../core/time.js";

const NOTHING_YET = new Float64Array(0);

export class TransmitQueue {
  /** A ring of the begins, in order; positions grow for ever. */
  private begins = NOTHING_YET;
  private mask = -1;
  private first = 0;
  private next = 0;
  private busyUntil = 0;

  /** Frames that wait for their first bit to be sent. */
  waiting(now: Nanoseconds): number {
    while (this.first !== this.next && this.begins[this.first & this.mask]! <= now) this.first++;
    return this.next - this.first;
  }

  /** Queues a frame that keeps the wire busy for `duration` (fractions count); returns when its first bit is sent. */
  add(now: Nanoseconds, duration: number): number {
    const begin = this.busyUntil;
    if (begin <= now) {
      this.busyUntil = now + duration;
      return now;
    }
    this.busyUntil = begin + duration;
    if (this.next - this.first > this.mask) this.grow();
    this.begins[this.next++ & this.mask] = begin;
    return begin;
  }

  clear(): void {
    this.first = this.next;
    this.busyUntil = 0;
  }

  private grow(): void {
    const size = Math.max(4, (this.mask + 1) * 2);
    const begins = new Float64Array(size);
    for (let i = this.first; i !== this.next; i++) begins[i & (size - 1)] = this.begins[i & this.mask]!;
    this.begins = begins;
    this.mask = size - 1;
  }
}
