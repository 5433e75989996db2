#!/usr/bin/env node
/** netcosm: the command line. */
import { CommanderError } from "commander";
import { EXIT_USAGE, fail, UsageError } from "./exit.js";
import { netcosmProgram } from "./program.js";

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // The reader of a pipe went away (head, a closed Wireshark): that ends the program, and is no fault of the lab.
  if (error.code === "EPIPE") process.exit(0);
  fail(`cannot write the output: ${error.message}`, EXIT_USAGE);
  process.exit();
});

try {
  await netcosmProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
  else if (error instanceof UsageError) fail(error.message, EXIT_USAGE);
  else throw error;
}
