/**
 * TypeScript sources as the checks read them: every file below a folder, and its text with comments and literals blanked
 * out, so that a pattern finds code only and each hit keeps its line. Not a parser: a regular expression literal is told
 * from a division by what stands before it, which holds for the code that the formatter leaves.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** The files below `folder` (relative to the root) whose names end so, as sorted paths with forward slashes. */
export function filesBelow(folder, ending = ".ts", top = root) {
  let entries;
  try {
    entries = readdirSync(join(top, folder), { recursive: true, withFileTypes: true });
  } catch {
    return [];
  }
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(top, join(entry.parentPath ?? entry.path, entry.name)).replaceAll(sep, "/"))
    .sort();
}

export const readSource = (path, top = root) => readFileSync(join(top, path), "utf8");

/** The text with the inside of comments blanked; with `literals` also that of strings, templates and regular expressions. */
export function blank(text, { literals }) {
  const out = text.split("");
  const wipe = (from, to) => {
    for (let i = from; i < to; i++) if (out[i] !== "\n") out[i] = " ";
  };
  const templateDepths = [];
  let depth = 0;
  let at = 0;
  while (at < text.length) {
    const two = text.slice(at, at + 2);
    const c = text[at];
    let end = at + 1;
    if (two === "//") {
      end = endOr(text, "\n", at, 0);
      wipe(at, end);
    } else if (two === "/*") {
      end = endOr(text, "*/", at + 2, 2);
      wipe(at, end);
    } else if (c === '"' || c === "'") {
      end = afterQuoted(text, at, c);
      if (literals) wipe(at + 1, end - 1);
    } else if (c === "`" || (c === "}" && templateDepths.at(-1) === depth)) {
      if (c === "}") templateDepths.pop();
      end = afterTemplatePart(text, at + 1);
      const opens = text.slice(end - 2, end) === "${";
      if (opens) templateDepths.push(depth);
      if (literals) wipe(at + 1, end - (opens ? 2 : 1));
    } else if (c === "/" && startsRegex(text, at)) {
      end = afterRegex(text, at);
      if (literals) wipe(at + 1, end - 1);
    } else if (c === "{") depth++;
    else if (c === "}") depth--;
    at = end;
  }
  return out.join("");
}

export const lineOf = (text, index) => text.slice(0, index).split("\n").length;

/** Prints the faults and a last line for people; the exit status is 1 if there were any. */
export function report(check, faults, warnings, passed) {
  for (const warning of warnings) console.log(`warning: ${warning}`);
  for (const fault of faults) console.error(fault);
  console.log(faults.length === 0 ? `${check}: ${passed}` : `${check}: ${faults.length} at fault`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

function endOr(text, mark, from, past) {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length : found + past;
}

function afterQuoted(text, at, quote) {
  let i = at + 1;
  while (i < text.length && text[i] !== quote && text[i] !== "\n") i += text[i] === "\\" ? 2 : 1;
  return i + 1;
}

/** Behind the next `${` or the closing backtick. */
function afterTemplatePart(text, from) {
  let i = from;
  while (i < text.length && text[i] !== "`") {
    if (text[i] === "$" && text[i + 1] === "{") return i + 2;
    i += text[i] === "\\" ? 2 : 1;
  }
  return i + 1;
}

function startsRegex(text, at) {
  const before = text.slice(0, at).trimEnd();
  if (/\b(return|case|typeof|in|of|void|delete|yield|await)$/.test(before.slice(-10))) return true;
  return !/[\w$)\]}"'`]$/.test(before);
}

function afterRegex(text, at) {
  let i = at + 1;
  for (let inClass = false; i < text.length && text[i] !== "\n"; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === "[") inClass = true;
    else if (text[i] === "]") inClass = false;
    else if (text[i] === "/" && !inClass) break;
  }
  return i + 1;
}
