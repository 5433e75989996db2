/** What became of the frames that a command sent, for people. */
import { type Journey, journeyOf, type Recorder, renderJourney } from "../trace/index.js";

export type Language = "en" | "zh";

/** Of the frames' journeys the first of each ending: where it was, and with which outcome. */
export function journeysOf(recorder: Recorder, frames: readonly number[]): Journey[] {
  const seen = new Map<string, Journey>();
  for (const frame of frames) {
    const journey = journeyOf(recorder, frame);
    if (journey === undefined) continue;
    const { outcome, reason = "", node } = journey;
    const ending = `${outcome} ${reason} ${node}`;
    if (!seen.has(ending)) seen.set(ending, journey);
  }
  return [...seen.values()];
}

/** The journeys of so many frames that were sent on a node; or why there are none. */
export function storyText(
  journeys: readonly Journey[],
  node: string,
  frames: number,
  language: Language,
): string {
  if (frames === 0)
    return `No frame left ${node}. If one should have, the machine itself refused: look at the output, and at \`ip addr\` and \`ip route\` there.\n`;
  if (journeys.length === 0) return `Nothing is remembered of the ${frames} frames that ${node} sent.\n`;
  const told = journeys.map((journey) => `${renderJourney(journey, { language })}\n`).join("");
  if (frames === journeys.length) return told;
  return `${told}${frames} frames were sent; those that are not told here ended like one that is.\n`;
}
