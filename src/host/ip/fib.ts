/**
 * The forwarding information base: the tables local and main, asked as one, then default (the three rules that Linux
 * starts with). The local table holds the machine's own addresses and broadcasts.
 */
import { isMulticast } from "../../core/ipv4.js";
import { SystemError } from "../errno.js";
import type { NetDevice } from "../netdev/net-device.js";
import {
  type NextHop,
  Route,
  type RouteSpec,
  type RouteType,
  scopeNumber,
  TABLE_DEFAULT,
  TABLE_LOCAL,
  TABLE_MAIN,
} from "./route.js";
import { type AddMode, RouteTable } from "./route-table.js";

const SCOPE_LINK = scopeNumber("link");
const REFUSING: ReadonlySet<RouteType> = new Set(["blackhole", "unreachable", "prohibit", "throw"]);

const CACHE_MASK = 63;
const NO_ADDRESSES = new Int32Array(0);

export class Fib {
  /** Changes whenever an answer may have changed; caches of answers compare it. */
  generation = 0;
  readonly local = new RouteTable(TABLE_LOCAL, this);
  readonly main = new RouteTable(TABLE_MAIN, this);
  private others: Map<number, RouteTable> | null = null;
  /** Undefined where nothing is known. */
  private cached: (Route | null | undefined)[] = [];
  private cachedDst = NO_ADDRESSES;
  private cachedGeneration = -1;
  /** Next hops have died, and may have to be revived. */
  private someDead = false;

  table(id: number): RouteTable {
    if (id === TABLE_LOCAL) return this.local;
    if (id === TABLE_MAIN) return this.main;
    this.others ??= new Map();
    let table = this.others.get(id);
    if (table === undefined) {
      table = new RouteTable(id, this);
      this.others.set(id, table);
    }
    return table;
  }

  /** Was anything ever put into this table? */
  has(id: number): boolean {
    return id === TABLE_LOCAL || id === TABLE_MAIN || this.others?.has(id) === true;
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
    const known = this.cached[at];
    if (known !== undefined && this.cachedDst[at] === dst) return known;
    const route = this.search(dst);
    this.cachedDst[at] = dst;
    this.cached[at] = route;
    return route;
  }

  private startCache(): void {
    if (this.cached.length === 0) {
      this.cached = new Array<Route | null | undefined>(CACHE_MASK + 1);
      this.cachedDst = new Int32Array(CACHE_MASK + 1);
    }
    this.cached.fill(undefined);
    this.cachedGeneration = this.generation;
  }

  private search(dst: number): Route | null {
    const local = this.local.lookup(dst);
    if (local !== null && local.length === 32) return local;
    let route = longer(local, this.main.lookup(dst));
    if (route !== null && route.type !== "throw") return route;
    const last = this.others?.get(TABLE_DEFAULT);
    route = last === undefined ? null : last.lookup(dst);
    return route !== null && route.type !== "throw" ? route : null;
  }

  /** The route for a destination among those that leave by a device (SO_BINDTODEVICE, link-local traffic). */
  lookupVia(dst: number, dev: NetDevice): Route | null {
    const local = this.local.lookup(dst);
    if (local !== null && local.type === "local") return local;
    return this.main.longest(dst, (route) => leavesBy(route, dev));
  }

  /**
   * Adds a route as `ip route` does, after the checks that Linux makes (fib_semantics.c): the prefix has no host bits, the
   * device is up (ENETDOWN), the gateway is on a link of the device ("Nexthop has invalid gateway."), the preferred
   * source is an address of this machine.
   */
  add(spec: RouteSpec, mode: AddMode = "add"): Route {
    const route = new Route(spec);
    if (route.address !== spec.address)
      throw new SystemError("EINVAL", "Invalid prefix for given prefix length.");
    if (REFUSING.has(route.type)) {
      if (route.nextHops.length > 0)
        throw new SystemError(
          "EINVAL",
          "Gateway, device and multipath can not be specified for this route type.",
        );
    } else if (route.nextHops.length === 0) throw new SystemError("ENODEV");
    if (route.scope === "nowhere") throw new SystemError("EINVAL", "Invalid scope.");
    if (route.scope === "host") checkInside(route);
    else for (const hop of route.nextHops) this.check(hop, scopeNumber(route.scope));
    if (route.prefSrc !== 0 && route.prefSrc !== route.address && !this.isLocal(route.prefSrc))
      throw new SystemError("EINVAL", "Invalid prefsrc address.");
    this.table(route.table).add(route, mode);
    return route;
  }

  /** The device on whose link a gateway is, for `via` without `dev`. */
  deviceTowards(gateway: number): NetDevice | null {
    const route = this.gatewayRoute(gateway, null, SCOPE_LINK);
    return route === null ? null : route.nextHops[0]!.dev;
  }

  /**
   * A device went down, or lost its last address (`force`): routes that need it go, but not the machine's own addresses
   * while they are configured. A route with other next hops stays, with this one dead.
   */
  forgetDevice(dev: NetDevice, force = false): void {
    for (const id of this.tableIds())
      this.table(id).removeWhere((route) => {
        if (!leavesBy(route, dev) || (route.scope === "host" && !force)) return false;
        if (route.nextHops.every((hop) => hop.dead || hop.dev === dev)) return true;
        for (const hop of route.nextHops) if (hop.dev === dev) hop.dead = true;
        this.someDead = true;
        route.weigh();
        return false;
      });
    this.generation++;
  }

  /** The device is up and has an address: its dead next hops live again. */
  revive(dev: NetDevice): void {
    if (!this.someDead) return;
    for (const id of this.tableIds())
      for (const route of this.table(id).routes()) {
        const dead = route.nextHops.filter((hop) => hop.dead && hop.dev === dev);
        for (const hop of dead) hop.dead = false;
        if (dead.length > 0) route.weigh();
      }
    this.generation++;
  }

  /** An address is no longer this machine's: routes that ask for it as a source go. */
  forgetSource(address: number): void {
    for (const id of this.tableIds()) this.table(id).removeWhere((route) => route.prefSrc === address);
  }

  private isLocal(address: number): boolean {
    return this.local.lookup(address)?.type === "local";
  }

  private check(hop: NextHop, scope: number): void {
    const { dev, gateway } = hop;
    if (gateway === 0 || hop.onlink) {
      if (!dev.up)
        throw new SystemError(
          "ENETDOWN",
          gateway === 0 ? "Device for nexthop is not up." : "Nexthop device is not up.",
        );
      if (gateway === 0) return;
      const cast = this.local.lookup(gateway)?.type;
      if (cast !== "local" && cast !== "broadcast" && !isMulticast(gateway)) return;
    } else {
      const route = this.gatewayRoute(gateway, dev, Math.max(scope + 1, SCOPE_LINK));
      if (route !== null && (route.type === "unicast" || route.type === "local")) {
        // An address of the machine's own may be a gateway, but not while its device is down.
        if (!dev.up) throw new SystemError("ENETDOWN");
        return;
      }
    }
    throw new SystemError("ENETUNREACH", "Nexthop has invalid gateway.");
  }

  /** How a gateway is reached: only routes of at least that scope count, so that a gateway never hides another. */
  private gatewayRoute(gateway: number, dev: NetDevice | null, scope: number): Route | null {
    const near = (route: Route): boolean =>
      scopeNumber(route.scope) >= scope &&
      route.nextHops.length > 0 &&
      (dev === null || leavesBy(route, dev));
    return longer(this.local.longest(gateway, near), this.main.longest(gateway, near));
  }
}

/** While there are no rules but its own three, Linux keeps local and main in one trie: the longest prefix of both wins. */
function longer(local: Route | null, main: Route | null): Route | null {
  return local !== null && (main === null || main.length <= local.length) ? local : main;
}

function leavesBy(route: Route, dev: NetDevice): boolean {
  return route.nextHops.some((hop) => hop.dev === dev);
}

/** What stays inside the machine needs no link and no gateway; its device may be down. */
function checkInside({ nextHops }: Route): void {
  if (nextHops.length > 1)
    throw new SystemError("EINVAL", "Route with host scope can not have multiple nexthops.");
  if (nextHops.some((hop) => hop.gateway !== 0))
    throw new SystemError("EINVAL", "Route with host scope can not have a gateway.");
}
