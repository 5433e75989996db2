/**
 * Runs a recorded session again without the outside: what came in comes in at the same instants, and what goes out is
 * compared with what went out.
 *
 * The replay queues one entry at a time, each alone at its instant (see border.ts), so it needs no run loop of its own:
 * begin, run the engine to `until` in whatever way, then ask for the outcome.
 */
import { toHex } from "../core/bytes.js";
import { formatInstant, type Nanoseconds } from "../core/time.js";
import type { EventHandler } from "../engine/event-queue.js";
import type { Frame } from "../link/frame.js";
import type { World } from "../link/world.js";
import type { Border } from "./border.js";
import type { Plug } from "./plug.js";
import type { Crossing, Recording } from "./recording.js";

export interface ReplayOutcome {
  readonly framesIn: number;
  readonly framesOut: number;
  /** The first thing that left the lab otherwise than in the session; null if there is none. */
  readonly difference: string | null;
}

export class Replay implements Border, EventHandler {
  /** When the session ended (or, where it was cut off, its last crossing): run the engine up to here. */
  readonly until: Nanoseconds;
  private readonly plugs: readonly Plug[];
  private readonly entering: readonly Crossing[];
  private readonly leaving: readonly Crossing[];
  private framesIn = 0;
  private framesOut = 0;
  private difference: string | null = null;

  /** The world must be as it was when the session began. Throws if its plugs or its seed are not those of the recording. */
  constructor(
    private readonly world: World,
    plugs: readonly Plug[],
    private readonly recording: Recording,
  ) {
    const names = recording.header.plugs;
    const found = names.map((name) => plugs.find((plug) => plug.name === name));
    if (plugs.length !== names.length || found.includes(undefined))
      throw new Error(
        `the recording was made with the plugs ${names.join(", ")}; ` +
          `this lab has ${plugs.map((plug) => plug.name).join(", ") || "none"}`,
      );
    this.plugs = found as Plug[];
    const { crossings, end, header } = recording;
    if (header.seed !== world.seed)
      throw new Error(
        `the recording was made with the seed ${header.seed}, this lab runs with ${world.seed}`,
      );
    this.entering = crossings.filter((crossing) => crossing.direction === "in");
    this.leaving = crossings.filter((crossing) => crossing.direction === "out");
    this.until = end?.time ?? crossings.at(-1)?.time ?? 0;
  }

  /** Takes the place of the outside. */
  begin(): void {
    for (const plug of this.plugs) plug.border = this;
    this.queueNext();
  }

  /** For the run loop: the instant at which a frame came in. */
  handle(): void {
    const { plug, bytes } = this.entering[this.framesIn++]!;
    this.queueNext();
    this.plugs[plug]!.inject(bytes);
  }

  outgoing(plug: Plug, frame: Frame): void {
    const expected = this.leaving[this.framesOut++];
    this.difference ??= this.compare(expected, plug, frame);
  }

  /** To be asked when the engine has run to `until`. */
  outcome(): ReplayOutcome {
    const { framesIn, framesOut, leaving } = this;
    const missing = leaving[framesOut];
    if (missing !== undefined)
      this.difference ??= `${this.place(missing)}: the session sent a frame that the replay did not send`;
    return { framesIn, framesOut, difference: this.difference };
  }

  private queueNext(): void {
    const next = this.entering[this.framesIn];
    if (next !== undefined) this.world.engine.schedule(next.time, this);
  }

  private compare(expected: Crossing | undefined, plug: Plug, frame: Frame): string | null {
    const { now } = this.world.engine;
    const here = `${formatInstant(now)} s, ${plug.name}`;
    if (expected === undefined) return `${here}: the replay sent a frame that the session did not send`;
    const there = this.place(expected);
    if (expected.time !== now || this.plugs[expected.plug] !== plug)
      return `${there}: the session sent its frame ${this.framesOut}; the replay sent that one at ${here}`;
    const { bytes } = expected;
    const sent = frame.bytes.subarray(frame.start, frame.end);
    if (sent.length !== bytes.length)
      return `${there}: the session sent ${bytes.length} bytes, the replay ${sent.length}`;
    const at = bytes.findIndex((byte, i) => byte !== sent[i]);
    if (at < 0) return null;
    const hex = (all: Uint8Array) => `0x${toHex(all, at, at + 1)}`;
    return `${there}: byte ${at} of the frame was ${hex(bytes)} in the session and is ${hex(sent)} in the replay`;
  }

  private place(crossing: Crossing): string {
    return `${formatInstant(crossing.time)} s, ${this.recording.header.plugs[crossing.plug]}`;
  }
}
