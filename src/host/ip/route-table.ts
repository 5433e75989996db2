/** One routing table: prefixes with their routes, the lowest metric first. */
import { networkOf } from "../../core/ipv4.js";
import { SystemError } from "../errno.js";
import type { NetDevice } from "../netdev/net-device.js";
import { Lpm } from "./lpm.js";
import type { Route, RouteProtocol, Scope } from "./route.js";

/** What `ip route del` may say about the route it means; fields left out match all. */
export interface RouteMatch {
  readonly address: number;
  readonly length: number;
  readonly metric?: number;
  readonly type?: Route["type"];
  readonly scope?: Scope;
  readonly protocol?: RouteProtocol;
  readonly prefSrc?: number;
  /** As many as the route has, each with the device and the gateway that it names (0 for any gateway). */
  readonly nextHops?: readonly { readonly dev?: NetDevice; readonly gateway?: number }[];
}

/**
 * What becomes of routes with the same prefix and metric: `add` finds one an error (EEXIST), `replace` takes the first
 * one's place, `change` finds none an error (ENOENT), `append` goes behind them, `prepend` in front; these two find an
 * equal route an error (EEXIST).
 */
export type AddMode = "add" | "replace" | "change" | "append" | "prepend";

export class RouteTable {
  /** The first route of each prefix; the others stand behind it. */
  private readonly prefixes = new Lpm<Route>();

  constructor(
    readonly id: number,
    private readonly fib: { generation: number },
  ) {}

  /** The route of the longest prefix that holds the address; of several, that with the lowest metric. */
  lookup(address: number): Route | null {
    return this.prefixes.lookup(address);
  }

  get empty(): boolean {
    return this.prefixes.size === 0;
  }

  /** The route of the longest prefix that holds the address and of which the test holds. */
  longest(address: number, test: (route: Route) => boolean): Route | null {
    for (let length = 32; length >= 0; length--) {
      const found = this.at({ address: networkOf(address, length), length }).find(test);
      if (found !== undefined) return found;
    }
    return null;
  }

  /** Is there an equal route? */
  has(route: Route): boolean {
    return this.at(route).some((other) => other.equals(route));
  }

  add(route: Route, mode: AddMode = "add"): void {
    const routes = this.at(route);
    const same = routes.findIndex((other) => other.metric === route.metric);
    if (same >= 0 && mode === "add") throw new SystemError("EEXIST");
    if (same < 0 && mode === "change") throw new SystemError("ENOENT");
    const replaces = same >= 0 && (mode === "replace" || mode === "change");
    const twin = routes.findIndex((other) => other.equals(route));
    if (twin >= 0 && !(replaces && twin === same)) throw new SystemError("EEXIST");
    const later = routes.findIndex((other) => other.metric > route.metric);
    const end = later < 0 ? routes.length : later;
    const at = replaces || (same >= 0 && mode === "prepend") ? same : end;
    this.chain(route, routes.toSpliced(at, replaces ? 1 : 0, route));
  }

  /** Removes the first route that matches. Without one: ESRCH. */
  remove(match: RouteMatch): Route {
    const found = this.at(match).find(
      (route) =>
        (match.metric === undefined || route.metric === match.metric) &&
        (match.type === undefined || route.type === match.type) &&
        (match.scope === undefined || route.scope === match.scope) &&
        (match.protocol === undefined || route.protocol === match.protocol) &&
        (match.prefSrc === undefined || route.prefSrc === match.prefSrc) &&
        matchesHops(route, match.nextHops ?? []),
    );
    if (found === undefined) throw new SystemError("ESRCH");
    this.drop(found);
    return found;
  }

  /** Removes every route for which the test holds; returns how many. */
  removeWhere(test: (route: Route) => boolean): number {
    const doomed = this.routes().filter(test);
    for (const route of doomed) this.drop(route);
    return doomed.length;
  }

  /** All routes, by address, then the longest prefix first, then by metric: the order in which Linux lists them. */
  routes(): Route[] {
    return [...this.prefixes]
      .flatMap((first) => behind(first))
      .sort((x, y) => (x.address >>> 0) - (y.address >>> 0) || y.length - x.length || x.metric - y.metric);
  }

  private at(prefix: { readonly address: number; readonly length: number }): readonly Route[] {
    return behind(this.prefixes.find(prefix.address, prefix.length) ?? null);
  }

  private drop(route: Route): void {
    this.chain(
      route,
      this.at(route).filter((other) => other !== route),
    );
  }

  /** Makes these, in their order, the routes of a prefix. */
  private chain(
    prefix: { readonly address: number; readonly length: number },
    routes: readonly Route[],
  ): void {
    for (const [i, route] of routes.entries()) route.behind = routes[i + 1] ?? null;
    if (routes.length > 0) this.prefixes.set(routes[0]!);
    else this.prefixes.delete(prefix.address, prefix.length);
    this.fib.generation++;
  }
}

/** A route and those behind it. */
function behind(first: Route | null): Route[] {
  const routes: Route[] = [];
  for (let route = first; route !== null; route = route.behind) routes.push(route);
  return routes;
}

function matchesHops(route: Route, wanted: NonNullable<RouteMatch["nextHops"]>): boolean {
  if (wanted.length === 0) return true;
  if (wanted.length !== route.nextHops.length) return false;
  return wanted.every(({ dev, gateway }, i) => {
    const hop = route.nextHops[i]!;
    return (dev === undefined || hop.dev === dev) && ((gateway ?? 0) === 0 || hop.gateway === gateway);
  });
}
