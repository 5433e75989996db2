/**
 * Runs a typed line on a machine. A single command becomes one process; a list or a pipeline becomes a shell process that
 * runs its commands one after another and hands their output on.
 */
import { nearest } from "../core/nearest.js";
import type { Nanoseconds } from "../core/time.js";
import { type Machine, Process, type Program, type Signal, type StackOf } from "../host/process.js";
import type { CommandSet } from "./command.js";
import { type Pipeline, parseLine, type SimpleCommand } from "./parse-line.js";
import { Pipe } from "./text/pipe.js";

/** Somewhere to type: a machine, the namespace its programs see, and the commands it knows. */
export interface Console<M extends Machine> {
  readonly machine: M;
  readonly stack: StackOf<M>;
  readonly commands: CommandSet<M>;
}

export type OutputListener = (text: string, stream: "stdout" | "stderr") => void;

const NOT_FOUND = 127;
const SYNTAX = 2;

/** Starts a line; whatever is wrong with it, the answer is a process whose output says so. */
export function runLine<M extends Machine>(
  console: Console<M>,
  line: string,
  onOutput?: OutputListener,
): Process<M> {
  const parsed = parseLine(line);
  if ("error" in parsed) return failed(console, line, `bash: ${parsed.error}`, SYNTAX, onOutput);
  const [only] = parsed.pipelines;
  const [command] = only?.commands ?? [];
  const simple = parsed.pipelines.length === 1 && only!.commands.length === 1 && !only!.background;
  if (simple && !command!.discardOutput && command!.errors === "stderr")
    return start(console, command!, onOutput);
  return launch(console, line, [], shell(console, parsed.pipelines), onOutput);
}

function shell<M extends Machine>(console: Console<M>, pipelines: readonly Pipeline[]): Program<M> {
  return function* (process) {
    process.catchSignals();
    let status = 0;
    for (const pipeline of pipelines) {
      if (pipeline.when === "success" && status !== 0) continue;
      if (pipeline.when === "failure" && status === 0) continue;
      if (pipeline.background) {
        new Job(console, process, pipeline);
        status = 0;
      } else status = yield* new Job(console, process, pipeline).wait();
      if (process.signal !== null) break;
    }
    return status;
  };
}

/** A running pipeline: a process on the left, text filters behind it, and at the right end perhaps one more process. */
class Job<M extends Machine> {
  private readonly left: Process<M>;
  private readonly right: Process<M> | null;
  private readonly pipe: Pipe | null;

  constructor(
    console: Console<M>,
    private readonly parent: Process<M>,
    pipeline: Pipeline,
  ) {
    const [first, ...others] = pipeline.commands;
    const reads = console.commands.get(others.at(-1)?.words[0] ?? "")?.readsInput === true;
    const reader = reads ? others.pop()! : undefined;
    this.right = reader === undefined ? null : start(console, reader, this.toParent(reader));
    const { right } = this;
    const last = right === null ? others.at(-1) : undefined;
    const toEnd = (text: string): void => {
      if (right !== null) right.stdin.write(text);
      else if (last?.discardOutput !== true) parent.write(text);
    };
    const pipe = Pipe.open(others, toEnd, (text) => parent.writeError(text));
    this.pipe = others.length === 0 ? null : pipe;
    this.left = start(
      console,
      first!,
      this.toParent(first!, this.pipe === null ? toEnd : (text) => pipe.write(text)),
    );
    for (const process of [this.left, right]) {
      process?.onExit(() => {
        for (const frame of process.frames) parent.sent(frame);
        if (!pipeline.background) parent.wake();
      });
      if (!pipeline.background) parent.defer(() => process?.kill("SIGKILL"));
    }
    if (pipeline.background) this.left.onExit(() => this.endInput());
  }

  *wait(): Generator<Nanoseconds, number, void> {
    const { left, right, parent, pipe } = this;
    while (left.running) {
      if (parent.signal !== null) this.kill(parent.signal);
      else if (pipe?.full === true || right?.running === false) left.kill();
      if (left.running) yield Number.POSITIVE_INFINITY;
    }
    const status = this.endInput();
    while (right?.running === true) {
      if (parent.signal !== null) this.kill(parent.signal);
      if (right.running) yield Number.POSITIVE_INFINITY;
    }
    return right?.status ?? status;
  }

  private kill(signal: Signal): void {
    this.left.kill(signal);
    this.right?.kill(signal);
  }

  /** The left side has ended; the answer is the status of what came last before the right side. */
  private endInput(): number {
    const status = this.pipe === null ? this.left.status! : this.pipe.end();
    this.right?.stdin.end();
    return status;
  }

  /** Where the output of a command goes, by its redirections; what is not redirected goes to `output`. */
  private toParent(
    command: SimpleCommand,
    output = (text: string) => this.parent.write(text),
  ): OutputListener {
    return (text, stream) => {
      if (stream === "stdout" ? !command.discardOutput : command.errors === "stdout") output(text);
      else if (stream === "stderr" && command.errors === "stderr") this.parent.writeError(text);
      if (this.pipe?.full === true) this.parent.wake();
    };
  }
}

function start<M extends Machine>(
  console: Console<M>,
  { words, text }: SimpleCommand,
  onOutput?: OutputListener,
): Process<M> {
  const [name, ...args] = words;
  const command = console.commands.get(name!);
  if (command !== undefined) return launch(console, text, args, command.program, onOutput);
  const near = nearest(name!, console.commands.keys());
  const hint = near === undefined ? "" : `\nDid you mean ${near}?`;
  return failed(console, text, `bash: ${name}: command not found${hint}`, NOT_FOUND, onOutput);
}

function failed<M extends Machine>(
  console: Console<M>,
  line: string,
  message: string,
  status: number,
  onOutput?: OutputListener,
): Process<M> {
  // biome-ignore lint/correctness/useYield: it ends before it could sleep
  const program: Program<M> = function* (process) {
    process.writeError(`${message}\n`);
    return status;
  };
  return launch(console, line, [], program, onOutput);
}

function launch<M extends Machine>(
  { machine, stack }: Console<M>,
  line: string,
  args: readonly string[],
  program: Program<M>,
  onOutput?: OutputListener,
): Process<M> {
  return new Process<M>(machine, stack, line, args, program, (process) => {
    process.onOutput = onOutput ?? null;
  });
}
