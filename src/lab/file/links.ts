/** How links are written: endpoints, rate, delay, queue, and what is wrong with each direction. */
import { z } from "zod";
import type { Impairments } from "../../link/impairments.js";
import { bitRate, duration, flag, positive, share, text } from "./words.js";

export const endpoint = text("an endpoint, such as pc1:eth0", (written) =>
  /^[^:\s]+:\S+$/.test(written),
).describe("A node and its port: `pc1:eth0`");

const endpoints = z
  .tuple([endpoint, endpoint], { error: 'expected two endpoints, such as ["pc1:eth0", "sw1:1"]' })
  .describe('The two ports that the link joins, such as ["pc1:eth0", "sw1:1"]');

/** What may be wrong with one direction of a link. */
export const impairmentFields = {
  loss: share.describe("Share of frames that are lost").exactOptional(),
  latency: duration.describe("Delay beyond the propagation delay").exactOptional(),
  jitter: duration
    .describe("Each frame's delay varies by up to this much either way; order is kept")
    .exactOptional(),
  duplicate: share.describe("Share of frames that arrive twice").exactOptional(),
  reorder: share.describe("Share of frames that are held back and overtaken").exactOptional(),
  reorderDelay: duration
    .describe("How long a reordered frame is held back, 1ms unless given")
    .exactOptional(),
  corrupt: share.describe("Share of frames in which one bit is flipped").exactOptional(),
  ber: share.describe("Bit error rate: probability that any one bit is flipped").exactOptional(),
};

const directionFields = {
  rate: bitRate.describe("Bits per second in this direction").exactOptional(),
  ...impairmentFields,
};

const span = duration.refine((time) => time > 0, { error: "expected a duration above 0" });

/** Up and down times of a link that comes and goes. */
export const flapTimes = z
  .strictObject({
    up: span.describe("How long it stays up"),
    down: span.describe("How long it stays down"),
  })
  .describe("The link comes and goes");

const direction = z.strictObject(directionFields);

/** Everything about a link but its endpoints. */
const linkFields = {
  rate: bitRate.describe("Bits per second, 1Gbps unless given").exactOptional(),
  delay: duration.describe("Propagation delay, 500ns (100 m of copper) unless given").exactOptional(),
  mtu: positive.describe("Largest payload of a frame; unlimited unless given").exactOptional(),
  queue: positive.describe("Frames that may wait at each sender, 1000 unless given").exactOptional(),
  ...impairmentFields,
  there: direction.describe("Only from the first endpoint to the second").exactOptional(),
  back: direction.describe("Only from the second endpoint to the first").exactOptional(),
  up: flag.describe("false: the link is cut when the lab starts").exactOptional(),
  flap: flapTimes.exactOptional(),
};

const longLink = z.strictObject({ endpoints, ...linkFields });

export const link = z
  .union([endpoints, longLink])
  .transform((written) => ("endpoints" in written ? written : { endpoints: written }))
  .describe("A link: its two endpoints, or a mapping with `endpoints` and what the link is like");

export type LinkDefinition = z.output<typeof longLink>;
export type DirectionDefinition = z.output<typeof direction>;

/** A link that steps and expectations speak of: one of its endpoints, or the two nodes (or endpoints) that it joins. */
export const linkReference = z
  .union([z.string(), z.tuple([z.string(), z.string()])], {
    error: 'expected a link: an endpoint such as pc1:eth0, or two nodes such as ["pc1", "sw1"]',
  })
  .describe("A link: one of its endpoints (`pc1:eth0`), or the two nodes that it joins (`[pc1, sw1]`)");

export type LinkReference = z.output<typeof linkReference>;

type ImpairmentDefinition = z.output<z.ZodObject<typeof impairmentFields>>;

/** The impairments that a definition names. */
export function impairmentsOf(written: ImpairmentDefinition): Partial<Impairments> {
  const { loss, latency, jitter, duplicate, reorder, reorderDelay, corrupt, ber } = written;
  return {
    ...(loss !== undefined && { loss }),
    ...(latency !== undefined && { delay: latency }),
    ...(jitter !== undefined && { jitter }),
    ...(duplicate !== undefined && { duplicate }),
    ...(reorder !== undefined && { reorder }),
    ...(reorderDelay !== undefined && { reorderDelay }),
    ...(corrupt !== undefined && { corrupt }),
    ...(ber !== undefined && { bitErrorRate: ber }),
  };
}
