/**
 * A network card: an Ethernet port of a host with its MAC filter, FCS check, MTU and counters (IEEE 802.3 §4.2).
 */
import { type Mac, macHi, macLo, macOf } from "../../core/mac.js";
import { FCS_GOOD, type Frame } from "../../link/frame.js";
import type { Port } from "../../link/port.js";
import { ETHERNET_HEADER_SIZE, ETHERNET_TYPE } from "../../wire/ethernet.js";
import type { Stack } from "../stack.js";
import { FOR_BROADCAST, FOR_HOST, FOR_MULTICAST, FOR_OTHER, NetDevice } from "./net-device.js";

export class EthernetDevice extends NetDevice {
  override readonly kind = "ether";
  override readonly resolves = true;
  private macHi = 0;
  private macLo = 0;
  /** The port's carrier, noted as it changes, since every frame asks. */
  private lowerUp = false;

  constructor(
    stack: Stack,
    override readonly port: Port,
    mac: Mac,
    mtu: number,
  ) {
    super(stack, port.name, mac, mtu);
    this.setMac(mac);
    port.setEnabled(false);
  }

  override get carrier(): boolean {
    return this.lowerUp;
  }

  /** The port's carrier may have changed. */
  noteCarrier(): void {
    this.lowerUp = this.port.carrier;
    this.stack.carrierChanged(this);
  }

  override setMac(mac: Mac): void {
    super.setMac(mac);
    this.macHi = macHi(mac);
    this.macLo = macLo(mac);
  }

  override setUp(up: boolean): void {
    if (up !== this.up) this.port.setEnabled(up);
    super.setUp(up);
  }

  /** Takes a frame from the wire. */
  receive(frame: Frame): void {
    const { port } = this;
    const size = frame.end - frame.start;
    if (frame.sentFcs !== FCS_GOOD && !frame.hasGoodFcs()) {
      port.rxErrors++;
      this.rxErrors++;
      this.rxCrcErrors++;
      this.stack.host.drop(frame, "fcs-error", port);
      return;
    }
    if (size < ETHERNET_HEADER_SIZE || size > this.mtu + ETHERNET_HEADER_SIZE + 4) {
      port.rxErrors++;
      this.rxErrors++;
      this.rxLengthErrors++;
      this.stack.host.drop(frame, size < ETHERNET_HEADER_SIZE ? "frame-too-short" : "frame-too-long", port);
      return;
    }
    const { view, start } = frame;
    const hi = view.getUint16(start);
    const lo = view.getInt32(start + 2);
    let addressed = FOR_HOST;
    if (lo !== this.macLo || hi !== this.macHi) {
      addressed =
        (hi & 0x0100) === 0 ? FOR_OTHER : lo === -1 && hi === 0xffff ? FOR_BROADCAST : FOR_MULTICAST;
      if (!this.accepts(addressed, hi, lo)) {
        this.stack.host.drop(frame, "not-for-us", port);
        return;
      }
      if (addressed === FOR_MULTICAST) this.rxMulticast++;
    }
    this.rxPackets++;
    this.rxBytes += size;
    frame.network = start + ETHERNET_HEADER_SIZE;
    if (this.taps !== null) this.tap(frame, false, addressed);
    this.stack.receive(this, frame, view.getUint16(start + ETHERNET_TYPE), addressed);
  }

  override transmit(frame: Frame): void {
    if (!this.up) {
      this.txDropped++;
      this.stack.host.drop(frame, "port-down", this.port);
      return;
    }
    if (!this.lowerUp) {
      this.txDropped++;
      this.txCarrierErrors++;
      this.stack.host.drop(frame, "link-down", this.port);
      return;
    }
    this.txPackets++;
    this.txBytes += frame.end - frame.start;
    if (this.taps !== null) this.tap(frame, true, FOR_HOST);
    this.port.transmit(frame);
  }

  override sendTo(frame: Frame, dstHi: number, dstLo: number, etherType: number): void {
    const at = frame.network - ETHERNET_HEADER_SIZE;
    const { view } = frame;
    frame.start = at;
    view.setUint16(at, dstHi);
    view.setInt32(at + 2, dstLo);
    view.setUint16(at + 6, this.macHi);
    view.setInt32(at + 8, this.macLo);
    view.setUint16(at + ETHERNET_TYPE, etherType);
    this.transmit(frame);
  }

  private accepts(addressed: number, hi: number, lo: number): boolean {
    if (addressed === FOR_BROADCAST || this.promiscuity > 0) return true;
    if (addressed !== FOR_MULTICAST) return false;
    return this.allMulticast > 0 || isAllHosts(hi, lo) || this.groupMacs.has(macOf(hi, lo));
  }
}

/** 01:00:5e:00:00:01, 224.0.0.1: every host listens to it for ever (RFC 1112 §4). */
const isAllHosts = (hi: number, lo: number): boolean => hi === 0x0100 && lo === 0x5e000001;
