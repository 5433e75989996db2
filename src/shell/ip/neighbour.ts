/** `ip neigh`: the neighbour cache. */
import { formatIpv4, type Ipv4, inPrefix } from "../../core/ipv4.js";
import { formatMac } from "../../core/mac.js";
import { SECOND } from "../../core/time.js";
import { SystemError } from "../../host/errno.js";
import type { Neighbour, NeighbourState } from "../../host/ip/neighbour.js";
import type { NetDevice } from "../../host/netdev/net-device.js";
import { fail } from "../failure.js";
import type { IpContext } from "./context.js";
import { macFromBytes, readLinkAddress } from "./link-address.js";
import { readAddress, readPrefix, type WrittenPrefix } from "./prefixes.js";
import { usage } from "./usage.js";
import { garbage, matches, matchesAny, notSimulated, Words, wrong } from "./words.js";

const STATES: readonly NeighbourState[] = [
  "PERMANENT",
  "REACHABLE",
  "NOARP",
  "NONE",
  "STALE",
  "INCOMPLETE",
  "DELAY",
  "PROBE",
  "FAILED",
];

export function neighbour(context: IpContext, args: readonly string[]): number {
  const words = new Words(args);
  const verb = words.take();
  if (verb === undefined) return show(context, words);
  if (matches(verb, "add")) return modify(context, words, "add");
  if (matches(verb, "change") || verb === "chg") return modify(context, words, "change");
  if (matches(verb, "replace")) return modify(context, words, "replace");
  if (matches(verb, "delete")) return modify(context, words, "delete");
  if (matches(verb, "get")) return get(context, words);
  if (matchesAny(verb, ["show", "lst", "list"])) return show(context, words);
  if (matches(verb, "flush")) return flush(context, words);
  if (matches(verb, "help")) return usage("neigh");
  return fail(255, `Command "${verb}" is unknown, try "ip neigh help".`);
}

interface Filter {
  dev: NetDevice | null;
  to: WrittenPrefix | null;
  /** Null for those that are shown unless asked otherwise. */
  states: readonly NeighbourState[] | null;
}

function show(context: IpContext, words: Words): number {
  const filter = readFilter(context, words);
  for (const entry of select(context, filter, ["NOARP", "NONE"])) print(context, entry, filter.dev !== null);
  return 0;
}

function flush(context: IpContext, words: Words): number {
  if (words.done) return fail(1, "Flush requires arguments.");
  const filter = readFilter(context, words);
  const doomed = select(context, filter, ["NOARP", "NONE", "PERMANENT"]);
  if (context.options.statistics > 1) for (const entry of doomed) print(context, entry, filter.dev !== null);
  for (const entry of doomed) context.stack.neighbours.remove(entry);
  context.reportFlush(doomed.length, "entries");
  return 0;
}

function get(context: IpContext, words: Words): number {
  let address: Ipv4 | null = null;
  let dev: string | null = null;
  while (!words.done) {
    let word = words.need();
    if (word === "dev") dev = words.need();
    else if (word === "proxy") notSimulated(word);
    else {
      if (word === "to") word = words.need();
      else if (matches(word, "help")) usage("neigh");
      if (address !== null) garbage("to", word);
      address = readAddress(word, "any valid");
    }
  }
  if (dev === null || address === null) return fail(1, "Device and address are required arguments.");
  const entry = context.device(dev).neighbours.get(address);
  if (entry === undefined) throw new SystemError("ENOENT", "Neighbour entry not found.");
  print(context, entry, false);
  return 0;
}

function readFilter(context: IpContext, words: Words): Filter {
  const filter: Filter = { dev: null, to: null, states: null };
  while (!words.done) {
    let word = words.need();
    if (word === "dev") filter.dev = context.device(words.need());
    else if (word === "nud") {
      const state = words.need();
      filter.states = [
        ...(filter.states ?? []),
        ...(state === "all" ? STATES : [parseState(state) ?? wrong(state, "nud state is bad")]),
      ];
    } else if (word === "unused" || word === "master" || word === "vrf" || word === "proxy")
      notSimulated(word);
    else if (word !== "nomaster") {
      if (word === "to") word = words.need();
      else if (matches(word, "help")) usage("neigh");
      filter.to = readPrefix(word);
    }
  }
  return filter;
}

function select(context: IpContext, filter: Filter, hidden: readonly NeighbourState[]): Neighbour[] {
  const { family } = context.options;
  if (family === "inet6" || family === "link") return [];
  return context.stack.neighbours
    .entries()
    .filter(
      (entry) =>
        (filter.dev === null || entry.dev === filter.dev) &&
        (filter.to === null || inPrefix(entry.ip, filter.to.address, filter.to.length)) &&
        (filter.states === null ? !hidden.includes(entry.state) : filter.states.includes(entry.state)),
    );
}

function print(context: IpContext, entry: Neighbour, devTold: boolean): void {
  const { now } = context.process;
  const since = (time: number): number => Math.floor((now - time) / SECOND);
  const used = `used ${since(entry.used)}/${since(entry.confirmed)}/${since(entry.updated)}`;
  const parts: [boolean, string][] = [
    [true, formatIpv4(entry.ip)],
    [!devTold, `dev ${entry.dev.name}`],
    [entry.valid, `lladdr ${formatMac(entry.mac)}`],
    [context.options.statistics > 0, ` ${used}probes ${entry.probes}`],
    [entry.state !== "NONE", entry.state],
  ];
  context.print(`${parts.flatMap(([shown, part]) => (shown ? [`${part} `] : [])).join("")}\n`);
}

function parseState(word: string): NeighbourState | undefined {
  return STATES.find((state) => matches(word, state.toLowerCase()));
}

function modify(context: IpContext, words: Words, verb: "add" | "change" | "replace" | "delete"): number {
  let address: Ipv4 | null = null;
  let dev: string | null = null;
  let linkAddress: readonly number[] | null = null;
  let state: NeighbourState = "PERMANENT";
  while (!words.done) {
    let word = words.need();
    if (matches(word, "lladdr")) linkAddress = readLinkAddress(words.need());
    else if (word === "nud") {
      const text = words.need();
      state = parseState(text) ?? wrong(text, "nud state is bad");
    } else if (word === "dev") dev = words.need();
    else if (["proxy", "router", "use", "managed", "extern_learn", "protocol"].includes(word))
      notSimulated(word);
    else {
      if (word === "to") word = words.need();
      else if (matches(word, "help")) usage("neigh");
      if (address !== null) garbage("to", word);
      address = readAddress(word, "any valid");
    }
  }
  if (dev === null || address === null) return fail(255, "Device and destination are required arguments.");
  const on = context.device(dev);
  const { neighbours } = context.stack;
  const known = on.neighbours.get(address);
  if (linkAddress !== null && linkAddress.length !== 6)
    throw new SystemError("EINVAL", "Invalid link address.");
  if (known === undefined ? verb === "change" || verb === "delete" : verb === "add")
    throw new SystemError(known === undefined ? "ENOENT" : "EEXIST");
  if (verb === "delete") {
    neighbours.remove(known!);
    return 0;
  }
  const addressed = !["NONE", "INCOMPLETE", "FAILED"].includes(state);
  if (addressed && linkAddress === null && known?.valid !== true)
    throw new SystemError("EINVAL", "No link layer address given.");
  const entry = neighbours.entry(on, address);
  if (entry === undefined) throw new SystemError("ENOBUFS");
  entry.configure(state, linkAddress === null ? null : macFromBytes(linkAddress), context.origin);
  return 0;
}
