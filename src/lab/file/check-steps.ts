/** The names that steps use. */
import type { LabPath } from "./complaint.js";
import type { Draft } from "./draft.js";
import { splitEndpoint } from "./plan.js";
import type { References } from "./references.js";
import { type Step, WHOLE_CABLE } from "./steps.js";

/** Checks every step; gives the ids of the run steps and of the flow steps. */
export function checkSteps(draft: Draft, references: References): { runs: string[]; flows: string[] } {
  const ids = [...draft.faultyIds];
  const runs = [...draft.faultyIds];
  const flows = [...draft.faultyIds];
  for (const [index, step] of draft.steps.entries()) {
    if (step === undefined) continue;
    const path: LabPath = ["steps", index];
    if (step.after !== undefined)
      references.word([...path, "after"], "step before this one", step.after, ids);
    if (step.after !== undefined && step.at !== undefined)
      references.complain([...path, "at"], "two beginnings", "`at` or `after`", "both");
    checkStep(step, path, references);
    if (step.id === undefined) continue;
    if (ids.includes(step.id))
      references.complain([...path, "id"], "the id is taken", "an id of its own", JSON.stringify(step.id));
    ids.push(step.id);
    if ("run" in step) runs.push(step.id);
    if ("flow" in step) flows.push(step.id);
  }
  return { runs, flows };
}

function checkStep(step: Step, path: LabPath, references: References): void {
  if ("run" in step) {
    const node = references.node([...path, "node"], step.node);
    if (node !== undefined && node.kind.commands !== true)
      references.complain(
        [...path, "node"],
        `${step.node} takes no commands`,
        "a node that does, such as a host",
        node.kind.name,
      );
  } else if ("set" in step) {
    const node = references.node([...path, "node"], step.node);
    if (node === undefined) return;
    const { settings } = node.kind;
    for (const setting of Object.keys(step.set)) {
      const place = [...path, "set", setting];
      if (settings !== undefined) references.keys.name(place, "setting", setting, settings, node);
      else
        references.keys.complain(
          place,
          `${node.name} has no settings`,
          "another node",
          JSON.stringify(setting),
        );
    }
  } else if ("link" in step) {
    const link = references.link([...path, "link"], step.link);
    if (!("change" in step) || step.towards === undefined) return;
    if (link !== undefined) references.end([...path, "towards"], step.towards, link);
    for (const key of WHOLE_CABLE)
      if (step.change[key] !== undefined)
        references.keys.complain(
          [...path, "change", key],
          `${key} is the same in both directions`,
          "a step without `towards`",
          JSON.stringify(key),
        );
  } else if ("send" in step) {
    const { node } = splitEndpoint(step.port);
    if (references.node([...path, "port"], node) !== undefined)
      references.endpoint([...path, "port"], step.port);
  } else if ("flow" in step) {
    for (const end of ["from", "to"] as const) {
      const node = references.node([...path, "flow", end], step.flow[end]);
      if (node !== undefined && node.kind.sockets !== true)
        references.complain(
          [...path, "flow", end],
          `${step.flow[end]} has no sockets`,
          "a node that has, such as a host",
          node.kind.name,
        );
    }
  } else references.node([...path, "node"], step.node);
}
