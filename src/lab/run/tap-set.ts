/** Lets several listeners watch the links of one world: captures, fingerprints, expectations. */
import type { DropReason } from "../../core/drop-reason.js";
import type { Frame } from "../../link/frame.js";
import type { Node } from "../../link/node.js";
import type { Port } from "../../link/port.js";
import type { LinkTap, World } from "../../link/world.js";

export class TapSet implements LinkTap {
  private taps: readonly LinkTap[] = [];

  constructor(private readonly world: World) {}

  /** A tap added while a frame is handled sees the next one first. */
  add(tap: LinkTap): void {
    this.taps = [...this.taps, tap];
    this.world.tap = this;
  }

  remove(tap: LinkTap): void {
    this.taps = this.taps.filter((other) => other !== tap);
    if (this.taps.length === 0) this.world.tap = null;
  }

  arriving(from: Port, to: Port, frame: Frame): void {
    for (const tap of this.taps) tap.arriving(from, to, frame);
  }

  arrived(to: Port): void {
    for (const tap of this.taps) tap.arrived(to);
  }

  lost(from: Port, frame: Frame, reason: DropReason): void {
    for (const tap of this.taps) tap.lost(from, frame, reason);
  }

  dropped(node: Node, frame: Frame, reason: DropReason): void {
    for (const tap of this.taps) tap.dropped(node, frame, reason);
  }
}

/** A tap that hears only what it overrides. */
export class SilentTap implements LinkTap {
  arriving(_from: Port, _to: Port, _frame: Frame): void {}
  arrived(_to: Port): void {}
  lost(_from: Port, _frame: Frame, _reason: DropReason): void {}
  dropped(_node: Node, _frame: Frame, _reason: DropReason): void {}
}
