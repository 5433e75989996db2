/**
 * Address conflict detection (RFC 5227): an address is probed for before it is used, announced when it is, and defended
 * once in ten seconds; who loses it gives it up. Left out: the limit on how often new addresses are tried
 * (MAX_CONFLICTS), which is for those who pick addresses by themselves.
 */
import { ANY_IPV4, formatIpv4, type Ipv4 } from "../../core/ipv4.js";
import { formatMac, type Mac } from "../../core/mac.js";
import type { RandomStream } from "../../core/random.js";
import { type Nanoseconds, SECOND } from "../../core/time.js";
import type { EventHandler } from "../../engine/event-queue.js";
import { Timer } from "../../engine/timer.js";
import { ARP_REQUEST } from "../../wire/arp.js";
import type { NetDevice } from "../netdev/net-device.js";
import type { Stack } from "../stack.js";
import type { AddressOptions } from "./addresses.js";

/** RFC 5227 §1.1. */
const PROBE_WAIT = SECOND;
const PROBES = 3;
const PROBE_LEAST = SECOND;
const PROBE_MOST = 2 * SECOND;
const ANNOUNCE_WAIT = 2 * SECOND;
const ANNOUNCEMENTS = 2;
const ANNOUNCE_INTERVAL = 2 * SECOND;
const DEFEND_INTERVAL = 10 * SECOND;

/** `ANNOUNCING` and `DEFENDING`: the address is ours; `ENDED`: stopped or lost. */
export type ClaimState = "PROBING" | "ANNOUNCING" | "DEFENDING" | "ENDED";

/** Who wants the address. */
export interface Claimant {
  /** Nobody else has it: it may be used from now on. */
  claimed(): void;
  /** Somebody else has it, whether it was ours already or not; the claim has ended. */
  conflict(mac: Mac): void;
}

/** A claim on one address on one link, which begins with probing at once. */
export class AddressClaim implements EventHandler {
  state: ClaimState = "PROBING";
  private done = 0;
  private lastDefence: Nanoseconds = Number.NEGATIVE_INFINITY;
  private readonly timer: Timer;
  private readonly random: RandomStream;
  private readonly unwatch: () => void;

  constructor(
    private readonly stack: Stack,
    private readonly dev: NetDevice,
    private readonly address: Ipv4,
    private readonly claimant: Claimant,
  ) {
    const { host } = stack;
    this.timer = new Timer(host.world.engine, this);
    this.random = host.world.random(`${host.name}/acd/${dev.name}/${formatIpv4(address)}`);
    this.unwatch = stack.arp.watch((...packet) => this.watch(...packet));
    this.timer.setAfter(this.random.below(PROBE_WAIT));
  }

  /** Ends the claim: nothing more is sent or listened to. */
  stop(): void {
    this.state = "ENDED";
    this.timer.cancel();
    this.unwatch();
  }

  /** The next probe or announcement is due. */
  handle(): void {
    if (this.state === "PROBING" && this.done < PROBES) {
      this.stack.arp.probe(this.dev, this.address);
      this.done++;
      const gap = PROBE_LEAST + this.random.below(PROBE_MOST - PROBE_LEAST);
      this.timer.setAfter(this.done < PROBES ? gap : ANNOUNCE_WAIT);
      return;
    }
    if (this.state === "PROBING") {
      this.state = "ANNOUNCING";
      this.done = 0;
      this.claimant.claimed();
    }
    this.stack.arp.announce(this.dev, this.address);
    if (++this.done < ANNOUNCEMENTS) this.timer.setAfter(ANNOUNCE_INTERVAL);
    else this.state = "DEFENDING";
  }

  private watch(dev: NetDevice, senderMac: Mac, senderIp: Ipv4, targetIp: Ipv4, operation: number): void {
    if (dev !== this.dev || this.stack.isOwnMac(senderMac)) return;
    if (this.state === "PROBING") {
      // RFC 5227 §2.1.1: somebody uses the address, or somebody else is probing for it as well.
      const rival = senderIp === ANY_IPV4 && targetIp === this.address && operation === ARP_REQUEST;
      if (senderIp === this.address || rival) this.lose(senderMac);
      return;
    }
    if (senderIp !== this.address) return;
    // RFC 5227 §2.4 b: one announcement in defence; a second conflict within the interval, and the address is given up.
    const { now } = this.stack.host.world.engine;
    if (now < this.lastDefence + DEFEND_INTERVAL) {
      this.lose(senderMac);
      return;
    }
    this.lastDefence = now;
    this.stack.arp.announce(this.dev, this.address);
  }

  private lose(mac: Mac): void {
    this.stop();
    this.claimant.conflict(mac);
  }
}

/**
 * An address that a device shall have unless somebody else has it (`acd: true` in a lab file). It is claimed anew
 * whenever the link comes back, and taken away when the link goes or the claim is lost; a lost one is not tried again
 * before the link has gone.
 */
export class ClaimedAddress implements Claimant {
  private claim: AddressClaim | null = null;

  constructor(
    private readonly stack: Stack,
    readonly dev: NetDevice,
    private readonly address: Ipv4,
    private readonly length: number,
    private readonly options: AddressOptions,
    private readonly whenClaimed: () => void,
  ) {
    this.linkChanged();
  }

  /** The device went up or down, or its carrier came or went. */
  linkChanged(): void {
    if (this.dev.running === (this.claim !== null)) return;
    if (this.dev.running) this.claim = new AddressClaim(this.stack, this.dev, this.address, this);
    else {
      this.claim!.stop();
      this.claim = null;
      this.takeAway();
    }
  }

  claimed(): void {
    if (!this.isThere()) this.stack.addAddress(this.dev, this.address, this.length, this.options);
    this.whenClaimed();
  }

  conflict(mac: Mac): void {
    const given = this.takeAway();
    this.stack.host.log(
      `IPv4: ${this.dev.name}: ${given ? "gave up" : "did not take"} address ${formatIpv4(this.address)}, used by ${formatMac(mac)}`,
    );
  }

  private takeAway(): boolean {
    const given = this.isThere();
    if (given) this.stack.removeAddress(this.dev, this.address, this.length);
    return given;
  }

  private isThere(): boolean {
    return this.dev.addresses.some((own) => own.address === this.address && own.length === this.length);
  }
}
