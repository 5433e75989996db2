/** How the program ends: 0 as expected, 1 an expectation failed, 2 wrong usage or a faulty lab file. */

export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;

/** Something that the user has to change; the message says what. */
export class UsageError extends Error {}

/** Says what is wrong and sets the exit status. */
export function fail(message: string, status: number): void {
  process.stderr.write(`netcosm: ${message}\n`);
  process.exitCode = status;
}
