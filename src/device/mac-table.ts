/**
 * The forwarding database of a switch (IEEE 802.1Q §8.8): (VLAN, MAC address) to port, with ageing.
 *
 * Open addressing on typed arrays. Ageing costs nothing: an entry that was not refreshed for the ageing time counts as
 * absent when it is looked up. The table is bounded; a new station that finds it full takes the place of an expired
 * entry, or is not learned.
 */
import { macOf } from "../core/mac.js";
import type { Origin } from "../core/step.js";
import { type Nanoseconds, SECOND } from "../core/time.js";

export interface MacTableRow {
  readonly hi: number;
  readonly lo: number;
  readonly vlan: number;
  readonly port: number;
  readonly lastSeen: Nanoseconds;
  readonly static: boolean;
  /** The id of the frame from which the row was learned. */
  readonly learnedFrom: number;
}

const EMPTY = -1;
const STATIC = Number.POSITIVE_INFINITY;

export class MacTable {
  private capacity = 16;
  private count = 0;
  private his = new Int32Array(16);
  private los = new Int32Array(16);
  private portOf = new Int32Array(16).fill(EMPTY);
  private seen = new Float64Array(16);
  private origins = new Float64Array(16);
  private since = new Float64Array(16);
  private roomAgainAt = 0;
  /** Who pinned an address; static rows are few. */
  private readonly staticOrigins = new Map<number, Origin>();
  /** Stations not learned because the table was full. */
  notLearned = 0;

  constructor(
    /** 300 s by default (IEEE 802.1Q table 8-6). */
    public ageing: Nanoseconds,
    readonly limit = 8192,
  ) {}

  /** The port for a destination, or -1 if it is unknown or aged out. `hi` is the first 16 bits, `lo` the other 32, signed. */
  lookup(hi: number, lo: number, vlan: number, now: Nanoseconds): number {
    const at = this.find(hi | (vlan << 16), lo);
    return at >= 0 && this.seen[at]! + this.ageing >= now ? this.portOf[at]! : -1;
  }

  /** Where the row for a destination came from, for `why`. */
  origin(hi: number, lo: number, vlan: number): Origin {
    const at = this.find(hi | (vlan << 16), lo);
    if (at < 0) return { by: "config" };
    if (this.seen[at] === STATIC) return this.staticOrigins.get(macOf(hi, lo)) ?? { by: "config" };
    return { by: "frame", frame: this.origins[at]!, time: this.since[at]! };
  }

  /** Notes that a station is behind a port. True if the row is new or moved. */
  learn(hi: number, lo: number, vlan: number, port: number, now: Nanoseconds, frame: number): boolean {
    const key = hi | (vlan << 16);
    const at = this.find(key, lo);
    if (at >= 0) {
      const seen = this.seen[at]!;
      if (seen === STATIC) return false;
      const news = this.portOf[at] !== port || seen + this.ageing < now;
      this.seen[at] = now;
      if (news) {
        this.portOf[at] = port;
        this.origins[at] = frame;
        this.since[at] = now;
      }
      return news;
    }
    if (this.count >= this.limit && !this.makeRoom(now)) {
      this.notLearned++;
      return false;
    }
    this.insert(key, lo, port, now, frame, now);
    return true;
  }

  /** Pins an address to a port: the row does not age, and nothing that is learned moves it. */
  addStatic(hi: number, lo: number, vlan: number, port: number, origin: Origin = { by: "config" }): void {
    this.staticOrigins.set(macOf(hi, lo), origin);
    const key = hi | (vlan << 16);
    const at = this.find(key, lo);
    if (at >= 0) {
      this.portOf[at] = port;
      this.seen[at] = STATIC;
    } else this.insert(key, lo, port, STATIC, 0, 0);
  }

  /** Removes a row; false if there was none. */
  remove(hi: number, lo: number, vlan: number): boolean {
    const at = this.find(hi | (vlan << 16), lo);
    if (at < 0) return false;
    this.rebuild((_seen, i) => i !== at);
    return true;
  }

  /** Forgets what was learned on a port (its link went down), or everything learned. */
  flush(port?: number): void {
    this.rebuild((seen, at) => seen === STATIC || (port !== undefined && this.portOf[at] !== port));
  }

  /** The rows that are valid now, in order of address. */
  rows(now: Nanoseconds): MacTableRow[] {
    const rows: MacTableRow[] = [];
    for (let i = 0; i < this.capacity; i++) {
      if (this.portOf[i] === EMPTY || this.seen[i]! + this.ageing < now) continue;
      rows.push({
        hi: this.his[i]! & 0xffff,
        lo: this.los[i]!,
        vlan: this.his[i]! >>> 16,
        port: this.portOf[i]!,
        lastSeen: this.seen[i]!,
        static: this.seen[i] === STATIC,
        learnedFrom: this.origins[i]!,
      });
    }
    return rows.sort((x, y) => x.vlan - y.vlan || x.hi - y.hi || (x.lo >>> 0) - (y.lo >>> 0));
  }

  private find(key: number, lo: number): number {
    const mask = this.capacity - 1;
    let at = hash(key, lo) & mask;
    for (;;) {
      if (this.portOf[at] === EMPTY) return -1;
      if (this.los[at] === lo && this.his[at] === key) return at;
      at = (at + 1) & mask;
    }
  }

  private insert(key: number, lo: number, port: number, seen: number, origin: number, since: number): void {
    if ((this.count + 1) * 2 > this.capacity) this.rebuild(() => true, this.capacity * 2);
    const mask = this.capacity - 1;
    let at = hash(key, lo) & mask;
    while (this.portOf[at] !== EMPTY) at = (at + 1) & mask;
    this.his[at] = key;
    this.los[at] = lo;
    this.portOf[at] = port;
    this.seen[at] = seen;
    this.origins[at] = origin;
    this.since[at] = since;
    this.count++;
  }

  /** Clears expired rows out, at most once a second, so that a flood of new addresses stays cheap. */
  private makeRoom(now: Nanoseconds): boolean {
    if (now < this.roomAgainAt) return false;
    this.roomAgainAt = now + SECOND;
    this.rebuild((seen) => seen + this.ageing >= now);
    return this.count < this.limit;
  }

  private rebuild(keep: (seen: number, at: number) => boolean, capacity = this.capacity): void {
    const { his, los, portOf, seen, origins, since } = this;
    const kept = [...portOf.keys()].filter((i) => portOf[i] !== EMPTY && keep(seen[i]!, i));
    this.capacity = capacity;
    this.his = new Int32Array(capacity);
    this.los = new Int32Array(capacity);
    this.portOf = new Int32Array(capacity).fill(EMPTY);
    this.seen = new Float64Array(capacity);
    this.origins = new Float64Array(capacity);
    this.since = new Float64Array(capacity);
    this.count = 0;
    for (const i of kept) this.insert(his[i]!, los[i]!, portOf[i]!, seen[i]!, origins[i]!, since[i]!);
  }
}

function hash(key: number, lo: number): number {
  let h = Math.imul(lo ^ Math.imul(key, 0x9e3779b1), 0x85ebca6b);
  h ^= h >>> 15;
  return h;
}
