/** Programs that end before any time passes. */
import type { Host } from "../../host/host.js";
import type { Machine, Process, Program } from "../../host/process.js";

/** A program that does its work at once; the answer is the exit status. */
export function immediate<M extends Machine = Host>(work: (process: Process<M>) => number): Program<M> {
  // biome-ignore lint/correctness/useYield: it ends before it could sleep
  return function* (process) {
    return work(process);
  };
}
