/**
 * A node: anything with ports. Hubs, switches, hosts and plugs to the outside are nodes; links join their ports.
 */

import type { DropReason } from "../core/drop-reason.js";
import { LazyMap } from "../core/lazy-map.js";
import type { Origin, StepVerb } from "../core/step.js";
import type { Frame } from "./frame.js";
import type { Port } from "./port.js";
import type { World } from "./world.js";

export abstract class Node {
  /** By index. Ports add themselves. */
  ports: readonly Port[] = [];
  /** Frames and packets that ended on this node, by reason. */
  readonly drops = new LazyMap<DropReason, number>();

  constructor(
    readonly world: World,
    readonly name: string,
  ) {
    world.nodes.set(name, this);
  }

  /** Takes a frame from a port of this node. The node owns the frame from here on. */
  abstract receive(port: Port, frame: Frame): void;

  /** The port's carrier came or went. */
  portChanged(_port: Port): void {}

  /** The port of that name, if there is one. */
  port(name: string): Port | undefined {
    return this.ports.find((port) => port.name === name);
  }

  /** Ends a frame here: counts it, tells whoever listens, and frees it. */
  drop(
    frame: Frame,
    reason: DropReason,
    port: Port | null = null,
    facts?: Record<string, string | number>,
  ): void {
    this.drops.set(reason, (this.drops.get(reason) ?? 0) + 1);
    const { journal, tap } = this.world;
    if (tap !== null) tap.dropped(this, frame, reason);
    if (journal !== null)
      journal.step({
        time: this.world.engine.now,
        node: this.name,
        frame: frame.id,
        verb: "dropped",
        reason,
        ...(port === null ? {} : { port: port.name }),
        ...(facts === undefined ? {} : { facts }),
      });
    frame.free();
  }

  /** Tells a step to the journal. Hot paths ask `world.journal !== null` first, so that nothing is built for nobody. */
  tell(
    frame: Frame,
    verb: StepVerb,
    port: string | undefined,
    facts?: Record<string, string | number | boolean>,
    because?: Origin,
  ): void {
    this.world.journal?.step({
      time: this.world.engine.now,
      node: this.name,
      frame: frame.id,
      verb,
      ...(port === undefined ? {} : { port }),
      ...(facts === undefined ? {} : { facts }),
      ...(because === undefined ? {} : { because }),
    });
  }
}
