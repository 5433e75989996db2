/** What the programs of iputils (ping, arping, tracepath) have in common: numbers in arguments, usage, version. */
import { Exit } from "./exit.js";
import { parseInteger } from "./numbers.js";

export const IPUTILS_VERSION = "iputils 20221126";

/** An integer argument between the bounds; anything else ends the program as iputils does. */
export function integerArgument(program: string, text: string, least: number, most: number): number {
  const value = parseInteger(text);
  if (value === undefined) throw new Exit(1, `${program}: invalid argument: '${text}'`);
  // What a C `long` holds at most is beyond what a number here tells apart.
  const limit = most === Number.POSITIVE_INFINITY ? "9223372036854775807" : most;
  if (value < least || value > most)
    throw new Exit(1, `${program}: invalid argument: '${text}': out of range: ${least} <= value <= ${limit}`);
  return value;
}

/** The end for an option that a program does not have; `error` is what getopt said. */
export function badOption(program: string, status: number, error: string, usage: string): Exit {
  return new Exit(status, `${program}: ${error}\n${usage}`);
}
