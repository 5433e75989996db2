/**
 * A lab that is joined to the outside, as one call: live (and recorded), or replayed from a recording.
 */
import { readFileSync } from "node:fs";
import type { LabRun } from "../lab/run/lab-run.js";
import type { Verdict } from "../lab/run/verdict.js";
import { plugsOf } from "./kinds.js";
import { parseRecording, type Recording } from "./recording.js";
import { Replay, type ReplayOutcome } from "./replay.js";
import { type PacedOptions, type PacedReport, runPaced } from "./run-paced.js";
import { RecordingFile } from "./session-recorder.js";

export interface LabSessionOptions
  extends Pick<PacedOptions, "untilIdle" | "signal" | "factor" | "lateAfter" | "opened" | "clock"> {
  /** The file to record to; one that exists is replaced. */
  readonly record?: string;
}

export interface LabSession extends PacedReport {
  readonly verdict: Verdict;
}

/**
 * Runs a lab paced to the wall clock until its end, or until the signal aborts if it has none, and gives the verdict.
 * Rejects, with everything closed, as `runPaced` does.
 */
export async function runLabSession(run: LabRun, options: LabSessionOptions = {}): Promise<LabSession> {
  const { record, ...rest } = options;
  const report = await runPaced(run.world, plugsOf(run.world), {
    ...rest,
    ...(run.until !== undefined && { until: run.until }),
    ...(record !== undefined && { record: new RecordingFile(record) }),
    lab: run.plan.document.name,
    fingerprint: () => run.facts().fingerprint,
  });
  return { ...report, verdict: run.verdict() };
}

/** Reads a recording's file. Throws with the path, and where and what is wrong. */
export function readRecording(path: string): Recording {
  try {
    return parseRecording(readFileSync(path));
  } catch (error) {
    throw new Error(`cannot replay ${path}: ${(error as Error).message}`);
  }
}

export interface LabReplay extends ReplayOutcome {
  readonly verdict: Verdict;
  /** Whether the run came to the session's fingerprint; null if the session was cut off and has none. */
  readonly sameFingerprint: boolean | null;
}

/**
 * Runs a recorded session again, as fast as it goes, to the instant at which it ended. The run must not have begun, with
 * the recording's seed. Throws if the recording is of another lab.
 */
export function replayLabSession(run: LabRun, recording: Recording): LabReplay {
  const { header, end } = recording;
  const { name } = run.plan.document;
  if (header.lab !== name) throw new Error(`the recording was made of the lab ${header.lab}, not of ${name}`);
  const replay = new Replay(run.world, plugsOf(run.world), recording);
  replay.begin();
  run.runUntil(replay.until);
  const sameFingerprint = end === null ? null : end.fingerprint === run.facts().fingerprint;
  return { ...replay.outcome(), verdict: run.verdict(), sameFingerprint };
}
