/** What was done in a lab and what its commands printed, in order of time, for people. */
import pc from "picocolors";
import { formatDuration, formatInstant } from "../core/time.js";
import type { FlowReport } from "../lab/run/flow.js";
import type { LabRun } from "../lab/run/lab-run.js";
import type { StepRun } from "../lab/run/script.js";
import type { Journey } from "../trace/journey/journey.js";
import { renderJourney } from "../trace/journey/render-journey.js";

/** All steps that have begun, each with its time and output. */
export function transcript(run: LabRun): string {
  return run.steps
    .filter(({ began }) => began !== undefined)
    .sort((x, y) => x.began! - y.began! || x.index - y.index)
    .map((step) => `${told(step)}${story(run.whyOfStep(step))}`)
    .join("\n");
}

function told({ began, step, command, flow, fault }: StepRun): string {
  const time = pc.dim(`[${formatInstant(began!)} s]`);
  const note = step.note === undefined ? "" : `${pc.dim(`# ${step.note}`)}\n`;
  const trouble = fault === undefined ? "" : `\n${pc.red(fault)}`;
  if ("run" in step) {
    const output = `${command?.stdout ?? ""}${command?.stderr ?? ""}`.trimEnd();
    const status = command?.status ? pc.dim(`  (exit status ${command.status})`) : "";
    return `${note}${time} ${pc.bold(`${step.node}$`)} ${step.run}${status}${output === "" ? "" : `\n${output}`}${trouble}\n`;
  }
  return `${note}${time} ${deed(step)}${flow === undefined ? "" : flowResult(flow.report())}${trouble}\n`;
}

/** A journey, told below the command that asked for it. */
const story = (journey: Journey | undefined): string =>
  journey === undefined ? "" : `\n${renderJourney(journey)}`;

function deed(step: StepRun["step"]): string {
  if ("flow" in step) return `datagrams from ${step.flow.from} to ${step.flow.to}`;
  if ("send" in step) return `a frame of ${step.send.length} bytes from ${step.port}`;
  if ("link" in step) {
    const link = typeof step.link === "string" ? step.link : step.link.join(" - ");
    return "change" in step
      ? `link ${link} changed`
      : `link ${link} ${step.do === "cut" ? "cut" : "restored"}`;
  }
  if ("set" in step)
    return `${step.node}: ${Object.entries(step.set)
      .map(([key, value]) => `${key} = ${value}`)
      .join(", ")}`;
  if ("run" in step) return `${step.node}$ ${step.run}`;
  return `${step.node} ${step.do === "kill" ? "switched off" : "switched on"}`;
}

function flowResult({ sent, received, outage }: FlowReport): string {
  const gap = outage > 0 ? `, nothing for ${formatDuration(outage)} at the longest` : "";
  return `: ${received} of ${sent} arrived${gap}`;
}
