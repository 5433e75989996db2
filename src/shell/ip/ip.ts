/**
 * ip(8) of iproute2 6.1, as far as there is IPv4, network cards and the loopback to show and set: the same grammar, the
 * same abbreviations, the same text. What Linux knows and netcosm does not is refused by name.
 */
import type { Command } from "../command.js";
import { Failure, fail, failing } from "../failure.js";
import { address } from "./address.js";
import { IpContext, type IpOptions } from "./context.js";
import { link } from "./link.js";
import { multicast } from "./multicast.js";
import { neighbour } from "./neighbour.js";
import { route } from "./route.js";
import { rule } from "./rule.js";
import { usage } from "./usage.js";
import { matches, notSimulated, Words, wrong } from "./words.js";

type IpObject = (context: IpContext, args: readonly string[]) => number;

/** In the order in which an abbreviation finds them; null for those that are not simulated. */
const OBJECTS: readonly (readonly [string, IpObject | null])[] = [
  ["address", address],
  ["addrlabel", null],
  ["maddress", multicast],
  ["route", route],
  ["rule", rule],
  ["neighbor", neighbour],
  ["neighbour", neighbour],
  ["ntable", null],
  ["ntbl", null],
  ["link", link],
  ["l2tp", null],
  ["fou", null],
  ["ila", null],
  ["macsec", null],
  ["tunnel", null],
  ["tunl", null],
  ["tuntap", null],
  ["tap", null],
  ["token", null],
  ["tcpmetrics", null],
  ["monitor", null],
  ["xfrm", null],
  ["mroute", null],
  ["mrule", null],
  ["netns", null],
  ["netconf", null],
  ["vrf", null],
  ["sr", null],
  ["nexthop", null],
  ["mptcp", null],
  ["ioam", null],
  ["help", () => usage("ip")],
];

export const ip: Command = {
  name: "ip",
  about: {
    en: "Shows and changes devices, addresses, routes and neighbours.",
    zh: "查看和修改网络设备、地址、路由和邻居。",
  },
  program: failing(
    (text, detail) =>
      new Failure(2, detail === undefined ? `RTNETLINK answers: ${text}` : `Error: ${detail}`),
    (process) => {
      const words = new Words(process.args);
      const options: IpOptions = {
        family: null,
        brief: false,
        oneLine: false,
        details: false,
        statistics: 0,
      };
      for (let word = words.peek(); word?.startsWith("-") === true; word = words.peek()) {
        words.take();
        if (word === "--") break;
        const option = word.startsWith("--") ? word.slice(1) : word;
        if (matches(option, "-Version")) {
          process.write("ip utility, netcosm, after iproute2-6.1.0\n");
          return 0;
        }
        readOption(options, option, words);
      }
      const object = words.take();
      if (object === undefined) return usage("ip");
      const found = OBJECTS.find(([name]) => matches(object, name));
      if (found === undefined) return fail(1, `Object "${object}" is unknown, try "ip help".`);
      const [name, run] = found;
      if (run === null) return notSimulated(`ip ${name}`);
      return run(new IpContext(process, options), words.rest());
    },
  ),
};

/** Of iproute2's options those that are known and refused. */
const KNOWN_OPTIONS = [
  "-human-readable",
  "-iec",
  "-json",
  "-pretty",
  "-color",
  "-batch",
  "-netns",
  "-Numeric",
];

const FAMILIES: Readonly<Record<string, IpOptions["family"]>> = {
  inet: "inet",
  inet6: "inet6",
  link: "link",
};

function readOption(options: IpOptions, option: string, words: Words): void {
  if (matches(option, "-family")) {
    const family = words.need();
    if (family === "help") usage("ip");
    options.family = Object.hasOwn(FAMILIES, family)
      ? FAMILIES[family]!
      : wrong(family, "invalid protocol family");
  } else if (option === "-4") options.family = "inet";
  else if (option === "-6") options.family = "inet6";
  else if (option === "-0") options.family = "link";
  else if (matches(option, "-stats") || matches(option, "-statistics")) options.statistics++;
  else if (matches(option, "-details")) options.details = true;
  else if (matches(option, "-oneline")) options.oneLine = true;
  else if (matches(option, "-brief")) options.brief = true;
  else if (KNOWN_OPTIONS.some((name) => matches(option, name))) notSimulated(option);
  else if (matches(option, "-help")) usage("ip");
  else if (!/^-c(olor)?=never$/.test(option) && !matches(option, "-resolve"))
    fail(255, `Option "${option}" is unknown, try "ip -help".`);
}
