/**
 * Runs the steps of a lab. A step begins at its time, or after the end of another step, or after the end of the one
 * before it; a command ends when it exits, a flow when its last datagram had time to arrive, any other step at once.
 */
import type { Nanoseconds } from "../../core/time.js";
import type { LabPlan } from "../file/plan.js";
import type { FlowStep, RunStep, Step } from "../file/steps.js";
import type { RunningCommand } from "../kind.js";
import { Flow } from "./flow.js";
import type { Network } from "./network.js";

/** One step under way. */
export class StepRun {
  began: Nanoseconds | undefined;
  ended: Nanoseconds | undefined;
  command: RunningCommand | undefined;
  flow: Flow | undefined;
  /** Why the step could not be done. */
  fault: string | undefined;
  private readonly followers: (() => void)[] = [];

  constructor(
    readonly index: number,
    readonly step: Step,
  ) {}

  /** Calls back when the step has ended; at once if it has. */
  onEnd(call: () => void): void {
    if (this.ended === undefined) this.followers.push(call);
    else call();
  }

  end(now: Nanoseconds): void {
    this.ended = now;
    for (const follower of this.followers.splice(0)) follower();
  }
}

export class Script {
  readonly steps: readonly StepRun[];

  constructor(
    private readonly network: Network,
    plan: LabPlan,
  ) {
    this.steps = plan.document.steps.map((step, index) => new StepRun(index, step));
  }

  /** Lays every step into the engine's queue, or behind the step that it waits for. */
  start(): void {
    const { engine } = this.network.world;
    for (const run of this.steps) {
      const { at, after, wait = 0 } = run.step;
      const before = after === undefined ? this.steps[run.index - 1] : this.byId(after);
      if (at !== undefined || before === undefined) engine.at((at ?? 0) + wait, () => this.begin(run));
      else before.onEnd(() => engine.after(wait, () => this.begin(run)));
    }
  }

  /** Has every step come to its end? */
  get done(): boolean {
    return this.steps.every(({ ended }) => ended !== undefined);
  }

  byId(id: string): StepRun | undefined {
    return this.steps.find(({ step }) => step.id === id);
  }

  private begin(run: StepRun): void {
    const { engine } = this.network.world;
    const { step } = run;
    run.began = engine.now;
    try {
      if ("run" in step) this.runCommand(run, step);
      else if ("flow" in step) this.startFlow(run, step);
      else {
        run.fault = this.act(step);
        run.end(engine.now);
      }
    } catch (error) {
      run.fault = error instanceof Error ? error.message : String(error);
      run.end(engine.now);
    }
  }

  private runCommand(run: StepRun, step: RunStep): void {
    const { engine } = this.network.world;
    const command = this.network.node(step.node).exec!(step.run);
    run.command = command;
    command.onExit(() => run.end(engine.now));
    if (step.for !== undefined)
      engine.after(step.for, () => {
        if (command.running) command.kill("SIGINT");
      });
  }

  private startFlow(run: StepRun, { flow }: FlowStep): void {
    const { engine } = this.network.world;
    const [sender, receiver] = [flow.from, flow.to].map((name) => this.network.node(name).datagrams!);
    run.flow = new Flow(engine, sender!, receiver!, flow, () => run.end(engine.now));
  }

  /** Does what takes no time; what went wrong, or `undefined`. */
  private act(step: Exclude<Step, RunStep | FlowStep>): string | undefined {
    const { network } = this;
    if ("send" in step) {
      network.port(step.port).transmit(network.world.frames.from(step.send));
      return undefined;
    }
    if ("link" in step) {
      const link = network.link(...linkEnds(step.link));
      if ("change" in step) link.apply(step.change, step.towards);
      else if (step.do === "cut") link.cut();
      else link.restore();
      return undefined;
    }
    const node = network.node(step.node);
    if ("set" in step) {
      const faults = Object.entries(step.set).map(([setting, value]) => node.set!(setting, String(value)));
      return faults.find((fault) => fault !== undefined);
    }
    const act = step.do === "kill" ? node.kill : node.restart;
    if (act === undefined) return `${step.node} cannot be switched off and on`;
    act.call(node);
    return undefined;
  }
}

export const linkEnds = (reference: string | readonly [string, string]): [string, string?] =>
  typeof reference === "string" ? [reference] : [...reference];
