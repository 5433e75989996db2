/** Reads a lab file for a command: its text, its kinds, and its faults told as a user needs them. */
import { formatComplaint, Lab, LabError } from "../lab/index.js";
import { plugKinds } from "../plug/kinds.js";
import { UsageError } from "./exit.js";
import { readInput } from "./read-input.js";

/** Complaints told at most: what is no lab at all has thousands. */
const MOST = 50;

/** Throws a UsageError that names the file and lists all that is wrong with it. */
export function loadLab(path: string): Lab {
  const text = readInput(path, "lab file", [".lab.yaml", ".lab.yml"]).toString("utf8");
  try {
    return Lab.parse(text, { file: path, kinds: plugKinds() });
  } catch (error) {
    if (error instanceof LabError)
      throw new UsageError(`${path} is no valid lab\n${complaints(error).join("\n")}`);
    throw error;
  }
}

function complaints({ complaints: all }: LabError): string[] {
  const told = all.slice(0, MOST).map(formatComplaint);
  return all.length > MOST ? [...told, `and ${all.length - MOST} more`] : told;
}
