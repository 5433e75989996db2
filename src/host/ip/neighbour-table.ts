/**
 * The IPv4 neighbour cache of one stack: entries by device and address, bounded as Linux bounds it. Above gc_thresh1,
 * entries that nobody used for gc_stale_time go now and then; above gc_thresh2, and at gc_thresh3 above all, a new entry
 * takes the place of failed ones and of those that changed nothing for five seconds. Entries that are being resolved or
 * trusted stay; static ones do not count.
 */
import type { DropReason } from "../../core/drop-reason.js";
import { formatIpv4, type Ipv4 } from "../../core/ipv4.js";
import { formatMac } from "../../core/mac.js";
import type { RandomStream } from "../../core/random.js";
import type { Journal } from "../../core/step.js";
import { MILLISECOND, type Nanoseconds, SECOND } from "../../core/time.js";
import type { Engine } from "../../engine/engine.js";
import { Timer } from "../../engine/timer.js";
import type { Frame } from "../../link/frame.js";
import type { World } from "../../link/world.js";
import { ETHERTYPE_IPV4 } from "../../wire/ethernet.js";
import type { NetDevice } from "../netdev/net-device.js";
import type { Stack } from "../stack.js";
import { Neighbour, type NeighbourState } from "./neighbour.js";

const UNCHANGED_FOR = 5 * SECOND;
/** After a search for room that found none, the next one waits: a flood of new addresses stays cheap. */
const NEXT_SEARCH = 100 * MILLISECOND;
/** A timer runs for these: they are about to change by themselves. */
const BUSY: ReadonlySet<NeighbourState> = new Set(["INCOMPLETE", "REACHABLE", "DELAY", "PROBE"]);

export class NeighbourTable {
  readonly world: World;
  readonly engine: Engine;
  readonly etherType = ETHERTYPE_IPV4;
  /** Static entries; kept by the entries themselves. */
  permanent = 0;
  /** Entries refused because the table was full. */
  overflows = 0;
  private count = 0;
  private lastCollected = Number.NEGATIVE_INFINITY;
  private searchAgainAt = 0;
  private tidyTimer: Timer | null = null;
  private drawnAt = Number.NEGATIVE_INFINITY;
  private drawn = 0;
  private random: RandomStream | null = null;

  constructor(
    private readonly stack: Stack,
    /** Sends a request for an address: ARP. `waiting` is the newest packet that waits for the answer. */
    private readonly resolver: { solicit(neighbour: Neighbour, waiting: Frame | null): void },
  ) {
    this.world = stack.host.world;
    this.engine = this.world.engine;
  }

  get now(): Nanoseconds {
    return this.engine.now;
  }

  get journal(): Journal | null {
    return this.world.journal;
  }

  get size(): number {
    return this.count;
  }

  setting(key: string): number {
    return this.stack.sysctl.value(`net.ipv4.neigh.default.${key}`);
  }

  find(dev: NetDevice, ip: number): Neighbour | undefined {
    return dev.neighbours.get(ip);
  }

  /** The entry for an address, made if there is none; undefined if the table is full. */
  entry(dev: NetDevice, ip: Ipv4): Neighbour | undefined {
    const known = dev.neighbours.get(ip);
    if (known !== undefined) return known;
    if (!this.makeRoom()) {
      this.overflows++;
      return undefined;
    }
    const fresh = new Neighbour(this, dev, ip);
    fresh.updated = this.now;
    fresh.used = this.now;
    dev.neighbours.set(ip, fresh);
    this.count++;
    if (dev.noArp) fresh.configure("NOARP", dev.mac, { by: "kernel", time: this.now });
    else if (this.stack.fib.local.lookup(ip)?.type === "broadcast")
      fresh.configure("NOARP", dev.broadcastMac, { by: "kernel", time: this.now });
    if (this.counted === this.setting("gc_thresh1")) this.tidyLater();
    return fresh;
  }

  remove(neighbour: Neighbour): void {
    if (neighbour.dev.neighbours.delete(neighbour.ip)) this.count--;
    neighbour.kill();
  }

  /** Forgets a device's entries (it went down or lost its carrier); static ones stay unless `all`. */
  forgetDevice(dev: NetDevice, all: boolean): void {
    for (const neighbour of [...dev.neighbours.values()])
      if (all || neighbour.state !== "PERMANENT") this.remove(neighbour);
  }

  /** All entries, by device, then address. */
  entries(): Neighbour[] {
    return this.stack.devices.flatMap((dev) =>
      [...dev.neighbours.values()].sort((x, y) => (x.ip >>> 0) - (y.ip >>> 0)),
    );
  }

  /** How long a confirmation is trusted: 0.5 to 1.5 of the base, drawn anew every five minutes as Linux does. */
  reachableTime(): Nanoseconds {
    if (this.now - this.drawnAt >= 300 * SECOND) {
      const base = this.setting("base_reachable_time_ms") * MILLISECOND;
      this.random ??= this.world.random(`${this.stack.host.name}/neighbours`);
      this.drawn = Math.floor(base / 2) + this.random.below(Math.max(1, base));
      this.drawnAt = this.now;
    }
    return this.drawn;
  }

  solicit(neighbour: Neighbour, waiting: Frame | null): void {
    this.resolver.solicit(neighbour, waiting);
  }

  /** A packet whose next hop does not answer: its source is told (RFC 1812 §4.3.3.1, host unreachable). */
  unreachable(neighbour: Neighbour, frame: Frame): void {
    this.stack.icmp.hostUnreachable(frame, {
      ip: formatIpv4(neighbour.ip),
      dev: neighbour.dev.name,
      probes: neighbour.probes,
    });
  }

  drop(frame: Frame, reason: DropReason, dev: NetDevice): void {
    this.stack.host.drop(frame, reason, dev.port);
  }

  tellResolved(neighbour: Neighbour, frame: Frame): void {
    const facts = {
      ip: formatIpv4(neighbour.ip),
      mac: formatMac(neighbour.mac),
      state: neighbour.state,
      dev: neighbour.dev.name,
      table: "neighbours",
    };
    this.stack.host.tell(frame, "resolved", neighbour.dev.name, facts, neighbour.origin);
  }

  tellWaiting(neighbour: Neighbour, frame: Frame): void {
    if (this.journal === null) return;
    const facts = { ip: formatIpv4(neighbour.ip), dev: neighbour.dev.name, state: neighbour.state };
    this.stack.host.tell(frame, "waiting", neighbour.dev.name, facts);
  }

  /** Once in half of base_reachable_time, while there are many entries: those that nobody needs go. */
  handle(): void {
    if (this.counted < this.setting("gc_thresh1")) return;
    const staleTime = this.setting("gc_stale_time") * SECOND;
    for (const neighbour of this.entries()) {
      if (neighbour.state === "PERMANENT" || neighbour.state === "NOARP" || BUSY.has(neighbour.state))
        continue;
      const used = Math.max(neighbour.used, neighbour.confirmed);
      if (neighbour.state === "FAILED" || this.now > used + staleTime) this.remove(neighbour);
    }
    this.tidyLater();
  }

  private get counted(): number {
    return this.count - this.permanent;
  }

  private tidyLater(): void {
    this.tidyTimer ??= new Timer(this.engine, this, 0, true);
    this.tidyTimer.setAfter(Math.max(SECOND, (this.setting("base_reachable_time_ms") * MILLISECOND) / 2));
  }

  private makeRoom(): boolean {
    const { counted, now } = this;
    const full = counted >= this.setting("gc_thresh3");
    if (!full && (counted < this.setting("gc_thresh2") || now <= this.lastCollected + UNCHANGED_FOR))
      return true;
    return this.collect() || !full;
  }

  /** Removes what may go, oldest first, down to gc_thresh2. False if nothing may. */
  private collect(): boolean {
    if (this.now < this.searchAgainAt) return false;
    this.lastCollected = this.now;
    const surplus = this.counted - this.setting("gc_thresh2");
    const old = this.entries()
      .filter((n) => n.state !== "PERMANENT" && !BUSY.has(n.state))
      .filter((n) => n.state === "FAILED" || n.state === "NOARP" || this.now > n.updated + UNCHANGED_FOR)
      .sort((x, y) => x.updated - y.updated);
    if (old.length === 0) this.searchAgainAt = this.now + NEXT_SEARCH;
    for (const neighbour of old.slice(0, Math.max(1, surplus))) this.remove(neighbour);
    return old.length > 0;
  }
}
