/** arp(8) of net-tools 2.10: shows the neighbour cache, adds and deletes entries. */
import { formatIpv4 } from "../../core/ipv4.js";
import { formatMac, parseMac } from "../../core/mac.js";
import { SystemError, strerror } from "../../host/errno.js";
import type { Neighbour } from "../../host/ip/neighbour.js";
import type { NetDevice } from "../../host/netdev/net-device.js";
import type { Process } from "../../host/process.js";
import type { Command } from "../command.js";
import { Failure, fail, failing } from "../failure.js";
import { type ParsedOptions, parseOptions } from "../parse-options.js";
import { resolve } from "./resolve.js";

const USAGE = `Usage:
  arp [-vn] [-i <if>] [-ae] [<host>]                <-Display ARP cache
  arp [-v]  [-i <if>] -d <host>                     <-Delete ARP entry
  arp [-v]  [-i <if>] -s <host> <hwaddr> [temp]     <-Add entry`;

const LONG = { set: "s", delete: "d", verbose: "v", numeric: "n", "device:": "i", help: "?" };

export const arp: Command = {
  name: "arp",
  about: { en: "Shows and changes the ARP cache (net-tools).", zh: "查看和修改 ARP 缓存（net-tools）。" },
  program: failing(
    (text, detail) => new Failure(255, detail ?? text),
    (process) => {
      const parsed = parseOptions(process.args, "adevnsi:H:t:?", LONG);
      if (parsed.error !== undefined) fail(3, `arp: ${parsed.error}\n${USAGE}`);
      const has = (name: string): boolean => parsed.options.some((option) => option.name === name);
      if (has("?")) {
        process.write(`${USAGE}\n`);
        return 0;
      }
      if (has("d")) return remove(process, parsed);
      if (has("s")) return add(process, parsed);
      return show(process, parsed);
    },
  ),
};

const deviceName = ({ options }: ParsedOptions): string | undefined =>
  options.find((option) => option.name === "i")?.value;

function show(process: Process, parsed: ParsedOptions): number {
  const has = (name: string): boolean => parsed.options.some((option) => option.name === name);
  const [hostName] = parsed.operands;
  const address = hostName === undefined ? null : resolve(hostName, 255);
  const on = deviceName(parsed);
  // The kernel lists no entries that have nothing to do with ARP.
  const entries = process.stack.neighbours
    .entries()
    .filter(({ state }) => state !== "NOARP" && state !== "NONE");
  const shown = entries.filter(
    (entry) => (address === null || entry.ip === address) && (on === undefined || entry.dev.name === on),
  );
  if (shown.length > 0 && !has("a"))
    process.write("Address                  HWtype  HWaddress           Flags Mask            Iface\n");
  for (const entry of shown) process.write(has("a") ? bsdLine(entry) : linuxLine(entry));
  if (has("v"))
    process.write(
      `Entries: ${entries.length}\tSkipped: ${entries.length - shown.length}\tFound: ${shown.length}\n`,
    );
  if (shown.length === 0 && address !== null && !has("a"))
    process.write(`${hostName} (${formatIpv4(address)}) -- no entry\n`);
  else if (shown.length === 0 && entries.length > 0)
    process.write(`arp: in ${entries.length} entries no match found.\n`);
  return 0;
}

function linuxLine(entry: Neighbour): string {
  const flags = (entry.valid ? "C" : "") + (entry.state === "PERMANENT" ? "M" : "");
  const hardware = entry.valid
    ? `${"ether".padEnd(8)}${formatMac(entry.mac).padEnd(20)}`
    : `${" ".repeat(8)}${"(incomplete)".padEnd(20)}`;
  return `${formatIpv4(entry.ip).padEnd(25)}${hardware}${flags.padEnd(6)}${" ".repeat(16)}${entry.dev.name}\n`;
}

function bsdLine(entry: Neighbour): string {
  const hardware = entry.valid ? `${formatMac(entry.mac)} [ether]` : "<incomplete>";
  const permanent = entry.state === "PERMANENT" ? " PERM" : "";
  return `? (${formatIpv4(entry.ip)}) at ${hardware}${permanent} on ${entry.dev.name}\n`;
}

function add(process: Process, parsed: ParsedOptions): number {
  const { stack } = process;
  const [hostName, hardware, ...more] = parsed.operands;
  if (hostName === undefined) return fail(255, "arp: need host name");
  const address = resolve(hostName, 255);
  if (hardware === undefined) return fail(255, "arp: need hardware address");
  const mac = parseMac(hardware) ?? fail(255, "arp: invalid hardware address");
  const unknown = more.find((word) => word !== "temp");
  if (unknown !== undefined) return fail(255, `arp: ${unknown} is not simulated`);
  systemCall("SIOCSARP", () => {
    const dev = namedDevice(process, parsed);
    const path = dev === null ? stack.send4.path(address) : null;
    if (typeof path === "string") throw new SystemError(path);
    const entry = stack.neighbours.entry(dev ?? path!.dev, address);
    if (entry === undefined) throw new SystemError("ENOBUFS");
    const origin = { by: "command", text: process.commandLine, time: process.now } as const;
    entry.configure(more.includes("temp") ? "STALE" : "PERMANENT", mac, origin);
  });
  return 0;
}

function remove(process: Process, parsed: ParsedOptions): number {
  const { neighbours } = process.stack;
  const [hostName] = parsed.operands;
  if (hostName === undefined) return fail(255, "arp: need host name");
  const address = resolve(hostName, 255);
  systemCall("SIOCDARP(dontpub)", () => {
    const dev = namedDevice(process, parsed);
    const found = neighbours
      .entries()
      .find((entry) => entry.ip === address && (dev === null || entry.dev === dev));
    if (found !== undefined) neighbours.remove(found);
    else {
      process.write(`No ARP entry for ${hostName}\n`);
      fail(255, "");
    }
  });
  return 0;
}

function namedDevice(process: Process, parsed: ParsedOptions): NetDevice | null {
  const name = deviceName(parsed);
  if (name === undefined) return null;
  const dev = process.stack.device(name);
  if (dev === undefined) throw new SystemError("ENODEV");
  return dev;
}

function systemCall(name: string, call: () => void): void {
  try {
    call();
  } catch (error) {
    if (error instanceof SystemError) fail(255, `${name}: ${strerror(error.errno)}`);
    throw error;
  }
}
