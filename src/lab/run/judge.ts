/** Watches a run for all that its lab expects, and gives the verdict at its end. */
import { formatDuration } from "../../core/time.js";
import type { LabPath } from "../file/complaint.js";
import type { Expectation } from "../file/expectations.js";
import type { LabPlan } from "../file/plan.js";
import { judgeCounters, judgeDrops } from "./expect-counts.js";
import { judgeFlow } from "./expect-flow.js";
import { FrameCount } from "./expect-frames.js";
import { judgeOutput } from "./expect-output.js";
import { judgeTable } from "./expect-table.js";
import { block, type Finding } from "./finding.js";
import type { Network } from "./network.js";
import type { Script, StepRun } from "./script.js";

/** Exit status of a shell that knows no such command. */
const NO_SUCH_COMMAND = 127;

export class Judge {
  /** What is asked at the end, in the order of the lab file. A look at an earlier moment has its findings by then. */
  private readonly questions: (() => Finding[])[] = [];

  constructor(
    private readonly network: Network,
    private readonly plan: LabPlan,
    private readonly script: Script,
  ) {}

  /** Sets up everything that must watch from the beginning. */
  start(): void {
    this.questions.push(() => this.judgeBoots());
    for (const run of this.script.steps) this.questions.push(() => this.judgeStep(run));
    for (const [index, expectation] of this.plan.document.expect.entries()) {
      const ask = this.question(expectation, ["expect", index]);
      const { note } = expectation;
      this.questions.push(note === undefined ? ask : () => ask().map((finding) => ({ ...finding, note })));
    }
  }

  findings(): Finding[] {
    return this.questions.flatMap((ask) => ask());
  }

  private question(expectation: Expectation, path: LabPath): () => Finding[] {
    const { network, script } = this;
    const { engine } = network.world;
    if ("output" in expectation)
      return () => judgeOutput(script.byId(expectation.output)!, expectation, path, engine.now);
    if ("flow" in expectation)
      return () => judgeFlow(script.byId(expectation.flow)!, expectation, path, engine.now);
    if ("frames" in expectation) {
      const count = new FrameCount(network, expectation, path);
      network.taps.add(count);
      return () => [count.judge()];
    }
    return this.look(expectation.at, path, () => {
      if ("table" in expectation) return [judgeTable(network, expectation, path)];
      if ("drops" in expectation) return judgeDrops(network, expectation, path);
      return judgeCounters(network, expectation, path);
    });
  }

  /** Looks at a given moment, or at the end. */
  private look(at: number | undefined, path: LabPath, judge: () => Finding[]): () => Finding[] {
    if (at === undefined) return judge;
    let findings: Finding[] | undefined;
    this.network.world.engine.at(at, () => {
      findings = judge();
    });
    return () => findings ?? [neverReached(at, path)];
  }

  /** The commands of a node's configuration must succeed. */
  private judgeBoots(): Finding[] {
    return [...this.network.nodes].flatMap(([name, { boot = [] }]) =>
      boot.flatMap(({ path, commandLine, command }): Finding[] => {
        if (command?.running || command?.status === 0) return [];
        const happened =
          command === undefined
            ? "it was never started: the command before it did not end"
            : `it ended with status ${command.status}; it printed${block(command.stdout + command.stderr)}`;
        const expected = `${name} boots: \`${commandLine}\` succeeds`;
        return [{ ok: false, path: ["topology", "nodes", name, ...path], expected, happened }];
      }),
    );
  }

  /** A step must happen; what it expects inline is judged as well. */
  private judgeStep(run: StepRun): Finding[] {
    const { step, index } = run;
    const path: LabPath = ["steps", index];
    const { now } = this.network.world.engine;
    const fault = this.stepFault(run);
    const findings: Finding[] =
      fault === undefined ? [] : [{ ok: false, path, expected: stepText(run), happened: fault }];
    if ("run" in step && step.expect !== undefined)
      findings.push(...judgeOutput(run, step.expect, [...path, "expect"], now));
    if ("flow" in step && step.expect !== undefined)
      findings.push(...judgeFlow(run, step.expect, [...path, "expect"], now));
    const { note } = step;
    return note === undefined ? findings : findings.map((finding) => ({ ...finding, note }));
  }

  private stepFault(run: StepRun): string | undefined {
    if (run.fault !== undefined) return run.fault;
    const { now } = this.network.world.engine;
    if (run.began === undefined) return `it had not begun when the lab ended at ${formatDuration(now)}`;
    const { command, step } = run;
    const expected = "run" in step ? step.expect?.status : undefined;
    if (command?.status === NO_SUCH_COMMAND && expected === undefined) return command.stderr.trim();
    return undefined;
  }
}

const neverReached = (at: number, path: LabPath): Finding => ({
  ok: false,
  path,
  expected: `something at ${formatDuration(at)}`,
  happened: "the lab ended before",
});

function stepText({ step, index }: StepRun): string {
  const name = step.id === undefined ? `step ${index + 1}` : `step ${step.id}`;
  if ("run" in step) return `${name}: ${step.node} runs \`${step.run}\``;
  if ("flow" in step) return `${name}: traffic flows from ${step.flow.from} to ${step.flow.to}`;
  if ("set" in step) return `${name}: ${step.node} takes new settings`;
  if ("send" in step) return `${name}: ${step.port} sends a frame`;
  if ("link" in step) return `${name}: a link changes`;
  return `${name}: ${step.node} is switched ${step.do === "kill" ? "off" : "on"}`;
}
