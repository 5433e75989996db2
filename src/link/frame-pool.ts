/**
 * Frames by size class, reused. A frame from the pool holds old bytes beyond what its taker writes.
 *
 * In debug mode every frame is used once: a freed frame answers any touch with an error that names who freed it, a second
 * free is an error, and `leaks()` lists what was never freed, each with the place where it was taken.
 */
import { FCS_GOOD, Frame } from "./frame.js";

/** Room in front for outer headers; 2 more than a multiple of 4, so that an IP header behind 14 bytes is aligned. */
export const HEADROOM = 130;

const CLASS_SIZES: readonly number[] = [512, 2048, 9728, 66_048];
const KEEP: readonly number[] = [4096, 4096, 256, 16];

export class FramePool {
  private readonly free: Frame[][] = CLASS_SIZES.map(() => []);
  private lastId = 0;
  /** Frames taken and not yet given back. */
  outstanding = 0;
  private readonly live: Map<Frame, string> | null;

  constructor(readonly debug = false) {
    this.live = debug ? new Map() : null;
  }

  /** A fresh journey id. */
  nextId(): number {
    return ++this.lastId;
  }

  /**
   * A frame with room for `size` bytes behind `headroom` bytes, and a fresh id. `start` and `end` are set; the bytes are
   * whatever was there. Sizes beyond the largest class get a buffer of their own.
   */
  take(size: number, headroom = HEADROOM): Frame {
    const need = size + headroom;
    const sizeClass = need <= 512 ? 0 : need <= 2048 ? 1 : need <= 9728 ? 2 : need <= 66_048 ? 3 : 4;
    const list = this.free[sizeClass];
    let frame = list?.pop();
    if (frame === undefined)
      frame = new Frame(new Uint8Array(CLASS_SIZES[sizeClass] ?? need), sizeClass, this);
    frame.start = headroom;
    frame.end = need;
    frame.id = ++this.lastId;
    frame.cause = 0;
    frame.sentFcs = FCS_GOOD;
    frame.trusted = false;
    frame.network = 0;
    this.outstanding++;
    if (this.live !== null) this.live.set(frame, callPlace());
    return frame;
  }

  /** A frame that holds a copy of the bytes. */
  from(bytes: Uint8Array): Frame {
    const frame = this.take(bytes.length);
    frame.bytes.set(bytes, frame.start);
    return frame;
  }

  /** For Frame.free only. */
  give(frame: Frame): void {
    this.outstanding--;
    if (this.live !== null) {
      this.retire(frame);
      return;
    }
    const list = this.free[frame.sizeClass];
    if (list !== undefined && list.length < KEEP[frame.sizeClass]!) list.push(frame);
  }

  /** Debug mode: where each frame that is still out was taken. */
  leaks(): string[] {
    return this.live === null
      ? []
      : [...this.live.entries()].map(([frame, place]) => `frame ${frame.id} taken at ${place}`);
  }

  private retire(frame: Frame): void {
    const { id } = frame;
    const place = callPlace();
    if (!this.live!.delete(frame))
      throw new Error(`frame ${id} was freed twice, the second time at ${place}`);
    const touched = (): never => {
      throw new Error(`frame ${id} was used after it was freed at ${place}`);
    };
    for (const field of ["bytes", "view", "start", "end", "id", "sentFcs", "network"])
      Object.defineProperty(frame, field, { get: touched, set: touched, configurable: true });
    Object.defineProperty(frame, "free", {
      value: () => {
        throw new Error(`frame ${id} was freed twice; the first time at ${place}`);
      },
    });
  }
}

/** The first place outside this file in the present call stack. */
function callPlace(): string {
  const lines = (new Error().stack ?? "").split("\n").slice(1);
  const outside = lines.filter((line) => !/frame(-pool)?\.[jt]s/.test(line));
  return (outside[0] ?? "unknown").trim().replace(/^at /, "");
}
