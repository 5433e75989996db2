/**
 * The few things that every node of a lab is handed: clock, frames, seeded streams, and who listens.
 */
import type { DropReason } from "../core/drop-reason.js";
import { RandomStream } from "../core/random.js";
import type { Journal } from "../core/step.js";
import { Engine } from "../engine/engine.js";
import type { Frame } from "./frame.js";
import { FramePool } from "./frame-pool.js";
import type { Node } from "./node.js";
import type { Port } from "./port.js";

/** Sees what happens on links. Nothing it is shown may be kept or changed: copy the bytes. */
export interface LinkTap {
  /** A frame arrives at `to`; the node there is called right afterwards. */
  arriving(from: Port, to: Port, frame: Frame): void;
  /** The node has dealt with the frame of the last `arriving` (which by now is somebody else's or gone). */
  arrived(to: Port): void;
  /** The link or its queue lost a frame that `from` sent. */
  lost(from: Port, frame: Frame, reason: DropReason): void;
  /** A node ended a frame. */
  dropped(node: Node, frame: Frame, reason: DropReason): void;
}

export interface WorldOptions {
  readonly seed?: number;
  readonly engine?: Engine;
  /** Frame pool in debug mode: use after free, double free and leaks become errors. */
  readonly debugFrames?: boolean;
}

export class World {
  readonly engine: Engine;
  readonly frames: FramePool;
  readonly seed: number;
  readonly nodes = new Map<string, Node>();
  /** Set while decisions are recorded. */
  journal: Journal | null = null;
  /** Set while somebody watches the links. */
  tap: LinkTap | null = null;
  private lastPort = 0;

  constructor(options: WorldOptions = {}) {
    this.engine = options.engine ?? new Engine();
    this.frames = new FramePool(options.debugFrames ?? false);
    this.seed = options.seed ?? 1;
  }

  /** A number for a new port, in the order of building. */
  nextPortNumber(): number {
    return this.lastPort++;
  }

  /** The random stream of that name; the same name gives the same numbers, whatever else the lab holds. */
  random(name: string): RandomStream {
    return new RandomStream(this.seed, name);
  }
}
