/**
 * Wire scripts in the manner of packetdrill: a machine under test whose cards end at recording stations. A script says
 * what comes in when, and what must have gone out when, byte for byte.
 */
import { expect } from "vitest";
import { checksum, parseMac, readU16, SECOND, toHex, writeU16 } from "../../src/core/index.js";
import type { Host } from "../../src/host/index.js";
import { Cable, type Frame, Node, Port, type World } from "../../src/link/index.js";
import { BROADCAST, ether, type Station } from "./frames.js";
import { address, host, world as newWorld } from "./network.js";

/** The machine under test and the first station on its link. */
export const DUT = "02:00:00:00:00:01";
export const PEER = "02:00:00:00:00:02";
export const dut: Station = [DUT, "10.0.0.1"];
export const peer: Station = [PEER, "10.0.0.2"];

/** A node with one port that notes what reaches it and sends what it is told. */
export class Station1 extends Node {
  readonly heard: { time: number; bytes: Uint8Array }[] = [];
  readonly port1 = new Port(this, 0, "1");

  override receive(_port: Port, frame: Frame): void {
    this.heard.push({ time: this.world.engine.now, bytes: frame.bytes.slice(frame.start, frame.end) });
    frame.free();
  }

  send(bytes: Uint8Array): void {
    this.port1.transmit(this.world.frames.from(bytes));
  }
}

export class Bench {
  readonly world: World = newWorld();
  readonly dut: Host;
  /** One for each card, by its name. */
  readonly stations = new Map<string, Station1>();

  constructor(cards: Record<string, string | null> = { eth0: "10.0.0.1/24" }) {
    this.dut = host(this.world, "dut", {});
    let last = 0;
    for (const [name, text] of Object.entries(cards)) {
      const card = this.dut.addCard(name, { mac: parseMac(`02:00:00:00:0${last}:01`)! });
      const station = new Station1(this.world, `station-${name}`);
      new Cable(card.port, station.port1);
      this.stations.set(name, station);
      card.setUp(true);
      if (text !== null) address(this.dut, name, text);
      last++;
    }
  }

  get stack(): Host["stack"] {
    return this.dut.stack;
  }

  get eth0() {
    return this.stack.device("eth0")!;
  }

  station(card = "eth0"): Station1 {
    return this.stations.get(card)!;
  }

  get now(): number {
    return this.world.engine.now / SECOND;
  }

  /** A frame comes in on a card. */
  inject(frame: Uint8Array, card = "eth0"): void {
    this.station(card).send(frame);
  }

  /** A packet comes in from the peer, addressed to this machine's card. */
  packet(
    payload: readonly number[],
    card = "eth0",
    to: string = card === "eth0" ? DUT : "02:00:00:00:01:01",
  ): void {
    this.inject(ether(to, PEER, 0x0800, payload), card);
  }

  /** Runs until that time, in seconds. */
  runTo(seconds: number): void {
    this.world.engine.run(seconds * SECOND);
  }

  /** Runs on for a while, 10 ms unless said otherwise. */
  run(seconds = 0.01): void {
    this.world.engine.run(this.world.engine.now + seconds * SECOND);
  }

  /** What went out of a card since the last call. */
  heard(card = "eth0"): Uint8Array[] {
    return this.station(card)
      .heard.splice(0)
      .map(({ bytes }) => bytes);
  }

  /** What went out, with the time in seconds to the millisecond: `1.000 ffffffffffff…`. */
  timed(card = "eth0"): string[] {
    return this.station(card)
      .heard.splice(0)
      .map(({ time, bytes }) => line(time / SECOND, bytes));
  }

  /** Asserts that exactly these frames went out since the last look. */
  expectOut(...frames: Uint8Array[]): void {
    this.expectOutOf("eth0", ...frames);
  }

  expectOutOf(card: string, ...frames: Uint8Array[]): void {
    expect(this.heard(card).map(shown)).toEqual(frames.map(shown));
  }

  expectSilence(card = "eth0"): void {
    expect(this.heard(card).map(shown)).toEqual([]);
  }

  /** Runs a script of frames coming in and frames that must go out, in order of time. */
  script(...steps: readonly ScriptStep[]): void {
    const end = Math.max(...steps.map((step) => step.at));
    for (const step of steps)
      if (step.way === "in") this.world.engine.at(step.at * SECOND, () => this.inject(step.frame));
    this.runTo(end + 0.005);
    const out = steps.filter((step) => step.way === "out").map((step) => line(step.at, step.frame));
    expect(this.timed()).toEqual(out);
  }

  drops(): Record<string, number> {
    return Object.fromEntries([...this.dut.drops].sort());
  }

  expectNoLeaks(): void {
    expect(this.world.frames.leaks()).toEqual([]);
  }

  /** Makes the peer (or another station) a neighbour for good, so that ARP stays out of the way. */
  knowNeighbour(station: Station = peer, card = "eth0"): void {
    const ip = station[1].split(".").reduce((bits, part) => (bits << 8) | Number(part), 0);
    const mac = parseMac(station[0])!;
    const dev = this.stack.device(card)!;
    this.stack.neighbours.entry(dev, ip as never)!.update(mac, "PERMANENT", { by: "config" });
  }
}

interface ScriptStep {
  readonly at: number;
  readonly way: "in" | "out";
  readonly frame: Uint8Array;
}

/** `at` seconds the frame comes in from the wire. */
export const comes = (at: number, frame: Uint8Array): ScriptStep => ({ at, way: "in", frame });
/** `at` seconds (to the millisecond) the frame goes out. */
export const goes = (at: number, frame: Uint8Array): ScriptStep => ({ at, way: "out", frame });

/** A packet in a frame from the machine under test to the peer. */
export const fromDut = (packet: readonly number[], to: string = PEER): Uint8Array =>
  ether(to, DUT, 0x0800, packet);
export const broadcast = (packet: readonly number[], from: string = PEER): Uint8Array =>
  ether(BROADCAST, from, 0x0800, packet);

const line = (seconds: number, frame: Uint8Array): string => `${seconds.toFixed(3)} ${shown(frame)}`;

/**
 * The frame as hex, padded with zeros to Ethernet's 60 bytes. The identification of IPv4 packets is free, so it reads as
 * zero; their checksum must be right.
 */
export function shown(frame: Uint8Array): string {
  const copy = new Uint8Array(Math.max(60, frame.length));
  copy.set(frame);
  if (readU16(copy, 12) === 0x0800) {
    const header = (copy[14]! & 15) * 4;
    if (checksum(copy, 14, 14 + header) !== 0) return `bad IPv4 checksum: ${toHex(copy)}`;
    writeU16(copy, 18, 0);
    writeU16(copy, 24, 0);
  }
  return toHex(copy);
}
