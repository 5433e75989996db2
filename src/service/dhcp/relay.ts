/**
 * A relay agent (RFC 1542 §4, RFC 2131 §4.1): takes what clients broadcast on its links to servers elsewhere, and the
 * answers back, with the option that says where the client is (RFC 3046).
 */
import { utf8 } from "../../core/bytes.js";
import { ANY_IPV4, BROADCAST_IPV4, type Ipv4 } from "../../core/ipv4.js";
import { BROADCAST_MAC } from "../../core/mac.js";
import type { NetDevice } from "../../host/netdev/net-device.js";
import type { Stack } from "../../host/stack.js";
import { type Datagram, UdpSocket } from "../../host/udp/udp-socket.js";
import { Fault } from "../../wire/codec/fault.js";
import { BOOT_REQUEST, type DhcpMessage, dhcpCodec, encodeDhcp } from "../../wire/dhcp.js";
import { DHCP_RELAY_INFORMATION, type DhcpOption } from "../../wire/dhcp-options.js";
import { UDP_PORT_DHCP_CLIENT, UDP_PORT_DHCP_SERVER } from "../../wire/udp.js";
import { LinkUdp } from "./link-udp.js";
import { macOfClient } from "./message.js";

export interface DhcpRelayConfig {
  readonly servers: readonly Ipv4[];
  /** Interfaces with clients, by name; all unless given. */
  readonly interfaces?: readonly string[];
}

/** RFC 1542 §4.1.1: the most relay agents that a request may pass. */
const MAX_HOPS = 16;
/** RFC 3046 §2.0: agent circuit id. */
const CIRCUIT_ID = 1;

export class DhcpRelay {
  /** Messages that were broken or not to be passed on. */
  ignored = 0;
  private readonly socket: UdpSocket;
  private readonly links = new Map<NetDevice, LinkUdp>();

  /** Relays at once. Throws if another socket has the port. */
  constructor(
    private readonly stack: Stack,
    private readonly config: DhcpRelayConfig,
  ) {
    this.socket = new UdpSocket(stack);
    this.socket.onDatagram = (datagram) => this.receive(datagram);
    const error = this.socket.bind(ANY_IPV4, UDP_PORT_DHCP_SERVER);
    if (error !== null) throw new Error(`${stack.host.name}: UDP port 67 is taken`);
  }

  stop(): void {
    this.socket.close();
    for (const link of this.links.values()) link.close();
  }

  private receive({ bytes, from, to, dev }: Datagram): void {
    const message = dhcpCodec.parse(bytes, from, to);
    const done =
      !(message instanceof Fault) &&
      (message.operation === BOOT_REQUEST ? this.passUp(message, dev) : this.passDown(message));
    if (!done) this.ignored++;
  }

  /** From a client, or from a relay agent nearer to it, to the servers. */
  private passUp(message: DhcpMessage, dev: NetDevice): boolean {
    const { interfaces, servers } = this.config;
    const own = dev.addresses[0];
    if (own === undefined || message.hops >= MAX_HOPS) return false;
    const first = message.relayAddress === ANY_IPV4;
    if (first && interfaces !== undefined && !interfaces.includes(dev.name)) return false;
    const carried = message.form === "options" && message.options.some(isAgentOption);
    // RFC 3046 §2.1: who has passed no relay agent has no such option; and ours is the first one's only.
    if (first && carried) return false;
    const passed = {
      ...message,
      hops: message.hops + 1,
      relayAddress: first ? own.address : message.relayAddress,
    };
    const payload = encodeDhcp(first ? withAgentOption(passed, dev.name) : passed);
    for (const server of servers) this.socket.send(payload, server, UDP_PORT_DHCP_SERVER);
    return true;
  }

  /** From a server to the client, on the link whose address the request carried. */
  private passDown(message: DhcpMessage): boolean {
    const dev = this.stack.deviceWith(message.relayAddress);
    if (dev === null || message.relayAddress === ANY_IPV4) return false;
    const mac = macOfClient(message);
    const all = message.broadcast || mac === undefined || message.yourAddress === ANY_IPV4;
    let link = this.links.get(dev);
    if (link === undefined) {
      link = new LinkUdp(this.stack, dev, UDP_PORT_DHCP_SERVER);
      this.links.set(dev, link);
    }
    const dst = all ? BROADCAST_IPV4 : message.yourAddress;
    const payload = encodeDhcp(withoutAgentOption(message));
    link.send(payload, all ? BROADCAST_MAC : mac, message.relayAddress, dst, UDP_PORT_DHCP_CLIENT);
    return true;
  }
}

const isAgentOption = ({ code }: DhcpOption): boolean => code === DHCP_RELAY_INFORMATION;

function withAgentOption(message: DhcpMessage, circuit: string): DhcpMessage {
  if (message.form !== "options") return message;
  const id = utf8(circuit);
  const data = Uint8Array.of(CIRCUIT_ID, id.length, ...id);
  return { ...message, options: [...message.options, { code: DHCP_RELAY_INFORMATION, data }] };
}

function withoutAgentOption(message: DhcpMessage): DhcpMessage {
  if (message.form !== "options") return message;
  return { ...message, options: message.options.filter((option) => !isAgentOption(option)) };
}
