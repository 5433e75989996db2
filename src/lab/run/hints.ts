/** Where to look next when an expectation failed. */
import { type DropReason, dropSentence } from "../../core/drop-reason.js";
import type { Finding } from "./finding.js";
import type { Network } from "./network.js";

/** What every healthy network drops. */
const EVERYDAY: ReadonlySet<DropReason> = new Set<DropReason>([
  "not-for-us",
  "arp-not-ours",
  "switch-same-port",
]);
const SHOWN = 4;

/** `lab` is the lab's file or name. */
export function hints(network: Network, lab: string, { suspect, path }: Finding): string[] {
  // What is wrong with a step itself does not lie in the network.
  if (suspect === undefined && path[0] !== "expect") return [];
  const commandLine = suspect?.commandLine;
  return [
    ...drops(network),
    ...(commandLine === undefined
      ? []
      : [`netcosm why ${lab} ${suspect!.node} ${JSON.stringify(commandLine)}`]),
    `netcosm run ${lab} --capture frames.pcapng`,
  ];
}

/** What was dropped where, the most frequent first. */
function drops(network: Network): string[] {
  const holders = [
    ...[...network.world.nodes].map(([name, { drops: held }]) => ({ name, verb: "dropped", held })),
    ...network.links.flatMap(({ cable }) =>
      [cable.ab, cable.ba].map(({ drops: held, from }) => ({
        name: `${cable.name}, from ${from.node.name},`,
        verb: "lost",
        held,
      })),
    ),
  ];
  return holders
    .flatMap(({ name, verb, held }) =>
      [...held]
        .filter(([reason]) => !EVERYDAY.has(reason))
        .map(([reason, count]) => ({
          count,
          text: `${name} ${verb} ${count}: ${dropSentence(reason)} (${reason})`,
        })),
    )
    .sort((a, b) => b.count - a.count)
    .slice(0, SHOWN)
    .map(({ text }) => text);
}
