/** Thrown inside a command to end it: what stderr says, and the exit status. */
import { SystemError, strerror } from "../host/errno.js";
import type { Host } from "../host/host.js";
import type { Machine, Process, Program } from "../host/process.js";
import { immediate } from "./system/immediate.js";

export class Failure extends Error {
  constructor(
    readonly status: number,
    /** Without the last line end; "" for nothing. */
    readonly text: string,
  ) {
    super(text);
  }
}

export function fail(status: number, text: string): never {
  throw new Failure(status, text);
}

/** What an errno comes to in the words of a program, given its text and the kernel's detail. */
export type KernelWords = (errorText: string, detail: string | undefined) => Failure;

/** A program that ends at once. Failures become its output and status, and so do errors of the simulated kernel. */
export function failing<M extends Machine = Host>(
  kernelWords: KernelWords,
  work: (process: Process<M>) => number,
): Program<M> {
  return immediate((process: Process<M>) => {
    try {
      return work(process);
    } catch (error) {
      const failure = error instanceof SystemError ? kernelWords(strerror(error.errno), error.detail) : error;
      if (!(failure instanceof Failure)) throw error;
      if (failure.text !== "") process.writeError(`${failure.text}\n`);
      return failure.status;
    }
  });
}
