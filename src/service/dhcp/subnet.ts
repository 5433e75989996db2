/**
 * One subnet of a DHCP server: which addresses it may give to whom, and to whom it gave them (RFC 2131 §4.3.1). There is
 * at most one lease for each address of the pools and reservations, so the table is bounded. Finding a free address takes
 * the same time whatever the size of the pool.
 */
import { type Ipv4, inPrefix, ipv4, type Prefix } from "../../core/ipv4.js";
import { firstOf } from "../../core/lazy-map.js";
import type { Nanoseconds } from "../../core/time.js";
import type { DhcpOption } from "../../wire/dhcp-options.js";
import type { Lease } from "./lease.js";

/** First and last address. */
export interface Pool {
  readonly from: Ipv4;
  readonly to: Ipv4;
}

export interface Reservation {
  /** As `clientKey` gives it. */
  readonly client: string;
  readonly address: Ipv4;
  readonly hostName?: string;
}

export interface SubnetConfig {
  readonly prefix: Prefix;
  readonly pools: readonly Pool[];
  readonly reservations: readonly Reservation[];
  /** What clients get that wish nothing, and the most they get, in seconds. */
  readonly leaseSeconds: number;
  readonly maxLeaseSeconds: number;
  /** T1 and T2 in seconds; half and seven eighths of the lease unless given. */
  readonly renewalSeconds?: number;
  readonly rebindingSeconds?: number;
  /** Options for clients, each as a whole; those of the protocol itself (lease time and the like) aside. */
  readonly options: readonly DhcpOption[];
  /** Where to load the boot file from (`siaddr`), and its name. */
  readonly nextServer?: Ipv4;
  readonly bootFile?: string;
  /** BOOTP clients without a reservation get an address from the pools, for ever. */
  readonly bootp: boolean;
}

const NEVER = Number.POSITIVE_INFINITY;

export class Subnet {
  private readonly byAddress = new Map<number, Lease>();
  private readonly byClient = new Map<string, Lease>();
  private readonly reservedFor: ReadonlyMap<number, string>;
  private readonly reservations: ReadonlyMap<string, Reservation>;
  /** Given back, the oldest first. */
  private readonly freed = new Set<number>();
  /** The next address that was never given: its pool, and its place there. */
  private pool = 0;
  private place = 0;
  /** Before this instant a search for expired leases is in vain. */
  private searchFrom: Nanoseconds = 0;

  constructor(
    readonly config: SubnetConfig,
    /** An address that this machine itself has. */
    private readonly isOwn: (address: Ipv4) => boolean,
  ) {
    this.reservations = new Map(config.reservations.map((row) => [row.client, row]));
    this.reservedFor = new Map(config.reservations.map((row) => [row.address, row.client]));
  }

  holds(address: Ipv4): boolean {
    return inPrefix(address, this.config.prefix.address, this.config.prefix.length);
  }

  /** How many addresses have or had a lease. */
  get size(): number {
    return this.byAddress.size;
  }

  leases(): Lease[] {
    return [...this.byAddress.values()].sort((x, y) => (x.address >>> 0) - (y.address >>> 0));
  }

  leaseOf(client: string): Lease | undefined {
    return this.byClient.get(client);
  }

  leaseAt(address: Ipv4): Lease | undefined {
    return this.byAddress.get(address);
  }

  reservationOf(client: string): Reservation | undefined {
    return this.reservations.get(client);
  }

  /** May this client have this address now? */
  mayHave(client: string, address: Ipv4, now: Nanoseconds): boolean {
    const owner = this.reservedFor.get(address);
    if (owner !== undefined ? owner !== client : !this.isPooled(address)) return false;
    if (this.isOwn(address)) return false;
    const lease = this.byAddress.get(address);
    if (lease === undefined || lease.expires <= now) return true;
    return lease.state !== "declined" && (lease.client === client || lease.state === "released");
  }

  /** RFC 2131 §4.3.1: the reserved address, the one the client has or had, the one it wishes, or any. */
  choose(client: string, wished: Ipv4 | undefined, now: Nanoseconds): Ipv4 | undefined {
    for (const address of [
      this.reservations.get(client)?.address,
      this.byClient.get(client)?.address,
      wished,
    ])
      if (address !== undefined && this.mayHave(client, address, now)) return address;
    return this.fresh(now) ?? this.takeBack(client, now);
  }

  /** Writes a lease down; what the client and the address had before is void. */
  put(lease: Lease): void {
    this.forget(this.byAddress.get(lease.address));
    if (lease.client !== "") this.forget(this.byClient.get(lease.client));
    this.byAddress.set(lease.address, lease);
    if (lease.client !== "") this.byClient.set(lease.client, lease);
    if (lease.state === "released") this.freed.add(lease.address);
    this.searchFrom = Math.min(this.searchFrom, lease.expires);
  }

  forget(lease: Lease | undefined): void {
    if (lease === undefined || this.byAddress.get(lease.address) !== lease) return;
    this.byAddress.delete(lease.address);
    if (this.byClient.get(lease.client) === lease) this.byClient.delete(lease.client);
    this.freed.add(lease.address);
  }

  private isPooled(address: Ipv4): boolean {
    return this.config.pools.some(({ from, to }) => address >>> 0 >= from >>> 0 && address >>> 0 <= to >>> 0);
  }

  private fresh(now: Nanoseconds): Ipv4 | undefined {
    for (let pool = this.config.pools[this.pool]; pool !== undefined; pool = this.config.pools[this.pool]) {
      const next = (pool.from >>> 0) + this.place;
      if (next > pool.to >>> 0) {
        this.pool++;
        this.place = 0;
        continue;
      }
      this.place++;
      const address = ipv4(next);
      if (!this.byAddress.has(address) && this.mayHave("", address, now)) return address;
    }
    return undefined;
  }

  /** An address that had a lease: the one given back longest ago, or the first that has expired. */
  private takeBack(client: string, now: Nanoseconds): Ipv4 | undefined {
    for (let bits = firstOf(this.freed); bits !== undefined; bits = firstOf(this.freed)) {
      this.freed.delete(bits);
      const address = ipv4(bits);
      if (this.mayHave(client, address, now)) return address;
    }
    if (now < this.searchFrom) return undefined;
    let soonest = NEVER;
    for (const { address, expires } of this.byAddress.values()) {
      if (expires <= now && this.mayHave(client, address, now)) return address;
      if (expires > now) soonest = Math.min(soonest, expires);
    }
    this.searchFrom = soonest;
    return undefined;
  }
}
