/**
 * Runs a typed line on a machine. A single command becomes one process; a list or a pipeline becomes a shell process that
 * runs its commands one after another and hands their output on.
 */
import { nearest } from "../core/nearest.js";
import type { Nanoseconds } from "../core/time.js";
import { type Machine, Process, type Program, type StackOf } from "../host/process.js";
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

/** A running pipeline: a process on the left, text filters to its right. */
class Job<M extends Machine> {
  private readonly left: Process<M>;
  private readonly pipe: Pipe | null;

  constructor(
    console: Console<M>,
    private readonly parent: Process<M>,
    pipeline: Pipeline,
  ) {
    const [first, ...others] = pipeline.commands;
    const last = others.at(-1);
    const toParent = (text: string): void => {
      if (last?.discardOutput !== true) parent.write(text);
    };
    const toErrors = (text: string): void => parent.writeError(text);
    const pipe = Pipe.open(others, toParent, toErrors);
    this.pipe = others.length === 0 ? null : pipe;
    const output = this.pipe === null ? toParent : (text: string): void => pipe.write(text);
    this.left = start(console, first!, (text, stream) => {
      if (stream === "stdout" ? !first!.discardOutput : first!.errors === "stdout") output(text);
      else if (stream === "stderr" && first!.errors === "stderr") parent.writeError(text);
      if (pipe.full) parent.wake();
    });
    if (pipeline.background) this.left.onExit(() => this.pipe?.end());
    else {
      this.left.onExit(() => parent.wake());
      parent.defer(() => this.left.kill("SIGKILL"));
    }
  }

  *wait(): Generator<Nanoseconds, number, void> {
    const { left, parent, pipe } = this;
    while (left.running) {
      if (parent.signal !== null) left.kill(parent.signal);
      else if (pipe?.full === true) left.kill();
      if (left.running) yield Number.POSITIVE_INFINITY;
    }
    return pipe === null ? left.status! : pipe.end();
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
