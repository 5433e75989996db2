/** A lab that runs: its clock, its nodes and links, and in the end its verdict. */
import type { DropReason } from "../../core/drop-reason.js";
import { MINUTE, type Nanoseconds, parseDuration, SECOND } from "../../core/time.js";
import { Timer } from "../../engine/timer.js";
import type { LinkTap, World } from "../../link/world.js";
import { type Journey, journeyOf } from "../../trace/journey/journey.js";
import { Recorder } from "../../trace/journey/recorder.js";
import type { ChunkSink } from "../../trace/pcapng-writer.js";
import type { LabPlan } from "../file/plan.js";
import type { RunStep, Step } from "../file/steps.js";
import { Capture } from "./capture.js";
import type { Finding } from "./finding.js";
import { FingerprintTap } from "./fingerprint.js";
import { hints } from "./hints.js";
import { Judge } from "./judge.js";
import type { LabLink } from "./lab-link.js";
import { describeLoop, type Loop, LoopWatch } from "./loop-watch.js";
import { Network } from "./network.js";
import { NodeControl } from "./node-control.js";
import { Script, type StepRun } from "./script.js";
import type { Result, Verdict } from "./verdict.js";
import { whyOf } from "./why.js";

/** A time as `1.5s`, or in nanoseconds. */
export type TimeInput = string | Nanoseconds;

export interface StartOptions {
  /** The lab file's own seed unless given. */
  readonly seed?: number;
  /** The lab file's own end unless given. */
  readonly until?: TimeInput;
  /** Sees every frame that arrives or is lost. */
  readonly tap?: LinkTap;
  /**
   * Remember every decision about every frame: a failure then tells why. It costs time and memory. false unless given or
   * a step asks why.
   */
  readonly record?: boolean;
  /** Frames used after they were freed, freed twice or never are errors. */
  readonly debugFrames?: boolean;
}

/** What a run comes to, in numbers. */
export interface Facts {
  /** Equal for equal runs: a hash over time, port and bytes of every frame that arrived. */
  readonly fingerprint: string;
  readonly virtualSeconds: number;
  /** Frames that arrived at a port. */
  readonly frames: number;
  /** Everything dropped, on nodes and links, by reason. */
  readonly drops: Readonly<Partial<Record<DropReason, number>>>;
  /** A frame that was found going round and round. */
  readonly loop?: Loop;
}

/** A lab without an end of its own ends here if it never falls silent. */
const LATEST_END = 60 * MINUTE;
/** Events between two looks at how the run goes. */
const SLICE = 50_000;

export class LabRun {
  readonly world: World;
  readonly network: Network;
  /** When the run ends; `undefined`: when nothing is left to do. */
  readonly until: Nanoseconds | undefined;
  /** What was remembered, if the run is recorded. */
  readonly recorder: Recorder | null;
  private readonly script: Script;
  private readonly judge: Judge;
  private readonly fingerprint: FingerprintTap;
  private readonly loops = new LoopWatch();
  /** In the background: the limit itself must not keep the run going. */
  private readonly limit: Timer;
  private ended = false;

  constructor(
    readonly plan: LabPlan,
    options: StartOptions,
  ) {
    const { seed, tap, record = plan.document.steps.some(asksWhy), debugFrames } = options;
    this.network = new Network(plan, {
      ...(seed !== undefined && { seed }),
      ...(debugFrames !== undefined && { debugFrames }),
    });
    this.world = this.network.world;
    this.recorder = record ? new Recorder() : null;
    this.world.journal = this.recorder;
    this.until = options.until === undefined ? plan.document.until : timeOf(options.until);
    this.fingerprint = new FingerprintTap(this.world.engine);
    this.network.taps.add(this.fingerprint);
    this.network.taps.add(this.loops);
    this.limit = new Timer(this.world.engine, { handle: () => this.end() }, 0, true);
    if (tap !== undefined) this.network.taps.add(tap);
    this.script = new Script(this.network, plan);
    this.judge = new Judge(this.network, plan, this.script);
    this.judge.start();
    this.script.start();
  }

  get now(): Nanoseconds {
    return this.world.engine.now;
  }

  /** What each step came to so far. */
  get steps(): readonly StepRun[] {
    return this.script.steps;
  }

  /** Runs to the lab's end and gives the verdict. */
  run(): Verdict {
    while (this.advance());
    return this.verdict();
  }

  /**
   * Goes a bounded way towards the lab's end; false once that is reached: at its time, when nothing is left to do, or, for
   * a lab without a time, when only a frame that goes round and round keeps it from falling silent.
   */
  advance(): boolean {
    const { engine } = this.world;
    this.ended = false;
    if (this.until === undefined) this.limit.set(Math.max(LATEST_END, engine.now));
    const more = engine.run(this.until, SLICE) === SLICE;
    this.limit.cancel();
    return more && !this.ended && !this.restless;
  }

  /** Runs until that time since the start of the lab, everything due then included. */
  runUntil(time: TimeInput): void {
    this.world.engine.run(timeOf(time));
  }

  /** Runs for that long. */
  runFor(time: TimeInput): void {
    this.runUntil(this.now + timeOf(time));
  }

  /** Handles one event; false if there is none. */
  step(): boolean {
    return this.world.engine.step();
  }

  /** The node of that name, to look at its tables and change it. */
  node(name: string): NodeControl {
    return new NodeControl(this.world, name, this.network.node(name));
  }

  /** The same node; reads well where commands are run: `run.host("pc1").run("ping -c 1 10.0.0.2")`. */
  host(name: string): NodeControl {
    return this.node(name);
  }

  /** The link at an endpoint (`pc1:eth0`), or the one between two nodes. */
  link(end: string, otherEnd?: string): LabLink {
    return this.network.link(end, otherEnd);
  }

  /** Captures frames from now on as pcapng; of all links, unless some are named by an endpoint or two nodes. */
  capture(sink: ChunkSink, links?: readonly (string | readonly [string, string])[]): Capture {
    const captured =
      links?.map((link) => (typeof link === "string" ? this.link(link) : this.link(...link))) ??
      this.network.links;
    const capture = new Capture(this.world.engine, captured, sink, this.plan.document.name);
    this.network.taps.add(capture);
    return capture;
  }

  /** How things stand now: every expectation with what happened. Final once the lab has run to its end. */
  verdict(): Verdict {
    const findings = this.judge.findings();
    if (this.restless) findings.push(neverSilent(this.loop!));
    const results = findings.map((finding) => this.result(finding));
    return { ok: results.every(({ ok }) => ok), results };
  }

  /** The journey of a frame in a recorded run; `undefined` if nothing is remembered of it. */
  why(frame: number): Journey | undefined {
    if (this.recorder === null) throw new Error("the run is not recorded: start it with { record: true }");
    return journeyOf(this.recorder, frame);
  }

  /** What became of the frames of a step that asked why. */
  whyOfStep({ step, command }: StepRun): Journey | undefined {
    const { recorder } = this;
    const frames = command?.frames ?? [];
    if (!asksWhy(step) || recorder === null || frames.length === 0) return undefined;
    const suspect = { node: step.node, from: 0, to: this.now, frames };
    return whyOf(recorder, suspect) ?? journeyOf(recorder, frames[0]!);
  }

  /** A frame that was found going round and round, as where switches form a loop. */
  get loop(): Loop | undefined {
    return this.loops.found;
  }

  facts(): Facts {
    const { loop } = this;
    return {
      fingerprint: this.fingerprint.digest(),
      virtualSeconds: this.now / SECOND,
      frames: this.fingerprint.frames,
      drops: Object.fromEntries(this.network.drops()),
      ...(loop !== undefined && { loop }),
    };
  }

  /** Lets go of what nodes hold outside. */
  close(): void {
    this.network.close();
  }

  /** All is done, and the lab would go on for ever all the same. */
  private get restless(): boolean {
    return this.until === undefined && this.loop !== undefined && this.script.done;
  }

  private end(): void {
    this.ended = true;
    this.world.engine.stop();
  }

  private result(finding: Finding): Result {
    const { ok, path, expected, happened, time = this.now, note, suspect } = finding;
    const { recorder } = this;
    const why = ok || suspect === undefined || recorder === null ? undefined : whyOf(recorder, suspect);
    const look = ok ? [] : hints(this.network, this.plan.source, finding);
    return {
      ok,
      expected,
      happened,
      time,
      place: this.plan.places.at(path),
      ...(note !== undefined && { note }),
      ...(look.length > 0 && { look }),
      ...(why !== undefined && { why }),
    };
  }
}

const neverSilent = (loop: Loop): Finding => ({
  ok: false,
  path: ["topology", "links"],
  expected: "the lab falls silent, since it has no `until`",
  happened: describeLoop(loop),
});

const asksWhy = (step: Step): step is RunStep => "run" in step && step.why === true;

function timeOf(time: TimeInput): Nanoseconds {
  const value = typeof time === "number" ? time : parseDuration(time);
  if (value === undefined) throw new RangeError(`${JSON.stringify(time)} is no duration`);
  return value;
}
