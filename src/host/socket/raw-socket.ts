/** A raw IPv4 socket (raw(7)): copies of what arrives for a protocol, header included, and packets of one's own. */
import { readI32 } from "../../core/bytes.js";
import { ANY_IPV4, type Ipv4, ipv4 } from "../../core/ipv4.js";
import type { Frame } from "../../link/frame.js";
import { IPV4_DST, IPV4_SRC } from "../../wire/ipv4.js";
import type { ErrnoName } from "../errno.js";
import type { SendOptions } from "../ip/ipv4-send.js";
import type { NetDevice } from "../netdev/net-device.js";
import type { Stack } from "../stack.js";

export interface RawPacket {
  /** The whole packet from its IPv4 header on; the receiver's own copy. */
  readonly bytes: Uint8Array;
  readonly src: Ipv4;
  readonly dst: Ipv4;
  readonly dev: NetDevice;
  readonly frame: number;
}

export class RawSocket {
  /** Takes what arrives. */
  onPacket: ((packet: RawPacket) => void) | null = null;
  /** Only from this device; null for all. */
  dev: NetDevice | null = null;
  private open = true;

  constructor(
    private readonly stack: Stack,
    readonly protocol: number,
  ) {
    stack.rawSockets = [...stack.rawSockets, this];
  }

  /**
   * Sends a payload with an IPv4 header made for it. Bytes are copied.
   * `cause` names the frame that this one answers. Path MTU discovery is `want` unless the options say otherwise.
   */
  send(payload: Uint8Array, dst: Ipv4, options: SendOptions = {}, cause = 0): ErrnoName | null {
    if (!this.open) return "EBADF";
    const path = this.stack.send4.path(dst, options.src ?? ANY_IPV4, this.dev);
    if (typeof path === "string") return path;
    if (payload.length > 0xffff - 20) return "EMSGSIZE";
    const frame = this.stack.host.world.frames.from(payload);
    frame.cause = cause;
    this.lastFrame = frame.id;
    return this.stack.send4.send(frame, path, this.protocol, { discover: "want", ...options });
  }

  /** The id of the frame that the last `send` made. */
  lastFrame = 0;

  close(): void {
    if (!this.open) return;
    this.open = false;
    this.stack.rawSockets = this.stack.rawSockets.filter((other) => other !== this);
  }

  /** For the receive path: shows a packet; true if this socket wants it. The frame stays the caller's. */
  offer(frame: Frame, protocol: number, dev: NetDevice): boolean {
    if (protocol !== this.protocol || (this.dev !== null && this.dev !== dev)) return false;
    const { bytes, network: at } = frame;
    this.onPacket?.({
      bytes: bytes.slice(at, frame.end),
      src: ipv4(readI32(bytes, at + IPV4_SRC)),
      dst: ipv4(readI32(bytes, at + IPV4_DST)),
      dev,
      frame: frame.id,
    });
    return true;
  }
}
