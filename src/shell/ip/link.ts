/** `ip link`: showing devices and setting what they are like. */
import { formatMac, isGroupMac, type Mac, ZERO_MAC } from "../../core/mac.js";
import { SystemError } from "../../host/errno.js";
import type { NetDevice } from "../../host/netdev/net-device.js";
import { fail } from "../failure.js";
import type { IpContext } from "./context.js";
import { readMac } from "./link-address.js";
import { addressLines, flagsText, headText, mtuRange, operState, statisticsLines } from "./link-text.js";
import { usage } from "./usage.js";
import { garbage, matches, matchesAny, notSimulated, Words, wholeNumber, wrong } from "./words.js";

export function link(context: IpContext, args: readonly string[]): number {
  const words = new Words(args);
  const verb = words.take();
  if (verb === undefined) return show(context, words);
  if (matches(verb, "add")) return notSimulated("ip link add");
  if (matchesAny(verb, ["set", "change"])) return set(context, words);
  if (matches(verb, "replace")) return notSimulated("ip link replace");
  if (matches(verb, "delete")) return remove(context, words);
  if (matchesAny(verb, ["show", "lst", "list"])) return show(context, words);
  if (matches(verb, "help")) return usage("link");
  return fail(255, `Command "${verb}" is unknown, try "ip link help".`);
}

export function briefLink(dev: NetDevice): string {
  return `${dev.name.padEnd(16)} ${operState(dev).padEnd(14)} `;
}

function show(context: IpContext, words: Words): number {
  const { options, stack } = context;
  let name: string | null = null;
  let up = false;
  let kind: string | null = null;
  while (!words.done) {
    let word = words.need();
    if (word === "up") up = true;
    else if (word === "type") kind = words.need();
    else if (word === "group" || word === "master" || word === "vrf") notSimulated(word);
    else if (word !== "nomaster") {
      if (word === "dev") word = words.need();
      else if (matches(word, "help")) usage("link");
      if (name !== null) garbage("dev", word);
      name = word;
    }
  }
  const only = context.shownDevice(name);
  for (const dev of stack.devices) {
    // Neither a card nor the loopback has a type in the sense of rtnetlink.
    if ((only !== null && dev !== only) || (up && !dev.up) || kind !== null) continue;
    if (options.brief) {
      context.print(`${briefLink(dev)}${formatMac(dev.mac)} ${flagsText(dev)} \n`);
      continue;
    }
    const { lineBreak } = context;
    const lines = [headText(dev, true), addressLines(dev, options, lineBreak)];
    if (options.statistics > 0) lines.push(statisticsLines(dev, options.statistics, lineBreak));
    context.print(`${lines.join(lineBreak)}\n`);
  }
  return 0;
}

/** What `ip link set` may change, in the order in which the kernel does it. */
interface Changes {
  mac?: Mac;
  mtu?: number;
  group?: number;
  name?: string;
  alias?: string;
  broadcast?: Mac;
  up?: boolean;
  arp?: boolean;
  multicast?: boolean;
  allMulticast?: boolean;
  promiscuous?: boolean;
  queueLength?: number;
  unsupported?: boolean;
}

const SWITCHES: Readonly<Record<string, "arp" | "multicast" | "allMulticast" | "promiscuous">> = {
  arp: "arp",
  multicast: "multicast",
  allmulticast: "allMulticast",
  promisc: "promiscuous",
};

function set(context: IpContext, words: Words): number {
  const changes: Changes = {};
  let name: string | undefined;
  while (!words.done) {
    let word = words.need();
    if (word === "up" || word === "down") changes.up = word === "up";
    else if (word === "name") changes.name = words.need();
    else if (word === "addr" || matches(word, "address")) changes.mac = readMac(words.need());
    else if (word === "brd" || matches(word, "broadcast")) changes.broadcast = readMac(words.need());
    else if (word === "mtu") changes.mtu = readNumber(words.need(), "mtu");
    else if (["txqueuelen", "qlen", "txqlen"].includes(word))
      changes.queueLength = readNumber(words.need(), "txqueuelen");
    else if (word === "group") changes.group = readGroup(words.need());
    else if (word === "alias" || word === "ifalias") changes.alias = words.need();
    else if (Object.hasOwn(SWITCHES, word)) changes[SWITCHES[word]!] = readSwitch(word, words.need());
    else if (word === "nomaster") continue;
    else if (word === "netns") wrong(words.need(), 'Invalid "netns" value\n');
    else if (word === "carrier" || word === "master") {
      const value = words.need();
      if (word === "master") context.device(value);
      changes.unsupported = true;
    } else if (["type", "vf", "vrf", "xdp", "dynamic", "addrgenmode", "protodown", "trailers"].includes(word))
      notSimulated(word);
    else {
      if (word === "dev") word = words.need();
      else if (matches(word, "help")) usage("link");
      if (name !== undefined) garbage("dev", word);
      name = word;
    }
  }
  if (name === undefined) return fail(255, 'Not enough information: "dev" argument is required.');
  apply(context, context.device(name), changes);
  return 0;
}

function apply(context: IpContext, dev: NetDevice, changes: Changes): void {
  const { stack } = context;
  if (changes.unsupported === true) throw new SystemError("EOPNOTSUPP");
  if (changes.mac !== undefined) setMac(dev, changes.mac);
  if (changes.mtu !== undefined) setMtu(dev, changes.mtu);
  if (changes.group !== undefined) dev.group = changes.group;
  if (changes.name !== undefined) stack.renameDevice(dev, changes.name);
  if (changes.alias !== undefined) dev.alias = changes.alias;
  if (changes.broadcast !== undefined) dev.broadcastMac = changes.broadcast;
  if (changes.arp !== undefined) dev.noArp = !changes.arp;
  if (changes.multicast !== undefined) dev.multicast = changes.multicast;
  if (changes.allMulticast !== undefined) dev.setAllMulticast(changes.allMulticast);
  if (changes.promiscuous !== undefined) dev.setPromiscuous(changes.promiscuous);
  if (changes.up !== undefined) dev.setUp(changes.up);
  if (changes.queueLength !== undefined) dev.txQueueLength = changes.queueLength;
}

/** A device's own address is one station's: no group, not all zeros. */
export function setMac(dev: NetDevice, mac: Mac): void {
  if (dev.kind === "loopback") throw new SystemError("EOPNOTSUPP");
  if (mac === ZERO_MAC || isGroupMac(mac)) throw new SystemError("EADDRNOTAVAIL");
  dev.setMac(mac);
}

export function setMtu(dev: NetDevice, mtu: number): void {
  const [least, most] = mtuRange(dev);
  if (mtu < least) throw new SystemError("EINVAL", "mtu less than device minimum.");
  if (most > 0 && mtu > most) throw new SystemError("EINVAL", "mtu greater than device maximum.");
  dev.setMtu(mtu);
}

const readNumber = (word: string, what: string): number =>
  wholeNumber(word, `Invalid "${what}" value\n`, 0, 0x7fffffff);

const readGroup = (word: string): number =>
  word === "default" ? 0 : wholeNumber(word, 'Invalid "group" value\n');

function readSwitch(key: string, word: string): boolean {
  if (word === "on" || word === "off") return word === "on";
  return fail(1, `Error: argument of "${key}" must be "on" or "off", not "${word}"`);
}

function remove(context: IpContext, words: Words): number {
  let word = words.need();
  if (word === "dev") word = words.need();
  context.device(word);
  // A card is taken out of the machine, not deleted.
  throw new SystemError("EOPNOTSUPP");
}
