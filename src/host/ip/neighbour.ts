/**
 * One entry of the neighbour cache: an IPv4 next hop on a link and its MAC address, with the states and timers of
 * Linux's neighbour code (RFC 4861 §7.3.2 in spirit, arp(7), ip-neighbour(8)).
 *
 * INCOMPLETE asks by broadcast, up to mcast_solicit times; REACHABLE is trusted for a random 0.5 to 1.5 of
 * base_reachable_time; then, used lately, it goes to DELAY and PROBE (unicast), or unused to STALE, which costs nothing
 * until somebody needs it.
 */
import type { Ipv4 } from "../../core/ipv4.js";
import { type Mac, macHi, macLo, macOf } from "../../core/mac.js";
import type { Origin } from "../../core/step.js";
import { MILLISECOND, type Nanoseconds, SECOND } from "../../core/time.js";
import { Timer } from "../../engine/timer.js";
import type { Frame } from "../../link/frame.js";
import type { NetDevice } from "../netdev/net-device.js";
import type { NeighbourTable } from "./neighbour-table.js";

export type NeighbourState =
  | "NONE"
  | "INCOMPLETE"
  | "REACHABLE"
  | "STALE"
  | "DELAY"
  | "PROBE"
  | "FAILED"
  | "NOARP"
  | "PERMANENT";

const ADDRESSLESS: ReadonlySet<NeighbourState> = new Set(["NONE", "INCOMPLETE", "FAILED"]);

export class Neighbour {
  state: NeighbourState = "NONE";
  /** The link address is valid and may be used. */
  valid = false;
  hi = 0;
  lo = 0;
  /** When reachability was last confirmed, the entry last used, last changed. */
  confirmed: Nanoseconds = 0;
  used: Nanoseconds = 0;
  updated: Nanoseconds = 0;
  probes = 0;
  /** Removed from the table: holders of a reference look it up anew. */
  dead = false;
  origin: Origin = { by: "config" };
  /** Packets (from `frame.network`) that wait for the address. */
  private readonly queue: Frame[] = [];
  private waitTimer: Timer | null = null;
  private ageTimer: Timer | null = null;

  constructor(
    private readonly table: NeighbourTable,
    readonly dev: NetDevice,
    readonly ip: Ipv4,
  ) {}

  get mac(): Mac {
    return macOf(this.hi, this.lo);
  }

  get waiting(): number {
    return this.queue.length;
  }

  /** Sends the packet to this neighbour, now or as soon as its address is known. Owns the frame. */
  send(frame: Frame, etherType: number): void {
    const { world } = this.table;
    if (this.valid) {
      // As in Linux, an entry that is trusted (NUD_CONNECTED) does not note its use: that is what lets it grow stale.
      if (this.state !== "REACHABLE" && this.state !== "PERMANENT") this.noteUse();
      if (world.journal !== null) this.table.tellResolved(this, frame);
      this.dev.sendTo(frame, this.hi, this.lo, etherType);
      return;
    }
    this.used = world.engine.now;
    this.table.tellWaiting(this, frame);
    if (this.queue.length > 0 && this.queue.length >= this.table.setting("unres_qlen"))
      this.table.drop(this.queue.shift()!, "neigh-queue-full", this.dev);
    this.queue.push(frame);
    if (this.state !== "INCOMPLETE") this.solicit(frame);
  }

  /** Is the address known? If not, the neighbour is asked, because of a frame. */
  resolve(cause: Frame): boolean {
    if (!this.valid && this.state !== "INCOMPLETE") this.solicit(cause);
    return this.valid;
  }

  /** A fresh address or a confirmation: what arp_process hands to neigh_update. */
  update(mac: Mac, state: "REACHABLE" | "STALE" | "PERMANENT" | "NOARP", origin: Origin): void {
    const { now } = this.table;
    const changed = !this.valid || macHi(mac) !== this.hi || macLo(mac) !== this.lo;
    // A mere sighting of the address that we already trust changes nothing.
    if (state === "STALE" && !changed) return;
    if (state === "REACHABLE") this.confirmed = now;
    // What changes nothing leaves the lock on changes where it is; the timer finds the confirmation when it fires.
    if (!changed && state === this.state) return;
    if (changed || state === "PERMANENT") this.origin = origin;
    this.hi = macHi(mac);
    this.lo = macLo(mac);
    this.valid = true;
    this.probes = 0;
    this.become(state);
    this.waitTimer?.cancel();
    this.ageTimer?.cancel();
    if (state === "REACHABLE") this.age(now + this.table.reachableTime());
    this.flush();
  }

  /** Sets the entry as an administrator wishes (`ip neigh`); without an address the old one stays. */
  configure(state: NeighbourState, mac: Mac | null, origin: Origin): void {
    const { now } = this.table;
    this.waitTimer?.cancel();
    this.ageTimer?.cancel();
    if (mac !== null) {
      this.hi = macHi(mac);
      this.lo = macLo(mac);
    }
    this.origin = origin;
    this.probes = 0;
    this.valid = !ADDRESSLESS.has(state);
    // A delay that nobody waits for is over at once.
    this.become(state === "DELAY" ? "PROBE" : state);
    if (state === "REACHABLE") {
      this.confirmed = now;
      this.age(now + this.table.reachableTime());
    } else if (this.state === "PROBE" || state === "INCOMPLETE") this.ask();
    if (this.valid) this.flush();
    else if (state === "NONE" || state === "FAILED") this.fail(state);
  }

  /** An upper layer saw progress (RFC 1122 §2.3.2.1 d): the neighbour lives. */
  confirm(): void {
    if (!this.valid || this.state === "PERMANENT" || this.state === "NOARP") return;
    this.update(this.mac, "REACHABLE", this.origin);
  }

  /** The answer never came. What waits is lost, each packet with a report to its source. */
  fail(state: "FAILED" | "NONE" = "FAILED"): void {
    this.become(state);
    this.valid = false;
    for (const frame of this.queue.splice(0)) this.table.unreachable(this, frame);
  }

  /** Takes the entry out of service; what waits is dropped. */
  kill(): void {
    this.dead = true;
    this.valid = false;
    this.become("FAILED");
    this.waitTimer?.cancel();
    this.ageTimer?.cancel();
    for (const frame of this.queue.splice(0)) this.table.drop(frame, "neigh-failed", this.dev);
  }

  /** A timer fired. */
  handle(): void {
    const { now, table } = this;
    switch (this.state) {
      case "INCOMPLETE":
      case "PROBE": {
        const limit = table.setting(this.state === "PROBE" ? "ucast_solicit" : "mcast_solicit");
        if (this.probes >= limit) this.fail();
        else this.ask();
        break;
      }
      case "REACHABLE": {
        const trustedUntil = this.confirmed + table.reachableTime();
        if (now < trustedUntil) this.age(trustedUntil);
        else if (now <= this.used + table.setting("delay_first_probe_time") * SECOND) this.delay();
        else this.become("STALE");
        break;
      }
      case "DELAY":
        this.become("PROBE");
        this.probes = 0;
        this.ask();
        break;
      default:
    }
  }

  private get now(): Nanoseconds {
    return this.table.now;
  }

  private solicit(cause: Frame): void {
    this.become("INCOMPLETE");
    this.probes = 0;
    this.origin = { by: "frame", frame: cause.id, time: this.now };
    this.ask();
  }

  /** Asks once more, by broadcast or, in PROBE, straight to the address that is being checked. */
  private ask(): void {
    this.probes++;
    const retransmit = this.table.setting("retrans_time_ms") * MILLISECOND;
    if (this.state === "INCOMPLETE") {
      this.waitTimer ??= new Timer(this.table.engine, this);
      this.waitTimer.setAfter(retransmit);
    } else this.age(this.now + retransmit);
    this.table.solicit(this, this.queue.at(-1) ?? null);
  }

  private flush(): void {
    for (const frame of this.queue.splice(0)) this.send(frame, this.table.etherType);
  }

  private noteUse(): void {
    this.used = this.now;
    if (this.state === "STALE") this.delay();
  }

  private delay(): void {
    this.become("DELAY");
    this.age(this.now + this.table.setting("delay_first_probe_time") * SECOND);
  }

  private become(state: NeighbourState): void {
    if (state === "PERMANENT") this.table.permanent++;
    if (this.state === "PERMANENT") this.table.permanent--;
    this.state = state;
    this.updated = this.now;
  }

  /** Ageing goes on in the background: it never keeps a lab running. */
  private age(at: Nanoseconds): void {
    this.ageTimer ??= new Timer(this.table.engine, this, 0, true);
    this.ageTimer.set(at);
  }
}
