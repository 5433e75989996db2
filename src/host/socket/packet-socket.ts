/** A packet socket (packet(7)): sees and sends whole link frames of one device or of all; what tcpdump and arping use. */
import { readU16 } from "../../core/bytes.js";
import type { Frame } from "../../link/frame.js";
import { ETHERNET_TYPE } from "../../wire/ethernet.js";
import { type ErrnoName, SystemError } from "../errno.js";
import type { NetDevice } from "../netdev/net-device.js";
import type { Stack } from "../stack.js";

export interface LinkPacket {
  /** The frame from its link header on; the receiver's own copy. */
  readonly bytes: Uint8Array;
  readonly dev: NetDevice;
  readonly outgoing: boolean;
  /** FOR_HOST, FOR_BROADCAST, FOR_MULTICAST or FOR_OTHER. */
  readonly addressed: number;
  readonly frame: number;
}

export interface PacketSocketOptions {
  /** Null for all devices that exist now. */
  readonly dev: NetDevice | null;
  /** Only frames of this EtherType; left out: all. */
  readonly etherType?: number;
  readonly promiscuous?: boolean;
}

export class PacketSocket {
  onPacket: ((packet: LinkPacket) => void) | null = null;
  private readonly devices: readonly NetDevice[];
  private open = true;

  constructor(
    private readonly stack: Stack,
    private readonly options: PacketSocketOptions,
  ) {
    this.devices = options.dev === null ? [...stack.devices] : [options.dev];
    for (const dev of this.devices) {
      dev.taps = [...(dev.taps ?? []), this];
      if (options.promiscuous === true) dev.promiscuity++;
    }
  }

  /** Sends a whole frame, link header included, out of the device. Bytes are copied. */
  send(bytes: Uint8Array): ErrnoName | null {
    const { dev } = this.options;
    if (dev === null) throw new SystemError("ENODEV");
    if (!this.open) return "EBADF";
    if (!dev.up) return "ENETDOWN";
    if (bytes.length < 14) return "EINVAL";
    if (bytes.length > dev.mtu + 18) return "EMSGSIZE";
    const frame = this.stack.host.world.frames.from(bytes);
    this.lastFrame = frame.id;
    this.stack.host.tell(frame, "sent", dev.name, { what: "frame" });
    dev.transmit(frame);
    return null;
  }

  /** The id of the frame that the last `send` made. */
  lastFrame = 0;

  close(): void {
    if (!this.open) return;
    this.open = false;
    for (const dev of this.devices) {
      const rest = (dev.taps ?? []).filter((socket) => socket !== this);
      dev.taps = rest.length > 0 ? rest : null;
      if (this.options.promiscuous === true) dev.promiscuity--;
    }
  }

  /** For devices: shows a frame, which stays the caller's. */
  offer(dev: NetDevice, frame: Frame, outgoing: boolean, addressed: number): void {
    const { etherType } = this.options;
    if (etherType !== undefined && readU16(frame.bytes, frame.start + ETHERNET_TYPE) !== etherType) return;
    this.onPacket?.({
      bytes: frame.bytes.slice(frame.start, frame.end),
      dev,
      outgoing,
      addressed,
      frame: frame.id,
    });
  }
}
