/** `bridge link`: the ports, their state and what a path over them costs. */
import type { Process } from "../../host/process.js";
import type { Port } from "../../link/port.js";
import { fail } from "../failure.js";
import { garbage, matches, matchesAny, notSimulated, type Words } from "../ip/words.js";
import type { SwitchConsole } from "../switch-console.js";
import { BRIDGE, portIndex, portNamed } from "./ports.js";

export function link(process: Process<SwitchConsole>, words: Words): number {
  const { bridge } = process.host;
  const verb = words.take() ?? "show";
  if (matchesAny(verb, ["set", "change"])) return notSimulated("bridge link set");
  if (matches(verb, "help")) return fail(255, "Usage: bridge link show [dev DEV]");
  if (!matchesAny(verb, ["show", "lst", "list"]))
    return fail(255, `Command "${verb}" is unknown, try "bridge link help".`);
  let only: Port | null = null;
  while (!words.done) {
    const word = words.need();
    if (word !== "dev") continue;
    if (only !== null) garbage("dev", word);
    only = portNamed(bridge, words.need());
  }
  for (const port of bridge.ports) if (only === null || port === only) process.write(portText(port));
  return 0;
}

function portText(port: Port): string {
  const state = port.enabled ? (port.carrier ? "UP,LOWER_UP" : "UP") : "";
  const flags = `${port.enabled && !port.carrier ? "NO-CARRIER," : ""}BROADCAST,MULTICAST${state && `,${state}`}`;
  return (
    `${portIndex(port)}: ${port.name}: <${flags}> mtu 1500 master ${BRIDGE} ` +
    `state ${port.carrier ? "forwarding" : "disabled"} priority 32 cost ${pathCost(port)} \n`
  );
}

/** The costs that Linux gives by speed (IEEE 802.1D-1998 table 8-5). */
function pathCost(port: Port): number {
  const megabits = (port.attachment?.bitsPerSecond ?? 0) / 1e6;
  if (megabits >= 10_000) return 2;
  if (megabits >= 1000) return 4;
  return megabits === 10 ? 100 : 19;
}
