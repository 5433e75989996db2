/**
 * A command that can be typed: its name, what it is for, and its program. Commands stand in a set, one line each; the
 * set decides what a machine knows.
 */
import type { Host } from "../host/host.js";
import type { Machine, Program } from "../host/process.js";

/** One sentence in each of the languages of the documentation. */
export interface About {
  readonly en: string;
  readonly zh: string;
}

/** A command for machines of kind M; one for any `Machine` runs everywhere. */
export interface Command<M extends Machine = Host> {
  readonly name: string;
  readonly about: About;
  /** It reads its standard input, so that it may end a pipeline. */
  readonly readsInput?: boolean;
  /** `process.args` are the words after the name. */
  readonly program: Program<M>;
}

export type CommandSet<M extends Machine = Host> = ReadonlyMap<string, Command<M>>;

/** A set of commands by name. Two of one name are a mistake of the programmer. */
export function commandSet<M extends Machine>(commands: readonly Command<M>[]): CommandSet<M> {
  const set = new Map<string, Command<M>>();
  for (const command of commands) {
    if (set.has(command.name)) throw new Error(`two commands are called ${command.name}`);
    set.set(command.name, command);
  }
  return set;
}
