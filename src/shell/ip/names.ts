/** The words that iproute2 has for scopes, protocols, types and tables. */
import {
  ROUTE_PROTOCOLS,
  type RouteProtocol,
  type RouteType,
  type Scope,
  scopeNumber,
  TABLE_DEFAULT,
  TABLE_LOCAL,
  TABLE_MAIN,
} from "../../host/ip/route.js";
import { matches, notSimulated } from "./words.js";

const SCOPES: readonly Scope[] = ["global", "site", "link", "host", "nowhere"];

/** A scope by name or number, as far as the number has a name. */
export function parseScope(word: string): Scope | undefined {
  return SCOPES.find((scope) => scope === word || String(scopeNumber(scope)) === word);
}

export function parseProtocol(word: string): RouteProtocol | undefined {
  if (Object.hasOwn(ROUTE_PROTOCOLS, word)) return word as RouteProtocol;
  if (!/^\d+$/.test(word) || Number(word) > 255) return undefined;
  const named = Object.entries(ROUTE_PROTOCOLS).find(([, number]) => number === Number(word));
  return named === undefined ? (word as RouteProtocol) : (named[0] as RouteProtocol);
}

/** In the order in which an abbreviation finds them; `local` cannot be shortened. */
const TYPES: readonly RouteType[] = [
  "broadcast",
  "multicast",
  "prohibit",
  "unreachable",
  "blackhole",
  "unicast",
  "throw",
];

export function parseRouteType(word: string): RouteType | undefined {
  if (word === "local") return "local";
  if (matches(word, "anycast")) notSimulated(word);
  return word === "brd" ? "broadcast" : TYPES.find((type) => matches(word, type));
}

const TABLES: Readonly<Record<string, number>> = {
  default: TABLE_DEFAULT,
  main: TABLE_MAIN,
  local: TABLE_LOCAL,
};

/** A table by name or number; 0 is main, as it is for the kernel. */
export function parseTable(word: string): number | undefined {
  if (Object.hasOwn(TABLES, word)) return TABLES[word];
  if (!/^\d+$/.test(word) || Number(word) > 0xffffffff) return undefined;
  return Number(word) === 0 ? TABLE_MAIN : Number(word);
}

export function tableName(id: number): string {
  return Object.keys(TABLES).find((name) => TABLES[name] === id) ?? String(id);
}
