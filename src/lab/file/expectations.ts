/** How expectations are written. */
import { z } from "zod";
import { DROP_REASONS, type DropReason } from "../../core/drop-reason.js";
import { linkReference } from "./links.js";
import { count, countRange, duration, durationRange, shareRange, text } from "./words.js";

const plain = z.union([z.string(), z.number()]).transform(String);

/** One text or several. */
const texts = (what: string) =>
  z
    .union([plain, z.array(plain)], { error: "expected text or a list of texts" })
    .transform((written) => (typeof written === "string" ? [written] : written))
    .describe(what);

const pattern = text("a regular expression", (written) => compilePattern(written) !== undefined);

/** Patterns look at the output line by line: ^ and $ are a line's ends. */
export function compilePattern(written: string): RegExp | undefined {
  try {
    return new RegExp(written, "m");
  } catch {
    return undefined;
  }
}

const patterns = z
  .union([pattern, z.array(pattern)])
  .transform((written) => (typeof written === "string" ? [written] : written))
  .describe("Regular expressions, each of which the output matches; ^ and $ are the ends of a line");

/** What a command does: its text, its exit status, its times. */
export const outputFields = {
  status: count.describe("The exit status").exactOptional(),
  contains: texts("Texts that the output contains").exactOptional(),
  matches: patterns.exactOptional(),
  lines: texts("The lines of the output, exactly (one text may hold several)").exactOptional(),
  not: texts("Texts that the output does not contain").exactOptional(),
  errors: texts("Texts that the error output contains").exactOptional(),
  ends: durationRange.describe("When the command ends, since the start of the lab").exactOptional(),
  takes: durationRange.describe("How long the command runs").exactOptional(),
};

/** What becomes of a traffic flow. */
export const flowFields = {
  loss: shareRange.describe("Share of the datagrams that did not arrive").exactOptional(),
  outage: durationRange.describe("The longest stretch of the flow of which nothing arrived").exactOptional(),
  received: countRange.describe("Datagrams that arrived").exactOptional(),
  first: durationRange
    .describe("When the first datagram arrived, since the start of the lab")
    .exactOptional(),
  last: durationRange.describe("When the last datagram arrived, since the start of the lab").exactOptional(),
};

const at = duration.describe("When to look; at the end of the lab unless given").exactOptional();

const note = z.string().describe("What this shows, for the reader").exactOptional();

const outputExpectation = z
  .strictObject({ output: z.string().describe("The id of a `run` step"), ...outputFields, note })
  .describe("What a command does");

const flowExpectation = z
  .strictObject({ flow: z.string().describe("The id of a `flow` step"), ...flowFields, note })
  .describe("What becomes of a traffic flow");

const tableExpectation = z
  .strictObject({
    table: z.string().describe("The name of a table of the node, such as neighbours, routes or fdb"),
    node: z.string().describe("The node"),
    row: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .describe("Columns and their values; a row that has them all counts. `/.../` is a regular expression"),
    count: countRange
      .describe("How many such rows there are, >=1 unless given; 0: there is none")
      .exactOptional(),
    at,
    note,
  })
  .describe("What a node's table holds");

const framesExpectation = z
  .strictObject({
    frames: z.string().describe("A capture filter, such as `arp` or `icmp and host 10.0.0.1`"),
    on: linkReference,
    towards: z.string().describe("Only frames that arrive at this node or endpoint").exactOptional(),
    from: duration.describe("Only frames that arrive at this time or later").exactOptional(),
    to: duration.describe("Only frames that arrive at this time or earlier").exactOptional(),
    count: countRange
      .describe("How many such frames there are, >=1 unless given; 0: none is seen")
      .exactOptional(),
    note,
  })
  .describe("Frames that arrive over a link");

const countsOf = (what: string) => z.record(z.string(), countRange).describe(what);

const reasons = Object.keys(DROP_REASONS) as [DropReason, ...DropReason[]];

const dropsExpectation = z
  .strictObject({
    drops: z
      .record(z.string(), z.partialRecord(z.enum(reasons), countRange))
      .describe(
        "By node (or by endpoint, for what the link lost of what it sent): drop reasons and their counts",
      ),
    at,
    note,
  })
  .describe("Frames and packets that were dropped, by reason");

const countersExpectation = z
  .strictObject({
    counters: z
      .record(z.string(), countsOf("Counters and their values"))
      .describe("By endpoint (rxFrames, rxBytes, txFrames, txBytes, rxErrors, rxDropped, txDropped)"),
    at,
    note,
  })
  .describe("Counters of ports");

export const expectation = z.union([
  outputExpectation,
  flowExpectation,
  tableExpectation,
  framesExpectation,
  dropsExpectation,
  countersExpectation,
]);

export type Expectation = z.output<typeof expectation>;
export type OutputExpectation = z.output<z.ZodObject<typeof outputFields>>;
export type FlowExpectation = z.output<z.ZodObject<typeof flowFields>>;
export type TableExpectation = z.output<typeof tableExpectation>;
export type FramesExpectation = z.output<typeof framesExpectation>;
export type DropsExpectation = z.output<typeof dropsExpectation>;
export type CountersExpectation = z.output<typeof countersExpectation>;
