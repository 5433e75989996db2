/** A route and its next hops, in the shape that Linux gives them (rtnetlink(7)). */
import { formatPrefix, type Ipv4, networkOf } from "../../core/ipv4.js";
import type { Origin } from "../../core/step.js";
import type { NetDevice } from "../netdev/net-device.js";
import type { Neighbour } from "./neighbour.js";

export type RouteType =
  | "unicast"
  | "local"
  | "broadcast"
  | "multicast"
  | "blackhole"
  | "unreachable"
  | "prohibit"
  | "throw";

/** `global` may lead anywhere, `link` is on the link itself, `host` stays inside the machine, `nowhere` leads to nothing. */
export type Scope = "global" | "site" | "link" | "host" | "nowhere";

/** Who installed it: the kernel with an address, an administrator after boot, at boot, or a redirect. */
export type RouteProtocol =
  | "kernel"
  | "boot"
  | "static"
  | "redirect"
  | "ra"
  | "dhcp"
  | "bird"
  | "ospf"
  | "bgp";

export const TABLE_DEFAULT = 253;
export const TABLE_MAIN = 254;
export const TABLE_LOCAL = 255;

export class NextHop {
  /** The gateway's entry once it is known, so that forwarding need not look it up. */
  neighbour: Neighbour | null = null;

  constructor(
    readonly dev: NetDevice,
    /** 0: the destination itself is on the link. */
    readonly gateway: Ipv4,
    readonly weight = 1,
    /** Pretend that the gateway is on the link although no route says so. */
    readonly onlink = false,
  ) {}
}

export interface RouteSpec {
  readonly address: Ipv4;
  readonly length: number;
  readonly type?: RouteType;
  readonly table?: number;
  readonly metric?: number;
  readonly scope?: Scope;
  readonly protocol?: RouteProtocol;
  /** The preferred source address; 0 for none. */
  readonly prefSrc?: Ipv4;
  /** An MTU for this route; 0 for the device's. */
  readonly mtu?: number;
  readonly nextHops?: readonly NextHop[];
  readonly origin?: Origin;
}

export class Route {
  readonly address: Ipv4;
  readonly length: number;
  readonly type: RouteType;
  readonly table: number;
  readonly metric: number;
  readonly scope: Scope;
  readonly protocol: RouteProtocol;
  readonly prefSrc: Ipv4;
  readonly mtu: number;
  readonly nextHops: readonly NextHop[];
  readonly origin: Origin;
  private readonly weights: number;

  constructor(spec: RouteSpec) {
    this.address = networkOf(spec.address, spec.length);
    this.length = spec.length;
    this.type = spec.type ?? "unicast";
    this.table = spec.table ?? TABLE_MAIN;
    this.metric = spec.metric ?? 0;
    this.scope = spec.scope ?? "global";
    this.protocol = spec.protocol ?? "boot";
    this.prefSrc = spec.prefSrc ?? (0 as Ipv4);
    this.mtu = spec.mtu ?? 0;
    this.nextHops = spec.nextHops ?? [];
    this.origin = spec.origin ?? { by: "config" };
    this.weights = this.nextHops.reduce((sum, hop) => sum + hop.weight, 0);
  }

  /** The next hop for a flow: the only one, or by hash over source and destination in proportion to the weights. */
  nextHop(src: number, dst: number): NextHop {
    if (this.nextHops.length === 1) return this.nextHops[0]!;
    let point = flowHash(src, dst) % this.weights;
    for (const hop of this.nextHops) {
      point -= hop.weight;
      if (point < 0) return hop;
    }
    return this.nextHops[0]!;
  }

  /** `10.0.0.0/8`, `default`, or a bare address for /32. */
  get prefixText(): string {
    if (this.length === 0) return "default";
    const text = formatPrefix(this);
    return this.length === 32 ? text.slice(0, -3) : text;
  }
}

/** Linux's multipath policy 0 hashes the two addresses; the hash function itself is our own. */
function flowHash(src: number, dst: number): number {
  let h = Math.imul(src ^ Math.imul(dst, 0x9e3779b1), 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 1;
}
