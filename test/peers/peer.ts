/**
 * Real programs as peers: what a test needs on this machine, network namespaces, and programs run in them.
 *
 * Whatever a test makes here is gone when it ends, and at the latest when this process does.
 */
import { execFileSync, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, onTestFinished } from "vitest";

const MACHINE: Readonly<Record<string, () => boolean>> = {
  root: () => process.getuid?.() === 0,
  tun: () => readable("/dev/net/tun"),
};

/**
 * Tests that need something of the machine: `root`, `tun`, or programs by name. Where one is missing they are skipped, and
 * their heading says why.
 */
export function describePeers(name: string, needs: readonly string[], tests: () => void): void {
  const missing = needs.filter((need) => !(MACHINE[need]?.() ?? onPath(need)));
  if (missing.length === 0) describe(name, tests);
  else describe.skip(`${name} (SKIPPED: this machine lacks ${missing.join(", ")})`, tests);
}

function readable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** Is there a program of that name? */
export const onPath = (program: string): boolean =>
  `${process.env["PATH"] ?? ""}${delimiter}/usr/sbin${delimiter}/sbin`
    .split(delimiter)
    .some((folder) => readable(join(folder, program)));

export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const TIMEOUT = 60_000;

/** Runs a program to its end without blocking this thread. A program that takes longer than a minute is killed. */
export function run(program: string, ...args: string[]): Promise<Run> {
  return start(program, ...args).ended;
}

/** A program that runs: wait for its end, or end it. */
export interface Running {
  readonly ended: Promise<Run>;
  /** Types into it; without text, ends its input. */
  type(text?: string): void;
  kill(signal?: NodeJS.Signals): void;
}

export function start(program: string, ...args: string[]): Running {
  const child = spawn(program, args, { timeout: TIMEOUT, killSignal: "SIGKILL" });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text) => (stdout += text));
  child.stderr.on("data", (text) => (stderr += text));
  child.stdin.on("error", () => {}); // it ended before it read all of its input
  const ended = new Promise<Run>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve({ status, stdout, stderr }));
  });
  return {
    ended,
    type: (text) => void (text === undefined ? child.stdin.end() : child.stdin.write(text)),
    kill: (signal) => void child.kill(signal),
  };
}

let count = 0;
const living = new Set<Namespace>();
process.on("exit", () => {
  for (const namespace of living) namespace.delete();
});

/** A network namespace of its own; it is gone when the test that made it ends, with all that runs in it. */
export class Namespace {
  readonly name = `netcosm-${process.pid}-${++count}`;

  constructor() {
    execFileSync("ip", ["netns", "add", this.name]);
    living.add(this);
    onTestFinished(() => this.delete());
    this.ip("link", "set", "lo", "up");
  }

  /** `ip` with these arguments, in the namespace; its output. An error of its throws. */
  ip(...args: string[]): string {
    return execFileSync("ip", ["-n", this.name, ...args], { encoding: "utf8" });
  }

  /** Runs a program in the namespace. */
  run(program: string, ...args: string[]): Promise<Run> {
    return this.start(program, ...args).ended;
  }

  start(program: string, ...args: string[]): Running {
    // `ip netns exec` becomes the program, so that a signal reaches the program itself.
    return start("ip", "netns", "exec", this.name, program, ...args);
  }

  delete(): void {
    if (!living.delete(this)) return;
    const pids = execFileSync("ip", ["netns", "pids", this.name], { encoding: "utf8" });
    for (const pid of pids.split("\n").filter((pid) => pid !== "" && Number(pid) !== process.pid))
      try {
        process.kill(Number(pid), "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    execFileSync("ip", ["netns", "delete", this.name]);
  }
}

/** A pair of interfaces, joined like a cable, each up in its namespace. */
export function vethPair(a: Namespace, nameA: string, b: Namespace, nameB: string): void {
  a.ip("link", "add", nameA, "type", "veth", "peer", "name", nameB, "netns", b.name);
  a.ip("link", "set", nameA, "up");
  b.ip("link", "set", nameB, "up");
}
