/**
 * Runs a lab as fast as it goes, and tells of it on standard error: on a terminal a line that says how far a long run has
 * come, and in any case that a frame goes round and round. Between two slices of the run Ctrl-C is heard.
 */
import { setImmediate } from "node:timers/promises";
import { formatInstant } from "../core/time.js";
import type { LabRun } from "../lab/run/lab-run.js";
import { describeLoop } from "../lab/run/loop-watch.js";

/** Wall milliseconds between two looks at the lab. */
const INTERVAL = 250;

/** Runs to the lab's end as `run.run()` does, or until the signal aborts; true if it came to its end. */
export async function runWithProgress(run: LabRun, signal: AbortSignal): Promise<boolean> {
  const { stderr } = process;
  const clear = stderr.isTTY ? "\r\u001b[K" : "";
  const started = performance.now();
  let looked = started;
  let loopTold = false;
  while (run.advance()) {
    await setImmediate();
    if (signal.aborted) break;
    const wall = performance.now();
    if (wall - looked < INTERVAL) continue;
    looked = wall;
    const { loop } = run;
    if (loop !== undefined && !loopTold) {
      stderr.write(`${clear}netcosm: ${describeLoop(loop)} (Ctrl-C ends the run)\n`);
      loopTold = true;
    }
    if (stderr.isTTY) stderr.write(`${clear}${line(run, wall - started)}`);
  }
  if (looked > started) stderr.write(clear);
  return !signal.aborted;
}

function line(run: LabRun, wall: number): string {
  const { now, until } = run;
  const { frames } = run.facts();
  const share =
    until === undefined ? "" : ` of ${formatInstant(until)} s (${Math.floor((100 * now) / until)} %)`;
  const rate = Math.round((frames / wall) * 1000);
  return `virtual time ${formatInstant(now)} s${share}, ${frames} frames, ${rate} frames/s`;
}
