/** A UDP socket (udp(7)), with callbacks in place of a receive queue. */
import { addViewToSum, foldChecksum } from "../../core/checksum.js";
import { ANY_IPV4, type Ipv4, isMulticast } from "../../core/ipv4.js";
import type { Frame } from "../../link/frame.js";
import { ICMP_FRAGMENTATION_NEEDED, ICMP_PORT_UNREACHABLE, ICMP_UNREACHABLE } from "../../wire/icmpv4.js";
import { IP_PROTO_UDP, pseudoHeaderSum } from "../../wire/ipv4.js";
import { UDP_CHECKSUM, UDP_DST_PORT, UDP_HEADER_SIZE, UDP_LENGTH, UDP_SRC_PORT } from "../../wire/udp.js";
import type { ErrnoName } from "../errno.js";
import type { SendOptions } from "../ip/ipv4-send.js";
import type { Path } from "../ip/path.js";
import type { NetDevice } from "../netdev/net-device.js";
import type { Stack } from "../stack.js";

/** A datagram as it arrives. The bytes are valid only during the call: copy what is to be kept. */
export interface Datagram {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
  readonly src: Ipv4;
  readonly srcPort: number;
  readonly dst: Ipv4;
  readonly dev: NetDevice;
  readonly frame: number;
}

/** An ICMP error about something that this socket sent. */
export interface UdpError {
  readonly type: number;
  readonly code: number;
  /** The second word of the ICMP header: the next hop's MTU, for one. */
  readonly rest: number;
  /** Who reported it. */
  readonly from: Ipv4;
  readonly dst: Ipv4;
  readonly dstPort: number;
}

export type UdpSendOptions = Omit<SendOptions, "src" | "id" | "options">;

export class UdpSocket {
  onDatagram: ((datagram: Datagram) => void) | null = null;
  onError: ((error: UdpError) => void) | null = null;
  address: Ipv4 = ANY_IPV4;
  port = 0;
  /** Connected to; 0 and 0 if not. */
  peer: Ipv4 = ANY_IPV4;
  peerPort = 0;
  /** SO_REUSEADDR. */
  reuse = false;
  /** SO_BROADCAST. */
  broadcast = false;
  /** SO_BINDTODEVICE. */
  dev: NetDevice | null = null;
  /** IP_MULTICAST_IF. */
  multicastDev: NetDevice | null = null;
  /** Of what is sent: TTL, TOS, path MTU discovery, multicast loop. */
  options: UdpSendOptions = { discover: "want" };
  /** The id of the frame that the last `send` made. */
  lastFrame = 0;
  private readonly joined: { dev: NetDevice; group: Ipv4 }[] = [];
  private bound = false;
  private closed = false;
  private path: Path | null = null;
  private pathOf = -1;

  constructor(private readonly stack: Stack) {}

  /** Takes a local address (0.0.0.0 for all) and port (0 for a free one). */
  bind(address: Ipv4, port: number): ErrnoName | null {
    if (this.closed) return "EBADF";
    if (this.bound) return "EINVAL";
    const group = isMulticast(address) || this.stack.fib.local.lookup(address)?.type === "broadcast";
    if (address !== ANY_IPV4 && !group && !this.stack.isLocal(address)) return "EADDRNOTAVAIL";
    this.address = address;
    const error = this.stack.udp.bind(this, port);
    this.bound = error === null;
    return error;
  }

  /** Fixes the peer: only its datagrams come in, and errors about it. */
  connect(address: Ipv4, port: number): ErrnoName | null {
    const path = this.stack.send4.path(address, this.address, this.dev);
    if (typeof path === "string") return path;
    if (path.cast === "broadcast" && !this.broadcast) return "EACCES";
    if (!this.bound) {
      const error = this.bind(ANY_IPV4, 0);
      if (error !== null) return error;
    }
    if (this.address === ANY_IPV4) this.address = path.src;
    this.peer = path.dst;
    this.peerPort = port;
    return null;
  }

  /** Sends one datagram to an address, or to the peer. The payload is copied. */
  send(payload: Uint8Array, dst: Ipv4 = this.peer, dstPort: number = this.peerPort): ErrnoName | null {
    if (dstPort === 0) return dst === ANY_IPV4 ? "EDESTADDRREQ" : "EINVAL";
    if (!this.bound) {
      const error = this.bind(ANY_IPV4, 0);
      if (error !== null) return error;
    }
    const { stack } = this;
    const path = this.pathTo(dst);
    if (typeof path === "string") return path;
    if (path.cast === "broadcast" && !this.broadcast) return "EACCES";
    const size = payload.length + UDP_HEADER_SIZE;
    if (size > 0xffff - 20) return "EMSGSIZE";
    const frame = stack.host.world.frames.take(size);
    this.lastFrame = frame.id;
    this.write(frame, payload, path, dstPort);
    stack.udp.sent++;
    return stack.send4.send(frame, path, IP_PROTO_UDP, this.options);
  }

  /** Listens to a multicast group on a device; without one, on that which a route to the group names. */
  join(group: Ipv4, dev: NetDevice | null = null): ErrnoName | null {
    if (!isMulticast(group)) return "EINVAL";
    let on = dev;
    if (on === null) {
      const path = this.stack.send4.path(group);
      if (typeof path === "string") return "ENODEV";
      on = path.dev;
    }
    if (this.joined.some((each) => each.dev === on && each.group === group)) return "EADDRINUSE";
    this.joined.push({ dev: on, group });
    this.stack.groups.join(on, group);
    return null;
  }

  close(): void {
    for (const { dev, group } of this.joined.splice(0)) this.stack.groups.leave(dev, group);
    if (this.bound) this.stack.udp.unbind(this);
    this.bound = false;
    this.closed = true;
    this.onDatagram = null;
    this.onError = null;
  }

  /** How well a datagram fits: -1 not at all. */
  score(src: number, dst: number, srcPort: number, dev: NetDevice | null): number {
    let score = 0;
    if (this.address !== ANY_IPV4) {
      if (this.address !== dst) return -1;
      score += 2;
    }
    if (this.peerPort !== 0) {
      if (this.peer !== src || this.peerPort !== srcPort) return -1;
      score += 4;
    }
    if (this.dev !== null) {
      if (dev !== null && this.dev !== dev) return -1;
      score += 1;
    }
    return score;
  }

  /** Does a datagram to a group or broadcast address reach this socket? IP_MULTICAST_ALL: any member will do. */
  hears(src: number, dst: number, srcPort: number, dev: NetDevice): boolean {
    if (this.peerPort !== 0 && (this.peer !== src || this.peerPort !== srcPort)) return false;
    if (this.dev !== null && this.dev !== dev) return false;
    return this.address === ANY_IPV4 || this.address === dst;
  }

  take(frame: Frame, from: number, to: number, src: Ipv4, srcPort: number, dst: Ipv4, dev: NetDevice): void {
    this.onDatagram?.({ bytes: frame.bytes, from, to, src, srcPort, dst, dev, frame: frame.id });
  }

  fail(error: UdpError): void {
    this.onError?.(error);
  }

  /** A connected socket keeps its path until routes change. */
  private pathTo(dst: Ipv4): Path | ErrnoName {
    const { send4, fib } = this.stack;
    if (this.path !== null && this.path.dst === dst && this.pathOf === fib.generation) return this.path;
    const source = isMulticast(this.address) ? ANY_IPV4 : this.address;
    const group = this.multicastDev !== null && isMulticast(dst);
    const path = send4.path(dst, source, group ? this.multicastDev : this.dev);
    // What an ICMP message taught about the way expires, so such a path is looked up each time.
    if (this.peerPort !== 0 && typeof path !== "string" && !this.stack.exceptions.has(dst)) {
      this.path = path;
      this.pathOf = fib.generation;
    }
    return path;
  }

  private write(frame: Frame, payload: Uint8Array, path: Path, dstPort: number): void {
    const { view, start: at } = frame;
    const size = payload.length + UDP_HEADER_SIZE;
    view.setUint16(at + UDP_SRC_PORT, this.port);
    view.setUint16(at + UDP_DST_PORT, dstPort);
    view.setUint16(at + UDP_LENGTH, size);
    const header = pseudoHeaderSum(path.src, path.dst, IP_PROTO_UDP, size) + this.port + dstPort + size;
    frame.bytes.set(payload, at + UDP_HEADER_SIZE);
    const sum = foldChecksum(addViewToSum(view, at + UDP_HEADER_SIZE, at + size, header));
    // RFC 768: a checksum that comes out as zero is sent as all ones.
    view.setUint16(at + UDP_CHECKSUM, sum === 0 ? 0xffff : sum);
    frame.trusted = true;
  }
}

/** The errno that a connected socket reports for an ICMP error, as Linux maps it. */
export function errnoOf(error: UdpError): ErrnoName {
  if (error.type !== ICMP_UNREACHABLE) return "EHOSTUNREACH";
  if (error.code === ICMP_PORT_UNREACHABLE) return "ECONNREFUSED";
  return error.code === ICMP_FRAGMENTATION_NEEDED
    ? "EMSGSIZE"
    : error.code === 0
      ? "ENETUNREACH"
      : "EHOSTUNREACH";
}
