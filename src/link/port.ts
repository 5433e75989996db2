/**
 * Where a link plugs into a node.
 */
import type { Frame } from "./frame.js";
import type { Node } from "./node.js";

/** A link's end as the port sees it. */
export interface Attachment {
  /** Takes ownership of the frame and carries it to whoever is on the link. */
  transmit(frame: Frame): void;
  readonly carrier: boolean;
  readonly bitsPerSecond: number;
  /** Frames waiting for the wire, as of now. */
  readonly queued: number;
  /** The port on the other end, where there is exactly one. */
  readonly peer: Port | null;
}

export class Port {
  attachment: Attachment | null = null;
  /** Administratively up. A port that is down neither sends nor receives. */
  enabled = true;
  rxFrames = 0;
  rxBytes = 0;
  txFrames = 0;
  txBytes = 0;
  /** Frames that arrived with a wrong FCS or length. */
  rxErrors = 0;
  rxDropped = 0;
  txDropped = 0;
  /** A number of its own in the lab, for fingerprints and captures. */
  readonly number: number;

  constructor(
    readonly node: Node,
    /** The port's place on its node. */
    readonly index: number,
    readonly name: string,
  ) {
    node.ports = [...node.ports, this];
    this.number = node.world.nextPortNumber();
  }

  /** `node:port`, as lab files write it. */
  get endpoint(): string {
    return `${this.node.name}:${this.name}`;
  }

  /** Cable plugged in, both ends enabled, link not cut. */
  get carrier(): boolean {
    return this.enabled && this.attachment !== null && this.attachment.carrier;
  }

  /** Sends a frame; ownership passes. Without a link, or while down, the frame is dropped and counted. */
  transmit(frame: Frame): void {
    const { attachment } = this;
    if (attachment === null || !this.enabled) {
      this.txDropped++;
      this.node.drop(frame, attachment === null ? "no-link" : "port-down", this);
      return;
    }
    this.txFrames++;
    this.txBytes += frame.end - frame.start;
    attachment.transmit(frame);
  }

  setEnabled(enabled: boolean): void {
    if (this.enabled === enabled) return;
    this.enabled = enabled;
    this.carrierChanged();
    this.attachment?.peer?.carrierChanged();
  }

  /** Called by the link when its carrier comes or goes. */
  carrierChanged(): void {
    this.node.portChanged(this);
  }
}
