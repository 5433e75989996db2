/**
 * Real programs as partners of a test: finding them, running them, and network namespaces for them to live in.
 *
 * A test whose program is missing is skipped, and says so on the terminal; where every peer must be there, `npm test`
 * turns the skipped test into a failure. Whatever a test makes here is gone when it ends, and at the latest when this
 * process does.
 */
import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { describe, onTestFinished } from "vitest";

const SEARCH = `${process.env["PATH"] ?? ""}${delimiter}/usr/sbin${delimiter}/sbin`;
const ENVIRONMENT = { ...process.env, LC_ALL: "C", TZ: "UTC" };

/** The program's path, or `undefined` if it is not installed. */
export const peer = (program: string): string | undefined =>
  SEARCH.split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, program))
    .find((path) => permits(path, constants.X_OK));

function permits(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

/** What a test may need besides programs. */
const MACHINE: Readonly<Record<string, () => boolean>> = {
  root: () => process.getuid?.() === 0,
  tun: () => permits("/dev/net/tun", constants.R_OK),
};

/** `describe`, skipped aloud unless all that it needs is there: programs by name, `root`, `tun` (/dev/net/tun). */
export function describeWithPeers(needs: readonly string[], name: string, tests: () => void): void {
  const missing = needs.filter((need) => !(MACHINE[need]?.() ?? peer(need) !== undefined));
  if (missing.length === 0) describe(name, tests);
  else {
    process.stderr.write(`SKIPPED: ${name}: this machine lacks ${missing.join(", ")}\n`);
    describe.skip(`${name} (missing: ${missing.join(", ")})`, tests);
  }
}

export interface Outcome {
  /** -1 if a signal ended it. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, at most `seconds`, while this thread stands still. One that does not end in time throws. */
export function run(program: string, args: readonly string[], seconds = 30): Outcome {
  const result = spawnSync(peer(program) ?? program, args, {
    encoding: "utf8",
    timeout: seconds * 1000,
    maxBuffer: 1 << 28,
    env: ENVIRONMENT,
  });
  if (result.error !== undefined) throw result.error;
  return { status: result.status ?? -1, stdout: result.stdout, stderr: result.stderr };
}

/** As `run`, for a program that must succeed; gives its standard output. */
export function runWell(program: string, args: readonly string[], seconds = 30): string {
  const { status, stdout, stderr } = run(program, args, seconds);
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: status ${status}\n${stderr}`);
  return stdout;
}

/** A program that runs while this thread goes on: wait for its end, or end it. */
export interface Running {
  readonly ended: Promise<Outcome>;
  /** What it has printed so far. */
  readonly printed: string;
  /** Types into it; without text, ends its input. */
  type(text?: string): void;
  kill(signal?: NodeJS.Signals): void;
}

/** Starts a program. It is killed after `seconds`. */
export function start(program: string, args: readonly string[], seconds = 60): Running {
  const child = spawn(peer(program) ?? program, args, {
    timeout: seconds * 1000,
    killSignal: "SIGKILL",
    env: ENVIRONMENT,
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text) => {
    stdout += text;
  });
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  child.stdin.on("error", () => {}); // it ended before it read all of its input
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve({ status: status ?? -1, stdout, stderr }));
  });
  return {
    ended,
    get printed() {
      return stdout;
    },
    type: (text) => void (text === undefined ? child.stdin.end() : child.stdin.write(text)),
    kill: (signal) => void child.kill(signal),
  };
}

/** A new folder, removed again by `remove`. */
export function scratchFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "netcosm-peer-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

let count = 0;
const living = new Set<Namespace>();
process.on("exit", () => {
  for (const namespace of living) namespace.remove();
});

/** A network namespace of the kernel, with its loopback up. It ends with the test that made it, and all that runs in it. */
export class Namespace {
  /** The process number is in it, so that two runs do not meet. */
  readonly name = `netcosm-${process.pid}-${++count}`;

  constructor() {
    runWell("ip", ["netns", "add", this.name]);
    living.add(this);
    onTestFinished(() => this.remove());
    this.ip("link", "set", "lo", "up");
  }

  /** `ip` with these arguments, in the namespace; its output. An error of its throws. */
  ip(...args: string[]): string {
    return runWell("ip", ["-n", this.name, ...args]);
  }

  /** Changes a kernel setting (sysctl), by its dotted name. */
  set(name: string, value: number): void {
    const path = `/proc/sys/${name.replaceAll(".", "/")}`;
    runWell("ip", ["netns", "exec", this.name, "sh", "-c", `echo ${value} > ${path}`]);
  }

  /** Runs a program in the namespace, while this thread goes on. */
  run(program: string, ...args: string[]): Promise<Outcome> {
    return this.start(program, ...args).ended;
  }

  start(program: string, ...args: string[]): Running {
    // `ip netns exec` becomes the program, so that a signal reaches the program itself.
    return start("ip", ["netns", "exec", this.name, program, ...args]);
  }

  remove(): void {
    if (!living.delete(this)) return;
    const pids = runWell("ip", ["netns", "pids", this.name]).split("\n").filter(Boolean).map(Number);
    for (const pid of pids.filter((pid) => pid !== process.pid))
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    runWell("ip", ["netns", "delete", this.name]);
  }
}

/** Joins two namespaces with a pair of virtual cards, both up. */
export function joinNamespaces(a: Namespace, cardA: string, b: Namespace, cardB: string): void {
  a.ip("link", "add", cardA, "type", "veth", "peer", "name", cardB, "netns", b.name);
  a.ip("link", "set", cardA, "up");
  b.ip("link", "set", cardB, "up");
}
