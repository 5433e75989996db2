/** `ip maddr`: the groups that devices listen to, as link addresses and as IPv4 addresses. */
import { formatIpv4 } from "../../core/ipv4.js";
import { formatMac, multicastMac } from "../../core/mac.js";
import { ALL_HOSTS } from "../../host/ip/groups.js";
import type { NetDevice } from "../../host/netdev/net-device.js";
import { fail } from "../failure.js";
import type { IpContext } from "./context.js";
import { usage } from "./usage.js";
import { garbage, matches, matchesAny, notSimulated, Words } from "./words.js";

export function multicast(context: IpContext, args: readonly string[]): number {
  const words = new Words(args);
  const verb = words.take();
  if (verb === undefined) return show(context, words);
  if (matchesAny(verb, ["add", "delete"])) return notSimulated(`ip maddr ${verb}`);
  if (matchesAny(verb, ["list", "show", "lst"])) return show(context, words);
  if (matches(verb, "help")) return usage("maddr");
  return fail(255, `Command "${verb}" is unknown, try "ip maddr help".`);
}

function show(context: IpContext, words: Words): number {
  const { stack, options } = context;
  let only: NetDevice | null = null;
  while (!words.done) {
    let word = words.need();
    if (word === "dev") word = words.need();
    else if (matches(word, "help")) usage("maddr");
    if (only !== null) garbage("dev", word);
    only = context.device(word);
  }
  for (const dev of stack.devices) {
    if (only !== null && dev !== only) continue;
    const lines = groupLines(context, dev);
    if (lines.length === 0) continue;
    if (options.oneLine) for (const line of lines) context.print(`${dev.index}:\t${dev.name}\\${line}\n`);
    else context.print(`${dev.index}:\t${dev.name}\n${lines.join("\n")}\n`);
  }
  return 0;
}

function groupLines({ stack, options: { family } }: IpContext, dev: NetDevice): string[] {
  // RFC 1112 §4: on every interface that is up, a machine is a member of all-hosts without having to join.
  const groups = stack.groups.of(dev);
  if (dev.up && !groups.some(({ group }) => group === ALL_HOSTS))
    groups.unshift({ group: ALL_HOSTS, users: 1 });
  const many = (users: number): string => (users > 1 ? ` users ${users}` : "");
  const macs = new Map([...dev.groupMacs].sort(([x], [y]) => x - y));
  if (dev.kind === "ether" && dev.up && !macs.has(multicastMac(ALL_HOSTS)))
    macs.set(multicastMac(ALL_HOSTS), 1);
  const links = [...macs].map(([mac, users]) => `\tlink  ${formatMac(mac)}${many(users)}`);
  const inet = groups.map(({ group, users }) => `\tinet  ${formatIpv4(group)}${many(users)}`);
  return [
    ...(family === null || family === "link" ? links : []),
    ...(family === null || family === "inet" ? inet : []),
  ];
}
