/**
 * The stages that the scripts share: install and build what a fresh clone lacks, run a check quietly, run a test suite.
 * A stage that passes prints one line with its seconds; one that fails prints what its program said.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./source.mjs";

const bin = (name) => join(root, "node_modules", ".bin", name);

/** Runs a program in the root; what it prints goes to the terminal only if it fails. True if it passed. */
function stage(name, program, args) {
  const began = performance.now();
  const run = spawnSync(program, args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
  const passed = run.status === 0;
  if (!passed) process.stderr.write(`${run.stdout ?? ""}${run.stderr ?? ""}${run.error ?? ""}\n`);
  tell(name, passed, began);
  return passed;
}

/** Runs a program on this terminal and ends with its exit status. */
export function become(args) {
  const run = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  process.exit(run.status ?? 1);
}

/** Brings node_modules up to package-lock.json and, where asked, dist/ up to src/. Exits if that fails. */
export function setUp({ build }) {
  if (!installed() && !stage("install", "npm", ["ci", "--ignore-scripts"])) process.exit(1);
  if (!build) return;
  const run = spawnSync(bin("tsc"), ["-b"], { cwd: root, encoding: "utf8" });
  if (run.status === 0) return;
  process.stderr.write(`${run.stdout}${run.stderr}build failed\n`);
  process.exit(1);
}

/** Formatting, types and the rules of the house; true if all passed. Every stage runs, so that one call shows all faults. */
export function checkSources() {
  return [
    stage("format and lint", bin("biome"), ["check", "--error-on-warnings", "."]),
    stage("types", bin("tsc"), ["-b"]),
    stage("types of tests", bin("tsc"), ["-p", "tsconfig.test.json"]),
    stage("layers", process.execPath, ["tools/layers.mjs"]),
    stage("sizes", process.execPath, ["tools/sizes.mjs"]),
    stage("bans", process.execPath, ["tools/bans.mjs"]),
    stage("generated pages", process.execPath, ["tools/docs.mjs", "--check"]),
  ].every(Boolean);
}

/** Runs a vitest configuration on this terminal; how many tests passed, failed, were skipped, and whether vitest is content. */
export function runTests(name, config) {
  const began = performance.now();
  const folder = mkdtempSync(join(tmpdir(), "netcosm-tests-"));
  const report = join(folder, "report.json");
  const args = [
    "run",
    "--config",
    config,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ];
  const run = spawnSync(bin("vitest"), args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  const counts = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : {};
  rmSync(folder, { recursive: true });
  tell(name, run.status === 0, began);
  return {
    ok: run.status === 0,
    passed: counts.numPassedTests ?? 0,
    failed: counts.numFailedTests ?? 0,
    skipped: (counts.numPendingTests ?? 0) + (counts.numTodoTests ?? 0),
  };
}

function tell(name, passed, began) {
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${passed ? "ok    " : "FAILED"} ${name.padEnd(20)} ${seconds.padStart(6)} s`);
}

/** Does node_modules hold the versions that package-lock.json names? npm notes in a lock file of its own what it installed. */
function installed() {
  const packages = (path) => JSON.parse(readFileSync(join(root, path), "utf8")).packages;
  if (!existsSync(join(root, "node_modules/.package-lock.json"))) return false;
  const present = packages("node_modules/.package-lock.json");
  return Object.entries(packages("package-lock.json")).every(
    ([path, wanted]) => path === "" || wanted.optional || present[path]?.version === wanted.version,
  );
}
