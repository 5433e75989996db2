/** `bridge fdb`: the forwarding database of a switch. */
import { formatMac, type Mac, macOf, parseMac } from "../../core/mac.js";
import { SECOND } from "../../core/time.js";
import type { MacTableRow } from "../../device/mac-table.js";
import { SystemError } from "../../host/errno.js";
import type { Process } from "../../host/process.js";
import type { Port } from "../../link/port.js";
import { fail } from "../failure.js";
import { garbage, matches, matchesAny, notSimulated, type Words, wrong } from "../ip/words.js";
import type { SwitchConsole } from "../switch-console.js";
import { BRIDGE, portNamed } from "./ports.js";

const USAGE = `Usage: bridge fdb { add | append | del | replace } ADDR dev DEV master [ static ]
       bridge fdb [ show [ br BRDEV ] [ brport DEV ] [ state STATE ] [ dynamic ] ]
       bridge fdb get LLADDR [ br BRDEV ]
       bridge fdb flush dev DEV [ brport DEV ] [ master ] [ [no]static | [no]dynamic ]`;

export function fdb(process: Process<SwitchConsole>, words: Words, statistics: boolean): number {
  const verb = words.take() ?? "show";
  if (matches(verb, "add")) return add(process, words, "add");
  if (matches(verb, "append")) return add(process, words, "append");
  if (matches(verb, "replace")) return add(process, words, "replace");
  if (matches(verb, "delete")) return remove(process, words);
  if (matches(verb, "get")) return get(process, words, statistics);
  if (matchesAny(verb, ["show", "lst", "list"])) return show(process, words, statistics);
  if (matches(verb, "flush")) return flush(process, words);
  if (matches(verb, "help")) return fail(255, USAGE);
  return fail(255, `Command "${verb}" is unknown, try "bridge fdb help".`);
}

const macOfRow = (row: MacTableRow): Mac => macOf(row.hi & 0xffff, row.lo);

function rowsOf({ host: { bridge }, now }: Process<SwitchConsole>): MacTableRow[] {
  return bridge.table.rows(now);
}

function show(process: Process<SwitchConsole>, words: Words, statistics: boolean): number {
  let only: Port | null = null;
  let state: string | null = null;
  while (!words.done) {
    const word = words.need();
    if (word === "brport" || word === "dev") only = portNamed(process.host.bridge, words.need());
    else if (word === "br") isBridge(words.need());
    else if (word === "vlan" || word === "vni") notSimulated(word);
    else if (word === "state") {
      const text = words.need();
      state =
        ["permanent", "static", "temp", "reachable", "stale"].find((known) => matches(text, known)) ??
        wrong(text, "invalid state");
    } else if (matches(word, "help")) fail(255, USAGE);
    // Every row here may be listed as dynamic: a bridge calls so whatever is not its own address.
    else if (word !== "dynamic") garbage("dev", word);
  }
  for (const row of rowsOf(process)) {
    if (only !== null && row.port !== only.index) continue;
    if (state !== null && state !== (row.static ? "static" : "reachable")) continue;
    process.write(rowText(process, row, statistics, only !== null));
  }
  return 0;
}

function isBridge(name: string): void {
  if (name !== BRIDGE) fail(255, `Cannot find bridge device "${name}"`);
}

function rowText(
  { host: { bridge }, now }: Process<SwitchConsole>,
  row: MacTableRow,
  statistics: boolean,
  portTold: boolean,
): string {
  const age = row.static ? 0 : Math.floor((now - row.lastSeen) / SECOND);
  const parts = [
    formatMac(macOfRow(row)),
    ...(portTold ? [] : [`dev ${bridge.ports[row.port]?.name}`]),
    ...(statistics ? [`used ${age}/${age}`] : []),
    `master ${BRIDGE}`,
    row.static ? "static" : "",
  ];
  return `${parts.join(" ")}\n`;
}

interface Entry {
  readonly mac: Mac;
  readonly port: Port;
  readonly isStatic: boolean;
}

function readEntry({ host: { bridge } }: Process<SwitchConsole>, words: Words): Entry {
  let address: string | null = null;
  let dev: string | null = null;
  let isStatic = false;
  while (!words.done) {
    let word = words.need();
    if (word === "dev") dev = words.need();
    else if (word === "static") isStatic = true;
    else if (["self", "local", "permanent", "dynamic", "temp", "vlan", "dst", "sticky", "use"].includes(word))
      notSimulated(word);
    else if (word !== "master") {
      if (word === "to") word = words.need();
      else if (matches(word, "help")) fail(255, USAGE);
      if (address !== null) garbage("to", word);
      address = word;
    }
  }
  if (dev === null || address === null) return fail(255, "Device and address are required arguments.");
  const mac = parseMac(address) ?? fail(255, `Invalid mac address ${address}`);
  return { mac, port: portNamed(bridge, dev), isStatic };
}

function add(process: Process<SwitchConsole>, words: Words, mode: "add" | "append" | "replace"): number {
  const { bridge } = process.host;
  const { mac, port, isStatic } = readEntry(process, words);
  // Linux takes an address without `static` for one of the bridge itself, which a switch does not have.
  if (!isStatic) notSimulated("permanent");
  if (mode !== "replace" && rowsOf(process).some((row) => macOfRow(row) === mac))
    throw new SystemError("EEXIST");
  bridge.addStatic(mac, port, { by: "command", text: process.commandLine, time: process.now });
  return 0;
}

function remove(process: Process<SwitchConsole>, words: Words): number {
  const { mac, port } = readEntry(process, words);
  const known = rowsOf(process).some((row) => macOfRow(row) === mac && row.port === port.index);
  if (!known) throw new SystemError("ENOENT");
  process.host.bridge.forget(mac);
  return 0;
}

function get(process: Process<SwitchConsole>, words: Words, statistics: boolean): number {
  let address: string | null = null;
  while (!words.done) {
    let word = words.need();
    if (word === "br") isBridge(words.need());
    else if (["brport", "dev", "vlan", "vni", "self", "dynamic"].includes(word)) notSimulated(word);
    else if (word !== "master") {
      if (word === "to") word = words.need();
      if (address !== null) garbage("to", word);
      address = word;
    }
  }
  const mac = parseMac(address ?? "") ?? fail(255, `Invalid mac address ${address}`);
  const found = rowsOf(process).find((row) => macOfRow(row) === mac);
  if (found === undefined) return fail(254, "Error: Fdb entry not found.");
  process.write(rowText(process, found, statistics, false));
  return 0;
}

function flush(process: Process<SwitchConsole>, words: Words): number {
  const { bridge } = process.host;
  let dev: string | null = null;
  let only: Port | null = null;
  let statics = true;
  let learned = true;
  while (!words.done) {
    const word = words.need();
    if (word === "dev") dev = words.need();
    else if (word === "brport") only = portNamed(bridge, words.need());
    else if (word === "static" || word === "nodynamic") learned = false;
    else if (word === "dynamic" || word === "nostatic") statics = false;
    else if (matches(word, "help")) fail(255, USAGE);
    else if (!["master", "self", "nopermanent"].includes(word)) notSimulated(word);
  }
  if (dev === null) return fail(255, "Device is a required argument.");
  if (dev !== BRIDGE) only = portNamed(bridge, dev);
  for (const row of rowsOf(process)) {
    if (only !== null && row.port !== only.index) continue;
    if (row.static ? statics : learned) bridge.forget(macOfRow(row));
  }
  return 0;
}
