/**
 * The IPv4 neighbour cache of one stack: entries by device and address, bounded as Linux bounds it
 * (gc_thresh2 and gc_thresh3: beyond them old entries that nobody used for five seconds make room).
 */
import type { DropReason } from "../../core/drop-reason.js";
import { formatIpv4, type Ipv4 } from "../../core/ipv4.js";
import { formatMac } from "../../core/mac.js";
import type { RandomStream } from "../../core/random.js";
import type { Journal } from "../../core/step.js";
import { MILLISECOND, type Nanoseconds, SECOND } from "../../core/time.js";
import type { Engine } from "../../engine/engine.js";
import type { Frame } from "../../link/frame.js";
import type { World } from "../../link/world.js";
import { ETHERTYPE_IPV4 } from "../../wire/ethernet.js";
import type { NetDevice } from "../netdev/net-device.js";
import type { Stack } from "../stack.js";
import { Neighbour } from "./neighbour.js";

const UNUSED_FOR = 5 * SECOND;

export class NeighbourTable {
  readonly world: World;
  readonly engine: Engine;
  readonly etherType = ETHERTYPE_IPV4;
  private count = 0;
  private collectAgainAt = 0;
  private drawnAt = Number.NEGATIVE_INFINITY;
  private drawn = 0;
  private random: RandomStream | null = null;

  constructor(
    private readonly stack: Stack,
    /** Sends a request for an address: ARP. `cause` is the id of a waiting packet's frame. */
    private readonly resolver: { solicit(neighbour: Neighbour, cause: number): void },
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
    if (this.count >= this.setting("gc_thresh2")) this.collect();
    if (this.count >= this.setting("gc_thresh3")) return undefined;
    const fresh = new Neighbour(this, dev, ip);
    fresh.updated = this.now;
    fresh.used = this.now;
    dev.neighbours.set(ip, fresh);
    this.count++;
    if (dev.noArp) fresh.configure("NOARP", dev.mac, { by: "kernel", time: this.now });
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

  solicit(neighbour: Neighbour, cause: number): void {
    this.resolver.solicit(neighbour, cause);
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

  private collect(): void {
    if (this.now < this.collectAgainAt) return;
    this.collectAgainAt = this.now + 100 * MILLISECOND;
    const surplus = this.count - this.setting("gc_thresh2") + 1;
    const old = this.entries()
      .filter((n) => n.state !== "PERMANENT" && n.state !== "INCOMPLETE")
      .filter((n) => n.state === "FAILED" || this.now - Math.max(n.used, n.updated) > UNUSED_FOR)
      .sort((x, y) => x.updated - y.updated);
    for (const neighbour of old.slice(0, surplus)) this.remove(neighbour);
  }
}
