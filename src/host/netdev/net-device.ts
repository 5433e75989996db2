/**
 * A network device (Linux: struct net_device) of one network namespace: name, flags, MTU, counters, addresses.
 *
 * Frames that a device receives begin at `frame.start` with its link header, if it has one, and at `frame.network` with
 * the packet. To send, a layer above builds the packet so that it begins at `frame.network`, and the device or the
 * neighbour code writes the link header in front.
 */

import { ANY_IPV4, type Ipv4, inPrefix } from "../../core/ipv4.js";
import { LazyMap } from "../../core/lazy-map.js";
import { BROADCAST_MAC, type Mac } from "../../core/mac.js";
import type { Origin } from "../../core/step.js";
import type { Nanoseconds } from "../../core/time.js";
import type { Frame } from "../../link/frame.js";
import type { Port } from "../../link/port.js";
import type { Neighbour } from "../ip/neighbour.js";
import { NextHop, type Scope, scopeNumber } from "../ip/route.js";
import type { PacketSocket } from "../socket/packet-socket.js";
import type { Stack } from "../stack.js";

export interface InterfaceAddress {
  readonly address: Ipv4;
  /** The other end of a point-to-point link; otherwise the address itself. */
  readonly peer: Ipv4;
  /** Prefix length, of the peer's prefix. */
  readonly length: number;
  /** 0.0.0.0 for none. */
  readonly broadcast: Ipv4;
  readonly scope: Scope;
  /** Another address of the same prefix came first. */
  readonly secondary: boolean;
  /** It brought no route to its prefix. */
  readonly noPrefixRoute: boolean;
  /** The metric of the route to its prefix. */
  readonly metric: number;
  /** The device's name, or that of an alias: `eth0:1`. */
  label: string;
  /** When it goes, and from when on it is deprecated; Infinity for never. */
  readonly validUntil: Nanoseconds;
  readonly preferredUntil: Nanoseconds;
  /** By whom it was set, for `why`. */
  readonly origin: Origin;
}

export type DeviceKind = "ether" | "loopback";

/** To whom a received frame is addressed (PACKET_HOST and its kin). */
export const FOR_HOST = 0;
export const FOR_BROADCAST = 1;
export const FOR_MULTICAST = 2;
export const FOR_OTHER = 3;

export abstract class NetDevice {
  abstract readonly kind: DeviceKind;
  readonly index: number;
  /** IFF_UP: administratively up. */
  up = false;
  /** It was up at some time: only then it has its queueing discipline. */
  wasUp = false;
  /** IFF_NOARP: neighbours are not asked for. */
  noArp = false;
  /** IFF_MULTICAST. */
  multicast = true;
  mtu: number;
  mac: Mac;
  /** The link address of everybody. */
  broadcastMac = BROADCAST_MAC;
  /** What an administrator sets and nothing but `ip link` reads. */
  txQueueLength = 1000;
  group = 0;
  alias = "";
  private sharedHops: readonly NextHop[] | null = null;
  private promiscuousBySetting = false;
  private allMulticastBySetting = false;
  /** Users of promiscuous mode and of all-multicast mode. */
  promiscuity = 0;
  allMulticast = 0;
  addresses: readonly InterfaceAddress[] = [];
  readonly neighbours = new LazyMap<number, Neighbour>();
  /** Packet sockets that look at this device's traffic; null while there are none. */
  taps: readonly PacketSocket[] | null = null;
  rxPackets = 0;
  rxBytes = 0;
  rxErrors = 0;
  rxLengthErrors = 0;
  rxCrcErrors = 0;
  rxDropped = 0;
  rxMulticast = 0;
  txPackets = 0;
  txBytes = 0;
  txErrors = 0;
  txDropped = 0;
  /** Link failures seen. */
  txCarrierErrors = 0;
  /** How often the carrier came or went. */
  carrierChanges = 0;
  hadCarrier = false;

  constructor(
    readonly stack: Stack,
    public name: string,
    mac: Mac,
    mtu: number,
  ) {
    this.mac = mac;
    this.mtu = mtu;
    this.index = stack.adopt(this);
  }

  /** The next hops of a route straight onto this device's link; all such routes share them. */
  get onLink(): readonly NextHop[] {
    this.sharedHops ??= [new NextHop(this, ANY_IPV4)];
    return this.sharedHops;
  }

  /** IFF_LOWER_UP: the layer below is ready. */
  abstract get carrier(): boolean;
  /** Must a next hop's MAC address be found before a unicast packet can leave? */
  abstract readonly resolves: boolean;
  /** Sends a frame that begins with this device's link header; ownership passes. */
  abstract transmit(frame: Frame): void;
  /** Writes a link header to the given MAC address in front of the packet at `frame.network` and sends the frame. */
  abstract sendTo(frame: Frame, dstHi: number, dstLo: number, etherType: number): void;
  /** The port behind the device, if it has one. */
  abstract readonly port: Port | null;

  /** IFF_BROADCAST. */
  get broadcast(): boolean {
    return this.kind === "ether";
  }

  get running(): boolean {
    return this.up && this.carrier;
  }

  setMac(mac: Mac): void {
    this.mac = mac;
  }

  setUp(up: boolean): void {
    if (up === this.up) return;
    this.up = up;
    if (up) this.wasUp = true;
    this.stack.deviceChanged(this);
  }

  /** IFF_PROMISC and IFF_ALLMULTI as an administrator sets them; sockets count on their own. */
  get promiscuous(): boolean {
    return this.promiscuousBySetting;
  }

  setPromiscuous(on: boolean): void {
    this.promiscuity += Number(on) - Number(this.promiscuousBySetting);
    this.promiscuousBySetting = on;
  }

  get allMulticastSet(): boolean {
    return this.allMulticastBySetting;
  }

  setAllMulticast(on: boolean): void {
    this.allMulticast += Number(on) - Number(this.allMulticastBySetting);
    this.allMulticastBySetting = on;
  }

  setMtu(mtu: number): void {
    this.mtu = mtu;
    this.stack.fib.generation++;
  }

  /**
   * The address to use as a source (inet_select_addr): of those that are not secondary and reach as far as the scope asks,
   * the first whose prefix holds the destination, or simply the first.
   */
  primaryFor(dst: number, scope: Scope = "link"): InterfaceAddress | undefined {
    let first: InterfaceAddress | undefined;
    for (const own of this.addresses) {
      if (own.secondary || scopeNumber(own.scope) > scopeNumber(scope)) continue;
      if (inPrefix(dst, own.peer, own.length)) return own;
      first ??= own;
    }
    return first;
  }

  /** Are both in the prefix of one of this device's addresses? */
  sharesPrefix(a: number, b: number): boolean {
    return this.addresses.some(
      (own) => inPrefix(a, own.address, own.length) && inPrefix(b, own.address, own.length),
    );
  }

  /** Group memberships as link addresses: the card's multicast filter. */
  readonly groupMacs = new LazyMap<number, number>();

  joinMac(mac: number): void {
    this.groupMacs.set(mac, (this.groupMacs.get(mac) ?? 0) + 1);
  }

  leaveMac(mac: number): void {
    const users = (this.groupMacs.get(mac) ?? 0) - 1;
    if (users > 0) this.groupMacs.set(mac, users);
    else this.groupMacs.delete(mac);
  }

  /** Shows a frame to the packet sockets. */
  protected tap(frame: Frame, outgoing: boolean, addressed: number): void {
    for (const socket of this.taps!) socket.offer(this, frame, outgoing, addressed);
  }
}
