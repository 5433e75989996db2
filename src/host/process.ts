/**
 * A process on a simulated host: a program that runs in virtual time, with arguments, output and an exit status.
 *
 * A program is a generator. It yields the instant until which it sleeps (Infinity for ever); it goes on when that comes,
 * or earlier when `wake` is called, which is what its socket callbacks do. It returns its exit status.
 */
import type { Nanoseconds } from "../core/time.js";
import { Timer } from "../engine/timer.js";
import type { World } from "../link/world.js";
import type { Host } from "./host.js";
import { StandardInput } from "./standard-input.js";

/** What processes run on: a host, or a box with nothing but a management console. */
export interface Machine {
  readonly world: World;
  /** Takes a new process into the process table; the answer is its pid. */
  adopt(process: Process<Machine>): number;
  /** The process has ended. */
  release(process: Process<Machine>): void;
}

/** The network namespace that a process on such a machine sees. */
export type StackOf<M extends Machine> = M extends { readonly stack: infer S } ? S : unknown;

export type Program<M extends Machine = Host> = (process: Process<M>) => Generator<Nanoseconds, number, void>;

export type Signal = "SIGINT" | "SIGTERM" | "SIGKILL";

/** How many frames a process remembers that it sent. */
const FRAMES_KEPT = 1024;

const SIGNAL_STATUS: Readonly<Record<Signal, number>> = { SIGINT: 130, SIGTERM: 143, SIGKILL: 137 };

export class Process<M extends Machine = Host> {
  readonly pid: number;
  readonly started: Nanoseconds;
  ended: Nanoseconds | null = null;
  readonly stdin = new StandardInput();
  stdout = "";
  stderr = "";
  /** Null while it runs. */
  status: number | null = null;
  /** The signal that asked it to stop; programs that clean up look at it when they wake. */
  signal: Signal | null = null;
  /** The ids of the frames that this process sent, the newest last; for `why`. */
  readonly frames: number[] = [];
  /** Called with each piece of output as it is written. */
  onOutput: ((text: string, stream: "stdout" | "stderr") => void) | null = null;
  private readonly exitCallbacks: ((status: number) => void)[] = [];
  private readonly cleanups: (() => void)[] = [];
  private run: Generator<Nanoseconds, number, void> | null = null;
  private readonly timer: Timer;
  private resuming = false;
  private woken = false;
  private handlesSignals = false;

  /** Starts the program at once; it runs until its first yield before this returns. */
  constructor(
    readonly host: M,
    readonly stack: StackOf<M>,
    /** The command line as typed; for `why` and `ps`. */
    readonly commandLine: string,
    readonly args: readonly string[],
    program: Program<M>,
    setUp?: (process: Process<M>) => void,
  ) {
    this.pid = host.adopt(this);
    this.started = host.world.engine.now;
    this.timer = new Timer(host.world.engine, { handle: () => this.resume() });
    setUp?.(this);
    this.run = program(this);
    this.resume();
  }

  get now(): Nanoseconds {
    return this.host.world.engine.now;
  }

  get running(): boolean {
    return this.status === null;
  }

  write(text: string): void {
    this.stdout += text;
    this.onOutput?.(text, "stdout");
  }

  writeError(text: string): void {
    this.stderr += text;
    this.onOutput?.(text, "stderr");
  }

  /** Remembers a frame that this process sent. */
  sent(frame: number): void {
    this.frames.push(frame);
    if (this.frames.length > FRAMES_KEPT) this.frames.shift();
  }

  /** Goes on at this instant (after what is due now), whatever it was waiting for. */
  wake(): void {
    if (!this.running) return;
    if (this.resuming) this.woken = true;
    else this.timer.set(this.now);
  }

  /** From now on SIGINT and SIGTERM only set `signal` and wake the program. */
  catchSignals(): void {
    this.handlesSignals = true;
  }

  /** Runs when the process ends, in whatever way: close sockets here. */
  defer(cleanup: () => void): void {
    this.cleanups.push(cleanup);
  }

  onExit(callback: (status: number) => void): void {
    if (this.status === null) this.exitCallbacks.push(callback);
    else callback(this.status);
  }

  kill(signal: Signal = "SIGTERM"): void {
    if (!this.running) return;
    this.signal = signal;
    if (this.handlesSignals && signal !== "SIGKILL") this.wake();
    else this.finish(SIGNAL_STATUS[signal]);
  }

  private resume(): void {
    if (!this.running || this.run === null) return;
    this.resuming = true;
    this.woken = false;
    const step = this.run.next();
    this.resuming = false;
    if (!this.running) return;
    if (step.done === true) {
      this.finish(step.value);
      return;
    }
    if (this.woken) this.timer.set(this.now);
    else if (step.value === Number.POSITIVE_INFINITY) this.timer.cancel();
    else this.timer.set(Math.max(step.value, this.now));
  }

  private finish(status: number): void {
    this.status = status;
    this.ended = this.now;
    this.timer.cancel();
    for (const cleanup of this.cleanups.splice(0)) cleanup();
    this.host.release(this);
    for (const callback of this.exitCallbacks.splice(0)) callback(status);
  }
}
