/** A lab with plugs that runs while a test talks to it. */
import type { World } from "../../src/link/world.js";
import { type PacedOptions, type PacedReport, type Plug, runPaced } from "../../src/plug/index.js";

/** Runs the lab, calls the function as soon as the plugs are open, ends the run when it is done. */
export async function session(
  world: World,
  plugs: readonly Plug[],
  during: () => Promise<void>,
  options: PacedOptions = {},
): Promise<PacedReport> {
  const stop = new AbortController();
  let report: Promise<PacedReport> | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      report = runPaced(world, plugs, { ...options, signal: stop.signal, opened: resolve });
      report.catch(reject);
    });
    await during();
  } finally {
    stop.abort();
    await report?.catch(() => {});
  }
  return report!;
}
