/**
 * The words in which nodes tell what they decide about a frame: the raw material of `why`.
 *
 * A step is recorded only while somebody listens (a Journal is set); otherwise a node pays one comparison.
 */
import type { DropReason } from "./drop-reason.js";
import type { Nanoseconds } from "./time.js";

/** Where a table row came from: what put it there, and when. */
export type Origin =
  | { readonly by: "config" }
  | { readonly by: "kernel"; readonly time: Nanoseconds }
  | { readonly by: "command"; readonly text: string; readonly time: Nanoseconds }
  | { readonly by: "frame"; readonly frame: number; readonly time: Nanoseconds };

export type StepVerb =
  | "sent" // a program or the stack itself originates a packet
  | "received" // a node takes a frame from a port
  | "transmitted" // a node puts a frame on a link
  | "learned" // a switch or a host installs or refreshes a table row
  | "forwarded" // a switch found the port in its FDB
  | "flooded" // a switch or hub sent copies to several ports
  | "filtered" // a switch or network card had no use for the frame
  | "routed" // a route was chosen
  | "resolved" // a neighbour entry gave the next hop's MAC address
  | "waiting" // the packet waits for a neighbour to be resolved
  | "rewritten" // header fields changed: TTL, MAC addresses, translation
  | "fragmented"
  | "reassembled"
  | "delivered" // a socket or protocol took the packet
  | "answered" // the stack replied (echo reply, ARP reply, ICMP error)
  | "dropped"
  | "lost"; // the link lost it

export interface Step {
  readonly time: Nanoseconds;
  readonly node: string;
  /** The port or interface concerned, by its name on the node. */
  readonly port?: string;
  /** The id of the frame (it survives forwarding and cloning). */
  readonly frame: number;
  readonly verb: StepVerb;
  /** Why it was dropped, for `dropped` and `lost`. */
  readonly reason?: DropReason;
  /** Facts for the story: table row, addresses, the values before and after; for display, not for parsing. */
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
  /** What installed the table row that decided. */
  readonly because?: Origin;
}

/** Takes steps and, once for each frame, its birth. */
export interface Journal {
  step(step: Step): void;
}
