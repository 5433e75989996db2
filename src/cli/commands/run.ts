/** netcosm run: a lab from start to verdict. Exit status 0 as expected, 1 an expectation failed, 2 usage or lab file. */
import pc from "picocolors";
import { formatInstant } from "../../core/time.js";
import { formatVerdict, type Lab, type LabRun, type StartOptions, type Verdict } from "../../lab/index.js";
import { CaptureSink } from "../capture-sink.js";
import { EXIT_FAILED, UsageError } from "../exit.js";
import { loadLab } from "../load-lab.js";
import { durationOption, factorOption, seedOption } from "../options.js";
import { runWithProgress } from "../progress.js";
import { transcript } from "../transcript.js";

export interface RunOptions {
  readonly until?: string;
  readonly seed?: string;
  readonly capture?: string;
  readonly link?: readonly string[];
  readonly pace?: string;
  readonly record?: string;
  readonly replay?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** What a paced or replayed session adds to the facts. */
interface Session {
  readonly verdict: Verdict;
  /** Sentences for people. */
  readonly remarks: readonly string[];
  readonly facts: Readonly<Record<string, unknown>>;
  /** The session itself went wrong, whatever the expectations say. */
  readonly failed: boolean;
}

export async function run(path: string, options: RunOptions): Promise<void> {
  if (options.record !== undefined && options.replay !== undefined)
    throw new UsageError("--record and --replay exclude each other");
  if (options.link !== undefined && options.capture === undefined)
    throw new UsageError("--link says which links --capture takes; name a file there as well");
  const lab = loadLab(path);
  const recording = options.replay === undefined ? undefined : await readRecordingFile(options.replay);
  const paced = options.pace !== undefined || (lab.realTime && recording === undefined);
  if (options.record !== undefined && !paced)
    throw new UsageError(`--record keeps what comes from outside, and ${path} is not joined to it`);
  const seed = options.seed === undefined ? recording?.header.seed : seedOption(options.seed);
  const start: StartOptions = {
    ...(seed !== undefined && { seed }),
    ...(options.until !== undefined && { until: durationOption("--until", options.until) }),
  };
  const running = lab.start(start);
  const sink = options.capture === undefined ? null : new CaptureSink(options.capture, paced);
  try {
    if (sink !== null) startCapture(running, sink, options.link);
    // Text goes where it does not disturb a capture on standard output.
    const print = (text: string): boolean =>
      (options.capture === "-" ? process.stderr : process.stdout).write(text);
    if (options.json !== true && options.quiet !== true) print(heading(lab));
    const session =
      recording !== undefined
        ? await replay(running, recording)
        : paced
          ? await runPaced(running, options, print)
          : runFast(lab, running, start);
    if (options.json === true) print(`${JSON.stringify(facts(lab, running, session), null, 2)}\n`);
    else print(report(running, session, options.quiet === true));
    if (!session.verdict.ok || session.failed) process.exitCode = EXIT_FAILED;
  } finally {
    running.close();
    sink?.close();
  }
}

function startCapture(running: LabRun, sink: CaptureSink, links: readonly string[] | undefined): void {
  try {
    running.capture(sink.write, links);
  } catch (error) {
    throw new UsageError(`--link: ${(error as Error).message}`);
  }
}

/** A lab that fails runs once more, recorded, so that every failure can tell why: the same lab and seed do the same again. */
function runFast(lab: Lab, running: LabRun, start: StartOptions): Session {
  runWithProgress(running);
  const verdict = running.verdict();
  return {
    verdict: verdict.ok ? verdict : lab.start({ ...start, record: true }).run(),
    remarks: [],
    facts: {},
    failed: false,
  };
}

async function runPaced(
  running: LabRun,
  options: RunOptions,
  print: (text: string) => void,
): Promise<Session> {
  const { runLabSession } = await import("../../plug/lab-session.js");
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    const session = await runLabSession(running, {
      signal: stop.signal,
      ...(options.pace !== undefined && { factor: factorOption(options.pace) }),
      ...(options.record !== undefined && { record: options.record }),
      opened: () => {
        if (options.json !== true && options.quiet !== true)
          print(`running in real time${running.until === undefined ? "; Ctrl-C ends it" : ""}\n`);
      },
    });
    const { framesIn, framesOut, late, latest, troubles, verdict } = session;
    return {
      verdict,
      remarks: [
        `${framesIn} frames came in, ${framesOut} went out`,
        ...(late > 0
          ? [`${late} events ran late, the latest by ${formatInstant(latest)} s: this machine was too slow`]
          : []),
        ...troubles,
      ],
      facts: { framesIn, framesOut, late, latestNanoseconds: latest, troubles },
      failed: false,
    };
  } catch (error) {
    throw new UsageError((error as Error).message);
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

async function readRecordingFile(path: string) {
  const { readRecording } = await import("../../plug/lab-session.js");
  try {
    return readRecording(path);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

async function replay(
  running: LabRun,
  recording: Awaited<ReturnType<typeof readRecordingFile>>,
): Promise<Session> {
  const { replayLabSession } = await import("../../plug/lab-session.js");
  try {
    const { verdict, sameFingerprint, ...outcome } = replayLabSession(running, recording);
    return {
      verdict,
      remarks: [
        sameFingerprint === null
          ? "the recorded session was cut off, so there is no fingerprint to compare"
          : sameFingerprint
            ? "the replay has the session's fingerprint"
            : "the replay's fingerprint differs from the session's: the lab or the program has changed since",
      ],
      facts: { sameFingerprint, ...outcome },
      failed: sameFingerprint === false,
    };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function heading(lab: Lab): string {
  const { about } = lab;
  const lines = [
    pc.bold(lab.name),
    ...(about === undefined ? [] : [about.en, ...(about.zh === undefined ? [] : [about.zh])]),
  ];
  return `${lines.join("\n")}\n\n`;
}

function report(running: LabRun, { verdict, remarks }: Session, quiet: boolean): string {
  const { fingerprint, frames, virtualSeconds, drops } = running.facts();
  const sum = formatVerdict(verdict);
  const lines = [verdict.ok ? pc.green(sum) : pc.red(sum), ...remarks];
  if (!quiet) {
    const dropped = Object.entries(drops).map(([reason, count]) => `${reason} ${count}`);
    lines.unshift(transcript(running));
    lines.push(
      pc.dim(`${virtualSeconds} virtual seconds, ${frames} frames, fingerprint ${fingerprint}`),
      ...(dropped.length === 0 ? [] : [pc.dim(`dropped: ${dropped.join(", ")}`)]),
    );
  }
  return `${lines.join("\n")}\n`;
}

function facts(lab: Lab, running: LabRun, { verdict, facts: more }: Session): unknown {
  return { lab: lab.name, ok: verdict.ok, ...running.facts(), ...more, results: verdict.results };
}
