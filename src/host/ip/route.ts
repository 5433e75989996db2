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

const SCOPE_NUMBERS: Readonly<Record<Scope, number>> = {
  global: 0,
  site: 200,
  link: 253,
  host: 254,
  nowhere: 255,
};

/** The number that rtnetlink gives a scope: the greater, the nearer. */
export const scopeNumber = (scope: Scope): number => SCOPE_NUMBERS[scope];

/** Who installed a route, with the numbers of rtnetlink. */
export const ROUTE_PROTOCOLS = {
  redirect: 1,
  kernel: 2,
  boot: 3,
  static: 4,
  gated: 8,
  ra: 9,
  mrt: 10,
  zebra: 11,
  bird: 12,
  dnrouted: 13,
  xorp: 14,
  ntk: 15,
  dhcp: 16,
  keepalived: 18,
  babel: 42,
  openr: 99,
  bgp: 186,
  isis: 187,
  ospf: 188,
  rip: 189,
  eigrp: 192,
} as const;

/** By name, or by number where no name is known. */
export type RouteProtocol = keyof typeof ROUTE_PROTOCOLS | `${number}`;

export const TABLE_DEFAULT = 253;
export const TABLE_MAIN = 254;
export const TABLE_LOCAL = 255;

export class NextHop {
  /** The gateway's entry once it is known, so that forwarding need not look it up. */
  neighbour: Neighbour | null = null;
  /** Its device is down; another next hop of the same route is not. */
  dead = false;

  constructor(
    readonly dev: NetDevice,
    /** 0: the destination itself is on the link. */
    readonly gateway: Ipv4,
    readonly weight = 1,
    /** Pretend that the gateway is on the link although no route says so. */
    readonly onlink = false,
  ) {}

  /** Is the device up, but without carrier? */
  get linkDown(): boolean {
    return !this.dev.carrier;
  }
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
  /** The route of the same prefix that stands behind this one in its table. For the table only. */
  behind: Route | null = null;
  /** The sum over the next hops that are not dead. */
  private weights = 0;

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
    this.weigh();
  }

  /** To be called when a next hop died or came back. */
  weigh(): void {
    this.weights = this.nextHops.reduce((sum, hop) => sum + (hop.dead ? 0 : hop.weight), 0);
  }

  /** The same but for where it came from. */
  equals(other: Route): boolean {
    return (
      this.address === other.address &&
      this.length === other.length &&
      this.type === other.type &&
      this.metric === other.metric &&
      this.scope === other.scope &&
      this.protocol === other.protocol &&
      this.prefSrc === other.prefSrc &&
      this.mtu === other.mtu &&
      this.nextHops.length === other.nextHops.length &&
      this.nextHops.every((hop, i) => sameHop(hop, other.nextHops[i]!))
    );
  }

  /** The next hop for a flow: the only one, or by hash over source and destination in proportion to the weights. */
  nextHop(src: number, dst: number): NextHop {
    if (this.nextHops.length === 1) return this.nextHops[0]!;
    let point = flowHash(src, dst) % this.weights;
    for (const hop of this.nextHops) {
      if (hop.dead) continue;
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

function sameHop(a: NextHop, b: NextHop): boolean {
  return a.dev === b.dev && a.gateway === b.gateway && a.weight === b.weight && a.onlink === b.onlink;
}

/** Linux's multipath policy 0 hashes the two addresses; the hash function itself is our own. */
function flowHash(src: number, dst: number): number {
  let h = Math.imul(src ^ Math.imul(dst, 0x9e3779b1), 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 1;
}
