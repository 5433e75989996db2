/**
 * The way that packets to one destination leave: what a route lookup gave, with source address, next hop and MTU.
 * Linux's counterpart is a dst entry. And the exceptions to routes that the network taught: smaller path MTUs
 * (RFC 1191) and better gateways (redirects, RFC 1122 §3.2.2.2).
 */

import type { Ipv4 } from "../../core/ipv4.js";
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
  /** Null for traffic bound to a device that no route carries. */
  readonly route: Route | null;
  neighbour: Neighbour | null;
}

export interface RouteException {
  /** 0: the path's own MTU holds. */
  mtu: number;
  mtuExpires: Nanoseconds;
  /** 0: the route's own gateway holds. */
  gateway: Ipv4;
  /** The id of the ICMP message's frame that taught it. */
  learnedFrom: number;
}

const MOST = 2048;

export class RouteExceptions {
  private readonly byDst = new LazyMap<number, RouteException>();

  /** What holds for a destination beyond its route; expired parts are gone. */
  find(dst: number, now: Nanoseconds): RouteException | undefined {
    if (this.byDst.size === 0) return undefined;
    const found = this.byDst.get(dst);
    if (found === undefined) return undefined;
    if (found.mtu !== 0 && found.mtuExpires <= now) found.mtu = 0;
    if (found.mtu === 0 && found.gateway === 0) {
      this.byDst.delete(dst);
      return undefined;
    }
    return found;
  }

  learn(dst: number, change: Partial<RouteException>): void {
    const old = this.byDst.get(dst) ?? { mtu: 0, mtuExpires: 0, gateway: 0 as Ipv4, learnedFrom: 0 };
    this.byDst.delete(dst);
    // The oldest gives way, so that a flood of forged messages cannot grow the table.
    if (this.byDst.size >= MOST) this.byDst.delete(firstOf(this.byDst.keys())!);
    this.byDst.set(dst, { ...old, ...change });
  }

  has(dst: number): boolean {
    return this.byDst.has(dst);
  }

  clear(): void {
    this.byDst.clear();
  }
}
