/**
 * Notices a frame that goes round and round, as a broadcast does where switches form a loop. It follows one frame at one
 * port at a time. A frame that comes by often enough can only be going round: what IPv4 sends comes to an end by its time
 * to live, and so do its fragments, which share an id.
 */
import type { Frame } from "../../link/frame.js";
import type { Port } from "../../link/port.js";
import { printPacket } from "../../trace/print/print-packet.js";
import { SilentTap } from "./tap-set.js";

/** A frame that nothing will end. */
export interface Loop {
  readonly frame: number;
  /** The port by which it keeps coming in: `sw1:2`. */
  readonly at: string;
  /** The frame on one line, as tcpdump prints it. */
  readonly packet: string;
}

/** Twice as many as the fragments of 65,535 bytes at the smallest MTU. */
const OFTEN = 3000;
/** Arrivals between two judgements. */
const EVERY = 20_000;

export class LoopWatch extends SilentTap {
  found: Loop | undefined;
  private followed: { readonly frame: number; readonly port: Port; readonly packet: string } | null = null;
  private arrivals = 0;
  private passes = 0;
  private passesBefore = 0;

  override arriving(_from: Port, to: Port, frame: Frame): void {
    const { followed } = this;
    if (followed === null) this.follow(to, frame);
    else if (frame.id === followed.frame && to === followed.port) this.passes++;
    if (++this.arrivals % EVERY === 0) this.judge();
  }

  /** A frame that has not come since the last time gives way to the next that arrives. */
  private judge(): void {
    const { followed, passes } = this;
    if (followed !== null && passes > OFTEN)
      this.found ??= { frame: followed.frame, at: followed.port.endpoint, packet: followed.packet };
    else if (passes === this.passesBefore) this.followed = null;
    this.passesBefore = passes;
  }

  private follow(port: Port, frame: Frame): void {
    const [packet = ""] = printPacket(frame.bytes.subarray(frame.start, frame.end)).split("\n");
    this.followed = { frame: frame.id, port, packet };
    this.passes = 0;
    this.passesBefore = 0;
  }
}

export const describeLoop = ({ frame, at, packet }: Loop): string =>
  `frame ${frame} goes round and round, and comes in at ${at} again and again (${packet}). Switches that are joined in a loop flood for ever: take a link out, or give the lab an \`until\``;
