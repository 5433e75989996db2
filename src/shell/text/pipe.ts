/** The text filters of a pipeline, one feeding the next line by line. */
import type { SimpleCommand } from "../parse-line.js";
import { textFilters } from "./filters.js";
import type { FilterRun } from "./text-filter.js";

export class Pipe {
  private rest = "";
  private status = 0;

  private constructor(private readonly stages: readonly FilterRun[]) {}

  /** Opens the filters, from the last to the first. One that cannot be opened swallows what it is sent. */
  static open(
    commands: readonly SimpleCommand[],
    output: (text: string) => void,
    errors: (text: string) => void,
  ): Pipe {
    const stages: FilterRun[] = [];
    let sink = output;
    for (const { words } of [...commands].reverse()) {
      const [name, ...args] = words;
      const filter = textFilters.get(name!);
      const opened =
        filter === undefined
          ? `reads no pipe here; these do: ${[...textFilters.keys()].join(", ")}`
          : filter.open(args, sink);
      if (typeof opened === "string") errors(`${name}: ${opened}\n`);
      const stage = typeof opened === "string" ? broken : opened;
      stages.unshift(stage);
      sink = splitter(stage);
    }
    return new Pipe(stages);
  }

  /** Takes text in pieces of any size. */
  write(text: string): void {
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop()!;
    for (const line of lines) this.stages[0]?.line(line);
  }

  /** No further input can change the output. */
  get full(): boolean {
    return this.stages[0]?.full === true;
  }

  /** The input has ended; the answer is the status of the last filter. */
  end(): number {
    if (this.rest !== "") this.stages[0]?.line(this.rest);
    this.rest = "";
    for (const stage of this.stages) this.status = stage.end();
    return this.status;
  }
}

const broken: FilterRun = { line: () => {}, end: () => 2, full: true };

/** Filters write whole lines. */
function splitter(stage: FilterRun): (text: string) => void {
  return (text) => {
    for (const line of text.split("\n").slice(0, -1)) stage.line(line);
  };
}
