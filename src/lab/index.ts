/** netcosm: labs for any program. A lab file or definition becomes a network, runs, and gets a verdict. */
export { type Complaint, formatComplaint, LabError, type PlacedComplaint } from "./file/complaint.js";
export { nearest } from "./file/nearest.js";
export { defineKind, type Kind, type LabNode, type Names, type Row, type RunningCommand } from "./kind.js";
export { describeKind, kindPage } from "./kind-page.js";
export { type StandardKinds, standardKinds } from "./kinds/standard.js";
export { type NodeInput, Registry } from "./registry.js";
export { labSchema } from "./schema.js";
