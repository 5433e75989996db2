/** One routing table: prefixes with their routes, the lowest metric first. */
import { SystemError } from "../errno.js";
import type { NetDevice } from "../netdev/net-device.js";
import { Lpm } from "./lpm.js";
import type { Route } from "./route.js";

/** What `ip route del` may say about the route it means; fields left out match all. */
export interface RouteMatch {
  readonly address: number;
  readonly length: number;
  readonly metric?: number;
  readonly type?: Route["type"];
  readonly dev?: NetDevice;
  readonly gateway?: number;
}

export class RouteTable {
  private readonly prefixes = new Lpm<Route[]>();

  constructor(
    readonly id: number,
    private readonly changed: () => void,
  ) {}

  /** The route of the longest prefix that holds the address; of several, that with the lowest metric. */
  lookup(address: number): Route | null {
    const routes = this.prefixes.lookup(address);
    return routes === null ? null : routes[0]!;
  }

  get empty(): boolean {
    return this.prefixes.size === 0;
  }

  /**
   * Adds a route. One with the same prefix and metric is an error EEXIST (`add`), is replaced (`replace`), or stays in
   * front (`append`).
   */
  add(route: Route, mode: "add" | "replace" | "append" = "add"): void {
    const routes = this.prefixes.find(route.address, route.length) ?? [];
    const same = routes.findIndex((other) => other.metric === route.metric);
    if (same >= 0 && mode === "add") throw new SystemError("EEXIST");
    const kept = same >= 0 && mode === "replace" ? routes.filter((_, i) => i !== same) : routes;
    const later = kept.findIndex((other) => other.metric > route.metric);
    const at = later < 0 ? kept.length : later;
    this.prefixes.set(route.address, route.length, [...kept.slice(0, at), route, ...kept.slice(at)]);
    this.changed();
  }

  /** Removes the first route that matches. Without one: ESRCH. */
  remove(match: RouteMatch): Route {
    const routes = this.prefixes.find(match.address, match.length) ?? [];
    const found = routes.find(
      (route) =>
        (match.metric === undefined || route.metric === match.metric) &&
        (match.type === undefined || route.type === match.type) &&
        (match.dev === undefined || route.nextHops.some((hop) => hop.dev === match.dev)) &&
        (match.gateway === undefined || route.nextHops.some((hop) => hop.gateway === match.gateway)),
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

  /** All routes, by address, then length, then metric: the order in which Linux lists them. */
  routes(): Route[] {
    return [...this.prefixes]
      .flat()
      .sort((x, y) => (x.address >>> 0) - (y.address >>> 0) || x.length - y.length || x.metric - y.metric);
  }

  private drop(route: Route): void {
    const rest = this.prefixes.find(route.address, route.length)!.filter((other) => other !== route);
    if (rest.length > 0) this.prefixes.set(route.address, route.length, rest);
    else this.prefixes.delete(route.address, route.length);
    this.changed();
  }
}
