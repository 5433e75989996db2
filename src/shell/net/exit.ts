/** Programs that end early with a message: wrong options, a network that says no. */
import { type ErrnoName, strerror } from "../../host/errno.js";
import type { Program } from "../../host/process.js";

/** Thrown inside a program to end it; the text, if there is any, is written as it stands, with a line end. */
export class Exit extends Error {
  constructor(
    readonly status: number,
    text: string,
    readonly stream: "stdout" | "stderr" = "stderr",
  ) {
    super(text);
  }
}

/** A program that may end by throwing `Exit`. */
export function withExits(program: Program): Program {
  return function* (process) {
    try {
      return yield* program(process);
    } catch (error) {
      if (!(error instanceof Exit)) throw error;
      const text = error.message === "" ? "" : `${error.message}\n`;
      if (error.stream === "stdout") process.write(text);
      else process.writeError(text);
      return error.status;
    }
  };
}

/** The end that perror(3) and error(3) make: `ping: connect: Network is unreachable`. */
export const failedCall = (status: number, what: string, errno: ErrnoName): Exit =>
  new Exit(status, `${what}: ${strerror(errno)}`);
