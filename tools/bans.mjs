/**
 * What the linter cannot say, for the rooms that must give the same bytes in every engine and in a browser: no unseeded
 * randomness, no mathematics that engines may round differently, no text that depends on a locale, no promises in the
 * data path, no mutable state at module level. (biome.json bans Date, Intl, timers, console and default exports.)
 *
 * node tools/bans.mjs [ROOT]
 */
import { resolve } from "node:path";
import { blank, filesBelow, lineOf, readSource, report, root } from "./source.mjs";

const ROOMS = [
  "core",
  "engine",
  "wire",
  "link",
  "device",
  "host",
  "service",
  "sdn",
  "cloud",
  "shell",
  "trace",
  "lab",
];

/** Here the wall clock meets the engine. */
const MAY_WAIT = ["src/engine/pacer.ts"];

/** Exact in every engine: ECMAScript or IEEE 754 leaves them no choice. */
const EXACT_MATH =
  "abs|ceil|floor|round|trunc|sign|min|max|imul|clz32|fround|sqrt|PI|E|LN2|LN10|LOG2E|LOG10E|SQRT2|SQRT1_2";

const BANS = [
  [/\bMath\s*\.\s*random\b/g, "unseeded randomness: take a named RandomStream"],
  [
    new RegExp(`\\bMath\\s*\\.\\s*(?!(?:${EXACT_MATH}|random)\\b)\\w+`, "g"),
    "engines may round it differently: use exact arithmetic",
  ],
  [/\bMath\s*\[|=\s*Math\b(?!\s*\.)/g, "Math is used by its members' names only"],
  [
    /(?<!(?<![\w.])(?:2|\d+n)\s*)\*\*/g,
    "engines may round powers differently: only whole powers of 2 and of BigInts are exact",
  ],
  [/\.\s*toLocale\w*|\.\s*localeCompare\b/g, "depends on the locale: compare with < or print by hand"],
  [/\bglobalThis\b/g, "these rooms reach for nothing global"],
  [
    /\bfor\s*(?:await\s*)?\(\s*(?:const|let|var)\s+\w+\s+in\b/g,
    "unsorted keys: iterate over a sorted list or a Map",
  ],
  [
    /^(?:export\s+)?(?:let|var)\b/gm,
    "no mutable state at module level: put it into an object that is handed in",
  ],
];
const WAITING = [[/\b(?:async|await|Promise)\b/g, "no promises in the data path: use the engine's events"]];

const top = resolve(process.argv[2] ?? root);
const files = ROOMS.flatMap((room) => filesBelow(`src/${room}`, ".ts", top));
const faults = [];
for (const file of files) {
  const code = blank(readSource(file, top), { literals: true });
  const bans = MAY_WAIT.includes(file) ? BANS : [...BANS, ...WAITING];
  for (const [pattern, why] of bans)
    for (const match of code.matchAll(pattern))
      faults.push(`${file}:${lineOf(code, match.index)}: ${match[0].trim()}: ${why}`);
}
report("bans", faults, [], `${files.length} files`);
