/** `ip addr show` and `ip addr flush`: the addresses that a filter lets through. */
import { inPrefix } from "../../core/ipv4.js";
import type { Scope } from "../../host/ip/route.js";
import type { InterfaceAddress, NetDevice } from "../../host/netdev/net-device.js";
import { fail } from "../failure.js";
import { addressText, isDeprecated, isDynamic, metricText, prefixText } from "./address-text.js";
import type { IpContext } from "./context.js";
import { briefLink } from "./link.js";
import { addressLines, headText, statisticsLines } from "./link-text.js";
import { parseScope } from "./names.js";
import { readPrefix, type WrittenPrefix } from "./prefixes.js";
import { usage } from "./usage.js";
import { garbage, matches, notSimulated, type Words, wrong } from "./words.js";

interface Filter {
  dev: NetDevice | null;
  up: boolean;
  kind: string | null;
  family: IpContext["options"]["family"];
  to: WrittenPrefix | null;
  scope: Scope | null;
  label: string | null;
  /** Each is to be as given. */
  flags: { readonly name: string; readonly set: boolean }[];
}

const FLAGS = ["permanent", "dynamic", "secondary", "primary", "deprecated"];

export function show(context: IpContext, words: Words): number {
  const { options, stack, lineBreak } = context;
  const filter = readFilter(context, words);
  for (const dev of stack.devices) {
    const shown = dev.addresses.filter((own) => passes(context, filter, own));
    // A device without addresses is listed as long as no family is asked for.
    const listed = shown.length > 0 || (dev.addresses.length === 0 && filter.family === null);
    const fits =
      (filter.dev === null || dev === filter.dev) && (!filter.up || dev.up) && filter.kind === null;
    if (!listed || !fits) continue;
    if (options.brief) {
      const texts = shown.map((own) => `${prefixText(own)}${metricText(own)} `);
      context.print(`${briefLink(dev)}${texts.join("")}\n`);
      continue;
    }
    const lines: string[] = [];
    if (!options.oneLine && (filter.label === null || labelMatches(filter.label, dev.name))) {
      lines.push(headText(dev, false));
      if (filter.family === null || filter.family === "link")
        lines.push(addressLines(dev, options, lineBreak));
    }
    const front = options.oneLine ? `${dev.index}: ${dev.name}` : "";
    for (const own of shown) lines.push(front + addressText(own, context.process.now, lineBreak));
    if (options.statistics > 0 && !options.oneLine && filter.family === null)
      lines.push(statisticsLines(dev, options.statistics, lineBreak));
    if (lines.length > 0) context.print(`${lines.join("\n")}\n`);
  }
  return 0;
}

export function flush(context: IpContext, words: Words): number {
  if (words.done) return fail(1, "Flush requires arguments.");
  const filter = readFilter(context, words);
  let count = 0;
  for (const dev of context.stack.devices) {
    if ((filter.dev !== null && dev !== filter.dev) || (filter.up && !dev.up)) continue;
    const doomed = dev.addresses.filter((own) => passes(context, filter, own));
    count += doomed.length;
    for (const own of doomed) if (dev.addresses.includes(own)) context.stack.addresses.remove(dev, own);
  }
  context.reportFlush(count, "addresses");
  return 0;
}

function readFilter(context: IpContext, words: Words): Filter {
  const filter: Filter = {
    dev: null,
    up: false,
    kind: null,
    family: context.options.family,
    to: null,
    scope: null,
    label: null,
    flags: [],
  };
  let name: string | null = null;
  while (!words.done) {
    let word = words.need();
    const flag = word.startsWith("-") ? word.slice(1) : word;
    if (word === "to") {
      filter.to = readPrefix(words.need());
      filter.family = "inet";
    } else if (word === "scope") {
      const text = words.need();
      if (text !== "all") filter.scope = parseScope(text) ?? wrong(text, 'invalid "scope"\n');
    } else if (word === "up") filter.up = true;
    else if (FLAGS.includes(flag)) filter.flags.push({ name: flag, set: word === flag });
    else if (word === "label") filter.label = words.need();
    else if (word === "type") filter.kind = words.need();
    else if (word === "master") filter.kind = words.need();
    else if (word === "group" || word === "vrf") notSimulated(word);
    else if (word !== "nomaster") {
      if (word === "dev") word = words.need();
      else if (matches(word, "help")) usage("address");
      if (name !== null) garbage("dev", word);
      name = word;
    }
  }
  filter.dev = context.shownDevice(name);
  return filter;
}

function passes(context: IpContext, filter: Filter, own: InterfaceAddress): boolean {
  if (filter.family === "inet6" || filter.family === "link") return false;
  if (filter.scope !== null && own.scope !== filter.scope) return false;
  if (filter.label !== null && !labelMatches(filter.label, own.label)) return false;
  if (filter.to !== null && !inPrefix(own.address, filter.to.address, filter.to.length)) return false;
  return filter.flags.every(({ name, set }) => hasFlag(context, own, name) === set);
}

function hasFlag(context: IpContext, own: InterfaceAddress, name: string): boolean {
  switch (name) {
    case "permanent":
      return !isDynamic(own);
    case "dynamic":
      return isDynamic(own);
    case "secondary":
      return own.secondary;
    case "primary":
      return !own.secondary;
    default:
      return isDeprecated(own, context.process.now);
  }
}

/** fnmatch(3) with `*` and `?`. */
function labelMatches(pattern: string, label: string): boolean {
  const source = pattern
    .replace(/[\\^$.+()[\]{}|]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`).test(label);
}
