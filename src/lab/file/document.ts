/**
 * A lab file as a whole, in the shape of containerlab's: name, topology (defaults, kinds, nodes, links), and beyond that
 * seed, steps and expectations. What a node of each kind may say is checked by the kind's own definition.
 */
import { z } from "zod";
import { expectation } from "./expectations.js";
import { link } from "./links.js";
import { step } from "./steps.js";
import { count, duration, text } from "./words.js";

const nodeName = text("letters, digits, dots, dashes and underscores, a letter or digit first", (written) =>
  /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(written),
);

const about = z
  .union([
    z.string(),
    z.strictObject({
      en: z.string().describe("In English"),
      zh: z.string().describe("In Chinese").exactOptional(),
    }),
  ])
  .transform((written) => (typeof written === "string" ? { en: written } : written))
  .describe("What the lab shows, in a few sentences; one text, or `en` and `zh`");

/** A node before its kind is known: any mapping. */
const anyNode = z.record(z.string(), z.unknown());

const topology = z
  .strictObject({
    defaults: anyNode
      .describe("What holds for every node whose kind knows it, `kind` itself included")
      .exactOptional(),
    kinds: z.record(z.string(), anyNode).describe("By kind: what holds for every node of it").exactOptional(),
    nodes: z.record(nodeName, anyNode.nullable()).describe("The nodes by name"),
    links: z.array(link).describe("The links").default([]),
  })
  .describe("What there is, and how it is joined");

export const labDocument = z.strictObject({
  name: nodeName.describe("The lab's name"),
  about: about.exactOptional(),
  seed: count.describe("The seed of everything random, 1 unless given").exactOptional(),
  until: duration
    .describe("When the lab ends; when nothing is left to do, and after an hour at the latest, unless given")
    .exactOptional(),
  topology,
  steps: z.array(step).describe("What is done, and when").default([]),
  expect: z.array(expectation).describe("What must hold").default([]),
});

export type LabDocument = z.output<typeof labDocument>;
export type LabDocumentInput = z.input<typeof labDocument>;
