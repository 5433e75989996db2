/** What a frame was, and where a table row came from, in a few words. */

import type { Origin } from "../../core/step.js";
import { formatInstant } from "../../core/time.js";
import type { Recorder } from "./recorder.js";

const PROTOCOLS: Readonly<Record<number, string>> = { 1: "ICMP", 2: "IGMP", 6: "TCP", 17: "UDP" };

export const protocolName = (number: number): string => PROTOCOLS[number] ?? `IP protocol ${number}`;

/** `ICMP 10.0.0.1 > 10.0.0.2`, `ARP request for 10.0.0.254`; `a frame` if its birth is not remembered. */
export function describeFrame(recorder: Recorder, frame: number): string {
  const steps = recorder.stepsOf(frame);
  const birth = steps.filter(({ verb }) => verb === "sent" || verb === "answered");
  const facts = Object.assign({}, ...birth.map((step) => step.facts)) as Record<string, unknown>;
  const { what, src, dst, protocol, target, sender } = facts;
  if (target !== undefined) return what === "ARP reply" ? `ARP reply of ${sender}` : `${what} for ${target}`;
  if (src !== undefined && dst !== undefined) {
    const answered = birth.find(({ verb }) => verb === "answered")?.facts?.["what"];
    return `${answered ?? protocolName(Number(protocol))} ${src} > ${dst}`;
  }
  return typeof what === "string" ? what : "a frame";
}

/** `written in the lab file`, `learned from frame 7 (ARP reply of 10.0.0.2) at 0.000012345`. */
export function describeOrigin(recorder: Recorder, origin: Origin): string {
  switch (origin.by) {
    case "config":
      return "written in the lab file";
    case "kernel":
      return `put there by the kernel at ${formatInstant(origin.time)}`;
    case "command":
      return `put there by "${origin.text}" at ${formatInstant(origin.time)}`;
    case "frame": {
      const known = recorder.stepsOf(origin.frame).length > 0;
      const what = known ? ` (${describeFrame(recorder, origin.frame)})` : "";
      return `learned from frame ${origin.frame}${what} at ${formatInstant(origin.time)}`;
    }
  }
}
