/**
 * netcosm why: types a command on a node and tells the journey of what it sent, hop by hop; or the journey of one frame of
 * the lab by its id.
 */
import { nearest } from "../../core/nearest.js";
import { type Nanoseconds, SECOND } from "../../core/time.js";
import type { LabRun } from "../../lab/index.js";
import { describeLoop, type Loop } from "../../lab/run/loop-watch.js";
import { runOnNode } from "../../shell/index.js";
import { type Journey, journeyOf } from "../../trace/index.js";
import { UsageError } from "../exit.js";
import { loadLab } from "../load-lab.js";
import { durationOption, seedOption } from "../options.js";
import { journeysOf, type Language, storyText } from "../story.js";

export interface WhyOptions {
  readonly at?: string;
  readonly seed?: string;
  readonly lang: string;
  readonly json?: boolean;
}

/** A command that goes on by itself, such as ping without -c, is interrupted after this long. */
const PATIENCE = 10 * SECOND;
/** What is still under way when the command has ended gets this long to come to its end. */
const AFTERMATH = 5 * SECOND;

export function why(path: string, where: string, command: string | undefined, options: WhyOptions): void {
  const { lang: language } = options;
  if (language !== "en" && language !== "zh") throw new UsageError(`--lang is en or zh, not "${language}"`);
  const lab = loadLab(path);
  if (lab.realTime)
    throw new UsageError(
      `${path} is joined to the outside; \`netcosm run ${path} --record FILE\` keeps what happens there`,
    );
  const running = lab.start({
    record: true,
    ...(options.seed !== undefined && { seed: seedOption(options.seed) }),
  });
  try {
    const story =
      command === undefined
        ? frameStory(running, where)
        : commandStory(running, where, command, momentOf(options));
    if (options.json === true) process.stdout.write(`${JSON.stringify(story, null, 2)}\n`);
    else tell(story, where, language);
  } finally {
    running.close();
  }
}

interface Story {
  /** What the command printed. */
  readonly output?: string;
  readonly status?: number;
  /** How many frames the command sent. */
  readonly frames?: number;
  /** The first journey of each ending. */
  readonly journeys: readonly Journey[];
  readonly loop?: Loop;
}

function frameStory(running: LabRun, text: string): Story {
  if (!/^\d+$/.test(text))
    throw new UsageError(
      `name a node and what to type there (why LAB ${text} "ping 10.0.0.1"), or the id of a frame`,
    );
  toTheEnd(running);
  const journey = journeyOf(running.recorder!, Number(text));
  if (journey === undefined) throw new UsageError(`the lab has no frame ${text}`);
  return { journeys: [journey] };
}

function commandStory(running: LabRun, name: string, line: string, at: Nanoseconds | undefined): Story {
  const { world, recorder } = running;
  const node = world.nodes.get(name);
  if (node === undefined) {
    const near = nearest(name, world.nodes.keys());
    throw new UsageError(
      `the lab has no node "${name}"${near === undefined ? "" : `; did you mean "${near}"?`}`,
    );
  }
  if (at === undefined) toTheEnd(running);
  else running.runUntil(at);
  const command = runOnNode(node, line);
  if (command === undefined) throw new UsageError(`${name} takes no commands`);
  const { engine } = world;
  goOn(running, engine.now + PATIENCE, () => !command.running);
  command.kill("SIGINT");
  goOn(running, engine.now + AFTERMATH, () => false);
  return {
    output: command.stdout + command.stderr,
    status: command.status ?? 0,
    frames: command.frames.length,
    journeys: journeysOf(recorder!, command.frames),
    ...(running.loop !== undefined && { loop: running.loop }),
  };
}

function toTheEnd(running: LabRun): void {
  while (running.loop === undefined && running.advance());
}

/** Runs until that time, but no longer than there is something to wait for: a frame in a loop never comes to an end. */
function goOn(running: LabRun, until: Nanoseconds, over: () => boolean): void {
  const { engine } = running.world;
  while (!over() && running.loop === undefined && engine.nextTime <= until) engine.step();
}

function tell({ output, frames = 1, journeys, loop }: Story, node: string, language: Language): void {
  if (output !== undefined) process.stdout.write(`${output.trimEnd()}\n\n`);
  process.stdout.write(storyText(journeys, node, frames, language));
  if (loop !== undefined) process.stdout.write(`${describeLoop(loop)}\n`);
}

const momentOf = (options: WhyOptions): Nanoseconds | undefined =>
  options.at === undefined ? undefined : durationOption("--at", options.at);
