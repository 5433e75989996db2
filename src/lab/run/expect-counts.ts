/** Judges drop reasons and port counters at a moment. */
import { type DropReason, dropSentence } from "../../core/drop-reason.js";
import type { LazyMap } from "../../core/lazy-map.js";
import type { Counter } from "../file/check-expectations.js";
import type { LabPath } from "../file/complaint.js";
import type { CountersExpectation, DropsExpectation } from "../file/expectations.js";
import { inRange } from "../file/words.js";
import { type Finding, rangeWords } from "./finding.js";
import type { Network } from "./network.js";

export function judgeDrops(network: Network, { drops }: DropsExpectation, path: LabPath): Finding[] {
  const time = network.world.engine.now;
  return Object.entries(drops).flatMap(([name, reasons]) => {
    const held = dropsOf(network, name);
    return Object.entries(reasons).map(([reason, range]) => {
      const count = held.get(reason as DropReason) ?? 0;
      return {
        ok: inRange(count, range),
        path: [...path, "drops", name, reason],
        expected: `${name} drops ${rangeWords(range)} because ${dropSentence(reason as DropReason)} (${reason})`,
        happened: `it dropped ${count}; in all ${dropsText(held)}`,
        time,
      };
    });
  });
}

type Drops = LazyMap<DropReason, number>;

/** What a node dropped, or what the link lost of what an endpoint sent. */
function dropsOf(network: Network, name: string): Drops {
  if (!name.includes(":")) return network.node(name).node.drops;
  return network.link(name).cable.directionFrom(network.port(name)).drops;
}

const dropsText = (drops: Drops): string =>
  [...drops].map(([reason, count]) => `${reason} ${count}`).join(", ") || "nothing";

export function judgeCounters(network: Network, { counters }: CountersExpectation, path: LabPath): Finding[] {
  const time = network.world.engine.now;
  return Object.entries(counters).flatMap(([endpoint, wanted]) => {
    const port = network.port(endpoint);
    return Object.entries(wanted).map(([counter, range]) => {
      const value = port[counter as Counter];
      return {
        ok: inRange(value, range),
        path: [...path, "counters", endpoint, counter],
        expected: `${counter} of ${endpoint} is ${rangeWords(range)}`,
        happened: `it was ${value}`,
        time,
      };
    });
  });
}
