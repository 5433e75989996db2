/**
 * A DHCP server (RFC 2131 §4.3) that also serves BOOTP clients (RFC 1534): four-way exchange, INIT-REBOOT, renewal,
 * rebinding, DECLINE, RELEASE, INFORM; subnets behind relay agents (`giaddr`), whose option 82 comes back (RFC 3046).
 * Left out: authentication (RFC 3118), leasequery, failover.
 */
import { toHex } from "../../core/bytes.js";
import { ANY_IPV4, BROADCAST_IPV4, formatIpv4, type Ipv4 } from "../../core/ipv4.js";
import { BROADCAST_MAC, type Mac } from "../../core/mac.js";
import { MINUTE, type Nanoseconds, SECOND } from "../../core/time.js";
import type { NetDevice } from "../../host/netdev/net-device.js";
import type { Stack } from "../../host/stack.js";
import { type Datagram, UdpSocket } from "../../host/udp/udp-socket.js";
import { BOOT_REQUEST, encodeDhcp, textOf } from "../../wire/dhcp.js";
import * as O from "../../wire/dhcp-options.js";
import { UDP_PORT_DHCP_CLIENT, UDP_PORT_DHCP_SERVER } from "../../wire/udp.js";
import { formatLeases, type Lease, type LeaseState, parseLeases } from "./lease.js";
import { LinkUdp } from "./link-udp.js";
import { clientKey, macOfClient, type Received, readMessage } from "./message.js";
import { EchoProbe } from "./probe.js";
import { compose, leaseSeconds } from "./reply.js";
import { Subnet, type SubnetConfig } from "./subnet.js";

export interface DhcpServerConfig {
  readonly subnets: readonly SubnetConfig[];
  /** How long an address that is offered to a new client is asked first whether it is in use; 0: it is not asked. */
  readonly probe: Nanoseconds;
}

/** Where a server keeps its leases; a later line about an address voids the earlier ones. */
export interface LeaseFile {
  read(): string;
  write(text: string): void;
  append(text: string): void;
}

const OFFER_TIME = MINUTE;
/** RFC 2131 §4.3.3: a declined address is not given out; for a day, as ISC's server has it. */
const DECLINED_TIME = 24 * 60 * MINUTE;
const NEVER = Number.POSITIVE_INFINITY;
/** How many addresses in use a server finds for one DISCOVER before it gives up. */
const PROBES = 8;

/** A request, and where it came in. */
interface Request extends Received {
  readonly key: string;
  readonly subnet: Subnet;
  readonly dev: NetDevice;
  /** What the server calls itself towards this client: an address of its own. */
  readonly self: Ipv4;
}

export class DhcpServer {
  /** Datagrams that were no messages, and messages that were not for us to answer. */
  malformed = 0;
  ignored = 0;
  private readonly subnets: readonly Subnet[];
  private readonly socket: UdpSocket;
  private readonly links = new Map<NetDevice, LinkUdp>();
  private readonly probe: EchoProbe | null;
  /** Of the lease file. */
  private lines = 0;

  /** Serves at once. Throws if another socket has the port. */
  constructor(
    private readonly stack: Stack,
    private readonly config: DhcpServerConfig,
    private readonly file: LeaseFile | null = null,
  ) {
    this.subnets = config.subnets.map((subnet) => new Subnet(subnet, (address) => stack.isLocal(address)));
    this.socket = new UdpSocket(stack);
    this.socket.broadcast = true;
    this.socket.onDatagram = (datagram) => this.receive(datagram);
    const error = this.socket.bind(ANY_IPV4, UDP_PORT_DHCP_SERVER);
    if (error !== null) throw new Error(`${stack.host.name}: UDP port 67 is taken`);
    this.probe = config.probe > 0 ? new EchoProbe(stack) : null;
    for (const lease of parseLeases(file?.read() ?? ""))
      this.subnets.find((subnet) => subnet.holds(lease.address))?.put(lease);
    this.rewrite();
  }

  stop(): void {
    this.socket.close();
    this.probe?.stop();
    for (const link of this.links.values()) link.close();
  }

  leases(): Lease[] {
    return this.subnets.flatMap((subnet) => subnet.leases());
  }

  private get now(): Nanoseconds {
    return this.stack.host.world.engine.now;
  }

  private receive({ bytes, from, to, dev }: Datagram): void {
    const received = readMessage(bytes.subarray(from, to));
    if (received === undefined) {
      this.malformed++;
      return;
    }
    const request = received.message.operation === BOOT_REQUEST ? this.place(received, dev) : undefined;
    if (request === undefined || !this.answer(request)) this.ignored++;
  }

  /** RFC 2131 §4.3.1: the subnet is the relay agent's, or that of the address in use, or that of the interface. */
  private place(received: Received, dev: NetDevice): Request | undefined {
    const { relayAddress, clientAddress } = received.message;
    const by = relayAddress !== ANY_IPV4 ? relayAddress : clientAddress;
    const own = dev.addresses.find((each) => this.subnets.some((subnet) => subnet.holds(each.address)));
    const onLink = own === undefined ? undefined : this.subnets.find((subnet) => subnet.holds(own.address));
    const named = by === ANY_IPV4 ? undefined : this.subnets.find((subnet) => subnet.holds(by));
    // A client on the link that shows an address of somewhere else is to be told so.
    const subnet = named ?? (relayAddress === ANY_IPV4 ? onLink : undefined);
    const self = dev.addresses.find((each) => subnet?.holds(each.address)) ?? dev.addresses[0];
    if (subnet === undefined || self === undefined) return undefined;
    return { ...received, key: clientKey(received), subnet, dev, self: self.address };
  }

  /** False if the message is passed over. */
  private answer(request: Request): boolean {
    switch (request.type) {
      case 0:
        return this.bootp(request);
      case O.DHCPDISCOVER:
        this.discover(request, PROBES);
        return true;
      case O.DHCPREQUEST:
        return this.request(request);
      case O.DHCPDECLINE:
        return this.decline(request);
      case O.DHCPRELEASE:
        return this.release(request);
      case O.DHCPINFORM:
        this.reply(request, O.DHCPACK, undefined);
        return true;
      default:
        return false;
    }
  }

  /** RFC 2131 §4.3.1. */
  private discover(request: Request, probes: number): void {
    const { subnet, key, options } = request;
    const wished = O.addressOption(options.get(O.DHCP_REQUESTED_ADDRESS));
    const before = subnet.leaseOf(key);
    const address = subnet.choose(key, wished, this.now);
    if (address === undefined || probes === 0) {
      this.ignored++;
      return;
    }
    const known = before?.address === address;
    if (!(known && before.state === "bound" && before.expires > this.now))
      this.put(request, address, "offered");
    if (this.probe === null || (known && !this.probe.asks(address))) {
      this.reply(request, O.DHCPOFFER, address);
      return;
    }
    this.probe.ask(address, this.config.probe, (inUse) => {
      if (subnet.leaseAt(address)?.client !== key) return;
      if (!inUse) this.reply(request, O.DHCPOFFER, address);
      else {
        this.bar(subnet, address);
        this.discover(request, probes - 1);
      }
    });
  }

  /** RFC 2131 §4.3.2; table 4 tells the client's states apart. */
  private request(request: Request): boolean {
    const { options, subnet, key, self, message } = request;
    const server = O.addressOption(options.get(O.DHCP_SERVER_ID));
    const wished = O.addressOption(options.get(O.DHCP_REQUESTED_ADDRESS));
    const lease = subnet.leaseOf(key);
    if (server !== undefined && server !== self) {
      // SELECTING, and the client has taken another server's offer.
      if (lease?.state === "offered") subnet.forget(lease);
      return false;
    }
    const address = message.clientAddress !== ANY_IPV4 ? message.clientAddress : wished;
    if (address === undefined) return false;
    const initReboot = server === undefined && message.clientAddress === ANY_IPV4;
    // INIT-REBOOT: who is on the wrong net is told so; of whom nothing is known, nothing is said.
    if (initReboot && subnet.holds(address) && lease === undefined) return false;
    const otherwise = initReboot && lease?.address !== address;
    if (otherwise || !subnet.holds(address) || !subnet.mayHave(key, address, this.now)) {
      this.reply(request, O.DHCPNAK, undefined);
      return true;
    }
    this.put(request, address, "bound");
    this.reply(request, O.DHCPACK, address);
    return true;
  }

  /** RFC 2131 §4.3.3: the client found the address in use. */
  private decline({ options, subnet, key, self }: Request): boolean {
    const address = O.addressOption(options.get(O.DHCP_REQUESTED_ADDRESS));
    if (O.addressOption(options.get(O.DHCP_SERVER_ID)) !== self || address === undefined) return false;
    if (subnet.leaseOf(key)?.address !== address) return false;
    this.bar(subnet, address);
    return true;
  }

  /** RFC 2131 §4.3.4: the lease is over, but what it was is remembered. */
  private release({ message, subnet, key }: Request): boolean {
    const lease = subnet.leaseOf(key);
    if (lease === undefined || lease.address !== message.clientAddress || lease.state !== "bound")
      return false;
    this.keep(subnet, { ...lease, state: "released", expires: this.now });
    return true;
  }

  /** RFC 1534 §2: a client that knows no leases gets its reserved address, or any if the pools are open to it, for ever. */
  private bootp(request: Request): boolean {
    const { subnet, key } = request;
    if (subnet.reservationOf(key) === undefined && !subnet.config.bootp) return false;
    const address = subnet.choose(key, undefined, this.now);
    if (address === undefined) return false;
    this.put(request, address, "bound");
    this.reply(request, 0, address);
    return true;
  }

  /** Nobody gets this address for a while. */
  private bar(subnet: Subnet, address: Ipv4): void {
    const expires = this.now + DECLINED_TIME;
    this.keep(subnet, { address, client: "", hardware: "", hostName: "", state: "declined", expires });
  }

  private put(request: Request, address: Ipv4, state: LeaseState): void {
    const { message, options, subnet, key, type } = request;
    const seconds = leaseSeconds(subnet.config, options);
    const lasting = type === 0 || seconds === 0xffffffff ? NEVER : this.now + seconds * SECOND;
    const own = textOf(options.get(O.DHCP_HOST_NAME) ?? new Uint8Array());
    this.keep(subnet, {
      address,
      client: key,
      hardware: toHex(message.hardware, 0, message.hardwareSize),
      hostName: (subnet.reservationOf(key)?.hostName ?? own).replaceAll(/\s/g, ""),
      state,
      expires: state === "bound" ? lasting : this.now + OFFER_TIME,
    });
  }

  /** Puts a lease into its table and at the end of the file, which is written anew when half of it is out of date. */
  private keep(subnet: Subnet, lease: Lease): void {
    subnet.put(lease);
    if (this.file === null || lease.state === "offered") return;
    if (++this.lines > 2 * this.subnets.reduce((sum, { size }) => sum + size, 0) + 100) this.rewrite();
    else this.file.append(formatLeases([lease]));
  }

  private rewrite(): void {
    const leases = this.leases();
    this.lines = leases.length;
    this.file?.write(formatLeases(leases));
  }

  /** RFC 2131 §4.1: through the relay agent, to the address in use, to everybody, or to an address not in use yet. */
  private reply(request: Request, type: number, address: Ipv4 | undefined): void {
    const { message, dev, self } = request;
    const answer = compose(request, request.subnet, type, address, self);
    const payload = encodeDhcp(answer);
    if (message.relayAddress !== ANY_IPV4) {
      this.socket.send(payload, message.relayAddress, UDP_PORT_DHCP_SERVER);
      return;
    }
    // §4.3.2: whom a NAK reaches has no address that is right.
    if (message.clientAddress !== ANY_IPV4 && type !== O.DHCPNAK) {
      this.socket.send(payload, message.clientAddress, UDP_PORT_DHCP_CLIENT);
      return;
    }
    const mac = macOfClient(message);
    const all = type === O.DHCPNAK || message.broadcast || mac === undefined || address === undefined;
    this.sendOnLink(dev, payload, all ? BROADCAST_MAC : mac, self, all ? BROADCAST_IPV4 : address);
  }

  private sendOnLink(dev: NetDevice, payload: Uint8Array, to: Mac, src: Ipv4, dst: Ipv4): void {
    let link = this.links.get(dev);
    if (link === undefined) {
      link = new LinkUdp(this.stack, dev, UDP_PORT_DHCP_SERVER);
      this.links.set(dev, link);
    }
    link.send(payload, to, src, dst, UDP_PORT_DHCP_CLIENT);
  }
}

/** Rows for people. */
export const leaseRow = (
  { address, hardware, client, hostName, state, expires }: Lease,
  now: Nanoseconds,
) => ({
  address: formatIpv4(address),
  mac: hardware.replace(/(..)(?=.)/g, "$1:"),
  client,
  hostName,
  state: expires <= now && state !== "released" ? "expired" : state,
});
