/** `ip addr`: showing, adding, changing and removing addresses. */
import { broadcastOf, formatIpv4, type Ipv4, inPrefix, ipv4, isLoopback, maskOf } from "../../core/ipv4.js";
import { SECOND } from "../../core/time.js";
import { SystemError } from "../../host/errno.js";
import type { AddressOptions } from "../../host/ip/addresses.js";
import type { Scope } from "../../host/ip/route.js";
import type { NetDevice } from "../../host/netdev/net-device.js";
import { fail } from "../failure.js";
import { flush, show } from "./address-show.js";
import type { IpContext } from "./context.js";
import { parseScope } from "./names.js";
import { readAddress, readPrefix, type WrittenPrefix } from "./prefixes.js";
import { usage } from "./usage.js";
import { duplicate, garbage, matches, matchesAny, notSimulated, Words, wholeNumber, wrong } from "./words.js";

const FOREVER = Number.POSITIVE_INFINITY;

export function address(context: IpContext, args: readonly string[]): number {
  const words = new Words(args);
  const verb = words.take();
  if (verb === undefined) return show(context, words);
  if (matches(verb, "add")) return modify(context, words, "add");
  if (matches(verb, "change") || verb === "chg") return modify(context, words, "change");
  if (matches(verb, "replace")) return modify(context, words, "replace");
  if (matches(verb, "delete")) return modify(context, words, "delete");
  if (matchesAny(verb, ["show", "lst", "list"])) return show(context, words);
  if (matches(verb, "flush")) return flush(context, words);
  if (matchesAny(verb, ["save", "showdump", "restore"])) return notSimulated(verb);
  if (matches(verb, "help")) return usage("address");
  return fail(255, `Command "${verb}" is unknown, try "ip address help".`);
}

/** The words of add, change, replace and delete. */
interface Spec {
  local: WrittenPrefix | null;
  peer: WrittenPrefix | null;
  broadcast: "+" | "-" | Ipv4 | null;
  scope: Scope | null;
  label: string | null;
  dev: string | null;
  metric: number;
  noPrefixRoute: boolean;
  /** Seconds; Infinity for ever. */
  valid: number | null;
  preferred: number | null;
}

function readSpec(words: Words): Spec {
  const spec: Spec = {
    local: null,
    peer: null,
    broadcast: null,
    scope: null,
    label: null,
    dev: null,
    metric: 0,
    noPrefixRoute: false,
    valid: null,
    preferred: null,
  };
  while (!words.done) {
    let word = words.need();
    if (word === "peer" || word === "remote") {
      if (spec.peer !== null) duplicate("peer", words.peek() ?? "");
      spec.peer = readPrefix(words.need(), spec.local === null ? "any valid" : "inet");
    } else if (word === "brd" || matches(word, "broadcast")) {
      const text = words.need();
      if (spec.broadcast !== null) duplicate("broadcast", text);
      spec.broadcast = text === "+" || text === "-" ? text : readAddress(text);
    } else if (word === "anycast") notSimulated(word);
    else if (word === "scope") {
      const text = words.need();
      spec.scope = parseScope(text) ?? wrong(text, "invalid scope value.");
    } else if (word === "dev") spec.dev = words.need();
    else if (word === "label") spec.label = words.need();
    else if (matches(word, "metric")) spec.metric = wholeNumber(words.need(), '"metric" value is invalid');
    else if (matches(word, "valid_lft")) spec.valid = readLifetime(words.need(), "valid_lft value");
    else if (matches(word, "preferred_lft"))
      spec.preferred = readLifetime(words.need(), "preferred_lft value");
    else if (word === "noprefixroute") spec.noPrefixRoute = true;
    else if (word === "nodad" || word === "home" || word === "mngtmpaddr" || word === "autojoin")
      notSimulated(word);
    else {
      if (word === "local") word = words.need();
      else if (matches(word, "help")) usage("address");
      if (spec.local !== null) garbage("local", word);
      spec.local = readPrefix(word);
    }
  }
  return spec;
}

function readLifetime(word: string, complaint: string): number {
  return word === "forever" ? FOREVER : wholeNumber(word, complaint);
}

function modify(context: IpContext, words: Words, verb: "add" | "change" | "replace" | "delete"): number {
  const spec = readSpec(words);
  if (spec.dev === null) fail(1, 'Not enough information: "dev" argument is required.');
  if ((spec.preferred ?? FOREVER) > (spec.valid ?? FOREVER))
    fail(1, "preferred_lft is greater than valid_lft");
  if (verb === "delete") warnOfWildcard(context, spec);
  const dev = context.device(spec.dev);
  const { local } = spec;
  // "any" and "default" are no address; the kernel finds none in the message.
  if (local === null || (local.length === 0 && local.address === 0)) throw new SystemError("EOPNOTSUPP");
  if (verb === "delete") remove(context, dev, spec, local);
  else put(context, dev, spec, local, verb);
  return 0;
}

/** Deleting without a length means: whatever length it has. */
function warnOfWildcard({ process }: IpContext, { local, peer }: Spec): void {
  if (local === null || local.explicit || peer !== null) return;
  process.writeError(
    "Warning: Executing wildcard deletion to stay compatible with old scripts.\n" +
      `         Explicitly specify the prefix length (${formatIpv4(local.address)}/32) to avoid this warning.\n` +
      "         This special behaviour is likely to disappear in further releases,\n" +
      "         fix your scripts!\n",
  );
}

function put(
  context: IpContext,
  dev: NetDevice,
  spec: Spec,
  local: WrittenPrefix,
  verb: "add" | "change" | "replace",
): void {
  const { stack, process } = context;
  const { addresses } = stack;
  const peer = spec.peer?.address ?? local.address;
  const length = (spec.peer ?? local).length;
  const until = (seconds: number | null): number =>
    seconds === null || seconds === FOREVER ? FOREVER : process.now + seconds * SECOND;
  if (spec.valid === 0) throw new SystemError("EINVAL");
  const lifetimes = { validUntil: until(spec.valid), preferredUntil: until(spec.preferred ?? spec.valid) };
  const known = dev.addresses.find(
    (own) => own.address === local.address && own.length === length && inPrefix(peer, own.peer, length),
  );
  if (known !== undefined && verb !== "add") {
    addresses.change(dev, known, { ...lifetimes, ...(spec.metric === 0 ? {} : { metric: spec.metric }) });
    return;
  }
  const options: AddressOptions = {
    ...lifetimes,
    peer,
    broadcast: broadcastFor(spec, local, length),
    scope: spec.scope ?? (isLoopback(local.address) ? "host" : "global"),
    label: spec.label ?? dev.name,
    metric: spec.metric,
    noPrefixRoute: spec.noPrefixRoute,
    origin: context.origin,
  };
  addresses.add(dev, local.address, length, options);
}

/** `+` sets all host bits, `-` clears them. */
function broadcastFor({ broadcast, peer }: Spec, local: WrittenPrefix, length: number): Ipv4 {
  if (broadcast === null) return ipv4(0);
  if (broadcast !== "+" && broadcast !== "-") return broadcast;
  if (length >= 31) return ipv4(0);
  const base = (peer ?? local).address;
  return broadcast === "+" ? broadcastOf(base, length) : ipv4(base & maskOf(length));
}

function remove(context: IpContext, dev: NetDevice, spec: Spec, local: WrittenPrefix): void {
  const { length, explicit } = spec.peer ?? local;
  const found = dev.addresses.find(
    (own) =>
      own.address === local.address &&
      (!explicit || own.length === length) &&
      (!explicit || own.peer === (spec.peer ?? local).address) &&
      (spec.label === null || own.label === spec.label),
  );
  if (found === undefined) throw new SystemError("EADDRNOTAVAIL", "ipv4: Address not found.");
  context.stack.addresses.remove(dev, found);
}
