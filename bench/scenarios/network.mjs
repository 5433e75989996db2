/** What the scenarios share: CPU time, addresses, and one JSON line as the answer. */
import { ipv4 } from "../../dist/core/index.js";

export const address = (a, b, c, d) => ipv4((a << 24) | (b << 16) | (c << 8) | d);

/** User CPU seconds that the call takes, compiler and collector threads included. */
export function userSeconds(call) {
  const before = process.cpuUsage();
  call();
  return process.cpuUsage(before).user / 1e6;
}

/** Arguments as `name=value`. */
export function argument(name, fallback) {
  const found = process.argv.find((word) => word.startsWith(`${name}=`));
  return found === undefined ? fallback : Number(found.slice(name.length + 1));
}

export const answer = (facts) => process.stdout.write(`${JSON.stringify(facts)}\n`);

/** Runs a scenario small first, so that the measured run finds compiled code; ns-3 comes compiled. */
export function warmedUp(scenario, small, full) {
  scenario(...small);
  return scenario(...full);
}
