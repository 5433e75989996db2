/** The labs of the course: every `*.lab.yaml` below labs/, and how their runs are compared. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Lab, type LabRun, type StartOptions, type Verdict } from "../../src/lab/index.js";

export const root = join(import.meta.dirname, "../..");

/** Paths from the root, sorted. */
export const labFiles: readonly string[] = readdirSync(join(root, "labs"), {
  recursive: true,
  encoding: "utf8",
})
  .filter((path) => path.endsWith(".lab.yaml"))
  .map((path) => `labs/${path.replaceAll("\\", "/")}`)
  .sort();

export const readLab = (file: string): Lab => Lab.parse(readFileSync(join(root, file), "utf8"), { file });

export interface Ran {
  readonly run: LabRun;
  readonly verdict: Verdict;
  /** What `netcosm run --json` prints, but for the journeys of failures. */
  readonly facts: string;
}

/** Runs a lab to its end. */
export function runLab(lab: Lab, options: StartOptions = {}): Ran {
  const run = lab.start(options);
  const verdict = run.run();
  const { results } = verdict;
  return { run, verdict, facts: JSON.stringify({ lab: lab.name, ok: verdict.ok, ...run.facts(), results }) };
}

/** Brings dist/ up to src/, for what runs in a process of its own. */
export const build = (): void =>
  void execFileSync(join(root, "node_modules/.bin/tsc"), ["-b"], { cwd: root });
