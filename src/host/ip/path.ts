/**
 * The way that packets to one destination leave: what a route lookup gave, with source address, next hop and MTU.
 * Linux's counterpart is a dst entry. And the exceptions to routes that the network taught: smaller path MTUs
 * (RFC 1191) and better gateways (redirects, RFC 1122 §3.2.2.2).
 */

import { ANY_IPV4, type Ipv4 } from "../../core/ipv4.js";
import { firstOf, LazyMap } from "../../core/lazy-map.js";
import type { Nanoseconds } from "../../core/time.js";
import type { NetDevice } from "../netdev/net-device.js";
import type { Neighbour } from "./neighbour.js";
import type { Route } from "./route.js";

export type Cast = "unicast" | "local" | "broadcast" | "multicast";

export interface Path {
  readonly dst: Ipv4;
  readonly src: Ipv4;
  readonly cast: Cast;
  readonly dev: NetDevice;
  /** The address to resolve on the device's link. */
  readonly nextHop: Ipv4;
  readonly mtu: number;
  /** The MTU is a guess that may be too great: packets are sent without DF (Linux: a locked MTU). */
  readonly mtuLocked: boolean;
  /** Null for traffic bound to a device that no route carries. */
  readonly route: Route | null;
  neighbour: Neighbour | null;
}

export interface RouteException {
  /** 0: the path's own MTU holds. */
  mtu: number;
  mtuExpires: Nanoseconds;
  /** The MTU is the least that is believed, and the path's own is below it. */
  mtuLocked: boolean;
  /** 0: the route's own gateway holds. */
  gateway: Ipv4;
  gatewayExpires: Nanoseconds;
  /** The id of the ICMP message's frame that taught it. */
  learnedFrom: number;
}

const MOST = 2048;
const NOTHING_YET: RouteException = {
  mtu: 0,
  mtuExpires: 0,
  mtuLocked: false,
  gateway: ANY_IPV4,
  gatewayExpires: Number.POSITIVE_INFINITY,
  learnedFrom: 0,
};

export class RouteExceptions {
  private readonly byDst = new LazyMap<number, RouteException>();

  /** What holds for a destination beyond its route; expired parts are gone. */
  find(dst: number, now: Nanoseconds): RouteException | undefined {
    if (this.byDst.size === 0) return undefined;
    const found = this.byDst.get(dst);
    if (found === undefined) return undefined;
    if (found.mtuExpires <= now) found.mtu = 0;
    if (found.gatewayExpires <= now) found.gateway = ANY_IPV4;
    if (found.mtu === 0 && found.gateway === 0) {
      this.byDst.delete(dst);
      return undefined;
    }
    return found;
  }

  learn(dst: number, change: Partial<RouteException>): void {
    const old = this.byDst.get(dst) ?? NOTHING_YET;
    this.byDst.delete(dst);
    // The oldest gives way, so that a flood of forged messages cannot grow the table.
    if (this.byDst.size >= MOST) this.byDst.delete(firstOf(this.byDst.keys())!);
    this.byDst.set(dst, { ...old, ...change });
  }

  get size(): number {
    return this.byDst.size;
  }

  has(dst: number): boolean {
    return this.byDst.has(dst);
  }

  clear(): void {
    this.byDst.clear();
  }
}
