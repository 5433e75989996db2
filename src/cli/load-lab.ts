/** Reads a lab file for a command: its text, its kinds, and its faults told as a user needs them. */
import { readFileSync } from "node:fs";
import { Lab, LabError } from "../lab/index.js";
import { plugKinds } from "../plug/kinds.js";
import { UsageError } from "./exit.js";

/** Throws a UsageError that names the file and lists all that is wrong with it. */
export function loadLab(path: string): Lab {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(
      code === "ENOENT"
        ? `no lab file ${path}`
        : code === "EISDIR"
          ? `${path} is a folder; name a lab file in it, *.lab.yaml`
          : `cannot read ${path}: ${message}`,
    );
  }
  try {
    return Lab.parse(text, { file: path, kinds: plugKinds() });
  } catch (error) {
    if (error instanceof LabError) throw new UsageError(`${path} is no valid lab\n${error.message}`);
    throw error;
  }
}
