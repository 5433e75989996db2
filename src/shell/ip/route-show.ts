/** `ip route show` and `ip route flush`: the routes that a filter lets through. */
import { inPrefix } from "../../core/ipv4.js";
import {
  type Route,
  type RouteProtocol,
  type RouteType,
  type Scope,
  TABLE_MAIN,
} from "../../host/ip/route.js";
import type { NetDevice } from "../../host/netdev/net-device.js";
import { Failure, fail } from "../failure.js";
import type { IpContext } from "./context.js";
import { parseProtocol, parseRouteType, parseScope, parseTable } from "./names.js";
import { readPrefix, type WrittenPrefix } from "./prefixes.js";
import { routeText } from "./route-text.js";
import { usage } from "./usage.js";
import { matches, notSimulated, type Words, wholeNumber, wrong } from "./words.js";

interface Filter {
  table: number | "all";
  cached: boolean;
  protocol: RouteProtocol | null;
  scope: Scope | null;
  type: RouteType | null;
  dev: NetDevice | null;
  metric: number | null;
  via: WrittenPrefix | null;
  src: WrittenPrefix | null;
  /** Routes to prefixes inside this one; routes to prefixes that hold this one. Both: routes to exactly this one. */
  root: WrittenPrefix | null;
  match: WrittenPrefix | null;
}

export function show(context: IpContext, words: Words): number {
  const filter = readFilter(context, words);
  for (const route of select(context, filter, "Dump")) {
    const told = {
      via: filter.via !== null && filter.via.length === 32,
      dev: filter.dev,
      table: filter.table !== "all",
      protocol: filter.protocol !== null,
      scope: filter.scope !== null,
      src: filter.src !== null && filter.src.length === 32,
      metric: filter.metric !== null,
    };
    context.print(`${routeText(route, context.options, context.lineBreak, told)}\n`);
  }
  return 0;
}

export function flush(context: IpContext, words: Words): number {
  if (words.done) return fail(1, '"ip route flush" requires arguments.');
  const filter = readFilter(context, words);
  const { fib, exceptions } = context.stack;
  if (filter.cached) {
    exceptions.clear();
    fib.generation++;
    return 0;
  }
  const doomed = select(context, filter, "Flush");
  for (const route of doomed) fib.table(route.table).removeWhere((other) => other === route);
  context.reportFlush(doomed.length, "entries");
  return 0;
}

function select(context: IpContext, filter: Filter, what: "Dump" | "Flush"): Route[] {
  const { family } = context.options;
  const { fib } = context.stack;
  if (filter.cached || family === "inet6" || family === "link") return [];
  if (filter.table !== "all" && !fib.has(filter.table))
    throw new Failure(2, `Error: ipv4: FIB table does not exist.\n${what} terminated`);
  const ids = filter.table === "all" ? fib.tableIds() : [filter.table];
  return ids.flatMap((id) => fib.table(id).routes()).filter((route) => passes(filter, route));
}

function passes(filter: Filter, route: Route): boolean {
  const { root, match, via, src } = filter;
  const single = route.nextHops.length === 1 ? route.nextHops[0]! : null;
  return (
    (filter.protocol === null || route.protocol === filter.protocol) &&
    (filter.scope === null || route.scope === filter.scope) &&
    (filter.type === null || route.type === filter.type) &&
    (filter.dev === null || single?.dev === filter.dev) &&
    (filter.metric === null || route.metric === filter.metric) &&
    (via === null ||
      (single !== null && single.gateway !== 0 && inPrefix(single.gateway, via.address, via.length))) &&
    (src === null || (route.prefSrc !== 0 && inPrefix(route.prefSrc, src.address, src.length))) &&
    (root === null || (route.length >= root.length && inPrefix(route.address, root.address, root.length))) &&
    (match === null || (route.length <= match.length && inPrefix(match.address, route.address, route.length)))
  );
}

function readFilter(context: IpContext, words: Words): Filter {
  const filter: Filter = {
    table: TABLE_MAIN,
    cached: false,
    protocol: null,
    scope: null,
    type: null,
    dev: null,
    metric: null,
    via: null,
    src: null,
    root: null,
    match: null,
  };
  while (!words.done) {
    let word = words.need();
    if (matches(word, "table")) {
      const text = words.need();
      if (matches(text, "cache")) filter.cached = true;
      else if (text === "all" || text === "0") filter.table = "all";
      else filter.table = parseTable(text) ?? wrong(text, "table id value is invalid\n");
    } else if (matches(word, "cached") || matches(word, "cloned")) filter.cached = true;
    else if (matches(word, "protocol")) {
      const text = words.need();
      if (text !== "all") filter.protocol = parseProtocol(text) ?? wrong(text, 'invalid "protocol"\n');
    } else if (matches(word, "scope")) {
      const text = words.need();
      if (text !== "all") filter.scope = parseScope(text) ?? wrong(text, 'invalid "scope"\n');
    } else if (matches(word, "type")) {
      const text = words.need();
      filter.type = parseRouteType(text) ?? wrong(text, "node type value is invalid\n");
    } else if (word === "dev" || word === "oif") filter.dev = context.device(words.need());
    else if (["tos", "dsfield", "iif", "mark", "realms", "from", "vrf"].includes(word)) notSimulated(word);
    else if (word === "metric" || matches(word, "priority") || matches(word, "preference"))
      filter.metric = wholeNumber(words.need(), "invalid metric value\n");
    else if (word === "via") filter.via = readPrefix(words.need());
    else if (word === "src") filter.src = readPrefix(words.need());
    else {
      if (word === "to") word = words.need();
      if (matches(word, "root")) filter.root = readPrefix(words.need());
      else if (matches(word, "match")) filter.match = readPrefix(words.need());
      else {
        if (matches(word, "exact")) word = words.need();
        else if (matches(word, "help")) usage("route");
        filter.root = readPrefix(word);
        filter.match = filter.root;
      }
    }
  }
  return filter;
}
