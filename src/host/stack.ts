/**
 * One network namespace: devices, addresses, routes, neighbours, protocols, sockets, settings. A machine has one; a
 * machine with containers will have several.
 */
import { formatIpv4, type Ipv4, ipv4, LOOPBACK_IPV4 } from "../core/ipv4.js";
import { formatMac, type Mac } from "../core/mac.js";
import { type Nanoseconds, SECOND } from "../core/time.js";
import type { Frame } from "../link/frame.js";
import { ETHERTYPE_IPV4 } from "../wire/ethernet.js";
import { SystemError } from "./errno.js";
import type { Host } from "./host.js";
import { ClaimedAddress } from "./ip/address-conflict.js";
import { Addresses, type AddressOptions } from "./ip/addresses.js";
import { Arp } from "./ip/arp.js";
import { Fib } from "./ip/fib.js";
import { Groups } from "./ip/groups.js";
import { Icmp } from "./ip/icmp.js";
import { IcmpErrors } from "./ip/icmp-errors.js";
import { Ipv4Forward } from "./ip/ipv4-forward.js";
import { type IpProtocol, Ipv4Receive } from "./ip/ipv4-receive.js";
import { Ipv4Send } from "./ip/ipv4-send.js";
import { NeighbourTable } from "./ip/neighbour-table.js";
import { RouteExceptions } from "./ip/path.js";
import { Reassembly } from "./ip/reassembly.js";
import { type NextHop, type Route, TABLE_LOCAL } from "./ip/route.js";
import { LoopbackDevice } from "./netdev/loopback-device.js";
import { FOR_OTHER, type InterfaceAddress, type NetDevice } from "./netdev/net-device.js";
import { OwnTraffic } from "./own-traffic.js";
import { ProtocolTable } from "./protocol-table.js";
import type { RawSocket } from "./socket/raw-socket.js";
import { Sysctl } from "./sysctl.js";
import { Udp } from "./udp/udp.js";

/** A protocol that the link layer hands frames to by EtherType; the packet is at `frame.network`, ownership passes. */
export interface LinkProtocol {
  /** The EtherType. */
  readonly number: number;
  receive(dev: NetDevice, frame: Frame, addressed: number): void;
}

const NO_CLAIMS: readonly ClaimedAddress[] = [];
const NO_SOCKETS: readonly RawSocket[] = [];

export class Stack {
  devices: readonly NetDevice[] = [];
  readonly sysctl = new Sysctl();
  readonly fib = new Fib();
  readonly exceptions = new RouteExceptions();
  readonly groups = new Groups();
  /** Replaced as a whole when one opens or closes, so that one may close while packets are shown to all. */
  rawSockets: readonly RawSocket[] = NO_SOCKETS;
  /** By IP protocol number. */
  readonly protocols = new ProtocolTable<IpProtocol>();
  /** By EtherType, IPv4 aside. */
  readonly linkProtocols = new ProtocolTable<LinkProtocol>();
  readonly receive4: Ipv4Receive;
  readonly forward: Ipv4Forward;
  readonly send4: Ipv4Send;
  readonly addresses: Addresses;
  readonly neighbours: NeighbourTable;
  readonly arp: Arp;
  readonly icmp: IcmpErrors;
  readonly udp: Udp;
  readonly reassembly: Reassembly;
  readonly loopback: LoopbackDevice;
  readonly ownTraffic = new OwnTraffic();
  /** Mirrors of settings that are read for every packet. */
  forwarding = false;
  acceptLocal = false;
  broadcastForwarding = false;
  reversePathFilter = 0;
  defaultTtl = 64;
  private conflictNotedAt: Nanoseconds = Number.NEGATIVE_INFINITY;
  private claims: readonly ClaimedAddress[] = NO_CLAIMS;
  private nextIndex = 1;

  constructor(readonly host: Host) {
    this.receive4 = new Ipv4Receive(this);
    this.forward = new Ipv4Forward(this);
    this.send4 = new Ipv4Send(this);
    this.addresses = new Addresses(this);
    this.arp = new Arp(this);
    this.neighbours = new NeighbourTable(this, this.arp);
    this.icmp = new IcmpErrors(this);
    this.udp = new Udp(this);
    this.reassembly = new Reassembly(this);
    this.protocols.add(new Icmp(this));
    this.protocols.add(this.udp);
    this.linkProtocols.add(this.arp);
    this.sysctl.watch(this);
    this.loopback = new LoopbackDevice(this);
    this.loopback.setUp(true);
    this.addAddress(this.loopback, LOOPBACK_IPV4, 8, { scope: "host", origin: { by: "kernel", time: 0 } });
  }

  /** Registers a new device; the answer is its ifindex. */
  adopt(dev: NetDevice): number {
    this.devices = [...this.devices, dev];
    return this.nextIndex++;
  }

  device(name: string): NetDevice | undefined {
    return this.devices.find((dev) => dev.name === name);
  }

  /** Gives a device another name. EEXIST if one has it, EINVAL if it is none. */
  renameDevice(dev: NetDevice, name: string): void {
    if (name === dev.name) return;
    if (!/^[^\s/:]{1,15}$/.test(name) || name === "." || name === "..") throw new SystemError("EINVAL");
    if (this.device(name) !== undefined) throw new SystemError("EEXIST");
    for (const own of dev.addresses)
      if (own.label === dev.name || own.label.startsWith(`${dev.name}:`))
        own.label = name + own.label.slice(dev.name.length);
    dev.name = name;
  }

  deviceWith(address: number): NetDevice | null {
    return this.devices.find((dev) => dev.addresses.some((own) => own.address === address)) ?? null;
  }

  /** Takes a frame from a device and hands it to the protocol of its EtherType. */
  receive(dev: NetDevice, frame: Frame, etherType: number, addressed: number): void {
    // A device in promiscuous mode takes other stations' frames for its packet sockets only.
    if (addressed === FOR_OTHER) {
      this.host.drop(frame, "not-for-us", dev.port);
      return;
    }
    if (etherType === ETHERTYPE_IPV4) {
      this.receive4.receive(dev, frame, addressed);
      return;
    }
    const protocol = this.linkProtocols.find(etherType);
    if (protocol === undefined) {
      dev.rxDropped++;
      this.host.drop(frame, "unknown-ethertype", dev.port);
    } else protocol.receive(dev, frame, addressed);
  }

  /** Is this one of the machine's own addresses (or any of 127/8)? */
  isLocal(address: number): boolean {
    const route = this.fib.local.lookup(address);
    return route !== null && route.type === "local";
  }

  /** Is this the link address of one of the machine's own cards? */
  isOwnMac(mac: Mac): boolean {
    return this.devices.some((dev) => dev.resolves && dev.mac === mac);
  }

  /** Any address fit to be a source; 0.0.0.0 if there is none. */
  anySource(): Ipv4 {
    for (const dev of this.devices)
      for (const own of dev.addresses)
        if (!own.secondary && own.scope !== "host" && own.scope !== "link") return own.address;
    return ipv4(0);
  }

  /** Gives a device an address, with the routes that Linux adds. EEXIST if the device has it already. */
  addAddress(dev: NetDevice, address: Ipv4, length: number, options: AddressOptions = {}): InterfaceAddress {
    return this.addresses.add(dev, address, length, options);
  }

  /**
   * Gives a device an address as soon as it is certain that nobody else on the link has it, and as long as that is so
   * (RFC 5227). Calls back each time that the device has got it.
   */
  claimAddress(
    dev: NetDevice,
    address: Ipv4,
    length: number,
    options: AddressOptions = {},
    whenClaimed: () => void = () => {},
  ): void {
    this.claims = [...this.claims, new ClaimedAddress(this, dev, address, length, options, whenClaimed)];
  }

  /** Takes an address away, with its routes. EADDRNOTAVAIL if the device does not have it. */
  removeAddress(dev: NetDevice, address: Ipv4, length: number): void {
    const found = dev.addresses.find((own) => own.address === address && own.length === length);
    if (found === undefined) throw new SystemError("EADDRNOTAVAIL", "ipv4: Address not found.");
    this.addresses.remove(dev, found);
  }

  /** A device was switched on or off. */
  deviceChanged(dev: NetDevice): void {
    if (dev.up) {
      this.addresses.deviceChanged(dev);
      if (dev.addresses.length > 0) this.fib.revive(dev);
      if (this.sysctl.device(dev.name, "arp_notify") !== 0 && dev.resolves)
        for (const own of dev.addresses) this.arp.announce(dev, own.address);
    } else {
      this.fib.forgetDevice(dev);
      this.neighbours.forgetDevice(dev, true);
    }
    this.linkChanged(dev);
  }

  /** A cable was plugged in or lost: Linux forgets the neighbours behind it. */
  carrierChanged(dev: NetDevice): void {
    if (dev.carrier === dev.hadCarrier) return;
    dev.hadCarrier = dev.carrier;
    dev.carrierChanges++;
    if (!dev.carrier) this.neighbours.forgetDevice(dev, false);
    this.linkChanged(dev);
  }

  private linkChanged(dev: NetDevice): void {
    for (const claim of this.claims) if (claim.dev === dev) claim.linkChanged();
  }

  /** Somebody else uses one of our addresses (RFC 5227 §2.4): noted where an administrator looks. */
  addressConflict(dev: NetDevice, address: Ipv4, mac: Mac, frame: number): void {
    const { now } = this.host.world.engine;
    // One line a second: a storm of claims must not wash everything else out of the log.
    if (now < this.conflictNotedAt + SECOND) return;
    this.conflictNotedAt = now;
    this.host.log(
      `IPv4: ${dev.name}: address ${formatIpv4(address)} is also used by ${formatMac(mac)}`,
      frame,
    );
  }

  /** For `why`: which route was chosen. */
  tellRouted(frame: Frame, dst: number, route: Route, hop: NextHop | undefined): void {
    this.host.tell(
      frame,
      "routed",
      hop?.dev.name,
      {
        dst: formatIpv4(dst),
        to: route.prefixText,
        type: route.type,
        table: route.table === TABLE_LOCAL ? "local" : "main",
        ...(hop === undefined
          ? {}
          : { dev: hop.dev.name, via: hop.gateway === 0 ? "on link" : formatIpv4(hop.gateway) }),
      },
      route.origin,
    );
  }

  /** A setting was changed; with an empty name: take in all of them. */
  settingChanged(name: string): void {
    const { sysctl } = this;
    this.forwarding = sysctl.value("net.ipv4.ip_forward") !== 0;
    this.defaultTtl = sysctl.value("net.ipv4.ip_default_ttl");
    this.acceptLocal = sysctl.greatest("accept_local") !== 0;
    this.broadcastForwarding = sysctl.value("net.ipv4.conf.all.bc_forwarding") !== 0;
    this.reversePathFilter = sysctl.greatest("rp_filter");
    if (name !== "") this.fib.generation++;
  }
}
