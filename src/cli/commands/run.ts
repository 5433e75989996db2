/** netcosm run: a lab from start to verdict. Exit status 0 as expected, 1 an expectation failed, 2 usage or lab file. */
import pc from "picocolors";
import { formatInstant } from "../../core/time.js";
import { formatVerdict, type Lab, type LabRun, type StartOptions, type Verdict } from "../../lab/index.js";
import { describeLoop } from "../../lab/run/loop-watch.js";
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
  checkOptions(options);
  const lab = loadLab(path);
  const recording = options.replay === undefined ? undefined : await readRecordingFile(options.replay);
  const paced = options.pace !== undefined || (lab.realTime && recording === undefined);
  if (options.record !== undefined && !lab.realTime)
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
          ? await interruptible((signal) => runPaced(running, options, lab.realTime, print, signal))
          : await interruptible((signal) => runFast(lab, running, start, signal));
    if (options.json === true) print(`${JSON.stringify(facts(lab, running, session), null, 2)}\n`);
    else print(report(running, session, options.quiet === true));
    if (!session.verdict.ok || session.failed) process.exitCode = EXIT_FAILED;
  } finally {
    running.close();
    sink?.close();
  }
}

function checkOptions({ record, replay, pace, link, capture }: RunOptions): void {
  const exclusive = (a: string, b: string) => new UsageError(`${a} and ${b} exclude each other`);
  if (replay !== undefined && record !== undefined) throw exclusive("--record", "--replay");
  if (replay !== undefined && pace !== undefined) throw exclusive("--pace", "--replay");
  if (link !== undefined && capture === undefined)
    throw new UsageError("--link says which links --capture takes; name a file there as well");
  if (pace !== undefined) factorOption(pace);
}

function startCapture(running: LabRun, sink: CaptureSink, links: readonly string[] | undefined): void {
  try {
    running.capture(sink.write, links);
  } catch (error) {
    throw new UsageError(`--link: ${(error as Error).message}`);
  }
}

/** What may be interrupted: the signal aborts with Ctrl-C, once; a second one ends the program. */
async function interruptible<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    return await run(stop.signal);
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

/** A lab that fails runs once more, recorded, so that every failure can tell why: the same lab and seed do the same again. */
async function runFast(
  lab: Lab,
  running: LabRun,
  start: StartOptions,
  signal: AbortSignal,
): Promise<Session> {
  const finished = await runWithProgress(running, signal);
  const verdict = running.verdict();
  if (!finished)
    return { verdict, remarks: [`interrupted at ${formatInstant(running.now)} s`], facts: {}, failed: true };
  if (verdict.ok || running.loop !== undefined) return { verdict, remarks: [], facts: {}, failed: false };
  const again = lab.start({ ...start, record: true });
  const told = await runWithProgress(again, signal);
  return { verdict: told ? again.verdict() : verdict, remarks: [], facts: {}, failed: false };
}

async function runPaced(
  running: LabRun,
  options: RunOptions,
  joined: boolean,
  print: (text: string) => void,
  signal: AbortSignal,
): Promise<Session> {
  const { runLabSession } = await import("../../plug/lab-session.js");
  const factor = options.pace === undefined ? 1 : factorOption(options.pace);
  try {
    const session = await runLabSession(running, {
      signal,
      factor,
      untilIdle: !joined,
      ...(options.record !== undefined && { record: options.record }),
      opened: () => {
        if (options.json === true || options.quiet === true) return;
        const pace = factor === 1 ? "in real time" : `at ${factor} times real time`;
        print(`running ${pace}${joined && running.until === undefined ? "; Ctrl-C ends it" : ""}\n`);
      },
    });
    const { framesIn, framesOut, late, latest, troubles, verdict } = session;
    return {
      verdict,
      remarks: [
        ...(joined ? [`${framesIn} frames came in, ${framesOut} went out`] : []),
        ...(late > 0
          ? [`${late} events ran late, the latest by ${formatInstant(latest)} s: this machine was too slow`]
          : []),
        ...troubles,
      ],
      facts: { ...(joined && { framesIn, framesOut, troubles }), late, latestNanoseconds: latest },
      failed: false,
    };
  } catch (error) {
    throw new UsageError((error as Error).message);
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
  const { loop, until } = running;
  const lines = [verdict.ok ? pc.green(sum) : pc.red(sum), ...remarks];
  // Without an end of its own the lab has failed by it.
  if (loop !== undefined && until !== undefined) lines.push(describeLoop(loop));
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
