/** Reads a file that the user named, and says what is wrong with the name as a user needs it. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { nearest } from "../core/nearest.js";
import { UsageError } from "./exit.js";

/** `what` is what the file should be: "lab file"; `endings` are what such names end in. `-` is standard input. */
export function readInput(path: string, what: string, endings: readonly string[]): Buffer {
  try {
    return readFileSync(path === "-" ? 0 : path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new UsageError(`no ${what} ${path}${suggestion(path, endings)}`);
    if (code === "EISDIR") throw new UsageError(`${path} is a folder${contents(path, what, endings)}`);
    throw new UsageError(`cannot read ${path}: ${message}`);
  }
}

function suggestion(path: string, endings: readonly string[]): string {
  const folder = dirname(path);
  const near = nearest(basename(path), candidates(folder, endings));
  return near === undefined ? "" : `; did you mean ${join(folder, near)}?`;
}

function contents(path: string, what: string, endings: readonly string[]): string {
  const names = candidates(path, endings);
  if (names.length === 0) return `; name a ${what}, *${endings[0]}`;
  return `; name a ${what} in it:\n${names.map((name) => `  ${join(path, name)}`).join("\n")}`;
}

function candidates(folder: string, endings: readonly string[]): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => endings.some((ending) => name.endsWith(ending)))
      .sort();
  } catch {
    return [];
  }
}
