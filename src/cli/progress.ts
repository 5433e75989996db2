/** A line that tells how far a long run has come; only on a terminal, and only after a while. */
import { formatInstant, type Nanoseconds } from "../core/time.js";
import type { LabRun } from "../lab/run/lab-run.js";

/** Wall milliseconds between two looks at the clock of the lab. */
const INTERVAL = 250;

/** Runs to the lab's end as `run.run()` does, telling of it on standard error if that is a terminal. */
export function runWithProgress(run: LabRun): void {
  if (!process.stderr.isTTY) {
    run.run();
    return;
  }
  const started = performance.now();
  let told = started;
  let shown = false;
  run.run(() => {
    const wall = performance.now();
    if (wall - told < INTERVAL) return;
    told = wall;
    shown = true;
    process.stderr.write(`\r\u001b[K${line(run.now, run.until, run.facts().frames, wall - started)}`);
  });
  if (shown) process.stderr.write("\r\u001b[K");
}

function line(now: Nanoseconds, until: Nanoseconds | undefined, frames: number, wall: number): string {
  const share =
    until === undefined ? "" : ` of ${formatInstant(until)} s (${Math.floor((100 * now) / until)} %)`;
  const rate = Math.round((frames / wall) * 1000);
  return `virtual time ${formatInstant(now)} s${share}, ${frames} frames, ${rate} frames/s`;
}
