/**
 * Who may import whom (docs/architecture.md): every import in src/ points to its own room or to one that the table allows;
 * the rooms that also run in a browser take nothing from Node and, below src/lab, no npm package; files do not import each
 * other in circles. `import type` counts for the direction but not for circles: it is erased.
 *
 * node tools/layers.mjs [ROOT]
 */
import { existsSync } from "node:fs";
import { dirname, join, posix, resolve } from "node:path";
import { blank, filesBelow, lineOf, readSource, report, root } from "./source.mjs";

const LINK = ["core", "engine", "wire", "link"];
const HOST = [...LINK, "device", "host"];
const SHELL = [...HOST, "service", "sdn", "cloud", "trace", "shell"];
const LAB = [...SHELL, "lab"];

/** Room -> the other rooms it may import. */
const MAY_IMPORT = {
  core: [],
  engine: ["core"],
  wire: ["core"],
  link: ["core", "engine", "wire"],
  device: LINK,
  host: [...LINK, "device"],
  service: ["core", "engine", "wire", "host"],
  sdn: HOST,
  cloud: [...HOST, "service", "sdn"],
  trace: ["core", "engine", "wire"],
  shell: SHELL,
  lab: LAB,
  plug: LAB,
  node: LAB,
  cli: [...LAB, "plug", "node"],
};

/** The rooms on Node's side of the line. */
const NODE_ROOMS = ["plug", "node", "cli"];
/** Packages that run in a browser, for src/lab. */
const LAB_PACKAGES = ["yaml", "zod"];

const top = resolve(process.argv[2] ?? root);
const dependencies = Object.keys(JSON.parse(readSource("package.json", top)).dependencies ?? {});
const files = filesBelow("src", ".ts", top);
const faults = [];
const graph = new Map(files.map((file) => [file, []]));

for (const file of files) {
  const room = file.split("/")[1];
  if (!(room in MAY_IMPORT)) {
    faults.push(`${file}:1: src/${room} is no room; see the table in tools/layers.mjs`);
    continue;
  }
  for (const { specifier, typeOnly, line } of importsOf(readSource(file, top))) {
    const fault = specifier.startsWith(".")
      ? judgeFile(file, room, specifier, typeOnly)
      : judgePackage(room, specifier);
    if (fault !== undefined) faults.push(`${file}:${line}: "${specifier}": ${fault}`);
  }
}
faults.push(...circles());
report("layers", faults, [], `${files.length} files import in the right direction`);

function importsOf(text) {
  const code = blank(text, { literals: false });
  const found = [];
  const statement =
    /^\s*(?:import|export)\s+(type\s+(?!from\b|,))?(?:[\w$*{][^;"'`]*?\sfrom\s*)?["']([^"']+)["']/gm;
  for (const match of code.matchAll(statement))
    found.push({
      specifier: match[2],
      typeOnly: match[1] !== undefined,
      line: lineOf(code, match.index + match[0].length),
    });
  for (const match of code.matchAll(/\bimport\s*\(\s*["'`]([^"'`]+)["'`]/g))
    found.push({ specifier: match[1], typeOnly: true, line: lineOf(code, match.index) });
  return found;
}

function judgeFile(file, room, specifier, typeOnly) {
  const target = posix.join(dirname(file), specifier).replace(/\.js$/, ".ts");
  if (!target.startsWith("src/")) return "leads out of src/";
  if (!existsSync(join(top, target))) return `there is no ${target} (write the ending .js)`;
  if (!typeOnly) graph.get(file).push(target);
  const other = target.split("/")[1];
  if (other === room || MAY_IMPORT[room].includes(other)) return undefined;
  return `src/${room} may not import src/${other}; it may import ${MAY_IMPORT[room].join(", ") || "nothing"}`;
}

function judgePackage(room, specifier) {
  if (specifier.startsWith("node:"))
    return NODE_ROOMS.includes(room) ? undefined : `src/${room} also runs in a browser: no node: module`;
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  if (!dependencies.includes(name)) return `${name} is not in the dependencies of package.json`;
  if (NODE_ROOMS.includes(room) || (room === "lab" && LAB_PACKAGES.includes(name))) return undefined;
  return `src/${room} takes no npm package${room === "lab" ? ` but ${LAB_PACKAGES.join(" and ")}` : ""}`;
}

/** One line for each circle of value imports that a walk in depth meets. */
function circles() {
  const state = new Map();
  const path = [];
  const found = [];
  const walk = (file) => {
    state.set(file, "open");
    path.push(file);
    for (const next of graph.get(file) ?? []) {
      if (state.get(next) === "open")
        found.push(`${file}:1: circle: ${[...path.slice(path.indexOf(next)), next].join(" -> ")}`);
      else if (!state.has(next)) walk(next);
    }
    path.pop();
    state.set(file, "done");
  };
  for (const file of files) if (!state.has(file)) walk(file);
  return found;
}
