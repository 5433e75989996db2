/**
 * A DHCP client: the state machine of RFC 2131 figure 5, with the timers of §4.4.5 and the randomised, growing pauses of
 * §4.1. What it gets it installs: address, routes, MTU. Left out: the pause of 1 to 10 s before the first DISCOVER (§4.4.1),
 * which few clients make.
 */
import { ANY_IPV4, BROADCAST_IPV4, type Ipv4 } from "../../core/ipv4.js";
import { BROADCAST_MAC } from "../../core/mac.js";
import type { RandomStream } from "../../core/random.js";
import { type Nanoseconds, SECOND } from "../../core/time.js";
import type { EventHandler } from "../../engine/event-queue.js";
import { Timer } from "../../engine/timer.js";
import { AddressClaim } from "../../host/ip/address-conflict.js";
import type { NetDevice } from "../../host/netdev/net-device.js";
import type { Stack } from "../../host/stack.js";
import { UdpSocket } from "../../host/udp/udp-socket.js";
import { BOOT_REPLY, encodeDhcp } from "../../wire/dhcp.js";
import * as O from "../../wire/dhcp-options.js";
import { UDP_PORT_DHCP_CLIENT, UDP_PORT_DHCP_SERVER } from "../../wire/udp.js";
import { type ClientLease, leaseFrom } from "./client-lease.js";
import { installLease, removeLease, updateLease } from "./client-network.js";
import { LinkUdp } from "./link-udp.js";
import { blankRequest, macOfClient, option, type Received, readMessage, textOption } from "./message.js";

export type DhcpState =
  | "INIT"
  | "SELECTING"
  | "REQUESTING"
  | "BOUND"
  | "RENEWING"
  | "REBINDING"
  | "INIT-REBOOT"
  | "REBOOTING"
  | "STOPPED";

/** What happens, for whoever shows it. */
export type DhcpEvent =
  | { readonly what: "discover"; readonly interval: Nanoseconds }
  | { readonly what: "offer" | "ack"; readonly address: Ipv4; readonly server: Ipv4 }
  | { readonly what: "nak"; readonly server: Ipv4 }
  /** `to` is 255.255.255.255 but for a renewal. */
  | { readonly what: "request"; readonly address: Ipv4; readonly to: Ipv4; readonly server: Ipv4 }
  | { readonly what: "bound"; readonly lease: ClientLease; readonly renewed: boolean }
  | { readonly what: "decline" | "expired"; readonly address: Ipv4 }
  /** No server answered within the time of one attempt; the next one follows. */
  | { readonly what: "failed" };

export interface DhcpClientOptions {
  readonly hostName?: string;
  readonly vendorClass?: string;
  readonly clientId?: Uint8Array;
  /** Begins in INIT-REBOOT with this lease. */
  readonly known?: ClientLease | undefined;
  /** Probes the address by ARP before it uses it, and declines one that somebody has (§4.4.1, RFC 5227). */
  readonly probe?: boolean;
  /** In place of growing pauses, one that is always the same. */
  readonly pause?: Nanoseconds;
  /** How long an attempt lasts (60 s), and the pause after it (5 min). */
  readonly attempt?: Nanoseconds;
  readonly retry?: Nanoseconds;
  readonly onEvent?: (event: DhcpEvent) => void;
}

/** §4.1: the first pause is 4 s, each next one twice as long, up to 64 s, each 1 s more or less. */
const FIRST_PAUSE = 4 * SECOND;
const LAST_PAUSE = 64 * SECOND;
/** How long one attempt lasts, and the pause after it, as ISC's client has them. */
const ATTEMPT = 60 * SECOND;
const RETRY = 300 * SECOND;
/** §3.1.5: the pause after a DECLINE. */
const DECLINE_PAUSE = 10 * SECOND;
/** §4.4.5: the least pause between requests for renewal. */
const LEAST_RENEWAL_PAUSE = 60 * SECOND;
const REQUESTS = 4;
const WANTED = [
  O.DHCP_SUBNET_MASK,
  O.DHCP_BROADCAST,
  O.DHCP_ROUTERS,
  O.DHCP_DOMAIN_NAME,
  O.DHCP_NAME_SERVERS,
  O.DHCP_HOST_NAME,
  O.DHCP_INTERFACE_MTU,
  O.DHCP_TFTP_SERVER,
  O.DHCP_BOOT_FILE,
];

export class DhcpClient implements EventHandler {
  state: DhcpState = "INIT";
  lease: ClientLease | null = null;
  private offer: ClientLease | null = null;
  private transaction = 0;
  private began: Nanoseconds = 0;
  private sentAt: Nanoseconds = 0;
  private pause: Nanoseconds = 0;
  private tries = 0;
  private claim: AddressClaim | null = null;
  private readonly socket: UdpSocket;
  private link: LinkUdp | null = null;
  private readonly random: RandomStream;
  /** While an address is sought, and while there is nothing to do but wait: the latter keeps no run going. */
  private readonly urgent: Timer;
  private readonly patient: Timer;

  /** Begins at once. Throws if another client has the device. */
  constructor(
    private readonly stack: Stack,
    readonly dev: NetDevice,
    private readonly options: DhcpClientOptions = {},
  ) {
    const { world, name } = stack.host;
    this.random = world.random(`${name}/dhcp-client/${dev.name}`);
    this.urgent = new Timer(world.engine, this);
    this.patient = new Timer(world.engine, this, 0, true);
    this.socket = new UdpSocket(stack);
    this.socket.broadcast = true;
    this.socket.dev = dev;
    this.socket.onDatagram = ({ bytes, from, to, src, frame }) => {
      if (this.link === null) this.receive(bytes.subarray(from, to), src, frame);
    };
    const error = this.socket.bind(ANY_IPV4, UDP_PORT_DHCP_CLIENT);
    if (error !== null) throw new Error(`${name}: UDP port 68 is taken on ${dev.name}`);
    if (!dev.up) dev.setUp(true);
    const { known } = options;
    if (known === undefined || known.expires <= this.now) this.init();
    else {
      this.offer = known;
      this.begin("INIT-REBOOT");
      this.enter("REBOOTING");
    }
  }

  /** Ends the client; the address stays until its lease expires, unless it is released. */
  stop(): void {
    this.state = "STOPPED";
    this.urgent.cancel();
    this.patient.cancel();
    this.claim?.stop();
    this.closeLink();
    this.socket.close();
  }

  /** §4.4.6: gives the lease back, and ends. */
  release(): void {
    const { lease } = this;
    if (lease !== null) sendRelease(this.stack, this.dev, lease, this.socket, this.options);
    this.lease = null;
    this.stop();
  }

  private get now(): Nanoseconds {
    return this.stack.host.world.engine.now;
  }

  /** The timer of the state. */
  handle(): void {
    switch (this.state) {
      case "INIT":
        this.init();
        break;
      case "SELECTING":
        if (this.now >= this.began + (this.options.attempt ?? ATTEMPT)) this.fail();
        else this.discover();
        break;
      case "REQUESTING":
      case "REBOOTING":
        if (this.tries < REQUESTS) this.request();
        else if (this.state === "REBOOTING") this.init();
        else this.fail();
        break;
      case "BOUND":
        this.begin("RENEWING");
        this.request();
        break;
      default:
        this.renewFurther();
    }
  }

  private init(): void {
    this.begin("INIT");
    this.offer = null;
    this.enter("SELECTING");
  }

  private begin(state: DhcpState): void {
    this.state = state;
    this.transaction = this.random.u32();
    this.began = this.now;
    this.pause = 0;
    this.tries = 0;
  }

  private enter(state: "SELECTING" | "REQUESTING" | "REBOOTING"): void {
    this.state = state;
    this.pause = 0;
    this.tries = 0;
    this.link ??= new LinkUdp(this.stack, this.dev, UDP_PORT_DHCP_CLIENT, ({ payload, src, frame }) =>
      this.receive(payload, src, frame),
    );
    if (state === "SELECTING") this.discover();
    else this.request();
  }

  private fail(): void {
    this.state = "INIT";
    this.closeLink();
    this.urgent.cancel();
    this.patient.setAfter(this.options.retry ?? RETRY);
    this.options.onEvent?.({ what: "failed" });
  }

  private discover(): void {
    this.sendRaw([option(O.DHCP_MESSAGE_TYPE, O.DHCPDISCOVER), ...this.wishes()]);
    const interval = this.wait();
    this.options.onEvent?.({ what: "discover", interval });
  }

  /** RFC 2131 table 5: what a request carries tells the server the client's state. */
  private request(): void {
    const { state, lease } = this;
    this.tries++;
    const type = option(O.DHCP_MESSAGE_TYPE, O.DHCPREQUEST);
    if (state === "RENEWING" || state === "REBINDING") {
      const to = state === "RENEWING" ? lease!.server : BROADCAST_IPV4;
      const message = { ...this.blank(), clientAddress: lease!.address, options: [type, ...this.wishes()] };
      this.sentAt = this.now;
      this.socket.send(encodeDhcp(message), to, UDP_PORT_DHCP_SERVER);
      this.options.onEvent?.({ what: "request", address: lease!.address, to, server: lease!.server });
      this.awaitRenewal();
      return;
    }
    const { address, server } = this.offer!;
    const chosen = state === "REQUESTING" ? [{ code: O.DHCP_SERVER_ID, data: O.addressBytes(server) }] : [];
    const wished = { code: O.DHCP_REQUESTED_ADDRESS, data: O.addressBytes(address) };
    this.sendRaw([type, ...chosen, wished, ...this.wishes()]);
    this.wait();
    this.options.onEvent?.({ what: "request", address, to: BROADCAST_IPV4, server });
  }

  private blank() {
    const seconds = Math.min(Math.floor((this.now - this.began) / SECOND), 0xffff);
    return { ...blankRequest(this.dev.mac, this.transaction), seconds };
  }

  private sendRaw(options: readonly O.DhcpOption[]): void {
    const message = { ...this.blank(), options };
    this.sentAt = this.now;
    this.link!.send(encodeDhcp(message), BROADCAST_MAC, ANY_IPV4, BROADCAST_IPV4, UDP_PORT_DHCP_SERVER);
  }

  /** Who we are, and what we would like to know. */
  private wishes(): O.DhcpOption[] {
    const { hostName, vendorClass, clientId } = this.options;
    return [
      ...(clientId === undefined ? [] : [{ code: O.DHCP_CLIENT_ID, data: clientId }]),
      ...(hostName === undefined ? [] : [textOption(O.DHCP_HOST_NAME, hostName)]),
      ...(vendorClass === undefined ? [] : [textOption(O.DHCP_VENDOR_CLASS, vendorClass)]),
      { code: O.DHCP_MAX_SIZE, data: O.u16Bytes(1500) },
      option(O.DHCP_PARAMETER_LIST, ...WANTED),
    ];
  }

  /** §4.1: sets the timer to the next repetition, and says when that is. */
  private wait(): Nanoseconds {
    this.pause = this.pause === 0 ? FIRST_PAUSE : Math.min(2 * this.pause, LAST_PAUSE);
    const interval = this.options.pause ?? this.pause - SECOND + this.random.below(2 * SECOND);
    this.patient.cancel();
    this.urgent.setAfter(interval);
    return interval;
  }

  private receive(payload: Uint8Array, src: Ipv4, frame: number): void {
    const received = readMessage(payload);
    if (received === undefined || !this.isForUs(received)) return;
    const { type, options } = received;
    const server = O.addressOption(options.get(O.DHCP_SERVER_ID)) ?? src;
    const asked =
      this.state === "REQUESTING" ||
      this.state === "REBOOTING" ||
      this.state === "RENEWING" ||
      this.state === "REBINDING";
    if (type === O.DHCPNAK && asked) {
      this.options.onEvent?.({ what: "nak", server });
      this.dropLease();
      this.init();
    } else if (type === O.DHCPOFFER && this.state === "SELECTING") {
      const offer = leaseFrom(received, server, this.sentAt, frame);
      if (offer === undefined) return;
      this.options.onEvent?.({ what: "offer", address: offer.address, server });
      this.offer = offer;
      this.enter("REQUESTING");
    } else if (type === O.DHCPACK && asked) {
      const lease = leaseFrom(received, server, this.sentAt, frame);
      if (lease === undefined) return;
      this.options.onEvent?.({ what: "ack", address: lease.address, server });
      this.take(lease);
    }
  }

  private isForUs({ message }: Received): boolean {
    return (
      message.operation === BOOT_REPLY &&
      message.transaction === this.transaction &&
      macOfClient(message) === this.dev.mac &&
      this.claim?.state !== "PROBING"
    );
  }

  /** The server has granted a lease: probe for the address if it is new, then use it. */
  private take(lease: ClientLease): void {
    this.urgent.cancel();
    if (this.lease !== null && this.lease.address === lease.address) {
      updateLease(this.stack, this.dev, this.lease, lease);
      this.bind(lease, true);
      return;
    }
    this.dropLease();
    if (this.options.probe !== true) {
      installLease(this.stack, this.dev, lease);
      this.stack.arp.announce(this.dev, lease.address);
      this.bind(lease, false);
      return;
    }
    this.claim = new AddressClaim(this.stack, this.dev, lease.address, {
      claimed: () => {
        installLease(this.stack, this.dev, lease);
        this.bind(lease, false);
      },
      conflict: () => this.decline(lease),
    });
  }

  private bind(lease: ClientLease, renewed: boolean): void {
    this.closeLink();
    this.lease = lease;
    this.state = "BOUND";
    this.patient.cancel();
    if (lease.renewAt !== Number.POSITIVE_INFINITY) this.patient.set(Math.max(lease.renewAt, this.now));
    this.options.onEvent?.({ what: "bound", lease, renewed });
  }

  /** §3.1.5: somebody else has the address. */
  private decline(lease: ClientLease): void {
    this.dropLease();
    this.transaction = this.random.u32();
    this.link ??= new LinkUdp(this.stack, this.dev, UDP_PORT_DHCP_CLIENT);
    const { clientId } = this.options;
    this.sendRaw([
      option(O.DHCP_MESSAGE_TYPE, O.DHCPDECLINE),
      { code: O.DHCP_SERVER_ID, data: O.addressBytes(lease.server) },
      { code: O.DHCP_REQUESTED_ADDRESS, data: O.addressBytes(lease.address) },
      ...(clientId === undefined ? [] : [{ code: O.DHCP_CLIENT_ID, data: clientId }]),
    ]);
    this.closeLink();
    this.options.onEvent?.({ what: "decline", address: lease.address });
    this.state = "INIT";
    this.patient.cancel();
    this.urgent.setAfter(DECLINE_PAUSE);
  }

  /** RENEWING or REBINDING, and no answer so far. */
  private renewFurther(): void {
    const { lease } = this;
    if (lease === null) return;
    if (this.now >= lease.expires) {
      this.options.onEvent?.({ what: "expired", address: lease.address });
      this.dropLease();
      this.init();
      return;
    }
    if (this.state === "RENEWING" && this.now >= lease.rebindAt) this.begin("REBINDING");
    this.request();
  }

  /** §4.4.5: the next request after half of the time that is left in the state, but not sooner than a minute. */
  private awaitRenewal(): void {
    const lease = this.lease!;
    const end = this.state === "RENEWING" ? lease.rebindAt : lease.expires;
    const pause = Math.max(Math.floor((end - this.now) / 2), LEAST_RENEWAL_PAUSE);
    this.patient.set(Math.max(this.now, Math.min(this.now + pause, end)));
  }

  private dropLease(): void {
    this.claim?.stop();
    this.claim = null;
    if (this.lease !== null) removeLease(this.stack, this.dev, this.lease);
    this.lease = null;
  }

  private closeLink(): void {
    this.link?.close();
    this.link = null;
  }
}

/** §4.4.6: gives a lease back, and takes its address away. */
export function sendRelease(
  stack: Stack,
  dev: NetDevice,
  lease: ClientLease,
  socket: UdpSocket,
  { clientId }: DhcpClientOptions = {},
): void {
  const transaction = stack.host.world.random(`${stack.host.name}/dhcp-release/${dev.name}`).u32();
  const message = {
    ...blankRequest(dev.mac, transaction),
    clientAddress: lease.address,
    options: [
      option(O.DHCP_MESSAGE_TYPE, O.DHCPRELEASE),
      { code: O.DHCP_SERVER_ID, data: O.addressBytes(lease.server) },
      ...(clientId === undefined ? [] : [{ code: O.DHCP_CLIENT_ID, data: clientId }]),
    ],
  };
  socket.send(encodeDhcp(message), lease.server, UDP_PORT_DHCP_SERVER);
  removeLease(stack, dev, lease);
}
