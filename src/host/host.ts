/**
 * A machine: a node whose ports are network cards, with a Linux-shaped stack and processes. A router is a host that
 * forwards.
 */

import { hashText } from "../core/hash.js";
import { LazyMap } from "../core/lazy-map.js";
import { type Mac, macOf } from "../core/mac.js";
import type { Nanoseconds } from "../core/time.js";
import type { Frame } from "../link/frame.js";
import { Node } from "../link/node.js";
import { Port } from "../link/port.js";
import type { World } from "../link/world.js";
import { EthernetDevice } from "./netdev/ethernet-device.js";
import type { Machine, Process } from "./process.js";
import { Stack } from "./stack.js";

export interface CardOptions {
  readonly mac?: Mac;
  /** Default 1500. */
  readonly mtu?: number;
}

export interface LogLine {
  readonly time: Nanoseconds;
  readonly text: string;
  /** The frame that gave rise to it; 0 for none. */
  readonly frame: number;
}

const LOG_LINES = 1000;

export class Host extends Node implements Machine {
  stack: Stack;
  /** The kernel log, newest last; at most a thousand lines are kept. */
  readonly messages: LogLine[] = [];
  /** Text files that programs keep on disk, by their paths; they outlast the power. */
  readonly files = new LazyMap<string, string>();
  readonly processes = new LazyMap<number, Process>();
  powered = true;
  private cards: EthernetDevice[] = [];
  private lastPid = 0;

  constructor(world: World, name: string) {
    super(world, name);
    this.stack = new Stack(this);
  }

  /** Puts in a network card; its port and interface carry the name. It is down, as on a machine that has just started. */
  addCard(name: string, options: CardOptions = {}): EthernetDevice {
    const known = this.port(name);
    const port = known ?? new Port(this, this.ports.length, name);
    const mac = options.mac ?? macFor(this.name, name);
    const card = new EthernetDevice(this.stack, port, mac, options.mtu ?? 1500);
    this.cards = this.cards.toSpliced(port.index, 1, card);
    return card;
  }

  override receive(port: Port, frame: Frame): void {
    const card = this.cards[port.index];
    if (card === undefined) this.drop(frame, "node-down", port);
    else card.receive(frame);
  }

  override portChanged(port: Port): void {
    this.cards[port.index]?.noteCarrier();
  }

  /** Adds a line to the kernel log. */
  log(text: string, frame = 0): void {
    this.messages.push({ time: this.world.engine.now, text, frame });
    if (this.messages.length > LOG_LINES) this.messages.shift();
  }

  /** Pulls the plug: processes end, and everything that is not configuration is forgotten. */
  powerOff(): void {
    if (!this.powered) return;
    this.powered = false;
    for (const process of [...this.processes.values()]) process.kill("SIGKILL");
    for (const dev of this.stack.devices) dev.setUp(false);
    this.stack.loopback.clear();
    this.stack.send4.clear();
    this.stack.reassembly.clear();
    this.cards = [];
  }

  /** Starts the machine anew, with a fresh stack and no cards: whoever configures it adds them again. */
  powerOn(): void {
    if (this.powered) return;
    this.powered = true;
    this.stack = new Stack(this);
  }

  /** For Process: a pid. */
  adopt(process: Process): number {
    const pid = ++this.lastPid;
    this.processes.set(pid, process);
    return pid;
  }

  /** For Process: it has ended. */
  release(process: Process): void {
    this.processes.delete(process.pid);
  }
}

/** A stable, locally administered address from the names: 02:…, so that adding a node changes nobody else's. */
export function macFor(node: string, card: string): Mac {
  const hash = hashText(`${node}/${card}`, 0x6d6163);
  return macOf(0x0200 | (hashText(card, hash) & 0xff), hash);
}
