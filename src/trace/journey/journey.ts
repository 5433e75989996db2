/**
 * The journey of a frame: which way it went, what every node on the way decided and by which table row, what it caused,
 * how it ended, and what would mend it.
 *
 * Facts that are understood, by verb (others are shown as they are):
 *   sent, answered   what, src, dst, protocol, ttl, size, sender, target, to, cause (the id of the frame that caused this one)
 *   transmitted      to (`node:port`)                     learned     table, mac, ip, state, dst, via, mtu
 *   forwarded        mac, port, age, table                flooded     copies, why
 *   routed           dst, to, via, dev, table, type       resolved    ip, mac, state, dev, table
 *   waiting          ip, state, dev; or what, from, to    rewritten   field, before, after; or ttlBefore, ttlAfter, ...
 *   fragmented       mtu, size                            reassembled fragments, size
 *   delivered        protocol, port, what, from, sender   dropped     reason (of the step), mtu, port, probes, ...
 */
import type { DropReason } from "../../core/drop-reason.js";
import type { Step } from "../../core/step.js";
import type { Nanoseconds } from "../../core/time.js";
import { type Advice, adviceFor, type Facts } from "./advice.js";
import { describeFrame, describeOrigin } from "./describe-frame.js";
import type { Recorder } from "./recorder.js";
import { pathTo, type Visit, visitsOf } from "./visits.js";

export type Outcome = "delivered" | "answered" | "dropped" | "lost" | "waiting";

export interface JourneyStep extends Step {
  /** What put the deciding table row there, in words. */
  readonly origin?: string;
}

export interface Hop {
  readonly node: string;
  readonly time: Nanoseconds;
  readonly steps: readonly JourneyStep[];
}

/** How a way ended. */
export interface Ending {
  readonly outcome: Outcome;
  readonly reason?: DropReason;
  readonly node: string;
  readonly port?: string;
  readonly time: Nanoseconds;
}

/** Another way that a copy (or a fragment) of the frame went. */
export interface Branch extends Ending {
  /** The hop of the main way at which it parted from it, counted from 0. */
  readonly parting: number;
  readonly hops: readonly Hop[];
}

export interface Journey extends Ending {
  readonly frame: number;
  /** What it was: `ICMP 10.0.0.1 > 10.0.0.2`. */
  readonly what: string;
  /** The id of the frame that caused it, or 0. */
  readonly cause: number;
  readonly began: Nanoseconds;
  /** The main way, from the sender to where the frame got farthest. */
  readonly hops: readonly Hop[];
  readonly branches: readonly Branch[];
  /** Branches beyond those, as a frame that goes round in a loop has. */
  readonly moreBranches: number;
  /** What the frame caused: ARP exchanges, the reply, ICMP errors, in the order of their birth. */
  readonly caused: readonly Journey[];
  /** The frame whose end decided the outcome: this one, or the answer to it. */
  readonly decidedBy: number;
  readonly advice?: Advice;
  /** The beginning is no longer remembered. */
  readonly incomplete: boolean;
}

const MAX_DEPTH = 12;
const MAX_BRANCHES = 50;
/** Ends that are nobody's fault: copies that were flooded to stations that they were not for. */
export const IN_PASSING: ReadonlySet<DropReason> = new Set<DropReason>([
  "not-for-us",
  "arp-not-ours",
  "switch-no-port",
  "switch-same-port",
]);

/** The journey of a frame; `undefined` if nothing is remembered of it. */
export function journeyOf(recorder: Recorder, frame: number): Journey | undefined {
  return build(recorder, frame, new Set());
}

function build(recorder: Recorder, frame: number, above: ReadonlySet<number>): Journey | undefined {
  const steps = recorder.stepsOf(frame);
  const first = steps[0];
  if (first === undefined) return undefined;
  const visits = visitsOf(steps);
  const ends = visits.filter((visit) => visit.children.length === 0 || endsHere(visit));
  const end = ends.reduce((best, visit) => (rank(visit) > rank(best) ? visit : best), ends[0] ?? visits[0]!);
  const path = pathTo(end);
  const places = new Map(path.map((visit, place) => [visit, place]));
  const others = ends.filter((visit) => visit !== end && !joined(visit, end));

  const seen = new Set([...above, frame]);
  const effects = seen.size > MAX_DEPTH ? [] : recorder.causedBy(frame).filter((effect) => !seen.has(effect));
  const caused = effects.flatMap((effect) => build(recorder, effect, seen) ?? []);
  const own = endingOf(end);
  const answer =
    own.outcome === "delivered" ? caused.find((journey) => isAnswer(recorder, journey)) : undefined;
  const ending = answer === undefined ? own : answerEnding(own, answer);
  const advice =
    answer !== undefined
      ? answer.advice
      : ending.reason === undefined
        ? undefined
        : adviceFor(ending.reason, factsOf(path, ending));
  return {
    frame,
    what: describeFrame(recorder, frame),
    cause: recorder.causeOf(frame),
    began: first.time,
    ...ending,
    decidedBy: answer?.decidedBy ?? frame,
    hops: path.map((visit) => hopOf(recorder, visit)),
    branches: others.slice(0, MAX_BRANCHES).map((visit) => branchOf(recorder, visit, places)),
    moreBranches: Math.max(0, others.length - MAX_BRANCHES),
    caused,
    ...(advice === undefined ? {} : { advice }),
    incomplete: first.verb !== "sent" && first.verb !== "answered" && recorder.forgotten > 0,
  };
}

const isAnswer = (recorder: Recorder, journey: Journey): boolean =>
  recorder.stepsOf(journey.frame).some((step) => step.verb === "answered");

/** The reply decides: where it came through, the frame was answered; where it did not, that is the ending. */
function answerEnding(own: Ending, answer: Journey): Ending {
  if (answer.outcome === "delivered" || answer.outcome === "answered") return { ...own, outcome: "answered" };
  const { outcome, reason, node, port, time } = answer;
  return { outcome, node, time, ...(reason && { reason }), ...(port !== undefined && { port }) };
}

/** Something final happened to a copy here, although others went on. */
const endsHere = (visit: Visit): boolean =>
  visit.steps.some(({ verb }) => verb === "delivered" || verb === "dropped" || verb === "lost");

/** The step that ends a visit: the last that is final, or simply the last. */
function lastStep(visit: Visit): Step {
  const final = visit.steps.findLast(
    ({ verb }) => verb === "dropped" || verb === "lost" || verb === "delivered" || verb === "waiting",
  );
  return final ?? visit.steps.at(-1)!;
}

function endingOf(visit: Visit): Ending {
  const { verb, reason, port, time, node } = lastStep(visit);
  const outcome = verb === "delivered" || verb === "dropped" || verb === "lost" ? verb : "waiting";
  return { outcome, node, time, ...(reason && { reason }), ...(port !== undefined && { port }) };
}

/** Which of several ends says most about the frame. */
function rank(visit: Visit): number {
  const { outcome, reason } = endingOf(visit);
  if (outcome === "delivered") return 4;
  if (reason !== undefined && !IN_PASSING.has(reason))
    return visit.steps.some(({ verb }) => verb === "delivered") ? 5 : 3;
  return outcome === "waiting" ? 2 : 1;
}

/** A fragment that waits where the whole packet was put together has arrived with it. */
function joined(visit: Visit, end: Visit): boolean {
  const waits = lastStep(visit).facts?.["what"] === "fragment";
  return waits && visit.node === end.node && end.steps.some(({ verb }) => verb === "reassembled");
}

function hopOf(recorder: Recorder, visit: Visit): Hop {
  const steps = visit.steps.map((step): JourneyStep => {
    const { because } = step;
    return because === undefined ? step : { ...step, origin: describeOrigin(recorder, because) };
  });
  return { node: visit.node, time: visit.steps[0]!.time, steps };
}

/** `main` has the visits of the main way with their places on it. */
function branchOf(recorder: Recorder, visit: Visit, main: ReadonlyMap<Visit, number>): Branch {
  const path = pathTo(visit);
  const parting = path.findLastIndex((at) => main.has(at));
  const hops = path.slice(parting + 1).map((at) => hopOf(recorder, at));
  return { parting: parting < 0 ? 0 : main.get(path[parting]!)!, hops, ...endingOf(visit) };
}

/** What is known about the way, for the advice: the latest fact of each name, and where it ended. */
function factsOf(path: readonly Visit[], ending: Ending): Facts {
  const facts: Record<string, string | number | boolean> = {};
  const steps = path.flatMap((visit) => visit.steps);
  for (const { verb, facts: told } of steps) {
    if (verb === "transmitted" || told === undefined) continue;
    if (verb === "routed") {
      // A new choice of route makes an earlier one's gateway void.
      delete facts["via"];
      facts["route"] = told["to"] ?? "";
    }
    Object.assign(facts, told);
  }
  const dropped = steps.at(-1);
  const delivered = path.at(-1)!.steps.some(({ verb }) => verb === "delivered");
  const link = dropped?.facts?.["link"];
  return {
    ...facts,
    ...(link !== undefined && { link }),
    // What fails after delivery is the answer, which goes to the source.
    ...(delivered && facts["src"] !== undefined ? { dst: facts["src"] } : {}),
    node: ending.node,
    ...(ending.port !== undefined && { dev: ending.port }),
  };
}
