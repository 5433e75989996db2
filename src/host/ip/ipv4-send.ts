/**
 * Sending IPv4 packets from this machine: where they leave (path), the header, fragmentation, and the copies that come
 * back to our own listeners (RFC 1122 §3.3).
 */

import { readI32, readU16 } from "../../core/bytes.js";
import { addViewToSum, foldChecksum } from "../../core/checksum.js";
import {
  ANY_IPV4,
  BROADCAST_IPV4,
  formatIpv4,
  type Ipv4,
  isMulticast,
  LOOPBACK_IPV4,
} from "../../core/ipv4.js";
import { macHi, macLo, multicastMac } from "../../core/mac.js";
import type { EventHandler } from "../../engine/event-queue.js";
import type { Frame } from "../../link/frame.js";
import type { World } from "../../link/world.js";
import { ETHERTYPE_IPV4 } from "../../wire/ethernet.js";
import {
  IPV4_CHECKSUM,
  IPV4_DF,
  IPV4_DST,
  IPV4_FLAGS,
  IPV4_HEADER_SIZE,
  IPV4_ID,
  IPV4_PROTOCOL,
  IPV4_SRC,
  IPV4_TOTAL_LENGTH,
  IPV4_TTL,
} from "../../wire/ipv4.js";
import { type ErrnoName, SystemError } from "../errno.js";
import type { NetDevice } from "../netdev/net-device.js";
import { MOST_WAITING } from "../own-traffic.js";
import type { Stack } from "../stack.js";
import { fragment } from "./fragment.js";
import type { Cast, Path } from "./path.js";
import type { Route } from "./route.js";

/**
 * What becomes of a packet beyond the path's MTU (IP_MTU_DISCOVER): `dont` fragments it and sets DF on none; `want`
 * fragments it and sets DF on all others; `do` refuses it with EMSGSIZE; `probe` refuses only what the device cannot
 * carry, whatever MTU was learned.
 */
export type PathMtuDiscovery = "dont" | "want" | "do" | "probe";

export interface SendOptions {
  readonly ttl?: number;
  readonly tos?: number;
  /** Default `dont`, as for what the kernel itself sends; sockets of programs have `want`. */
  readonly discover?: PathMtuDiscovery;
  /** IPv4 options, padded to a multiple of four bytes. */
  readonly options?: Uint8Array;
  /** Another source address than the path's. */
  readonly src?: Ipv4;
  readonly id?: number;
  /** Do copies of multicast packets come back to listeners on this machine? Default yes. */
  readonly loop?: boolean;
}

const NO_OPTIONS: SendOptions = {};
const PATHS_MASK = 255;

export class Ipv4Send implements EventHandler {
  /** Packets sent from here. */
  sent = 0;
  private nextId: number;
  /** Direct-mapped by destination; made when first needed. */
  private paths: (Path | null)[] = [];
  private pathsOf = -1;
  private readonly returning: { frame: Frame; dev: NetDevice }[] = [];

  private readonly world: World;

  constructor(private readonly stack: Stack) {
    this.world = stack.host.world;
    this.nextId = this.world.random(`${stack.host.name}/ipv4-id`).below(0x10000);
  }

  /**
   * The way to a destination. Without a source and a device the answer is cached until routes change. A destination that
   * cannot be reached gives the errno that connect(2) or sendto(2) would.
   */
  path(dst: Ipv4, src: Ipv4 = ANY_IPV4, dev: NetDevice | null = null): Path | ErrnoName {
    if (src !== ANY_IPV4 || dev !== null) return this.findPath(dst, src, dev);
    if (this.pathsOf !== this.stack.fib.generation) this.forgetPaths();
    const place = (dst ^ (dst >>> 8)) & PATHS_MASK;
    const path = this.paths[place]!;
    if (path !== null && path.dst === dst) return path;
    const found = this.findPath(dst, src, dev);
    // What may change by itself is not kept: exceptions expire, and several next hops are chosen among by flow.
    if (
      typeof found === "string" ||
      (found.route?.nextHops.length ?? 0) > 1 ||
      this.stack.exceptions.has(dst)
    )
      return found;
    this.paths[place] = found;
    return found;
  }

  private forgetPaths(): void {
    if (this.paths.length === 0) this.paths = new Array<Path | null>(PATHS_MASK + 1);
    this.paths.fill(null);
    this.pathsOf = this.stack.fib.generation;
  }

  /**
   * Sends a packet whose payload is the frame's bytes; the header is written in front. Owns the frame, also when it
   * returns an error.
   */
  send(frame: Frame, path: Path, protocol: number, options: SendOptions = NO_OPTIONS): ErrnoName | null {
    const extra = options.options;
    const headerSize = IPV4_HEADER_SIZE + (extra === undefined ? 0 : extra.length);
    const at = frame.start - headerSize;
    const size = frame.end - at;
    const { discover = "dont" } = options;
    const mtu = discover === "probe" ? path.dev.mtu : path.mtu;
    const strict = discover === "do" || discover === "probe";
    if (size > 0xffff || (strict && size > mtu)) {
      frame.free();
      return "EMSGSIZE";
    }
    frame.start = at;
    frame.network = at;
    const { view } = frame;
    const first = 0x4000 | (headerSize << 6) | (options.tos ?? 0);
    const id = options.id ?? (this.nextId = (this.nextId + 1) & 0xffff);
    const flags = strict || (discover === "want" && size <= mtu && !path.mtuLocked) ? IPV4_DF : 0;
    const ttl = options.ttl ?? (path.cast === "multicast" ? 1 : this.stack.defaultTtl);
    const last = (ttl << 8) | protocol;
    const src = options.src ?? path.src;
    const { dst } = path;
    view.setUint16(at, first);
    view.setUint16(at + IPV4_TOTAL_LENGTH, size);
    view.setUint16(at + IPV4_ID, id);
    view.setUint16(at + IPV4_FLAGS, flags);
    view.setUint16(at + IPV4_TTL, last);
    view.setInt32(at + IPV4_SRC, src);
    view.setInt32(at + IPV4_DST, dst);
    let sum =
      first + size + id + flags + last + (src >>> 16) + (src & 0xffff) + (dst >>> 16) + (dst & 0xffff);
    if (extra !== undefined) {
      frame.bytes.set(extra, at + IPV4_HEADER_SIZE);
      sum = addViewToSum(view, at + IPV4_HEADER_SIZE, at + headerSize, sum);
    }
    view.setUint16(at + IPV4_CHECKSUM, foldChecksum(sum));
    this.output(frame, path, options.loop ?? true, mtu);
    return null;
  }

  /** Sends a packet that has its header already, at `frame.network` (raw sockets with IP_HDRINCL). Owns the frame. */
  output(frame: Frame, path: Path, loop = true, mtu = path.mtu): void {
    this.sent++;
    const { world } = this;
    if (world.journal !== null) this.tellSent(frame, path);
    if (path.cast === "broadcast" || path.cast === "multicast") {
      this.loopBack(frame, path, loop);
      // RFC 1112 §6.1: a time to live of zero keeps a multicast inside the machine.
      if (frame.bytes[frame.network + IPV4_TTL] === 0) {
        frame.free();
        return;
      }
    }
    if (frame.end - frame.network > mtu) {
      if (world.journal !== null)
        this.stack.host.tell(frame, "fragmented", path.dev.name, {
          mtu,
          size: frame.end - frame.network,
        });
      fragment(frame, mtu, (piece) => this.transmit(piece, path));
    } else this.transmit(frame, path);
  }

  /** A copy of a group packet comes back to this machine's own listeners. */
  handle(): void {
    const next = this.returning.shift();
    if (next === undefined) return;
    const cast = isMulticast(readI32(next.frame.bytes, next.frame.network + IPV4_DST))
      ? "multicast"
      : "broadcast";
    this.stack.receive4.deliver(next.frame, next.dev, cast);
  }

  clear(): void {
    for (const { frame } of this.returning.splice(0)) this.stack.host.drop(frame, "node-down");
  }

  private transmit(frame: Frame, path: Path): void {
    const { dev } = path;
    if (!dev.resolves) dev.sendTo(frame, 0, 0, ETHERTYPE_IPV4);
    else if (path.cast === "broadcast") dev.sendTo(frame, 0xffff, -1, ETHERTYPE_IPV4);
    else if (path.cast === "multicast") {
      const mac = multicastMac(path.dst);
      dev.sendTo(frame, macHi(mac), macLo(mac), ETHERTYPE_IPV4);
    } else {
      let { neighbour } = path;
      if (neighbour === null || neighbour.dead) {
        neighbour = this.stack.neighbours.entry(dev, path.nextHop) ?? null;
        if (neighbour === null) {
          this.stack.host.drop(frame, "neigh-table-full", dev.port);
          return;
        }
        path.neighbour = neighbour;
      }
      neighbour.send(frame, ETHERTYPE_IPV4);
    }
  }

  private loopBack(frame: Frame, path: Path, loop: boolean): void {
    if (path.cast === "multicast" && !(loop && this.stack.groups.has(path.dev, path.dst))) return;
    const copy = frame.clone();
    if (this.returning.length >= MOST_WAITING) {
      this.stack.host.drop(copy, "link-queue-full");
      return;
    }
    this.returning.push({ frame: copy, dev: path.dev });
    const { engine } = this.world;
    engine.schedule(this.stack.ownTraffic.next(engine.now), this);
  }

  private findPath(dst: Ipv4, src: Ipv4, dev: NetDevice | null): Path | ErrnoName {
    const { fib } = this.stack;
    // Linux: 0.0.0.0 as a destination means this machine.
    if (dst === ANY_IPV4) dst = src === ANY_IPV4 ? LOOPBACK_IPV4 : src;
    if (dst === BROADCAST_IPV4 || isMulticast(dst)) return this.groupPath(dst, src, dev);
    const route = dev === null ? fib.lookup(dst) : fib.lookupVia(dst, dev);
    if (route === null) return dev === null ? "ENETUNREACH" : this.linkPath(dst, src, dev);
    switch (route.type) {
      case "local":
        return this.makePath(
          dst,
          src === ANY_IPV4 ? ((route.prefSrc || dst) as Ipv4) : src,
          "local",
          this.stack.loopback,
          dst,
          route,
        );
      case "broadcast": {
        const out = route.nextHops[0]!.dev;
        return this.makePath(dst, src || this.sourceOn(out, dst, route), "broadcast", out, dst, route);
      }
      case "unicast": {
        const hop = dev === null ? route.nextHop(src, dst) : route.nextHops.find((each) => each.dev === dev)!;
        const learned = this.stack.exceptions.find(dst, this.world.engine.now);
        const gateway = (learned?.gateway || hop.gateway) as Ipv4;
        const nextHop = gateway === ANY_IPV4 ? dst : gateway;
        return this.makePath(
          dst,
          src || this.sourceOn(hop.dev, nextHop, route),
          "unicast",
          hop.dev,
          nextHop,
          route,
        );
      }
      case "unreachable":
        return "EHOSTUNREACH";
      case "prohibit":
        return "EACCES";
      default:
        return "EINVAL";
    }
  }

  private groupPath(dst: Ipv4, src: Ipv4, dev: NetDevice | null): Path | ErrnoName {
    const cast = dst === BROADCAST_IPV4 ? "broadcast" : "multicast";
    const bySource = dev ?? (src === ANY_IPV4 ? null : this.stack.deviceWith(src));
    if (bySource !== null)
      return this.makePath(dst, src || this.sourceOn(bySource, dst, null), cast, bySource, dst, null);
    const route = this.stack.fib.lookup(dst);
    if (route === null || route.nextHops.length === 0) return "ENETUNREACH";
    const out = route.nextHops[0]!.dev;
    return this.makePath(dst, src || this.sourceOn(out, dst, route), cast, out, dst, route);
  }

  /** Linux assumes that what it has no route for is on the link of the device that it was told to use. */
  private linkPath(dst: Ipv4, src: Ipv4, dev: NetDevice): Path {
    return this.makePath(dst, src || this.sourceOn(dev, dst, null), "unicast", dev, dst, null);
  }

  private makePath(
    dst: Ipv4,
    src: Ipv4,
    cast: Cast,
    dev: NetDevice,
    nextHop: Ipv4,
    route: Route | null,
  ): Path {
    let mtu = route !== null && route.mtu !== 0 ? Math.min(route.mtu, dev.mtu) : dev.mtu;
    const learned = this.stack.exceptions.find(dst, this.world.engine.now);
    const narrow = learned !== undefined && learned.mtu !== 0 && learned.mtu < mtu;
    if (narrow) mtu = learned.mtu;
    const mtuLocked = narrow && learned.mtuLocked;
    // What sending touches stands together, in front.
    return { dst, neighbour: null, cast, src, mtu, dev, mtuLocked, nextHop, route };
  }

  /** Source selection as inet_select_addr does it: the route's wish, the device's address for the next hop, any other. */
  private sourceOn(dev: NetDevice, nextHop: number, route: Route | null): Ipv4 {
    if (route !== null && route.prefSrc !== ANY_IPV4) return route.prefSrc;
    return dev.primaryFor(nextHop, route?.scope)?.address ?? this.stack.anySource();
  }

  private tellSent(frame: Frame, path: Path): void {
    const { host } = this.stack;
    const { bytes, network: at } = frame;
    host.tell(frame, "sent", path.dev.name, {
      what: "IPv4 packet",
      src: formatIpv4(readI32(bytes, at + IPV4_SRC)),
      dst: formatIpv4(path.dst),
      protocol: bytes[at + IPV4_PROTOCOL]!,
      ttl: bytes[at + IPV4_TTL]!,
      size: readU16(bytes, at + IPV4_TOTAL_LENGTH),
      cause: frame.cause,
    });
    if (path.route !== null) this.stack.tellRouted(frame, path.dst, path.route, path.route.nextHops[0]);
  }
}

/** Turns an errno answer into an exception, for callers that are programs. */
export function must(result: Path | ErrnoName): Path {
  if (typeof result === "string") throw new SystemError(result);
  return result;
}
