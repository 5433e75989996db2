/** DHCP messages in frames, for wire scripts. */
import { formatIpv4, parseIpv4 } from "../../src/core/ipv4.js";
import { formatMac, parseMac, readMac } from "../../src/core/mac.js";
import { blankRequest } from "../../src/service/dhcp/message.js";
import {
  addressBytes,
  addressOption,
  type DhcpMessage,
  type DhcpOption,
  dhcpCodec,
  encode,
  encodeDhcp,
  ethernetCodec,
  Fault,
  gatherOptions,
  IP_PROTO_UDP,
  ipv4Codec,
  pseudoHeaderSum,
  udpCodec,
} from "../../src/wire/index.js";

export const ip = (text: string) => parseIpv4(text)!;
export const CLIENT = "02:00:00:00:00:aa";
export const EVERYBODY = "ff:ff:ff:ff:ff:ff";

interface Way {
  readonly mac?: string;
  readonly toMac?: string;
  readonly src?: string;
  readonly dst?: string;
  readonly srcPort?: number;
  readonly dstPort?: number;
}

/** A frame from client to server, unless said otherwise. */
export function frameOf(payload: Uint8Array, way: Way = {}): Uint8Array {
  const { mac = CLIENT, toMac = EVERYBODY, src = "0.0.0.0", dst = "255.255.255.255" } = way;
  const { srcPort = 68, dstPort = 67 } = way;
  const sum = pseudoHeaderSum(ip(src), ip(dst), IP_PROTO_UDP, 0);
  const datagram = encode(udpCodec, { srcPort, dstPort, checksummed: true, payload }, sum);
  const packet = encode(ipv4Codec, {
    dscp: 0,
    ecn: 0,
    id: 1,
    dontFragment: false,
    moreFragments: false,
    fragmentOffset: 0,
    ttl: 64,
    protocol: IP_PROTO_UDP,
    src: ip(src),
    dst: ip(dst),
    options: [],
    payload: datagram,
  });
  return encode(ethernetCodec, {
    dst: parseMac(toMac)!,
    src: parseMac(mac)!,
    type: 0x0800,
    payload: packet,
  });
}

export const opt = (code: number, ...data: number[]): DhcpOption => ({ code, data: Uint8Array.from(data) });
export const addressOpt = (code: number, address: string): DhcpOption => ({
  code,
  data: addressBytes(ip(address)),
});

type Fields = Partial<Omit<DhcpMessage & { form: "options" }, "form">>;

export const request = (
  type: number,
  options: DhcpOption[] = [],
  fields: Fields = {},
  mac = CLIENT,
): Uint8Array =>
  encodeDhcp({ ...blankRequest(parseMac(mac)!, 7), options: [opt(53, type), ...options], ...fields });

/** A DHCP message that went out, with how it went; null for another frame. */
export function messageIn(frame: Uint8Array) {
  const outer = ethernetCodec.parse(frame, 0, frame.length);
  if (outer instanceof Fault || outer.type !== 0x0800) return null;
  const packet = ipv4Codec.parse(outer.payload, 0, outer.payload.length);
  if (packet instanceof Fault || packet.protocol !== IP_PROTO_UDP) return null;
  const sum = pseudoHeaderSum(packet.src, packet.dst, IP_PROTO_UDP, 0);
  const datagram = udpCodec.parse(packet.payload, 0, packet.payload.length, sum);
  if (datagram instanceof Fault) return null;
  const message = dhcpCodec.parse(datagram.payload, 0, datagram.payload.length);
  if (message instanceof Fault) return null;
  const options = gatherOptions(message);
  return {
    message,
    options,
    type: options.get(53)?.[0] ?? 0,
    your: formatIpv4(message.yourAddress),
    address: (code: number) => {
      const found = addressOption(options.get(code));
      return found === undefined ? undefined : formatIpv4(found);
    },
    toMac: formatMac(readMac(frame, 0)),
    src: formatIpv4(packet.src),
    dst: formatIpv4(packet.dst),
    ports: [datagram.srcPort, datagram.dstPort],
  };
}

export const messagesIn = (frames: readonly Uint8Array[]) =>
  frames.map(messageIn).filter((found) => found !== null);
