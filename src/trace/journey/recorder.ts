/**
 * Keeps what nodes tell about frames, in bounded memory: the steps of each frame, and which frame caused which.
 *
 * The cause of a frame is the fact `cause` of the step with which it is born (`sent` or `answered`). When the memory is
 * full, the oldest fifth is forgotten at once, so that each step costs the same whatever was recorded before.
 */
import type { Journal, Step } from "../../core/step.js";
import type { Nanoseconds } from "../../core/time.js";

export interface RecorderOptions {
  /** Steps kept at most; default 250,000. */
  readonly maxSteps?: number;
}

export class Recorder implements Journal {
  /** Steps that are no longer remembered. */
  forgotten = 0;
  private steps: Step[] = [];
  private byFrame = new Map<number, Step[]>();
  private causes = new Map<number, number>();
  private effects = new Map<number, number[]>();
  private readonly maxSteps: number;

  constructor(options: RecorderOptions = {}) {
    this.maxSteps = options.maxSteps ?? 250_000;
    if (!(this.maxSteps >= 1)) throw new RangeError(`a recorder keeps at least 1 step, not ${this.maxSteps}`);
  }

  step(step: Step): void {
    if (this.steps.length >= this.maxSteps) this.forgetOldest();
    this.steps.push(step);
    this.index(step);
  }

  /** How many steps are remembered. */
  get size(): number {
    return this.steps.length;
  }

  /** The steps of a frame in the order in which they happened; empty if none is remembered. */
  stepsOf(frame: number): readonly Step[] {
    return this.byFrame.get(frame) ?? [];
  }

  /** The frame that caused this one; 0 if none did, or if its birth is forgotten. */
  causeOf(frame: number): number {
    return this.causes.get(frame) ?? 0;
  }

  /** The frames that this one caused, in the order of their birth: ARP requests, replies, ICMP errors. */
  causedBy(frame: number): readonly number[] {
    return this.effects.get(frame) ?? [];
  }

  /**
   * The packets that a node sent of its own accord between two times, both included: what a command typed there did.
   * ARP is not among them, nor is what answers somebody.
   */
  sentBy(node: string, from: Nanoseconds = 0, to: Nanoseconds = Number.POSITIVE_INFINITY): number[] {
    const frames = new Set<number>();
    for (const { verb, node: by, time, frame, facts } of this.steps)
      if (verb === "sent" && by === node && time >= from && time <= to && !this.causes.has(frame))
        if (!String(facts?.["what"] ?? "").startsWith("ARP")) frames.add(frame);
    return [...frames];
  }

  /** Forgets everything. */
  clear(): void {
    this.forgotten += this.steps.length;
    this.rebuild([]);
  }

  private forgetOldest(): void {
    const surplus = Math.max(1, Math.floor(this.maxSteps / 5));
    this.forgotten += surplus;
    this.rebuild(this.steps.slice(surplus));
  }

  private rebuild(steps: Step[]): void {
    this.steps = steps;
    this.byFrame = new Map();
    this.causes = new Map();
    this.effects = new Map();
    for (const step of steps) this.index(step);
  }

  private index(step: Step): void {
    const { frame, facts } = step;
    const known = this.byFrame.get(frame);
    if (known !== undefined) known.push(step);
    else this.byFrame.set(frame, [step]);
    const cause = facts?.["cause"];
    if (typeof cause !== "number" || cause === 0 || this.causes.has(frame)) return;
    if (step.verb !== "sent" && step.verb !== "answered") return;
    this.causes.set(frame, cause);
    const effects = this.effects.get(cause);
    if (effects !== undefined) effects.push(frame);
    else this.effects.set(cause, [frame]);
  }
}
