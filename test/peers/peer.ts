/**
 * Real programs as partners of a test: finding them, running them, and network namespaces for them to live in.
 *
 * A test whose program is missing is skipped, and says so on the terminal; where every peer must be there, `npm test`
 * turns the skipped test into a failure.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { describe } from "vitest";

const SEARCH = `${process.env["PATH"] ?? ""}${delimiter}/usr/sbin${delimiter}/sbin`;

/** The program's path, or `undefined` if it is not installed. */
export function peer(program: string): string | undefined {
  for (const folder of SEARCH.split(delimiter)) {
    const path = join(folder, program);
    if (folder === "" || !existsSync(path)) continue;
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not ours to run: look on.
    }
  }
  return undefined;
}

/** Whether this process may make network namespaces. */
export function mayMakeNamespaces(): boolean {
  return peer("ip") !== undefined && process.getuid?.() === 0;
}

/** `describe`, skipped aloud unless all the programs are there. */
export function describeWithPeers(programs: readonly string[], name: string, tests: () => void): void {
  const missing = programs.filter((program) => peer(program) === undefined);
  if (missing.length === 0) describe(name, tests);
  else {
    process.stderr.write(`SKIPPED: ${name}: ${missing.join(", ")} not installed\n`);
    describe.skip(`${name} (missing: ${missing.join(", ")})`, tests);
  }
}

export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, at most `seconds`. A program that does not end in time throws. */
export function run(program: string, args: readonly string[], seconds = 30): Outcome {
  const result = spawnSync(peer(program) ?? program, args, {
    encoding: "utf8",
    timeout: seconds * 1000,
    maxBuffer: 1 << 28,
    env: { ...process.env, LC_ALL: "C", TZ: "UTC" },
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

/** A new folder, removed again by `remove`. */
export function scratchFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "netcosm-peer-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A network namespace of the kernel, with its loopback up. The programs started in it end with it. */
export class Namespace {
  readonly name: string;
  private readonly children: ChildProcess[] = [];

  /** The kernel's name has the process number in it, so that two runs do not meet. */
  constructor(label: string) {
    this.name = `nc${process.pid}-${label}`;
    runWell("ip", ["netns", "add", this.name]);
    this.run("ip", ["link", "set", "lo", "up"]);
  }

  run(program: string, args: readonly string[], seconds = 30): Outcome {
    return run("ip", ["netns", "exec", this.name, program, ...args], seconds);
  }

  runWell(program: string, args: readonly string[], seconds = 30): string {
    return runWell("ip", ["netns", "exec", this.name, program, ...args], seconds);
  }

  /** Starts a program that goes on running. */
  start(program: string, args: readonly string[]): ChildProcess {
    const child = spawn("ip", ["netns", "exec", this.name, program, ...args], {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, LC_ALL: "C" },
    });
    this.children.push(child);
    return child;
  }

  remove(): void {
    for (const child of this.children) child.kill("SIGKILL");
    run("ip", ["netns", "del", this.name]);
  }
}

/** Joins two namespaces with a pair of virtual cards, both up. */
export function joinNamespaces(a: Namespace, cardA: string, b: Namespace, cardB: string): void {
  const pair = ["type", "veth", "peer", "name", cardB, "netns", b.name];
  runWell("ip", ["link", "add", cardA, "netns", a.name, ...pair]);
  a.runWell("ip", ["link", "set", cardA, "up"]);
  b.runWell("ip", ["link", "set", cardB, "up"]);
}
