/**
 * Runs a lab with plugs: paced to the wall clock, open to the outside, recorded if asked for.
 */
import type { Nanoseconds } from "../core/time.js";
import { Pacer, type PacerOptions } from "../engine/pacer.js";
import type { World } from "../link/world.js";
import { LiveBorder } from "./border.js";
import type { Plug } from "./plug.js";
import { type RecordingSink, SessionRecorder } from "./session-recorder.js";
import { NodeWallClock, type WakingClock } from "./wall-clock.js";

export interface PacedOptions extends PacerOptions {
  /** When the session ends, in virtual time; without it, when the signal aborts. */
  readonly until?: Nanoseconds;
  /** It ends as well when nothing is left to do in the lab, which a lab that is joined to the outside does not know. */
  readonly untilIdle?: boolean;
  readonly signal?: AbortSignal;
  /** Where everything that crosses the border is recorded. It is closed in any case. */
  readonly record?: RecordingSink;
  /** The lab's name, for the recording. */
  readonly lab?: string;
  /** The lab's fingerprint at the end, for the recording. */
  readonly fingerprint?: () => string;
  /** Called when all plugs are open and time begins to run. */
  readonly opened?: () => void;
  /** A false clock, for tests. */
  readonly clock?: WakingClock;
}

export interface PacedReport {
  /** Virtual time at the end. */
  readonly end: Nanoseconds;
  readonly framesIn: number;
  readonly framesOut: number;
  /** Instants at which events ran late because the machine was too slow, and the longest lateness. */
  readonly late: number;
  readonly latest: Nanoseconds;
  /** Plugs that lost the outside during the session, each with the reason. */
  readonly troubles: readonly string[];
}

/**
 * Opens the plugs, runs until the end, and closes everything, whatever happens. Rejects if a plug cannot be opened, if a
 * node throws, or if the recording can no longer be written: then the session ends there, in order.
 */
export async function runPaced(
  world: World,
  plugs: readonly Plug[],
  options: PacedOptions = {},
): Promise<PacedReport> {
  const { engine, seed } = world;
  const { record, signal, until = Number.POSITIVE_INFINITY, lab = "", clock = new NodeWallClock() } = options;
  try {
    const names = plugs.map((plug) => plug.name);
    const recorder = record === undefined ? null : new SessionRecorder(record, { lab, seed, plugs: names });
    const pacer = new Pacer(engine, clock, options);
    const border = new LiveBorder(engine, pacer, recorder, until);
    const stop = () => {
      pacer.stop();
      clock.wake();
    };
    try {
      for (const plug of plugs) {
        plug.border = border;
        await plug.open((bytes) => {
          border.incoming(plug, bytes);
          clock.wake();
        });
      }
      options.opened?.();
      signal?.addEventListener("abort", stop);
      if (signal?.aborted !== true) await pacer.run(until, options.untilIdle);
    } finally {
      signal?.removeEventListener("abort", stop);
      border.end();
      await Promise.all(plugs.map((plug) => plug.close()));
    }
    if (border.failure !== null) throw border.failure;
    recorder?.end(engine.now, options.fingerprint?.() ?? "");
    const { framesIn, framesOut } = border;
    const troubles = plugs.flatMap(({ name, trouble }) => (trouble === null ? [] : [`${name}: ${trouble}`]));
    return { end: engine.now, framesIn, framesOut, late: pacer.late, latest: pacer.latest, troubles };
  } finally {
    record?.close();
  }
}
