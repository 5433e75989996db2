/** `ip route add`, `del`, `change`, `append`, `prepend` and `replace`. */
import { networkOf } from "../../core/ipv4.js";
import { SystemError } from "../../host/errno.js";
import {
  NextHop,
  type RouteProtocol,
  type RouteSpec,
  type RouteType,
  type Scope,
  TABLE_LOCAL,
  TABLE_MAIN,
} from "../../host/ip/route.js";
import type { AddMode, RouteMatch } from "../../host/ip/route-table.js";
import type { NetDevice } from "../../host/netdev/net-device.js";
import { fail } from "../failure.js";
import type { IpContext } from "./context.js";
import { parseProtocol, parseRouteType, parseScope, parseTable } from "./names.js";
import { readAddress, readPrefix, type WrittenPrefix } from "./prefixes.js";
import { usage } from "./usage.js";
import { garbage, matches, notSimulated, type Words, wholeNumber, wrong } from "./words.js";

interface HopWords {
  via: number;
  dev: NetDevice | null;
  weight: number;
  onlink: boolean;
}

interface RouteWords {
  type: RouteType | null;
  to: WrittenPrefix | null;
  table: number | null;
  protocol: RouteProtocol | null;
  scope: Scope | null;
  metric: number;
  src: number;
  mtu: number;
  /** What stands outside of `nexthop`, and the next hops. */
  hop: HopWords;
  hops: HopWords[];
}

/** Metrics and attributes of Linux's routes that nothing here would heed. */
const WITHOUT_EFFECT = [
  "tos",
  "dsfield",
  "rtt",
  "rttvar",
  "advmss",
  "window",
  "cwnd",
  "initcwnd",
  "initrwnd",
  "ssthresh",
  "realms",
  "reordering",
  "hoplimit",
  "features",
  "quickack",
  "congctl",
  "rto_min",
  "expires",
  "pref",
  "encap",
  "nhid",
  "ttl-propagate",
  "fastopen_no_cookie",
  "vrf",
  "as",
];

export function modify(context: IpContext, words: Words, mode: AddMode | "delete"): number {
  if (words.done) return usage("route");
  const route = readRoute(context, words);
  const { type } = route;
  const to = route.to ?? { address: networkOf(0, 0), length: 0 };
  const table = route.table ?? (type === "local" || type === "broadcast" ? TABLE_LOCAL : TABLE_MAIN);
  if (mode === "delete") remove(context, route, to, table);
  else add(context, route, to, table, mode);
  return 0;
}

function add(
  context: IpContext,
  route: RouteWords,
  to: Pick<WrittenPrefix, "address" | "length">,
  table: number,
  mode: AddMode,
): void {
  const type = route.type ?? "unicast";
  const [first] = route.hops;
  if (first !== undefined && route.hop.dev !== null && route.hop.dev !== first.dev)
    throw new SystemError("EINVAL", "Nexthop device index does not match RTA_OIF.");
  if (first !== undefined && route.hop.via !== 0 && route.hop.via !== first.via)
    throw new SystemError("EINVAL", "Nexthop gateway does not match RTA_GATEWAY or RTA_VIA.");
  const given = first === undefined ? [route.hop] : route.hops;
  const nextHops = given
    .filter((hop) => hop.via !== 0 || hop.dev !== null)
    .map((hop) => nextHop(context, hop));
  const spec: RouteSpec = {
    address: to.address,
    length: to.length,
    type,
    table,
    metric: route.metric,
    scope: route.scope ?? defaultScope(type, route),
    protocol: route.protocol ?? "boot",
    prefSrc: networkOf(route.src, 32),
    mtu: route.mtu,
    nextHops,
    origin: context.origin,
  };
  context.stack.fib.add(spec, mode);
}

function nextHop({ stack }: IpContext, { via, dev, weight, onlink }: HopWords): NextHop {
  const gateway = networkOf(via, 32);
  if (dev !== null) return new NextHop(dev, gateway, weight, onlink);
  if (onlink) throw new SystemError("EINVAL", "Nexthop device required for onlink.");
  const towards = stack.fib.deviceTowards(via);
  if (towards === null) throw new SystemError("ENETUNREACH", "Nexthop has invalid gateway.");
  if (!towards.up) throw new SystemError("ENETDOWN");
  return new NextHop(towards, gateway, weight);
}

/** What is on the machine, on the link, or beyond a gateway. */
function defaultScope(type: RouteType, { hop, hops }: RouteWords): Scope {
  if (type === "local") return "host";
  if (type === "broadcast" || type === "multicast") return "link";
  return type === "unicast" && hop.via === 0 && hops.length === 0 ? "link" : "global";
}

function remove(
  { stack }: IpContext,
  route: RouteWords,
  to: Pick<WrittenPrefix, "address" | "length">,
  table: number,
): void {
  if (networkOf(to.address, to.length) !== to.address)
    throw new SystemError("EINVAL", "Invalid prefix for given prefix length.");
  if (!stack.fib.has(table)) throw new SystemError("ESRCH");
  const given = route.hops.length > 0 ? route.hops : [route.hop];
  const nextHops = given
    .filter((hop) => hop.via !== 0 || hop.dev !== null)
    .map((hop) => ({ gateway: hop.via, ...(hop.dev === null ? {} : { dev: hop.dev }) }));
  const match: RouteMatch = {
    address: to.address,
    length: to.length,
    nextHops,
    ...(route.metric === 0 ? {} : { metric: route.metric }),
    ...(route.type === null ? {} : { type: route.type }),
    ...(route.scope === null ? {} : { scope: route.scope }),
    ...(route.protocol === null ? {} : { protocol: route.protocol }),
    ...(route.src === 0 ? {} : { prefSrc: route.src }),
  };
  stack.fib.table(table).remove(match);
}

function readRoute(context: IpContext, words: Words): RouteWords {
  const route: RouteWords = {
    type: null,
    to: null,
    table: null,
    protocol: null,
    scope: null,
    metric: 0,
    src: 0,
    mtu: 0,
    hop: { via: 0, dev: null, weight: 1, onlink: false },
    hops: [],
  };
  while (!words.done) {
    const word = words.need();
    if (word === "src") route.src = readAddress(words.need());
    else if (word === "via") route.hop.via = readGateway(words);
    else if (word === "dev" || word === "oif") route.hop.dev = context.device(words.need());
    else if (word === "onlink") route.hop.onlink = true;
    else if (word === "metric" || matches(word, "priority") || matches(word, "preference"))
      route.metric = wholeNumber(words.need(), '"metric" value is invalid\n');
    else if (word === "scope") {
      const text = words.need();
      route.scope = parseScope(text) ?? wrong(text, 'invalid "scope" value\n');
    } else if (word === "mtu") {
      if (words.skip("lock")) notSimulated("mtu lock");
      // The kernel cuts a greater one down to what an IPv4 packet can be.
      route.mtu = Math.min(wholeNumber(words.need(), '"mtu" value is invalid\n'), 65_520);
    } else if (matches(word, "protocol")) {
      const text = words.need();
      route.protocol = parseProtocol(text) ?? wrong(text, '"protocol" value is invalid\n');
    } else if (matches(word, "table")) {
      const text = words.need();
      route.table = parseTable(text) ?? wrong(text, '"table" value is invalid\n');
    } else if (word === "nexthop") {
      route.hops.push(readHop(context, words));
      while (words.skip("nexthop")) route.hops.push(readHop(context, words));
    } else if (WITHOUT_EFFECT.includes(word)) notSimulated(word);
    else readDestination(route, word, words);
  }
  return route;
}

function readDestination(route: RouteWords, first: string, words: Words): void {
  let word = first === "to" ? words.need() : first;
  const type = parseRouteType(word);
  if (type !== undefined) {
    route.type = type;
    word = words.need();
  }
  if (matches(word, "help")) usage("route");
  if (route.to !== null) garbage("to", word);
  route.to = readPrefix(word);
}

function readGateway(words: Words): number {
  if (words.peek() === "inet6") notSimulated("via inet6");
  words.skip("inet");
  return readAddress(words.need());
}

function readHop(context: IpContext, words: Words): HopWords {
  const hop: HopWords = { via: 0, dev: null, weight: 1, onlink: false };
  if (words.done || words.peek() === "nexthop") fail(255, 'Error: unexpected end of line after "nexthop"');
  while (!words.done && words.peek() !== "nexthop") {
    const word = words.need();
    if (word === "via") hop.via = readGateway(words);
    else if (word === "dev") hop.dev = context.device(words.need());
    else if (word === "weight") hop.weight = wholeNumber(words.need(), '"weight" is invalid\n', 1, 256);
    else if (word === "onlink") hop.onlink = true;
    else fail(255, `Error: "${word}" is a garbage.`);
  }
  return hop;
}
