/**
 * A traffic flow: UDP datagrams at a steady rate from one node to another, each with its number, and what became of them.
 */
import { readU32, writeU32 } from "../../core/bytes.js";
import { type Ipv4, isMulticast, parseIpv4 } from "../../core/ipv4.js";
import { type Nanoseconds, SECOND } from "../../core/time.js";
import type { Engine } from "../../engine/engine.js";
import type { EventHandler } from "../../engine/event-queue.js";
import type { FlowDefinition } from "../file/steps.js";
import type { Datagrams } from "../kind.js";

/** Marks a payload as one of a flow, so that other datagrams to the port are not counted. */
const MARK = 0x666c6f77;
const HEADER = 8;
const DEFAULT_PORT = 5001;
/** How long after the last datagram was sent late ones still count. */
const GRACE = SECOND;

export interface FlowReport {
  readonly sent: number;
  /** Datagrams that arrived, each counted once. */
  readonly received: number;
  /** 0..1; 0 if nothing was sent. */
  readonly loss: number;
  /** The longest stretch of the flow of which nothing arrived. */
  readonly outage: Nanoseconds;
  /** When the stretch began: the sending time of its first datagram. */
  readonly outageBegan: Nanoseconds;
  readonly first: Nanoseconds | undefined;
  readonly last: Nanoseconds | undefined;
}

export class Flow implements EventHandler {
  private readonly port: number;
  private readonly perSecond: number;
  private readonly count: number;
  private readonly payload: Uint8Array;
  private readonly arrived: Uint8Array;
  private readonly began: Nanoseconds;
  private readonly address: Ipv4;
  private readonly stopListening: () => void;
  private sent = 0;
  private received = 0;
  private first: Nanoseconds | undefined;
  private last: Nanoseconds | undefined;

  /** Begins at once. Throws if the receiver has no address. `onEnd` is called when nothing is expected to arrive any more. */
  constructor(
    private readonly engine: Engine,
    private readonly sender: Datagrams,
    receiver: Datagrams,
    definition: FlowDefinition,
    private readonly onEnd: () => void,
  ) {
    const { address, port = DEFAULT_PORT, rate = 100, size = 64, duration } = definition;
    const to = address === undefined ? receiver.address : parseIpv4(address);
    if (to === undefined) throw new Error(`${definition.to} has no IPv4 address`);
    this.address = to;
    this.port = port;
    this.perSecond = rate;
    this.count = Math.max(1, Math.floor((duration / SECOND) * rate));
    this.payload = new Uint8Array(Math.max(size, HEADER));
    this.arrived = new Uint8Array(this.count);
    this.began = engine.now;
    writeU32(this.payload, 0, MARK);
    const group = isMulticast(to) ? to : undefined;
    this.stopListening = receiver.listen(port, (payload) => this.take(payload), group);
    this.handle();
  }

  /** The next datagram's time has come, or the end. */
  handle(): void {
    if (this.sent === this.count) {
      this.stopListening();
      this.onEnd();
      return;
    }
    writeU32(this.payload, 4, this.sent++);
    const next = this.sent === this.count ? this.engine.now + GRACE : this.sendingTime(this.sent);
    this.engine.schedule(next, this);
    this.sender.send(this.payload, this.address, this.port);
  }

  report(): FlowReport {
    const { sent, received, first, last } = this;
    const { run, start } = this.longestGap();
    const outage = this.sendingTime(run) - this.began;
    const loss = sent === 0 ? 0 : (sent - received) / sent;
    return { sent, received, loss, outage, outageBegan: this.sendingTime(start), first, last };
  }

  private sendingTime(number: number): Nanoseconds {
    return this.began + Math.round((number * SECOND) / this.perSecond);
  }

  private take(payload: Uint8Array): void {
    if (payload.length < HEADER || readU32(payload, 0) !== MARK) return;
    const number = readU32(payload, 4);
    if (number >= this.count || this.arrived[number] === 1) return;
    this.arrived[number] = 1;
    this.received++;
    this.first ??= this.engine.now;
    this.last = this.engine.now;
  }

  private longestGap(): { run: number; start: number } {
    let longest = { run: 0, start: 0 };
    let start = 0;
    for (let i = 0; i < this.sent; i++) {
      if (this.arrived[i] === 1) start = i + 1;
      else if (i + 1 - start > longest.run) longest = { run: i + 1 - start, start };
    }
    return longest;
  }
}
