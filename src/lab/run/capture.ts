/**
 * Captures links into a pcapng stream: one interface for each link, named `pc1:eth0--sw1:1`, every frame once, as it
 * arrives, with its FCS. Outbound is from the first endpoint to the second. A frame that the receiving node drops at once
 * carries the reason as a comment, and so does a frame that the link lost.
 */
import { type DropReason, dropSentence } from "../../core/drop-reason.js";
import type { Nanoseconds } from "../../core/time.js";
import type { Engine } from "../../engine/engine.js";
import type { Frame } from "../../link/frame.js";
import type { Node } from "../../link/node.js";
import type { Port } from "../../link/port.js";
import type { LinkTap } from "../../link/world.js";
import { type ChunkSink, PcapngWriter } from "../../trace/pcapng-writer.js";
import type { LabLink } from "./lab-link.js";

interface Arrival {
  readonly from: Port;
  readonly to: Port;
  readonly id: number;
  readonly time: Nanoseconds;
  readonly bytes: Uint8Array;
  readonly fcs: number;
  readonly comments: string[];
}

export class Capture implements LinkTap {
  /** Frames written. */
  frames = 0;
  private readonly writer: PcapngWriter;
  /** By port number: the interface of the port's link. */
  private readonly interfaces = new Map<number, number>();
  private readonly firstEnds = new Set<Port>();
  private arrival: Arrival | null = null;

  constructor(
    private readonly engine: Engine,
    links: readonly LabLink[],
    sink: ChunkSink,
    comment?: string,
  ) {
    this.writer = new PcapngWriter(sink, comment === undefined ? {} : { comment });
    for (const { cable } of links) {
      const bitsPerSecond = cable.ab.bitsPerSecond;
      const number = this.writer.addInterface({ name: cable.name, bitsPerSecond, fcs: true });
      this.interfaces.set(cable.a.number, number);
      this.interfaces.set(cable.b.number, number);
      this.firstEnds.add(cable.a);
    }
  }

  arriving(from: Port, to: Port, frame: Frame): void {
    if (!this.interfaces.has(to.number)) return;
    const { id, bytes, start, end } = frame;
    const time = this.engine.now;
    this.arrival = { from, to, id, time, bytes: bytes.slice(start, end), fcs: frame.fcs(), comments: [] };
  }

  dropped(node: Node, frame: Frame, reason: DropReason): void {
    const { arrival } = this;
    if (arrival !== null && arrival.id === frame.id && arrival.to.node === node)
      arrival.comments.push(`dropped by ${node.name}: ${dropSentence(reason)} (${reason})`);
  }

  arrived(): void {
    const { arrival } = this;
    if (arrival === null) return;
    this.arrival = null;
    const { from, time, bytes, fcs, comments } = arrival;
    this.write(from, time, bytes, 0, bytes.length, fcs, comments);
  }

  lost(from: Port, frame: Frame, reason: DropReason): void {
    if (!this.interfaces.has(from.number)) return;
    const comment = `lost on the link: ${dropSentence(reason)} (${reason})`;
    this.write(from, this.engine.now, frame.bytes, frame.start, frame.end, frame.fcs(), [comment]);
  }

  /** Ends the stream. */
  end(): void {
    this.writer.end();
  }

  private write(
    from: Port,
    time: Nanoseconds,
    bytes: Uint8Array,
    start: number,
    end: number,
    fcs: number,
    comments: readonly string[],
  ): void {
    this.frames++;
    const direction = this.firstEnds.has(from) ? "outbound" : "inbound";
    this.writer.packet(this.interfaces.get(from.number)!, time, bytes, start, end, {
      direction,
      fcs,
      comments,
    });
  }
}
