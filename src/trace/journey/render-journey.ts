/** A journey as a story: hop by hop, what each node decided and by which table row, what it caused, and the end. */
import { dropSentence } from "../../core/drop-reason.js";
import { formatDuration, formatInstant, type Nanoseconds } from "../../core/time.js";
import { describeStep } from "./describe-step.js";
import { type Branch, type Hop, IN_PASSING, type Journey, type JourneyStep } from "./journey.js";

export interface RenderOptions {
  /** The language of the advice; default English. */
  readonly language?: "en" | "zh";
}

/** A way of more hops than this (a loop) is told without its middle. */
const MAX_HOPS = 64;
const EDGE = 16;

/** Lines of text, each with its line feed: the story, then how it ended and what would mend it. */
export function renderJourney(journey: Journey, options: RenderOptions = {}): string {
  const lines = [...story(journey), "", ...conclusion(journey, options)];
  return lines.map((line) => `${line}\n`).join("");
}

function story(journey: Journey): string[] {
  const { frame, what, cause, hops, incomplete } = journey;
  const lines = [`frame ${frame}: ${what}${cause === 0 ? "" : `, caused by frame ${cause}`}`];
  if (incomplete) lines.push(`  (what came before ${formatInstant(journey.began)} is forgotten)`);
  const untold = new Set(journey.caused);
  let before = "";
  let began = journey.began;
  const tellEffect = (effect: Journey): void => {
    const whole = story(effect);
    const outline = outlineOf(whole);
    const again = `frame ${effect.frame}: the same again, ${formatDuration(effect.began - began)} later`;
    lines.push(...(outline === before ? [again] : whole).map((line) => `    | ${line}`));
    before = outline;
    began = effect.began;
  };
  /** Tells those effects that began on the node before the time, where the story has come to them. */
  const tellEffects = (node: string, until: Nanoseconds): void => {
    for (const effect of untold) {
      if (effect.hops[0]?.node !== node || effect.began >= until) continue;
      untold.delete(effect);
      tellEffect(effect);
    }
  };
  const middle = hops.length > MAX_HOPS ? hops.length - 2 * EDGE : 0;
  hops.forEach((hop, number) => {
    if (middle > 0 && number >= EDGE && number < EDGE + middle) {
      if (number === EDGE) lines.push(`  ... ${middle} more hops ...`);
      return;
    }
    lines.push(`  ${formatInstant(hop.time)} ${hop.node}${arrival(hop)}`);
    for (const [step, times] of told(hop)) {
      tellEffects(hop.node, step.time);
      lines.push(`      ${stepLine(step, hop.time)}${times > 1 ? ` (${times} times)` : ""}`);
    }
    for (const branch of journey.branches)
      if (branch.parting === number) lines.push(`      ${branchLine(branch)}`);
    tellEffects(hop.node, Number.POSITIVE_INFINITY);
  });
  if (journey.moreBranches > 0) lines.push(`      and ${journey.moreBranches} more copies`);
  for (const effect of untold) tellEffect(effect);
  lines.push(`  => ${ending(journey)}`);
  return lines;
}

/** A story without its times and the numbers of its frames: what it has in common with its repetitions. */
const outlineOf = (story: readonly string[]): string =>
  story.join("\n").replace(/\d+\.\d{9}|\bframe \d+/g, "");

function arrival({ steps }: Hop): string {
  const [first] = steps;
  return first?.verb === "received" && first.port !== undefined ? `, in on ${first.port}` : "";
}

/** The steps to tell, without the arrival: flooding before what it sends, and what repeats itself once. */
function told({ steps }: Hop): [step: JourneyStep, times: number][] {
  const flooding = steps.filter(({ verb }) => verb === "flooded");
  const sending = steps.findIndex(({ verb }) => verb === "transmitted");
  const ordered =
    flooding.length === 0 || sending < 0
      ? steps
      : [
          ...steps.slice(0, sending).filter(({ verb }) => verb !== "flooded"),
          ...flooding,
          ...steps.slice(sending).filter(({ verb }) => verb !== "flooded"),
        ];
  const lines: [JourneyStep, number][] = [];
  for (const step of ordered) {
    if (step.verb === "received") continue;
    const last = lines.at(-1);
    if (last !== undefined && last[0].time === step.time && describeStep(last[0]) === describeStep(step))
      last[1]++;
    else lines.push([step, 1]);
  }
  return lines;
}

function stepLine(step: JourneyStep, since: Nanoseconds): string {
  const later = step.time > since ? `+${formatDuration(step.time - since)}: ` : "";
  return `${later}${describeStep(step)}${step.origin === undefined ? "" : `; ${step.origin}`}`;
}

function branchLine({ hops, outcome, reason }: Branch): string {
  const end = reason === undefined ? outcome : `${outcome}: ${dropSentence(reason)}`;
  const way = hops.map((hop) => hop.node);
  if (way.length === 0) return `(a copy ended here, ${end})`;
  const names = way.length > 8 ? [...way.slice(0, 4), "...", ...way.slice(-3)] : way;
  return `(a copy went to ${names.join(", ")}: ${end})`;
}

function ending(journey: Journey): string {
  const { outcome, reason, node, port, time, began, frame, decidedBy, caused } = journey;
  const place = port === undefined ? node : `${node}:${port}`;
  const took = formatDuration(time - began);
  switch (outcome) {
    case "delivered":
      return `delivered to ${node} after ${took}`;
    case "answered": {
      const answer = caused.find((effect) => effect.decidedBy === decidedBy);
      const back =
        answer === undefined
          ? ""
          : `, which reached ${answer.node} after ${formatDuration(answer.time - began)}`;
      return `delivered to ${node} after ${took} and answered by frame ${decidedBy}${back}`;
    }
    case "waiting":
      return `still under way at ${place}`;
    default: {
      const sentence = reason === undefined ? "" : `: ${dropSentence(reason)}`;
      if (reason !== undefined && IN_PASSING.has(reason)) return `nobody took it${sentence} (at ${place})`;
      const which = decidedBy === frame ? "" : `delivered, but the answer, frame ${decidedBy}, was `;
      return `${which}${outcome} at ${place} after ${took}${sentence}`;
    }
  }
}

function conclusion(journey: Journey, { language = "en" }: RenderOptions): string[] {
  const { advice, frame, caused, outcome, time } = journey;
  const lines = [`frame ${frame}: ${ending(journey)}`];
  const report = caused.find((effect) => effect.what.startsWith("ICMP ") && effect.began >= time);
  if (report !== undefined && outcome === "dropped" && report.outcome === "delivered")
    lines.push(`${report.node} was told so by frame ${report.frame} (${report.what})`);
  if (advice !== undefined)
    lines.push(language === "zh" ? `解决办法：${advice.zh}` : `to mend it: ${advice.en}`);
  return lines;
}
