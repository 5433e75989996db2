/**
 * A learning switch (IEEE 802.1D-2004 §7): store and forward, one queue for each port (the cable's), a forwarding
 * database with ageing. Spanning tree, VLANs and multicast snooping are not here yet.
 */
import { formatMac, macHi, macLo, macOf } from "../core/mac.js";
import type { Origin } from "../core/step.js";
import { SECOND } from "../core/time.js";
import { FCS_GOOD, type Frame } from "../link/frame.js";
import { Node } from "../link/node.js";
import type { Port } from "../link/port.js";
import type { World } from "../link/world.js";
import { MacTable } from "./mac-table.js";

export interface SwitchOptions {
  /** How long a station is remembered after it was last heard; default 300 s. */
  readonly ageing?: number;
  /** The most stations in the forwarding database; default 8192. */
  readonly tableLimit?: number;
}

/** There are no VLANs here: every row stands in VLAN 0. */
const UNTAGGED = 0;
const HEADER = 14;

export class Switch extends Node {
  readonly table: MacTable;

  constructor(world: World, name: string, options: SwitchOptions = {}) {
    super(world, name);
    this.table = new MacTable(options.ageing ?? 300 * SECOND, options.tableLimit ?? 8192);
  }

  override receive(port: Port, frame: Frame): void {
    if (frame.end - frame.start < HEADER) {
      port.rxErrors++;
      this.drop(frame, "frame-too-short", port);
      return;
    }
    if (frame.sentFcs !== FCS_GOOD && !frame.hasGoodFcs()) {
      port.rxErrors++;
      this.drop(frame, "fcs-error", port);
      return;
    }
    const { view, start } = frame;
    const { now } = this.world.engine;
    const srcHi = view.getUint16(start + 6);
    const srcLo = view.getInt32(start + 8);
    // IEEE 802.1D §7.8: a group address is nobody's source, so nothing is learned from it.
    if ((srcHi & 0x0100) !== 0) {
      this.drop(frame, "switch-group-source", port);
      return;
    }
    const news = this.table.learn(srcHi, srcLo, UNTAGGED, port.index, now, frame.id);
    if (news && this.world.journal !== null)
      this.tell(frame, "learned", port.name, { mac: formatMac(macOf(srcHi, srcLo)), table: "fdb" });

    const dstHi = view.getUint16(start);
    const dstLo = view.getInt32(start + 2);
    if ((dstHi & 0x0100) !== 0) {
      // IEEE 802.1D §7.12.6: 01-80-C2-00-00-00 to -0F stay on their link.
      if (dstHi === 0x0180 && (dstLo & ~15) === (0xc2000000 | 0)) this.drop(frame, "switch-reserved", port);
      else this.flood(port, frame, "group address");
      return;
    }
    const out = this.table.lookup(dstHi, dstLo, UNTAGGED, now);
    if (out === port.index) {
      this.drop(frame, "switch-same-port", port, { dst: formatMac(macOf(dstHi, dstLo)) });
      return;
    }
    const target = out < 0 ? undefined : this.ports[out];
    if (target === undefined || target.attachment === null) {
      this.flood(port, frame, "unknown address");
      return;
    }
    if (this.world.journal !== null) this.tellForwarded(frame, dstHi, dstLo, target);
    target.transmit(frame);
  }

  /** IEEE 802.1D §17.11 asks for a short ageing after topology changes; a port without carrier has no stations at all. */
  override portChanged(port: Port): void {
    if (!port.carrier) this.table.flush(port.index);
  }

  private flood(from: Port, frame: Frame, why: string): void {
    let last: Port | null = null;
    let copies = 0;
    for (const out of this.ports) {
      if (out === from || !out.carrier) continue;
      if (last !== null) last.transmit(frame.clone());
      last = out;
      copies++;
    }
    if (this.world.journal !== null) this.tell(frame, "flooded", from.name, { copies, why });
    if (last === null) this.drop(frame, "switch-no-port", from);
    else last.transmit(frame);
  }

  private tellForwarded(frame: Frame, hi: number, lo: number, target: Port): void {
    const facts = { mac: formatMac(macOf(hi, lo)), port: target.name, table: "fdb" };
    this.tell(frame, "forwarded", target.name, facts, this.table.origin(hi, lo, UNTAGGED));
  }

  /** Pins an address to a port (`bridge fdb add … static`). */
  addStatic(mac: number, port: Port, origin: Origin = { by: "config" }): void {
    this.table.addStatic(macHi(mac), macLo(mac), UNTAGGED, port.index, origin);
  }

  /** Takes an address out of the forwarding database; false if it was not there. */
  forget(mac: number): boolean {
    return this.table.remove(macHi(mac), macLo(mac), UNTAGGED);
  }
}
