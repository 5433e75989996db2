/**
 * Runs the labs named on the command line from dist/, the last one first, on a heap that holds other things, and prints
 * their facts by file: a process that has nothing in common with the test's but the labs.
 */
import { readFileSync } from "node:fs";
import { Lab } from "../../dist/lab/index.js";

const ballast = Array.from({ length: 50_000 }, (_, i) => ({ [`key${i % 97}`]: i }));
const facts = {};
for (const file of process.argv.slice(2).reverse()) {
  const lab = Lab.parse(readFileSync(file, "utf8"), { file });
  const run = lab.start();
  const { ok, results } = run.run();
  facts[file] = JSON.stringify({ lab: lab.name, ok, ...run.facts(), results });
}
if (ballast.length > 0) process.stdout.write(JSON.stringify(facts));
