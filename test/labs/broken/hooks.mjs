/**
 * Module hooks: `lab/index.js?break=N` is imported as it is, but for the file of the Nth break, which comes with its line
 * replaced, and the files that need it, directly or not, which come anew.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

let breaks = [];
/** By URL: the source. */
const sources = new Map();
/** By URL: the files that import it. */
const importers = new Map();

export function initialize(data) {
  breaks = data.breaks.map((each) => ({ ...each, url: new URL(each.file, data.dist).href }));
  read(new URL("lab/index.js", data.dist).href);
  for (const each of breaks) each.touched = dependentsOf(each.url);
}

/** Reads a file and all that it imports. */
function read(url) {
  if (sources.has(url)) return;
  const source = readFileSync(fileURLToPath(url), "utf8");
  sources.set(url, source);
  for (const [, specifier] of source.matchAll(/^(?:import|export)\b[^;]*?\bfrom "(\.[^"]+)"/gm)) {
    const imported = new URL(specifier, url).href;
    importers.set(imported, [...(importers.get(imported) ?? []), url]);
    read(imported);
  }
}

function dependentsOf(url, found = new Set()) {
  if (found.has(url)) return found;
  found.add(url);
  for (const importer of importers.get(url) ?? []) dependentsOf(importer, found);
  return found;
}

export async function resolve(specifier, context, next) {
  const [, number] = /\?break=(\d+)$/.exec(context.parentURL ?? "") ?? [];
  if (number === undefined || !specifier.startsWith(".")) return next(specifier, context);
  const url = new URL(specifier, context.parentURL).href;
  const mark = breaks[Number(number)].touched.has(url) ? `?break=${number}` : "";
  return { url: url + mark, format: "module", shortCircuit: true };
}

export async function load(url, context, next) {
  const [, plain, number] = /^(.*)\?break=(\d+)$/.exec(url) ?? [];
  const source = sources.get(plain ?? url);
  if (source === undefined) return next(url, context);
  if (plain === undefined || plain !== breaks[Number(number)].url)
    return { format: "module", source, shortCircuit: true };
  const { file, line, instead } = breaks[Number(number)];
  const parts = source.split(line);
  if (parts.length !== 2) throw new Error(`${file} holds ${parts.length - 1} times: ${line}`);
  return { format: "module", source: parts.join(instead), shortCircuit: true };
}
