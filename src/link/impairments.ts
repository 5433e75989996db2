/** What can be wrong with one direction of a link. All of it may change while the lab runs. */
import type { Nanoseconds } from "../core/time.js";

export interface Impairments {
  /** Probability that a frame is lost, 0..1. */
  readonly loss: number;
  /** Added to the propagation delay. */
  readonly delay: Nanoseconds;
  /** Each frame's delay varies by up to this much either way; order is kept. */
  readonly jitter: Nanoseconds;
  /** Probability that a frame arrives twice. */
  readonly duplicate: number;
  /** Probability that a frame is held back and overtaken by those behind it. */
  readonly reorder: number;
  /** How long a reordered frame is held back. */
  readonly reorderDelay: Nanoseconds;
  /** Probability that one bit of a frame is flipped. */
  readonly corrupt: number;
  /** Probability that any single bit on the wire is flipped. */
  readonly bitErrorRate: number;
}

export const NO_IMPAIRMENTS: Impairments = {
  loss: 0,
  delay: 0,
  jitter: 0,
  duplicate: 0,
  reorder: 0,
  reorderDelay: 1_000_000,
  corrupt: 0,
  bitErrorRate: 0,
};

export const isClean = (of: Impairments): boolean =>
  of.loss === 0 &&
  of.delay === 0 &&
  of.jitter === 0 &&
  of.duplicate === 0 &&
  of.reorder === 0 &&
  of.corrupt === 0 &&
  of.bitErrorRate === 0;

/** base^exponent by squaring: only multiplications, so every engine finds the same bits. */
export function integerPower(base: number, exponent: number): number {
  let result = 1;
  for (let n = exponent, square = base; n > 0; n = Math.floor(n / 2), square *= square)
    if (n % 2 === 1) result *= square;
  return result;
}
