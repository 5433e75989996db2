/**
 * A lab: parsed and checked once, started as often as wanted. The same code runs a lab file, a lab that a program defines,
 * and a test of a few lines.
 */
import type { LabDocumentInput } from "./file/document.js";
import { defineLab, loadLab } from "./file/load.js";
import type { LabPlan } from "./file/plan.js";
import type { Kind } from "./kind.js";
import { type StandardKinds, standardKinds } from "./kinds/standard.js";
import type { NodeInput, Registry } from "./registry.js";
import { LabRun, type StartOptions } from "./run/lab-run.js";

type Topology = LabDocumentInput["topology"];

/** A lab as a program writes it: the same words as in a lab file, checked by the compiler as far as it can. */
export interface LabInput<Kinds extends Record<string, Kind>> extends Omit<LabDocumentInput, "topology"> {
  readonly topology: Omit<Topology, "nodes"> & {
    readonly nodes: { readonly [name: string]: NodeInput<Kinds> };
  };
}

export interface ParseOptions {
  /** The file's name, for messages. */
  readonly file?: string;
  /** The kinds of nodes that the lab may use; the standard ones unless given. */
  readonly kinds?: Registry;
}

export class Lab {
  private constructor(readonly plan: LabPlan) {}

  /** A lab from the text of a lab file. Throws a LabError that holds every fault. */
  static parse(text: string, { file = "lab", kinds = standardKinds() }: ParseOptions = {}): Lab {
    return new Lab(loadLab(text, file, kinds));
  }

  /** A lab that a program defines. Throws a LabError that holds every fault. */
  static define<Kinds extends Record<string, Kind> = StandardKinds>(
    definition: LabInput<NoInfer<Kinds>>,
    { kinds = standardKinds() as unknown as Registry<Kinds> }: { readonly kinds?: Registry<Kinds> } = {},
  ): Lab {
    return new Lab(defineLab(definition, kinds));
  }

  get name(): string {
    return this.plan.document.name;
  }

  /** What it shows, in English and perhaps in Chinese. */
  get about(): { readonly en: string; readonly zh?: string } | undefined {
    return this.plan.document.about;
  }

  /** Some node is joined to the outside world, so that the lab must run paced to the wall clock. */
  get realTime(): boolean {
    return [...this.plan.nodes.values()].some(({ kind }) => kind.realTime === true);
  }

  /** Builds the network and lays its steps into the clock. Nothing has happened yet: call `run`, `runUntil` or `step`. */
  start(options: StartOptions = {}): LabRun {
    return new LabRun(this.plan, options);
  }
}
