/**
 * The IPv4 addresses of a stack's devices, and the routes that each brings (Linux's devinet.c and fib_frontend.c): the
 * address itself in table local, whether its device is up or not; its broadcast address, and its prefix in table main,
 * while the device is up. An address of a prefix that the device is in already is secondary: it brings no prefix route and
 * goes when the primary goes. Addresses may have lifetimes; expired ones go by themselves.
 */
import {
  ANY_IPV4,
  BROADCAST_IPV4,
  broadcastOf,
  type Ipv4,
  inPrefix,
  ipv4,
  isLoopback,
  isMulticast,
  isZeroNet,
  networkOf,
} from "../../core/ipv4.js";
import type { Origin } from "../../core/step.js";
import type { Nanoseconds } from "../../core/time.js";
import { Timer } from "../../engine/timer.js";
import { SystemError } from "../errno.js";
import type { InterfaceAddress, NetDevice } from "../netdev/net-device.js";
import type { Stack } from "../stack.js";
import {
  Route,
  type RouteSpec,
  type RouteType,
  type Scope,
  scopeNumber,
  TABLE_LOCAL,
  TABLE_MAIN,
} from "./route.js";

export interface AddressOptions {
  /** The other end of a point-to-point link; the prefix is then that of the peer. */
  readonly peer?: Ipv4;
  /** 0.0.0.0 for none; by default the last address of the prefix. */
  readonly broadcast?: Ipv4;
  readonly scope?: Scope;
  readonly origin?: Origin;
  /** Leave the connected route out. */
  readonly noPrefixRoute?: boolean;
  /** The connected route's metric. */
  readonly metric?: number;
  /** The name that tells aliases apart, `eth0:1`; by default the device's. */
  readonly label?: string;
  readonly validUntil?: Nanoseconds;
  readonly preferredUntil?: Nanoseconds;
}

const FOREVER = Number.POSITIVE_INFINITY;

export class Addresses {
  private expiry: Timer | null = null;

  constructor(private readonly stack: Stack) {}

  /** Gives a device an address. EEXIST if the device has it already, EINVAL if it differs in scope from its primary. */
  add(dev: NetDevice, address: Ipv4, length: number, options: AddressOptions = {}): InterfaceAddress {
    const { fib } = this.stack;
    const peer = options.peer ?? address;
    const scope = options.scope ?? (isLoopback(address) ? "host" : "global");
    const mates = dev.addresses.filter((own) => own.length === length && inPrefix(peer, own.peer, length));
    if (mates.some((own) => own.address === address))
      throw new SystemError("EEXIST", "ipv4: Address already assigned.");
    if (mates.some((own) => own.scope !== scope))
      throw new SystemError("EINVAL", "ipv4: Invalid scope value.");
    const added: InterfaceAddress = {
      address,
      peer,
      length,
      broadcast: options.broadcast ?? defaultBroadcast(dev, address, length),
      scope,
      secondary: mates.length > 0,
      noPrefixRoute: options.noPrefixRoute ?? false,
      metric: options.metric ?? 0,
      label: options.label ?? dev.name,
      validUntil: options.validUntil ?? FOREVER,
      preferredUntil: options.preferredUntil ?? FOREVER,
      origin: options.origin ?? { by: "config" },
    };
    // Linux takes 0.0.0.0 and does nothing.
    if (address === ANY_IPV4) return added;
    dev.addresses = insert(dev.addresses, added);
    for (const spec of this.wanted(dev, [added])) this.install(spec);
    if (dev.up) fib.revive(dev);
    if (added.validUntil !== FOREVER) this.watchExpiry();
    if (dev.up && dev.resolves && this.stack.sysctl.device(dev.name, "arp_notify") !== 0)
      this.stack.arp.announce(dev, address);
    return added;
  }

  /** Gives an address new lifetimes and another metric. */
  change(
    dev: NetDevice,
    old: InterfaceAddress,
    to: Partial<Pick<InterfaceAddress, "validUntil" | "preferredUntil" | "metric">>,
  ): void {
    this.replace(
      dev,
      dev.addresses.map((own) => (own === old ? { ...own, ...to } : own)),
    );
    this.watchExpiry();
  }

  /** Takes an address away, with its routes and, as Linux does without promote_secondaries, its secondaries. */
  remove(dev: NetDevice, gone: InterfaceAddress): void {
    const goesToo = (own: InterfaceAddress): boolean =>
      !gone.secondary &&
      own.secondary &&
      own.length === gone.length &&
      inPrefix(own.peer, gone.peer, gone.length);
    this.replace(
      dev,
      dev.addresses.filter((own) => own !== gone && !goesToo(own)),
    );
  }

  /** The device went up or down: the routes that need it up come or go. */
  deviceChanged(dev: NetDevice): void {
    if (!dev.up) return;
    for (const spec of this.wanted(dev, dev.addresses)) this.install(spec);
  }

  /** The routes that addresses of a device ask for as things are. */
  private wanted(dev: NetDevice, addresses: readonly InterfaceAddress[]): RouteSpec[] {
    const routes: RouteSpec[] = [];
    for (const own of addresses) {
      const { address, length, origin } = own;
      const primary = own.secondary ? primaryOf(own, dev.addresses) : own;
      if (primary === undefined) continue;
      const prefSrc = primary.address;
      const add = (
        to: Ipv4,
        bits: number,
        table: number,
        type: RouteType,
        scope: Scope,
        metric: number,
      ): void => {
        routes.push({
          address: to,
          length: bits,
          table,
          type,
          scope,
          metric,
          protocol: "kernel",
          prefSrc,
          nextHops: dev.onLink,
          origin,
        });
      };
      const broadcast = (to: Ipv4): void => {
        const known = routes.some(
          (route) => route.type === "broadcast" && route.address === to && route.prefSrc === primary.address,
        );
        if (!known) add(to, 32, TABLE_LOCAL, "broadcast", "link", 0);
      };
      add(address, 32, TABLE_LOCAL, "local", "host", 0);
      if (!dev.up) continue;
      if (own.broadcast !== 0 && own.broadcast !== BROADCAST_IPV4) broadcast(own.broadcast);
      const network = networkOf(own.peer, length);
      if (isZeroNet(network) || isMulticast(network) || own.secondary) continue;
      if (length === 32 && network === address) continue;
      if (!own.noPrefixRoute && dev.kind === "loopback")
        add(network, length, TABLE_LOCAL, "local", "host", own.metric);
      else if (!own.noPrefixRoute) add(network, length, TABLE_MAIN, "unicast", "link", own.metric);
      if (length < 31) broadcast(broadcastOf(network, length));
    }
    return routes;
  }

  private install(spec: RouteSpec): void {
    const table = this.stack.fib.table(spec.table!);
    const route = new Route(spec);
    if (!table.has(route)) table.add(route, "append");
  }

  private replace(dev: NetDevice, addresses: readonly InterfaceAddress[]): void {
    const { fib } = this.stack;
    const before = this.wanted(dev, dev.addresses);
    const lost = dev.addresses.filter((own) => !addresses.includes(own));
    dev.addresses = addresses;
    const after = this.wanted(dev, addresses);
    for (const old of before) {
      if (after.some((spec) => sameRoute(spec, old))) continue;
      fib
        .table(old.table!)
        .removeWhere(
          (route) =>
            route.protocol === "kernel" && route.nextHops[0]!.dev === dev && sameRoute(route, new Route(old)),
        );
    }
    for (const spec of after) if (!before.some((old) => sameRoute(spec, old))) this.install(spec);
    // A route that asks for a source address cannot outlive it.
    for (const { address } of lost) if (!this.stack.isLocal(address)) fib.forgetSource(address);
    if (addresses.length > 0) {
      if (dev.up) fib.revive(dev);
    } else if (lost.length > 0) {
      fib.forgetDevice(dev, true);
      this.stack.neighbours.forgetDevice(dev, true);
    }
  }

  /** One timer waits for whichever address expires first; it never keeps a lab running. */
  private watchExpiry(): void {
    const { engine } = this.stack.host.world;
    const next = Math.min(...this.stack.devices.flatMap((dev) => dev.addresses.map((own) => own.validUntil)));
    if (next === FOREVER) {
      this.expiry?.cancel();
      return;
    }
    this.expiry ??= new Timer(engine, { handle: () => this.expire() }, 0, true);
    this.expiry.set(next);
  }

  private expire(): void {
    const { now } = this.stack.host.world.engine;
    for (const dev of this.stack.devices)
      for (const own of dev.addresses)
        if (own.validUntil <= now && dev.addresses.includes(own)) this.remove(dev, own);
    this.watchExpiry();
  }
}

/** The primary address of a secondary's prefix. */
function primaryOf(
  own: InterfaceAddress,
  addresses: readonly InterfaceAddress[],
): InterfaceAddress | undefined {
  return addresses.find(
    (other) => !other.secondary && other.length === own.length && inPrefix(own.peer, other.peer, own.length),
  );
}

function defaultBroadcast(dev: NetDevice, address: Ipv4, length: number): Ipv4 {
  return dev.broadcast && length < 31 ? broadcastOf(address, length) : ipv4(0);
}

/** Primaries stand by rising generality of scope, before all secondaries (inet_insert_ifa). */
function insert(addresses: readonly InterfaceAddress[], added: InterfaceAddress): InterfaceAddress[] {
  let at = addresses.length;
  if (!added.secondary) {
    const rank = scopeNumber(added.scope);
    at = addresses.findLastIndex((own) => !own.secondary && rank <= scopeNumber(own.scope)) + 1;
  }
  return addresses.toSpliced(at, 0, added);
}

function sameRoute(a: RouteSpec | Route, b: RouteSpec | Route): boolean {
  return (
    a.table === b.table &&
    a.type === b.type &&
    a.address === b.address &&
    a.length === b.length &&
    a.prefSrc === b.prefSrc &&
    (a.metric ?? 0) === (b.metric ?? 0)
  );
}
