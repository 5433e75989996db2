/** npm run check: everything about the code that needs no other program on the machine. */
import { checkSources, runTests, setUp } from "./stages.mjs";

setUp({ build: false });
const sources = checkSources();
const tests = runTests("unit and lab tests", "vitest.config.ts");
process.exitCode = sources && tests.ok ? 0 : 1;
