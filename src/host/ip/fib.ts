/**
 * The forwarding information base: the tables local, main and default, asked in that order (the three rules that Linux
 * starts with). The local table holds the machine's own addresses and broadcasts.
 */
import { inPrefix } from "../../core/ipv4.js";
import { SystemError } from "../errno.js";
import type { NetDevice } from "../netdev/net-device.js";
import { Route, type RouteSpec, TABLE_DEFAULT, TABLE_LOCAL, TABLE_MAIN } from "./route.js";
import { RouteTable } from "./route-table.js";

const CACHE_MASK = 63;
const NO_ADDRESSES = new Int32Array(0);
const NO_FLAGS = new Uint8Array(0);

export class Fib {
  /** Changes whenever an answer may have changed; caches of answers compare it. */
  generation = 0;
  readonly local = new RouteTable(TABLE_LOCAL, () => this.generation++);
  readonly main = new RouteTable(TABLE_MAIN, () => this.generation++);
  private others: Map<number, RouteTable> | null = null;
  private cached: (Route | null)[] = [];
  private cachedDst = NO_ADDRESSES;
  private cachedSet = NO_FLAGS;
  private cachedGeneration = -1;

  table(id: number): RouteTable {
    if (id === TABLE_LOCAL) return this.local;
    if (id === TABLE_MAIN) return this.main;
    this.others ??= new Map();
    let table = this.others.get(id);
    if (table === undefined) {
      table = new RouteTable(id, () => this.generation++);
      this.others.set(id, table);
    }
    return table;
  }

  /** The ids of the tables that hold routes, in rising order. */
  tableIds(): number[] {
    const extra = [...(this.others?.values() ?? [])].filter((table) => !table.empty).map((table) => table.id);
    return [...extra, TABLE_MAIN, TABLE_LOCAL].sort((x, y) => x - y);
  }

  /**
   * The route for a destination; null if there is none. A `throw` route ends the search of its table. Answers are kept in
   * a small direct-mapped cache until any route changes, which saves most of the search for the flows of the moment.
   */
  lookup(dst: number): Route | null {
    if (this.cachedGeneration !== this.generation) this.startCache();
    const at = (dst ^ (dst >>> 8) ^ (dst >>> 16)) & CACHE_MASK;
    if (this.cachedDst[at] === dst && this.cachedSet[at] === 1) return this.cached[at]!;
    const route = this.search(dst);
    this.cachedDst[at] = dst;
    this.cachedSet[at] = 1;
    this.cached[at] = route;
    return route;
  }

  private startCache(): void {
    if (this.cached.length === 0) {
      this.cached = new Array<Route | null>(CACHE_MASK + 1).fill(null);
      this.cachedDst = new Int32Array(CACHE_MASK + 1);
      this.cachedSet = new Uint8Array(CACHE_MASK + 1);
    } else this.cachedSet.fill(0);
    this.cachedGeneration = this.generation;
  }

  private search(dst: number): Route | null {
    let route = this.local.lookup(dst);
    if (route !== null) return route;
    route = this.main.lookup(dst);
    if (route !== null && route.type !== "throw") return route;
    const last = this.others?.get(TABLE_DEFAULT);
    route = last === undefined ? null : last.lookup(dst);
    return route !== null && route.type !== "throw" ? route : null;
  }

  /** The route for a destination among those that leave by a device (SO_BINDTODEVICE, link-local traffic). */
  lookupVia(dst: number, dev: NetDevice): Route | null {
    const local = this.local.lookup(dst);
    if (local !== null && local.type === "local") return local;
    let best: Route | null = null;
    for (const route of this.main.routes())
      if (
        inPrefix(dst, route.address, route.length) &&
        route.nextHops.some((hop) => hop.dev === dev) &&
        (best === null ||
          route.length > best.length ||
          (route.length === best.length && route.metric < best.metric))
      )
        best = route;
    return best;
  }

  /**
   * Adds a route as `ip route add|replace|append` does. A gateway that no link route of the device reaches is an error
   * (ENETUNREACH "Nexthop has invalid gateway."), as is a device that is down (ENETDOWN).
   */
  add(spec: RouteSpec, mode: "add" | "replace" | "append" = "add"): Route {
    const route = new Route(spec);
    for (const hop of route.nextHops) {
      if (!hop.dev.up && hop.dev.kind !== "loopback")
        throw new SystemError("ENETDOWN", "Device for nexthop is not up.");
      if (hop.gateway !== 0 && !hop.onlink && !this.onLink(hop.gateway, hop.dev))
        throw new SystemError("ENETUNREACH", "Nexthop has invalid gateway.");
    }
    this.table(route.table).add(route, mode);
    return route;
  }

  /** The device on whose link a gateway is, for `via` without `dev`. */
  deviceTowards(gateway: number): NetDevice | null {
    const route = this.main.lookup(gateway);
    return route !== null && route.type === "unicast" && route.nextHops[0]!.gateway === 0
      ? route.nextHops[0]!.dev
      : null;
  }

  /** Removes what led through a device, in all tables. */
  forgetDevice(dev: NetDevice): void {
    for (const id of this.tableIds())
      this.table(id).removeWhere((route) => route.nextHops.some((hop) => hop.dev === dev));
  }

  private onLink(gateway: number, dev: NetDevice): boolean {
    if (this.local.lookup(gateway)?.type === "local") return false;
    const route = this.lookupVia(gateway, dev);
    return (
      route !== null &&
      route.type === "unicast" &&
      route.nextHops.some((hop) => hop.dev === dev && hop.gateway === 0)
    );
  }
}
