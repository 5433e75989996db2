/** The labs notice when something is broken: each of these lines, made wrong, makes the named labs fail. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { build, root } from "../course.js";
import { breaks } from "./breaks.js";

interface Outcome {
  /** The labs that failed. */
  readonly noticed: readonly string[];
  /** Why the break could not be made: its line has changed, and breaks.ts has to follow. */
  readonly fault?: string;
}

let outcomes: readonly Outcome[] = [];

beforeAll(() => {
  build();
  const script = join(root, "test/labs/broken/run.mjs");
  const input = JSON.stringify(breaks);
  outcomes = JSON.parse(execFileSync(process.execPath, [script], { input, encoding: "utf8" }));
}, 300_000);

describe("labs fail when", () => {
  it.each(breaks.map((each, number) => ({ ...each, number })))("$what", ({ number, labs }) => {
    const { noticed, fault } = outcomes[number]!;
    expect(fault).toBeUndefined();
    expect(noticed).toEqual(labs);
  });
});
