/**
 * netcosm shell: a lab runs in real time, and you type commands on its nodes. A line beginning with a dot is for the
 * lab itself (.help tells which); Ctrl-C interrupts the command that runs.
 */
import { createInterface, type Interface } from "node:readline";
import pc from "picocolors";
import { nearest } from "../../core/nearest.js";
import { formatInstant } from "../../core/time.js";
import { Switch } from "../../device/switch.js";
import type { Machine, Process } from "../../host/process.js";
import type { LabRun } from "../../lab/index.js";
import { runLabSession } from "../../plug/lab-session.js";
import { hostCommands, runOnNode, switchCommands } from "../../shell/index.js";
import { UsageError } from "../exit.js";
import { loadLab } from "../load-lab.js";
import { seedOption } from "../options.js";
import { journeysOf, type Language, storyText } from "../story.js";

const HELP = `What you type runs on the node whose name stands in front; "help" lists its commands, Ctrl-C interrupts one.
A line that begins with a dot is for the lab:
  .node NAME     go to another node (in short: .NAME)
  .why           tell the journey of what the last command sent, hop by hop (.why zh: advice in Chinese)
  .nodes         list the nodes and their ports
  .cut A B       cut the link between two nodes, or at an endpoint (.cut pc1:eth0)
  .restore A B   restore it
  .kill NODE     switch a node off
  .restart NODE  switch it on again
  .time          the virtual time
  .exit          end (also Ctrl-D)
`;
const VERBS = ["help", "node", "why", "nodes", "cut", "restore", "kill", "restart", "time", "exit"];

export async function shell(
  path: string,
  options: { readonly seed?: string; readonly record?: string },
): Promise<void> {
  const running = loadLab(path).start({
    record: true,
    ...(options.seed !== undefined && { seed: seedOption(options.seed) }),
  });
  const stop = new AbortController();
  const session = new ShellSession(running, () => stop.abort());
  try {
    await runLabSession(running, {
      signal: stop.signal,
      ...(options.record !== undefined && { record: options.record }),
      opened: () => session.begin(),
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  } finally {
    session.end();
    running.close();
  }
}

class ShellSession {
  private readonly lines: Interface;
  private readonly waiting: string[] = [];
  private node: string;
  private command: Process<Machine> | null = null;
  /** What `.why` tells of: the frames of the last command, and where it was typed. */
  private last: { readonly node: string; readonly frames: readonly number[] } | null = null;
  private closed = false;

  constructor(
    private readonly running: LabRun,
    private readonly stop: () => void,
  ) {
    this.node = this.typable()[0] ?? [...running.world.nodes.keys()][0]!;
    this.lines = createInterface({
      input: process.stdin,
      output: process.stdout,
      terminal: process.stdin.isTTY === true,
      completer: (line: string) => this.complete(line),
    });
  }

  begin(): void {
    process.stdout.write(this.welcome());
    this.lines.on("line", (line) => {
      this.waiting.push(line.trim());
      this.next();
    });
    this.lines.on("SIGINT", () => {
      if (this.command !== null) this.command.kill("SIGINT");
      else this.abandonLine();
    });
    this.lines.on("close", () => {
      this.closed = true;
      if (process.stdin.isTTY) process.stdout.write("\n");
      this.next();
    });
    this.prompt();
  }

  end(): void {
    this.lines.close();
  }

  private welcome(): string {
    const { name } = this.running.plan.document;
    const nodes = [...this.running.world.nodes.keys()].join(", ");
    const steps = this.running.steps.length > 0 ? ", its own steps included" : "";
    return `${pc.bold(name)}: ${nodes}\nThe lab runs in real time${steps}. Type a command for ${this.node}, .help for the rest, Ctrl-D to end.\n`;
  }

  /** Ctrl-C at the prompt: what was typed goes; on an empty line, how to leave is told. */
  private abandonLine(): void {
    const empty = this.lines.line === "";
    this.lines.write(null, { ctrl: true, name: "e" });
    this.lines.write(null, { ctrl: true, name: "u" });
    process.stdout.write(empty ? "\n(.exit or Ctrl-D ends)\n" : "^C\n");
    this.prompt();
  }

  /** Takes the next line that waits, unless a command is running: lines of a script run one after another. */
  private next(): void {
    while (this.command === null) {
      const line = this.waiting.shift();
      if (line === undefined) {
        if (this.closed) this.stop();
        return;
      }
      if (line.startsWith(".")) this.act(line);
      else if (line !== "") this.type(line);
      if (this.command === null) this.prompt();
    }
  }

  private type(line: string): void {
    const on = this.running.world.nodes.get(this.node)!;
    const command = runOnNode(on, line, (text, stream) => process[stream].write(text));
    if (command === undefined) {
      process.stdout.write(`${this.node} takes no commands\n`);
      return;
    }
    this.command = command;
    this.last = { node: this.node, frames: command.frames };
    command.onExit(() => {
      this.command = null;
      // Not from within the event that ended it: the next line may start another.
      setImmediate(() => {
        this.prompt();
        this.next();
      });
    });
  }

  private act(line: string): void {
    const [verb = "", ...words] = line.slice(1).split(/\s+/);
    try {
      this.actOn(verb, words);
    } catch (error) {
      process.stdout.write(`${(error as Error).message}\n`);
    }
  }

  private actOn(verb: string, [first = "", second]: string[]): void {
    const { running } = this;
    switch (verb) {
      case "help":
        process.stdout.write(HELP);
        break;
      case "exit":
      case "quit":
        this.stop();
        break;
      case "why":
        process.stdout.write(this.story(first === "zh" ? "zh" : "en"));
        break;
      case "nodes":
        for (const { name, ports } of running.world.nodes.values())
          process.stdout.write(
            `${name}: ${ports.map((port) => `${port.name}${port.carrier ? "" : " (no carrier)"}`).join(", ")}\n`,
          );
        break;
      case "time":
        process.stdout.write(`${formatInstant(running.now)} s\n`);
        break;
      case "cut":
        running.link(named(first), second).cut();
        break;
      case "restore":
        running.link(named(first), second).restore();
        break;
      case "kill":
        running.node(named(first)).kill();
        break;
      case "restart":
        running.node(named(first)).restart();
        break;
      case "node":
        this.goTo(named(first));
        break;
      default:
        this.goTo(verb);
    }
  }

  private goTo(name: string): void {
    const names = [...this.running.world.nodes.keys()];
    if (names.includes(name)) this.node = name;
    else {
      const near = nearest(name, [...names, ...VERBS]);
      process.stdout.write(
        `no node or command "${name}"${near === undefined ? "" : `; did you mean "${near}"?`}\n`,
      );
    }
  }

  private prompt(): void {
    if (this.closed || !process.stdin.isTTY) return;
    this.lines.setPrompt(pc.bold(`${this.node}$ `));
    this.lines.prompt();
  }

  private typable(): string[] {
    return [...this.running.plan.nodes]
      .filter(([, { kind }]) => kind.commands === true)
      .map(([name]) => name);
  }

  private story(language: Language): string {
    if (this.last === null) return "No command has been typed yet.\n";
    const { node, frames } = this.last;
    return storyText(journeysOf(this.running.recorder!, frames), node, frames.length, language);
  }

  private complete(line: string): [string[], string] {
    const nodes = [...this.running.world.nodes.keys()];
    const words = line.split(/\s+/);
    const word = words.at(-1) ?? "";
    const candidates = line.startsWith(".")
      ? words.length > 1
        ? nodes
        : [...VERBS, ...nodes].map((verb) => `.${verb}`)
      : this.commandNames();
    return [candidates.filter((each) => each.startsWith(word)).map((each) => `${each} `), word];
  }

  private commandNames(): string[] {
    const node = this.running.world.nodes.get(this.node);
    return [...(node instanceof Switch ? switchCommands : hostCommands).keys()];
  }
}

/** A name that must be given. */
function named(name: string): string {
  if (name === "") throw new Error("name a node or an endpoint; .nodes lists them");
  return name;
}
