/** route(8) of net-tools 2.10: shows table main, adds and deletes routes. */
import { formatIpv4, type Ipv4, ipv4, lengthOfMask, maskOf, networkOf } from "../../core/ipv4.js";
import { SystemError, strerror } from "../../host/errno.js";
import { NextHop, type Route } from "../../host/ip/route.js";
import type { NetDevice } from "../../host/netdev/net-device.js";
import type { Process } from "../../host/process.js";
import type { Command } from "../command.js";
import { Failure, fail, failing } from "../failure.js";
import { parseOptions } from "../parse-options.js";
import { resolve } from "./resolve.js";

const USAGE = `Usage: route [-nvee]                           List kernel routing tables
       route [-v] {add|del} ...                Modify the routing table`;

const MODIFY_USAGE = `Usage: route [-v] del {-host|-net} Target[/prefix] [gw Gw] [metric M] [[dev] If]
       route [-v] add {-host|-net} Target[/prefix] [gw Gw] [metric M]
                              [netmask N] [[dev] If]
       route [-v] add {-host|-net} Target[/prefix] [metric M] reject`;

const RESOLVER = 6;
const SYSTEM_CALL = 7;
const USAGE_ERROR = 3;

export const route: Command = {
  name: "route",
  about: { en: "Shows and changes the routing table (net-tools).", zh: "查看和修改路由表（net-tools）。" },
  program: failing(
    (text, detail) => new Failure(SYSTEM_CALL, detail ?? text),
    (process) => {
      const { options, operands, error } = parseOptions(
        process.args,
        "nveF4h?",
        { numeric: "n", verbose: "v", extend: "e", help: "h" },
        true,
      );
      if (error !== undefined) {
        process.writeError(`route: ${error}\n`);
        process.write(`${USAGE}\n`);
        return 0;
      }
      const has = (name: string): boolean => options.some((option) => option.name === name);
      if (has("h") || has("?")) {
        process.write(`${USAGE}\n`);
        return 0;
      }
      const [verb, ...words] = operands;
      if (verb === undefined)
        return show(process, has("n"), options.filter(({ name }) => name === "e").length);
      if (verb !== "add" && verb !== "del") return fail(USAGE_ERROR, USAGE);
      if (words.length === 0) {
        process.write(`${MODIFY_USAGE}\n`);
        return 0;
      }
      return modify(process, verb, readTarget(words));
    },
  ),
};

const HEADS = [
  "Destination     Gateway         Genmask         Flags Metric Ref    Use Iface",
  "Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface",
  "Destination     Gateway         Genmask         Flags Metric Ref    Use Iface    MSS   Window irtt",
];

function show(process: Process, numeric: boolean, extended: number): number {
  process.write(`Kernel IP routing table\n${HEADS[Math.min(extended, 2)]}\n`);
  for (const each of process.stack.fib.main.routes())
    if (each.type !== "broadcast" && each.type !== "multicast")
      process.write(`${rowText(each, numeric, extended)}\n`);
  return 0;
}

function rowText(each: Route, numeric: boolean, extended: number): string {
  const refused = each.type === "unreachable" || each.type === "prohibit";
  // Of several next hops the kernel tells the first.
  const hop = each.nextHops[0];
  const target = each.length === 0 && !numeric ? "default" : formatIpv4(each.address);
  const gateway = refused ? "-" : formatIpv4(hop?.gateway ?? 0);
  const viaGateway = hop !== undefined && hop.gateway !== 0;
  const flags = (refused ? "!" : "U") + (viaGateway ? "G" : "") + (each.length === 32 ? "H" : "");
  const front = [target, gateway, formatIpv4(maskOf(each.length))].map((cell) => cell.padEnd(15)).join(" ");
  const dev = refused ? "-" : (hop?.dev.name ?? "*");
  const none = refused ? "-" : "0";
  if (extended === 1)
    return `${front} ${flags.padEnd(5)} ${none.padStart(5)} ${none.padEnd(5)} ${none.padStart(6)} ${dev}`;
  const usual = `${front} ${flags.padEnd(5)} ${String(each.metric).padEnd(6)} ${none.padEnd(6)} ${"0".padStart(3)}`;
  return extended === 0 ? `${usual} ${dev}` : `${usual} ${dev.padEnd(8)} ${none}     ${none}      ${none}`;
}

interface Target {
  readonly address: Ipv4;
  readonly length: number;
  gateway: Ipv4;
  metric: number;
  reject: boolean;
  dev: string | null;
}

function readTarget(words: string[]): Target {
  const kind = words[0] === "-net" || words[0] === "-host" ? words.shift() : undefined;
  const text = words.shift() ?? misused();
  const named = text === "default";
  const [quad, bits] = text.split("/");
  const address = named ? ipv4(0) : resolve(quad!, RESOLVER);
  let length = bits === undefined ? undefined : Number(bits);
  const target = { gateway: ipv4(0), metric: 0, reject: false, dev: null as string | null };
  const need = (): string => words.shift() ?? misused();
  while (words.length > 0) {
    const word = need();
    if (word === "gw" || word === "gateway") target.gateway = resolve(need(), RESOLVER);
    else if (word === "netmask") {
      if (length !== undefined) misused();
      length = lengthOfMask(resolve(need(), RESOLVER)) ?? misused("route: bogus netmask");
    } else if (word === "metric") {
      const number = need();
      target.metric = /^\d+$/.test(number) ? Number(number) : misused();
    } else if (word === "reject") target.reject = true;
    else if (["mss", "window", "irtt", "mod", "dyn", "reinstate"].includes(word))
      fail(1, `route: ${word} is not simulated`);
    else if (target.dev === null && (words.length === 0 || word === "dev" || word === "device"))
      target.dev = word === "dev" || word === "device" ? need() : word;
    else misused();
  }
  if (named) return { address, length: 0, ...target };
  if (kind !== "-net") {
    if (length !== undefined && length !== 32)
      misused(`route: netmask ${inverseMask(length)} doesn't make sense with host route`);
    return { address, length: 32, ...target };
  }
  if (length !== undefined && (length > 32 || networkOf(address, length) !== address))
    misused("route: netmask doesn't match route address");
  return { address, length: length ?? 0, ...target };
}

/** The host bits, in hexadecimal: what route(8) calls a netmask when it complains of one. */
const inverseMask = (length: number): string => (~maskOf(length) >>> 0).toString(16).padStart(8, "0");

function misused(complaint?: string): never {
  return fail(USAGE_ERROR, complaint === undefined ? MODIFY_USAGE : `${complaint}\n${MODIFY_USAGE}`);
}

function modify(process: Process, verb: "add" | "del", target: Target): number {
  const { stack } = process;
  const { address, length, gateway, metric, reject } = target;
  try {
    const dev = target.dev === null ? null : (stack.device(target.dev) ?? missing());
    if (networkOf(address, length) !== address) throw new SystemError("EINVAL");
    if (verb === "del") {
      const via = { ...(gateway === 0 ? {} : { gateway }), ...(dev === null ? {} : { dev }) };
      stack.fib.main.remove({
        address,
        length,
        ...(metric === 0 ? {} : { metric }),
        ...(reject ? { type: "unreachable" } : {}),
        nextHops: gateway === 0 && dev === null ? [] : [via],
      });
      return 0;
    }
    const origin = { by: "command", text: process.commandLine, time: process.now } as const;
    const spec = { address, length, metric, origin };
    if (reject) stack.fib.add({ ...spec, type: "unreachable", scope: "host" }, "prepend");
    else {
      const out = dev ?? (gateway === 0 ? missing() : (stack.fib.deviceTowards(gateway) ?? unreachable()));
      const scope = gateway === 0 ? "link" : "global";
      stack.fib.add({ ...spec, scope, nextHops: [new NextHop(out, gateway)] }, "prepend");
    }
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    fail(SYSTEM_CALL, `${verb === "add" ? "SIOCADDRT" : "SIOCDELRT"}: ${strerror(error.errno)}`);
  }
  return 0;
}

function missing(): NetDevice {
  throw new SystemError("ENODEV");
}

function unreachable(): NetDevice {
  throw new SystemError("ENETUNREACH");
}
