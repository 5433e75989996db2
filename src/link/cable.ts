/**
 * A full-duplex Ethernet cable between two ports (IEEE 802.3): rate, propagation delay, a bounded drop-tail queue at
 * each sender, and impairments for each direction.
 *
 * Arrival is computed when a frame is queued, so a frame costs one event for each link: a transmission has none of its
 * own, and of the frames under way only the first has its arrival in the queue (arrivals of one direction are in order).
 * On the wire a frame costs its bytes (padded to 60), 4 of FCS, 8 of preamble and 12 of gap.
 */

import type { DropReason } from "../core/drop-reason.js";
import { LazyMap } from "../core/lazy-map.js";
import type { RandomStream } from "../core/random.js";
import type { Nanoseconds } from "../core/time.js";
import type { EventHandler } from "../engine/event-queue.js";
import { Timer } from "../engine/timer.js";
import { ETHERNET_HEADER_SIZE, ETHERNET_MIN_SIZE } from "../wire/ethernet.js";
import { VLAN_TAG_SIZE } from "../wire/vlan.js";
import type { Frame } from "./frame.js";
import { type Impairments, integerPower, isClean, NO_IMPAIRMENTS } from "./impairments.js";
import type { Attachment, Port } from "./port.js";
import { TransmitQueue } from "./transmit-queue.js";
import type { World } from "./world.js";

export interface CableOptions {
  /** Default 1 Gbit/s. */
  readonly bitsPerSecond?: number;
  /** Propagation delay, default 500 ns (100 m of copper). */
  readonly delay?: Nanoseconds;
  /** The largest payload behind the Ethernet header (and one VLAN tag); default unlimited. */
  readonly mtu?: number;
  /** Frames that may wait at each sender, default 1000 (Linux's txqueuelen). */
  readonly queueFrames?: number;
}

const NOTHING_YET = new Float64Array(0);
const UNLIMITED = 65_535;
const HEADER_AND_TAG = ETHERNET_HEADER_SIZE + VLAN_TAG_SIZE;
const FCS_AND_PREAMBLE = 12;
const GAP = 12;

/** A frame that is held back while others overtake it. */
class Straggler implements EventHandler {
  private frame: Frame | null;

  constructor(
    private readonly direction: CableDirection,
    frame: Frame,
  ) {
    this.frame = frame;
  }

  take(): Frame {
    const frame = this.frame!;
    this.frame = null;
    return frame;
  }

  handle(): void {
    this.direction.deliverStraggler(this);
  }
}

/** One direction: from one port to the other. */
export class CableDirection implements Attachment, EventHandler {
  /** Frames that this direction lost, by reason. */
  readonly drops = new LazyMap<DropReason, number>();
  private frames: (Frame | null)[] = [];
  private arrivals = NOTHING_YET;
  private mask = -1;
  /** Ring positions (ever growing): first under way, next free. */
  private head = 0;
  private tail = 0;
  private readonly queue = new TransmitQueue();
  /** Counts the cuts: an arrival that was scheduled in an earlier era is void. */
  private era = 0;
  private lastArrival = 0;
  private rate: number;
  private nsPerByte: number;
  private impairments: Impairments = NO_IMPAIRMENTS;
  private impaired = false;
  private random: RandomStream | null = null;
  private stragglers: Set<Straggler> | null = null;
  private readonly world: World;

  constructor(
    readonly cable: Cable,
    readonly from: Port,
    readonly to: Port,
    bitsPerSecond: number,
  ) {
    this.world = from.node.world;
    this.rate = bitsPerSecond;
    this.nsPerByte = 8e9 / bitsPerSecond;
  }

  get carrier(): boolean {
    return this.cable.up && this.to.enabled;
  }

  get peer(): Port {
    return this.to;
  }

  get bitsPerSecond(): number {
    return this.rate;
  }

  /** A new rate holds for frames that are queued from now on. */
  setRate(bitsPerSecond: number): void {
    if (!(bitsPerSecond > 0)) throw new RangeError(`a link's rate must be above 0, not ${bitsPerSecond}`);
    this.rate = bitsPerSecond;
    this.nsPerByte = 8e9 / bitsPerSecond;
  }

  get queued(): number {
    return this.queue.waiting(this.world.engine.now);
  }

  get impairment(): Impairments {
    return this.impairments;
  }

  /** Replaces the named impairments, keeps the others. Frames already on the way are not touched. */
  impair(change: Partial<Impairments>): void {
    this.impairments = { ...this.impairments, ...change };
    this.impaired = !isClean(this.impairments);
  }

  transmit(frame: Frame): void {
    const { cable, world } = this;
    const { engine } = world;
    if (world.journal !== null)
      this.from.node.tell(frame, "transmitted", this.from.name, { to: this.to.endpoint });
    if (!cable.up || !this.to.enabled) {
      this.lose(frame, "link-down");
      return;
    }
    let size = frame.end - frame.start;
    if (size < ETHERNET_MIN_SIZE) {
      frame.bytes.fill(0, frame.end, frame.start + ETHERNET_MIN_SIZE);
      frame.end = frame.start + ETHERNET_MIN_SIZE;
      size = ETHERNET_MIN_SIZE;
    } else if (size > cable.maxFrame) {
      this.lose(frame, "frame-too-long");
      return;
    }
    const { now } = engine;
    if (this.queue.waiting(now) >= cable.queueFrames) {
      this.from.txDropped++;
      this.lose(frame, "link-queue-full");
      return;
    }
    const begin = this.queue.add(now, (size + FCS_AND_PREAMBLE + GAP) * this.nsPerByte);
    const arrival = Math.ceil(begin + (size + FCS_AND_PREAMBLE) * this.nsPerByte) + cable.delay;
    if (this.impaired) this.carryImpaired(frame, arrival);
    else this.enqueue(frame, arrival);
  }

  /** The first frame under way arrives. `era` tells whether the cable was cut since this was scheduled. */
  handle(era: number): void {
    if (era !== this.era) return; // its frame was lost in a cut
    const at = this.head++ & this.mask;
    const frame = this.frames[at]!;
    this.frames[at] = null;
    if (this.head !== this.tail)
      this.world.engine.schedule(this.arrivals[this.head & this.mask]!, this, this.era);
    this.deliver(frame);
  }

  /** Loses everything that is queued or under way. */
  clear(reason: DropReason): void {
    for (; this.head !== this.tail; this.head++) {
      const frame = this.frames[this.head & this.mask]!;
      this.frames[this.head & this.mask] = null;
      this.lose(frame, reason);
    }
    this.queue.clear();
    this.lastArrival = 0;
    this.era++;
    for (const straggler of this.stragglers ?? []) this.lose(straggler.take(), reason);
    this.stragglers = null;
  }

  /** For a straggler whose time has come. */
  deliverStraggler(straggler: Straggler): void {
    if (this.stragglers?.delete(straggler) === true) this.deliver(straggler.take());
  }

  private enqueue(frame: Frame, arrival: number): void {
    if (arrival < this.lastArrival) arrival = this.lastArrival;
    this.lastArrival = arrival;
    if (this.tail - this.head > this.mask) this.grow();
    const at = this.tail & this.mask;
    this.frames[at] = frame;
    this.arrivals[at] = arrival;
    if (this.tail++ === this.head) this.world.engine.schedule(arrival, this, this.era);
  }

  private carryImpaired(frame: Frame, arrival: number): void {
    const { impairments } = this;
    this.random ??= this.world.random(`link/${this.from.endpoint}`);
    const { random } = this;
    if (impairments.loss > 0 && random.chance(impairments.loss)) {
      this.lose(frame, "link-loss");
      return;
    }
    const copies = impairments.duplicate > 0 && random.chance(impairments.duplicate) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const sent = copy + 1 === copies ? frame : frame.clone();
      this.corrupt(sent, random);
      let when = arrival + impairments.delay;
      if (impairments.jitter > 0) when += random.below(2 * impairments.jitter + 1) - impairments.jitter;
      if (when < arrival) when = arrival;
      if (impairments.reorder > 0 && random.chance(impairments.reorder))
        this.holdBack(sent, when + impairments.reorderDelay);
      else this.enqueue(sent, when);
    }
  }

  private corrupt(frame: Frame, random: RandomStream): void {
    const { corrupt, bitErrorRate } = this.impairments;
    const bits = (frame.end - frame.start) * 8;
    let hit = corrupt > 0 && random.chance(corrupt);
    if (bitErrorRate > 0 && random.chance(1 - integerPower(1 - bitErrorRate, bits))) hit = true;
    if (!hit) return;
    frame.sentFcs = frame.fcs();
    frame.trusted = false;
    const bit = random.below(bits);
    const at = frame.start + (bit >> 3);
    frame.bytes[at] = frame.bytes[at]! ^ (0x80 >> (bit & 7));
  }

  private holdBack(frame: Frame, arrival: Nanoseconds): void {
    const straggler = new Straggler(this, frame);
    this.stragglers ??= new Set();
    this.stragglers.add(straggler);
    this.world.engine.schedule(arrival, straggler);
  }

  private deliver(frame: Frame): void {
    const { to, world } = this;
    if (!to.enabled) {
      to.node.drop(frame, "port-down", to);
      return;
    }
    to.rxFrames++;
    to.rxBytes += frame.end - frame.start;
    if (world.tap === null && world.journal === null) {
      to.node.receive(to, frame);
      return;
    }
    if (world.journal !== null) to.node.tell(frame, "received", to.name);
    const { tap } = world;
    tap?.arriving(this.from, to, frame);
    to.node.receive(to, frame);
    tap?.arrived(to);
  }

  private lose(frame: Frame, reason: DropReason): void {
    this.drops.set(reason, (this.drops.get(reason) ?? 0) + 1);
    const { world, from } = this;
    world.tap?.lost(from, frame, reason);
    world.journal?.step({
      time: world.engine.now,
      node: from.node.name,
      port: from.name,
      frame: frame.id,
      verb: "lost",
      reason,
      facts: { link: this.cable.name },
    });
    frame.free();
  }

  private grow(): void {
    const size = Math.max(4, (this.mask + 1) * 2);
    const frames: (Frame | null)[] = new Array(size).fill(null);
    const arrivals = new Float64Array(size);
    for (let i = this.head; i !== this.tail; i++) {
      frames[i & (size - 1)] = this.frames[i & this.mask]!;
      arrivals[i & (size - 1)] = this.arrivals[i & this.mask]!;
    }
    this.frames = frames;
    this.arrivals = arrivals;
    this.mask = size - 1;
  }
}

export class Cable {
  readonly ab: CableDirection;
  readonly ba: CableDirection;
  /** Frames that may wait at each sender. */
  queueFrames: number;
  /** The longest frame that is carried, without FCS; see `setMtu`. */
  maxFrame: number;
  /** Propagation delay; a change holds for frames sent from now on. */
  delay: Nanoseconds;
  private connected = true;
  private flapTimer: Timer | null = null;
  private flapUp = 0;
  private flapDown = 0;

  /** Plugs a cable into two free ports. A port that already has a link is an error and throws. */
  constructor(
    readonly a: Port,
    readonly b: Port,
    options: CableOptions = {},
  ) {
    for (const port of [a, b])
      if (port.attachment !== null) throw new Error(`${port.endpoint} already has a link`);
    const rate = options.bitsPerSecond ?? 1e9;
    this.delay = options.delay ?? 500;
    this.queueFrames = options.queueFrames ?? 1000;
    this.maxFrame = (options.mtu ?? UNLIMITED) + HEADER_AND_TAG;
    this.ab = new CableDirection(this, a, b, rate);
    this.ba = new CableDirection(this, b, a, rate);
    a.attachment = this.ab;
    b.attachment = this.ba;
    a.carrierChanged();
    b.carrierChanged();
  }

  /** `pc1:eth0--sw1:1` */
  get name(): string {
    return `${this.a.endpoint}--${this.b.endpoint}`;
  }

  get up(): boolean {
    return this.connected;
  }

  /** Cuts or restores the cable. A cut loses what is queued and under way, in both directions. */
  setUp(up: boolean): void {
    if (up === this.connected) return;
    this.connected = up;
    if (!up) {
      this.ab.clear("link-down");
      this.ba.clear("link-down");
    }
    this.a.carrierChanged();
    this.b.carrierChanged();
  }

  /** The largest payload behind the Ethernet header, for frames sent from now on. */
  setMtu(mtu: number): void {
    this.maxFrame = mtu + HEADER_AND_TAG;
  }

  /** The direction that starts at the port. */
  directionFrom(port: Port): CableDirection {
    return port === this.a ? this.ab : this.ba;
  }

  impair(change: Partial<Impairments>): void {
    this.ab.impair(change);
    this.ba.impair(change);
  }

  /** From now on the cable is up for `up`, then down for `down`, and so on; `null` ends that and leaves it as it is. */
  flap(times: { readonly up: Nanoseconds; readonly down: Nanoseconds } | null): void {
    if (times === null) {
      this.flapTimer?.cancel();
      return;
    }
    if (!(times.up > 0 && times.down > 0)) throw new RangeError("a flapping link needs times above 0");
    this.flapUp = times.up;
    this.flapDown = times.down;
    this.flapTimer ??= new Timer(this.a.node.world.engine, { handle: () => this.flapNow() }, 0, true);
    this.flapTimer.setAfter(this.connected ? this.flapUp : this.flapDown);
  }

  /** Takes the cable out; what is under way is lost. */
  unplug(): void {
    this.flap(null);
    this.setUp(false);
    this.a.attachment = null;
    this.b.attachment = null;
  }

  private flapNow(): void {
    this.setUp(!this.connected);
    this.flapTimer!.setAfter(this.connected ? this.flapUp : this.flapDown);
  }
}
