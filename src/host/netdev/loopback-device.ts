/**
 * The loopback device: what is sent comes back in at the same instant, after everything that is due now, unless it is a
 * great lot. Frames carry an Ethernet header of zeros, as Linux's `lo` does.
 */
import { writeU16 } from "../../core/bytes.js";
import { ZERO_MAC } from "../../core/mac.js";
import type { Frame } from "../../link/frame.js";
import { ETHERNET_HEADER_SIZE, ETHERNET_TYPE } from "../../wire/ethernet.js";
import { MOST_WAITING } from "../own-traffic.js";
import type { Stack } from "../stack.js";
import { FOR_HOST, NetDevice } from "./net-device.js";

export const LOOPBACK_MTU = 65_536;

export class LoopbackDevice extends NetDevice {
  override readonly kind = "loopback";
  override readonly resolves = false;
  override readonly port = null;
  private readonly waiting: Frame[] = [];

  constructor(stack: Stack) {
    super(stack, "lo", ZERO_MAC, LOOPBACK_MTU);
    this.multicast = false;
    this.broadcastMac = ZERO_MAC;
  }

  override get carrier(): boolean {
    return this.up;
  }

  override transmit(frame: Frame): void {
    if (!this.up) {
      this.txDropped++;
      this.stack.host.drop(frame, "port-down");
      return;
    }
    if (this.waiting.length >= MOST_WAITING) {
      this.txDropped++;
      this.stack.host.drop(frame, "link-queue-full");
      return;
    }
    this.txPackets++;
    this.txBytes += frame.end - frame.start;
    if (this.taps !== null) this.tap(frame, true, FOR_HOST);
    this.waiting.push(frame);
    const { engine } = this.stack.host.world;
    engine.schedule(this.stack.ownTraffic.next(engine.now), this);
  }

  override sendTo(frame: Frame, _hi: number, _lo: number, etherType: number): void {
    frame.start = frame.network - ETHERNET_HEADER_SIZE;
    frame.bytes.fill(0, frame.start, frame.start + ETHERNET_TYPE);
    writeU16(frame.bytes, frame.start + ETHERNET_TYPE, etherType);
    this.transmit(frame);
  }

  /** One frame comes back. */
  handle(): void {
    const frame = this.waiting.shift();
    if (frame === undefined) return;
    frame.network = frame.start + ETHERNET_HEADER_SIZE;
    this.rxPackets++;
    this.rxBytes += frame.end - frame.start;
    if (this.taps !== null) this.tap(frame, false, FOR_HOST);
    const type =
      (frame.bytes[frame.start + ETHERNET_TYPE]! << 8) | frame.bytes[frame.start + ETHERNET_TYPE + 1]!;
    this.stack.receive(this, frame, type, FOR_HOST);
  }

  /** Drops what is under way; for a host that is switched off. */
  clear(): void {
    for (const frame of this.waiting.splice(0)) this.stack.host.drop(frame, "node-down");
  }
}
