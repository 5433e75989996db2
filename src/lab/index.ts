/** netcosm: labs for any program. A lab file or definition becomes a network, runs, and gets a verdict. */

export type { Journey } from "../trace/journey/journey.js";
export { renderJourney } from "../trace/journey/render-journey.js";
export { type Complaint, formatComplaint, LabError, type PlacedComplaint } from "./file/complaint.js";
export {
  type Bilingual,
  type BootCommand,
  type ConfigFault,
  type Datagrams,
  defineKind,
  type Kind,
  type LabNode,
  type Names,
  type Row,
  type RunningCommand,
  type TableDefinition,
} from "./kind.js";
export { describeKind, kindPage } from "./kind-page.js";
export { type StandardKinds, standardKinds } from "./kinds/standard.js";
export { Lab, type LabInput, type ParseOptions } from "./lab.js";
export { labFilePage } from "./lab-page.js";
export { type NodeInput, Registry } from "./registry.js";
export type { Capture } from "./run/capture.js";
export type { LabLink, LinkChangesInput } from "./run/lab-link.js";
export type { Facts, LabRun, StartOptions, TimeInput } from "./run/lab-run.js";
export type { CommandResult, NodeControl } from "./run/node-control.js";
export { formatResult, formatVerdict, type Result, type Verdict } from "./run/verdict.js";
export { labSchema } from "./schema.js";
