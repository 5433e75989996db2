/**
 * UDP (RFC 768; RFC 1122 §4.1): sockets by port, checksums, delivery of group datagrams to every listener, and ICMP port
 * unreachable where nobody listens.
 */

import { readI32, readU16 } from "../../core/bytes.js";
import { addViewToSum, foldChecksum } from "../../core/checksum.js";
import { ANY_IPV4, type Ipv4 } from "../../core/ipv4.js";
import { LazyMap } from "../../core/lazy-map.js";
import type { RandomStream } from "../../core/random.js";
import type { Frame } from "../../link/frame.js";
import type { World } from "../../link/world.js";
import { ICMP_REDIRECT } from "../../wire/icmpv4.js";
import { IP_PROTO_UDP, IPV4_DST, IPV4_SRC, pseudoHeaderSum } from "../../wire/ipv4.js";
import { UDP_CHECKSUM, UDP_DST_PORT, UDP_HEADER_SIZE, UDP_LENGTH, UDP_SRC_PORT } from "../../wire/udp.js";
import type { ErrnoName } from "../errno.js";
import type { IpProtocol } from "../ip/ipv4-receive.js";
import type { Cast } from "../ip/path.js";
import type { NetDevice } from "../netdev/net-device.js";
import type { Stack } from "../stack.js";
import type { UdpSocket } from "./udp-socket.js";

export class Udp implements IpProtocol {
  received = 0;
  sent = 0;
  noPort = 0;
  checksumErrors = 0;
  private readonly byPort = new LazyMap<number, UdpSocket[]>();
  /** The port that was asked for last, and its sockets: datagrams come in rows. */
  private latestPort = -1;
  private latest: UdpSocket[] | undefined;
  private random: RandomStream | null = null;

  private readonly world: World;

  constructor(private readonly stack: Stack) {
    this.world = stack.host.world;
  }

  get number(): number {
    return IP_PROTO_UDP;
  }

  receive(frame: Frame, at: number, dev: NetDevice, cast: Cast): void {
    const { bytes } = frame;
    const { host } = this.stack;
    const room = frame.end - at;
    const size = room < UDP_HEADER_SIZE ? 0 : readU16(bytes, at + UDP_LENGTH);
    if (size < UDP_HEADER_SIZE || size > room) {
      host.drop(frame, "udp-malformed", dev.port);
      return;
    }
    const src = readI32(bytes, frame.network + IPV4_SRC);
    const dst = readI32(bytes, frame.network + IPV4_DST);
    if (!frame.trusted && readU16(bytes, at + UDP_CHECKSUM) !== 0) {
      const sum = addViewToSum(frame.view, at, at + size, pseudoHeaderSum(src, dst, IP_PROTO_UDP, size));
      if (foldChecksum(sum) !== 0) {
        this.checksumErrors++;
        host.drop(frame, "udp-checksum", dev.port);
        return;
      }
    }
    const srcPort = readU16(bytes, at + UDP_SRC_PORT);
    const dstPort = readU16(bytes, at + UDP_DST_PORT);
    const sockets = dstPort === this.latestPort ? this.latest : this.find(dstPort);
    if (cast === "broadcast" || cast === "multicast") {
      this.deliverToGroup(frame, at, size, dev, sockets, src, dst, srcPort);
      return;
    }
    const socket = sockets === undefined ? undefined : pick(sockets, src, dst, srcPort, dev);
    if (socket === undefined) {
      this.noPort++;
      this.stack.icmp.portUnreachable(frame, dev, dstPort);
      return;
    }
    this.received++;
    if (this.world.journal !== null) this.tellDelivered(frame, dev, dstPort);
    socket.take(frame, at + UDP_HEADER_SIZE, at + size, src as Ipv4, srcPort, dst as Ipv4, dev);
    frame.free();
  }

  /** An ICMP error about a datagram of ours goes to the socket that sent it (RFC 1122 §4.1.3.3). */
  error(frame: Frame, quoted: number, type: number, code: number, rest: number): boolean {
    const { bytes } = frame;
    const header = quoted + (bytes[quoted]! & 15) * 4;
    const src = readI32(bytes, quoted + IPV4_SRC);
    const dst = readI32(bytes, quoted + IPV4_DST);
    const sockets = this.byPort.get(readU16(bytes, header + UDP_SRC_PORT)) ?? [];
    const socket = pick(sockets, dst, src, readU16(bytes, header + UDP_DST_PORT), null);
    if (socket === undefined) return false;
    // A redirect is the routes' business, no error.
    if (type === ICMP_REDIRECT) return true;
    socket.fail({
      type,
      code,
      rest,
      from: readI32(bytes, frame.network + IPV4_SRC) as Ipv4,
      dst: dst as Ipv4,
      dstPort: readU16(bytes, header + UDP_DST_PORT),
    });
    return true;
  }

  /** Registers a socket at a port; 0 takes a free one. EADDRINUSE if another socket has it and does not share. */
  bind(socket: UdpSocket, port: number): ErrnoName | null {
    if (port === 0) {
      const free = this.freePort();
      if (free === 0) return "EADDRINUSE";
      port = free;
    }
    const others = this.byPort.get(port) ?? [];
    const clash = others.some(
      (other) =>
        (other.address === socket.address || other.address === ANY_IPV4 || socket.address === ANY_IPV4) &&
        (other.dev === null || socket.dev === null || other.dev === socket.dev) &&
        !(other.reuse && socket.reuse),
    );
    if (clash) return "EADDRINUSE";
    socket.port = port;
    this.byPort.set(port, [...others, socket]);
    this.latestPort = -1;
    return null;
  }

  unbind(socket: UdpSocket): void {
    const rest = (this.byPort.get(socket.port) ?? []).filter((other) => other !== socket);
    if (rest.length > 0) this.byPort.set(socket.port, rest);
    else this.byPort.delete(socket.port);
    this.latestPort = -1;
  }

  /** All bound sockets by port, for `ss`. */
  sockets(): UdpSocket[] {
    return [...this.byPort.values()].flat().sort((x, y) => x.port - y.port);
  }

  private find(port: number): UdpSocket[] | undefined {
    this.latestPort = port;
    this.latest = this.byPort.get(port);
    return this.latest;
  }

  private deliverToGroup(
    frame: Frame,
    at: number,
    size: number,
    dev: NetDevice,
    sockets: readonly UdpSocket[] | undefined,
    src: number,
    dst: number,
    srcPort: number,
  ): void {
    let taken = 0;
    for (const socket of sockets ?? []) {
      if (!socket.hears(src, dst, srcPort, dev)) continue;
      taken++;
      socket.take(frame, at + UDP_HEADER_SIZE, at + size, src as Ipv4, srcPort, dst as Ipv4, dev);
    }
    if (taken === 0) {
      // RFC 1122 §3.2.2: never an ICMP error about a datagram to a group.
      this.stack.host.drop(frame, "udp-no-port", dev.port);
      return;
    }
    this.received++;
    if (this.world.journal !== null) this.tellDelivered(frame, dev, readU16(frame.bytes, at + UDP_DST_PORT));
    frame.free();
  }

  private tellDelivered(frame: Frame, dev: NetDevice, port: number): void {
    this.stack.host.tell(frame, "delivered", dev.name, { protocol: "udp", port });
  }

  private freePort(): number {
    const low = this.stack.sysctl.value("net.ipv4.ip_local_port_range.low");
    const count = this.stack.sysctl.value("net.ipv4.ip_local_port_range.high") - low + 1;
    this.random ??= this.world.random(`${this.stack.host.name}/udp-ports`);
    const first = this.random.below(count);
    for (let i = 0; i < count; i++) {
      const port = low + ((first + i) % count);
      if (!this.byPort.has(port)) return port;
    }
    return 0;
  }
}

/** The socket that fits best: connected to the sender before bound to the address before bound to any. */
function pick(
  sockets: readonly UdpSocket[],
  src: number,
  dst: number,
  srcPort: number,
  dev: NetDevice | null,
): UdpSocket | undefined {
  let best: UdpSocket | undefined;
  let bestScore = -1;
  for (const socket of sockets) {
    const score = socket.score(src, dst, srcPort, dev);
    // Of equals the newest, as in Linux.
    if (score >= 0 && score >= bestScore) {
      best = socket;
      bestScore = score;
    }
  }
  return best;
}
