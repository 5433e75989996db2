/** Two nodes that note what reaches them, joined by one cable. */
import { Cable, type CableOptions } from "../../src/link/cable.js";
import type { Frame } from "../../src/link/frame.js";
import { Node } from "../../src/link/node.js";
import { Port } from "../../src/link/port.js";
import { World, type WorldOptions } from "../../src/link/world.js";

export interface Arrival {
  readonly time: number;
  readonly id: number;
  readonly bytes: Uint8Array;
  readonly goodFcs: boolean;
}

/** Notes each frame and frees it. */
export class Sink extends Node {
  readonly arrivals: Arrival[] = [];
  readonly carrierSeen: boolean[] = [];

  override receive(_port: Port, frame: Frame): void {
    this.arrivals.push({
      time: this.world.engine.now,
      id: frame.id,
      bytes: frame.bytes.slice(frame.start, frame.end),
      goodFcs: frame.hasGoodFcs(),
    });
    frame.free();
  }

  override portChanged(port: Port): void {
    this.carrierSeen.push(port.carrier);
  }

  get times(): number[] {
    return this.arrivals.map(({ time }) => time);
  }

  get ids(): number[] {
    return this.arrivals.map(({ id }) => id);
  }
}

export function twoSinks(options: CableOptions = {}, worldOptions: WorldOptions = {}) {
  const world = new World({ debugFrames: true, ...worldOptions });
  const left = new Sink(world, "left");
  const right = new Sink(world, "right");
  const a = new Port(left, 0, "eth0");
  const b = new Port(right, 0, "eth0");
  const cable = new Cable(a, b, options);
  /** Sends frames of that size from a port, each filled with its own number; their ids. */
  const send = (count = 1, size = 60, from = a): number[] =>
    Array.from({ length: count }, (_, i) => {
      const frame = world.frames.from(new Uint8Array(size).fill(i + 1));
      const { id } = frame;
      from.transmit(frame);
      return id;
    });
  return { world, engine: world.engine, left, right, a, b, cable, send };
}
