/** Counts the frames that arrive over a link and pass a capture filter, and judges their number. */
import { formatDuration, type Nanoseconds } from "../../core/time.js";
import type { Frame } from "../../link/frame.js";
import type { Port } from "../../link/port.js";
import { compileFilter, type FramePredicate } from "../../trace/filter/compile-filter.js";
import type { LabPath } from "../file/complaint.js";
import type { FramesExpectation } from "../file/expectations.js";
import { inRange, parseRange } from "../file/words.js";
import { type Finding, rangeWords, type Suspect } from "./finding.js";
import type { Network } from "./network.js";
import { linkEnds } from "./script.js";
import { SilentTap } from "./tap-set.js";

const AT_LEAST_ONE = parseRange(">=1", Number)!;

export class FrameCount extends SilentTap {
  private count = 0;
  private others = 0;
  private firstFrame = 0;
  private firstSender = "";
  private first: Nanoseconds = 0;
  private last: Nanoseconds = 0;
  private readonly passes: FramePredicate;
  private readonly receivers: ReadonlySet<Port>;
  private readonly linkName: string;

  constructor(
    private readonly network: Network,
    private readonly expectation: FramesExpectation,
    private readonly path: LabPath,
  ) {
    super();
    const link = network.link(...linkEnds(expectation.on));
    this.linkName = link.name;
    this.passes = compileFilter(expectation.frames);
    this.receivers = new Set(link.directions(expectation.towards).map(({ to }) => to));
  }

  override arriving(sender: Port, to: Port, frame: Frame): void {
    const { now } = this.network.world.engine;
    const { from = 0, to: until = Number.POSITIVE_INFINITY } = this.expectation;
    if (!this.receivers.has(to) || now < from || now > until) return;
    if (!this.passes(frame.bytes, frame.start, frame.end)) {
      this.others++;
      return;
    }
    if (this.count++ === 0) {
      this.first = now;
      this.firstFrame = frame.id;
      this.firstSender = sender.node.name;
    }
    this.last = now;
  }

  judge(): Finding {
    const { frames, towards, from, to, count = AT_LEAST_ONE } = this.expectation;
    const towardsText = towards === undefined ? "" : ` towards ${towards}`;
    const span = [
      ...(from === undefined ? [] : [`from ${formatDuration(from)}`]),
      ...(to === undefined ? [] : [`until ${formatDuration(to)}`]),
    ];
    const where = [`over ${this.linkName}${towardsText}`, ...span].join(" ");
    const number =
      count === AT_LEAST_ONE
        ? "at least one frame"
        : count.max === 0
          ? "no frame"
          : `${rangeWords(count)} frames`;
    return {
      ok: inRange(this.count, count),
      path: this.path,
      expected: `${number} "${frames}" ${where}`,
      happened: this.told(),
      // A frame that should not be there tells by its journey how it came.
      ...(count.max === 0 && this.count > 0 && { suspect: this.suspect() }),
    };
  }

  private suspect(): Suspect {
    const { firstSender: node, first, firstFrame: culprit } = this;
    return { node, from: first, to: first, culprit };
  }

  private told(): string {
    const others = `${this.others} others`;
    if (this.count === 0) return `none arrived (${others} did)`;
    const times =
      this.count === 1
        ? `at ${formatDuration(this.first)}`
        : `the first at ${formatDuration(this.first)}, the last at ${formatDuration(this.last)}`;
    return `${this.count} arrived, ${times} (and ${others})`;
  }
}
