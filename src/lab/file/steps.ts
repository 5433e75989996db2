/** How steps are written: when, on what, and what is done. */
import { z } from "zod";
import { flowFields, outputFields } from "./expectations.js";
import { endpoint, flapTimes, impairmentFields, linkReference } from "./links.js";
import { bitRate, duration, flag, frameBytes, positive, word } from "./words.js";

const whenFields = {
  at: duration.describe("When, since the start of the lab").exactOptional(),
  after: z
    .string()
    .describe("The id of the step after whose end this one begins; without `at`, the step before it")
    .exactOptional(),
  wait: duration.describe("How long to wait before it begins").exactOptional(),
  id: z.string().describe("A name, so that others can speak of this step").exactOptional(),
  note: z.string().describe("What is done, for the reader").exactOptional(),
};

const node = z.string().describe("The node");

const runStep = z
  .strictObject({
    ...whenFields,
    node,
    run: z.string().describe("A command line"),
    for: duration.describe("Interrupt the command (Ctrl-C) after this time").exactOptional(),
    why: flag
      .describe(
        "Tell the journey of the first frame it sent that did not come through; if all did, of the first",
      )
      .exactOptional(),
    expect: z.strictObject(outputFields).describe("What the command does").exactOptional(),
  })
  .describe("A command is typed on a node");

const powerStep = z
  .strictObject({
    ...whenFields,
    node,
    do: z.enum(["kill", "restart"]).describe("kill: power off; restart: power on, as configured"),
  })
  .describe("A node dies or comes back");

const cutStep = z
  .strictObject({
    ...whenFields,
    link: linkReference,
    do: z.enum(["cut", "restore"]).describe("cut: the link goes down; restore: it comes back"),
  })
  .describe("A link is cut or restored");

export const changes = z
  .strictObject({
    rate: bitRate.describe("Bits per second").exactOptional(),
    delay: duration.describe("Propagation delay").exactOptional(),
    mtu: positive.describe("Largest payload of a frame").exactOptional(),
    queue: positive.describe("Frames that may wait at each sender").exactOptional(),
    ...impairmentFields,
    flap: z
      .union([flapTimes, z.literal(false)])
      .describe("Up and down times; false ends it")
      .exactOptional(),
  })
  .describe("What changes; the rest stays as it is");

/** What a cable has as a whole: it cannot change in one direction only. */
export const WHOLE_CABLE = ["delay", "mtu", "queue", "flap"] as const;

const changeStep = z
  .strictObject({
    ...whenFields,
    link: linkReference,
    towards: z.string().describe("Only in the direction to this node or endpoint").exactOptional(),
    change: changes,
  })
  .describe("A link's rate, delay or impairments change");

const setStep = z
  .strictObject({
    ...whenFields,
    node,
    set: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .describe("Settings and their values, such as net.ipv4.ip_forward: 1 or eth0.up: false"),
  })
  .describe("Settings of a node change");

const sendStep = z
  .strictObject({
    ...whenFields,
    port: endpoint.describe("The port that sends it"),
    send: frameBytes,
  })
  .describe("A port sends a frame of any bytes");

const perSecond = word("datagrams per second, such as 100/s", (written) => {
  const match = /^(\d+(?:\.\d+)?)\s*(?:\/\s*s|pps)?$/.exec(written);
  return match === null || Number(match[1]) === 0 ? undefined : Number(match[1]);
});

const flowStep = z
  .strictObject({
    ...whenFields,
    flow: z
      .strictObject({
        from: z.string().describe("The node that sends"),
        to: z.string().describe("The node that receives"),
        address: z
          .string()
          .describe(
            "The receiver's IPv4 address, its first one unless given; or a broadcast address, or a group that it joins",
          )
          .exactOptional(),
        port: positive
          .max(65_535, { error: "expected a UDP port, 1 to 65535" })
          .describe("The receiver's UDP port, 5001 unless given")
          .exactOptional(),
        rate: perSecond.describe("Datagrams per second, 100 unless given").exactOptional(),
        size: positive
          .max(65_507, { error: "expected at most 65507, what a UDP datagram can carry" })
          .describe("Bytes of payload in a datagram, 64 unless given")
          .exactOptional(),
        duration: duration.describe("For how long"),
      })
      .describe("UDP datagrams at a steady rate"),
    expect: z.strictObject(flowFields).describe("What becomes of it").exactOptional(),
  })
  .describe("Traffic flows from one node to another");

export const step = z.union([runStep, powerStep, cutStep, changeStep, setStep, sendStep, flowStep]);

export type Step = z.output<typeof step>;
export type RunStep = z.output<typeof runStep>;
export type FlowStep = z.output<typeof flowStep>;
export type FlowDefinition = FlowStep["flow"];
export type LinkChanges = z.output<typeof changes>;
