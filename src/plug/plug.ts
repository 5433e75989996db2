/**
 * A plug: a node with one port, "0", whose other side is the world outside. What arrives on the port leaves the lab; what
 * comes in from outside is sent on the port. All traffic passes a border, which alone decides on time and order.
 *
 * What happens outside is outside virtual time: a frame that the outside did not take is counted here, but told to nobody
 * who watches the lab, so that a replay sees the same lab without the peer.
 */
import type { DropReason } from "../core/drop-reason.js";
import type { Frame } from "../link/frame.js";
import { Node } from "../link/node.js";
import { Port } from "../link/port.js";
import type { World } from "../link/world.js";
import type { Border } from "./border.js";

/** Takes what comes in from outside. The bytes are valid only during the call. */
export type Inlet = (bytes: Uint8Array) => void;

/** Destination, source and EtherType: nothing shorter is a frame. */
const MIN_FRAME = 14;

export abstract class Plug extends Node {
  readonly inner: Port;
  /** Set while a session or a replay runs. Without one, frames end here. */
  border: Border | null = null;
  /** What became of the connection to the outside, where it broke during a session. */
  trouble: string | null = null;

  constructor(world: World, name: string) {
    super(world, name);
    this.inner = new Port(this, 0, "0");
  }

  /** Connects to the outside; from then on frames from there go to the inlet. Rejects with what is wrong and what to do. */
  abstract open(inlet: Inlet): Promise<void>;

  /** Lets go of the outside. Safe to call when not open. */
  abstract close(): Promise<void>;

  /** Hands bytes to the outside, now; it keeps none of them. What cannot be handed over is counted by `unsent`. */
  abstract send(bytes: Uint8Array, from: number, to: number): void;

  receive(port: Port, frame: Frame): void {
    if (!frame.hasGoodFcs()) {
      port.rxErrors++;
      this.drop(frame, "fcs-error", port);
      return;
    }
    if (this.border === null) {
      this.drop(frame, "border-unsent", port);
      return;
    }
    if (this.world.journal !== null) this.tell(frame, "delivered", port.name, { to: "outside" });
    this.border.outgoing(this, frame);
    frame.free();
  }

  /** For the border: a frame from outside enters the lab at the present instant. */
  inject(bytes: Uint8Array): void {
    const frame = this.world.frames.from(bytes);
    if (this.world.journal !== null) this.tell(frame, "sent", this.inner.name, { from: "outside" });
    this.inner.transmit(frame);
  }

  /** Passes bytes from outside to the inlet; what is too short to be a frame is counted instead. */
  protected take(inlet: Inlet, bytes: Uint8Array): void {
    if (bytes.length < MIN_FRAME) this.count("frame-too-short");
    else inlet(bytes);
  }

  /** Counts something that ended outside the lab. */
  protected count(reason: DropReason): void {
    this.drops.set(reason, (this.drops.get(reason) ?? 0) + 1);
  }
}
