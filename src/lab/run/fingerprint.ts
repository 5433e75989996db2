/** The fingerprint of a run: a hash over the time, the port and the bytes of every frame that arrives. */
import { RunningHash } from "../../core/hash.js";
import type { Engine } from "../../engine/engine.js";
import type { Frame } from "../../link/frame.js";
import type { Port } from "../../link/port.js";
import { SilentTap } from "./tap-set.js";

export class FingerprintTap extends SilentTap {
  /** Frames that arrived at a port so far. */
  frames = 0;
  private readonly hash = new RunningHash();

  constructor(private readonly engine: Engine) {
    super();
  }

  override arriving(_from: Port, to: Port, frame: Frame): void {
    this.frames++;
    this.hash.number(this.engine.now);
    this.hash.number(to.number);
    this.hash.bytes(frame.bytes, frame.start, frame.end);
  }

  digest(): string {
    return this.hash.digest();
  }
}
