/**
 * Runs labs on broken copies of dist/. Takes `[{ file, line, instead, labs }]` as JSON on standard input; prints, for each
 * break, the labs that notice it, or why it could not be made.
 */
import { readFileSync } from "node:fs";
import { register } from "node:module";

const root = new URL("../../../", import.meta.url);
const dist = new URL("dist/", root).href;
const breaks = JSON.parse(readFileSync(0, "utf8"));
register("./hooks.mjs", import.meta.url, { data: { dist, breaks } });

/** A broken lab may never end: more events than any lab needs are as good as a failure. */
const MOST_SLICES = 20;

function notices({ Lab }, file) {
  const lab = Lab.parse(readFileSync(new URL(file, root), "utf8"), { file });
  try {
    const run = lab.start();
    for (let slices = 0; run.advance(); slices++) if (slices > MOST_SLICES) return true;
    return !run.verdict().ok;
  } catch {
    return true;
  }
}

const outcomes = [];
for (const [number, { labs }] of breaks.entries())
  try {
    const netcosm = await import(`${dist}lab/index.js?break=${number}`);
    outcomes.push({ noticed: labs.filter((file) => notices(netcosm, file)) });
  } catch (error) {
    outcomes.push({ noticed: [], fault: error.message });
  }
process.stdout.write(JSON.stringify(outcomes));
