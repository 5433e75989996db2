/**
 * UDP past the IP layer, through a packet socket: to a MAC address that no neighbour entry knows yet, from and to
 * addresses that nobody has yet. RFC 2131 §4.1 needs both.
 */
import type { Ipv4 } from "../../core/ipv4.js";
import type { Mac } from "../../core/mac.js";
import type { ErrnoName } from "../../host/errno.js";
import { FOR_OTHER, type NetDevice } from "../../host/netdev/net-device.js";
import { type LinkPacket, PacketSocket } from "../../host/socket/packet-socket.js";
import type { Stack } from "../../host/stack.js";
import { encode } from "../../wire/codec/codec.js";
import { Fault } from "../../wire/codec/fault.js";
import { ETHERNET_HEADER_SIZE, ETHERTYPE_IPV4, ethernetCodec } from "../../wire/ethernet.js";
import { IP_PROTO_UDP, ipv4Codec, pseudoHeaderSum } from "../../wire/ipv4.js";
import { udpCodec } from "../../wire/udp.js";

export interface LinkDatagram {
  readonly payload: Uint8Array;
  readonly src: Ipv4;
  readonly srcPort: number;
  readonly frame: number;
}

export class LinkUdp {
  private readonly socket: PacketSocket;

  /** With a port and a function, takes what comes to this port, whatever the destination address. */
  constructor(
    stack: Stack,
    private readonly dev: NetDevice,
    private readonly port: number,
    take?: (datagram: LinkDatagram) => void,
  ) {
    this.socket = new PacketSocket(stack, { dev, etherType: ETHERTYPE_IPV4 });
    if (take !== undefined) this.socket.onPacket = (packet) => this.receive(packet, take);
  }

  send(payload: Uint8Array, to: Mac, src: Ipv4, dst: Ipv4, dstPort: number): ErrnoName | null {
    const pseudoSum = pseudoHeaderSum(src, dst, IP_PROTO_UDP, 0);
    const datagram = encode(udpCodec, { srcPort: this.port, dstPort, checksummed: true, payload }, pseudoSum);
    const packet = encode(ipv4Codec, {
      dscp: 0,
      ecn: 0,
      id: 0,
      dontFragment: false,
      moreFragments: false,
      fragmentOffset: 0,
      ttl: 64,
      protocol: IP_PROTO_UDP,
      src,
      dst,
      options: [],
      payload: datagram,
    });
    const frame = { dst: to, src: this.dev.mac, type: ETHERTYPE_IPV4, payload: packet };
    return this.socket.send(encode(ethernetCodec, frame));
  }

  get lastFrame(): number {
    return this.socket.lastFrame;
  }

  close(): void {
    this.socket.close();
  }

  private receive(
    { bytes, outgoing, addressed, frame }: LinkPacket,
    take: (datagram: LinkDatagram) => void,
  ): void {
    if (outgoing || addressed === FOR_OTHER) return;
    const packet = ipv4Codec.parse(bytes, ETHERNET_HEADER_SIZE, bytes.length);
    if (packet instanceof Fault || packet.protocol !== IP_PROTO_UDP) return;
    if (packet.moreFragments || packet.fragmentOffset > 0) return;
    const { src, dst, payload } = packet;
    const datagram = udpCodec.parse(payload, 0, payload.length, pseudoHeaderSum(src, dst, IP_PROTO_UDP, 0));
    if (datagram instanceof Fault || datagram.dstPort !== this.port) return;
    take({ payload: datagram.payload, src, srcPort: datagram.srcPort, frame });
  }
}
