/**
 * A hub: a repeater with many ports (IEEE 802.3 §9). Every frame that comes in goes out of all other ports, good or bad:
 * a repeater reads no address and checks no FCS. Collisions are not modelled here: each port has a full-duplex cable.
 */
import type { Frame } from "../link/frame.js";
import { Node } from "../link/node.js";
import type { Port } from "../link/port.js";

export class Hub extends Node {
  override receive(port: Port, frame: Frame): void {
    const { ports, world } = this;
    let last: Port | null = null;
    let copies = 0;
    for (const out of ports) {
      if (out === port || out.attachment === null) continue;
      if (last !== null) last.transmit(frame.clone());
      last = out;
      copies++;
    }
    if (world.journal !== null) this.tell(frame, "flooded", port.name, { copies });
    if (last === null) this.drop(frame, "no-link", port);
    else last.transmit(frame);
  }
}
