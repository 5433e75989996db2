/**
 * npm test: the checks, the unit and lab tests, and the tests against real programs (kernel, ping, tshark, ...).
 * The last line sums up all runs. With CI=true a skipped test is a failure: there every peer is installed.
 */
import { checkSources, runTests, setUp } from "./stages.mjs";

setUp({ build: true });
const sources = checkSources();
const runs = [
  runTests("unit and lab tests", "vitest.config.ts"),
  runTests("peers tests", "vitest.peers.config.ts"),
];
const sum = (key) => runs.reduce((total, run) => total + run[key], 0);
const skippedInCi = process.env.CI === "true" && sum("skipped") > 0;
if (skippedInCi) console.error("CI=true: no test may be skipped");
if (!sources) console.error("the checks above failed");
console.log(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
process.exitCode = sources && runs.every((run) => run.ok) && !skippedInCi ? 0 : 1;
