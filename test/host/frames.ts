/** Builders of whole frames for wire scripts, written from the RFCs' diagrams and independent of the code under test. */
import { checksum, fromHex, parseIpv4, parseMac, utf8 } from "../../src/core/index.js";

export const BROADCAST = "ff:ff:ff:ff:ff:ff";
export const NOBODY = "00:00:00:00:00:00";

const macBytes = (mac: string): number[] => {
  const value = parseMac(mac)!;
  return [40, 32, 24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256);
};
export const ipBytes = (ip: string): number[] => word(parseIpv4(ip)!);
export const half = (value: number): number[] => [(value >>> 8) & 255, value & 255];
export const word = (value: number): number[] => [...half(value >>> 16), ...half(value)];

export type Bytes = ArrayLike<number> | string;
/** Bytes as they are, or text as UTF-8. */
export const bytesOf = (bytes: Bytes): number[] =>
  typeof bytes === "string" ? [...utf8(bytes)] : Array.from(bytes);
export const hex = (text: string): number[] => [...fromHex(text)];

/** An Ethernet frame without padding. */
export const ether = (to: string, from: string, type: number, payload: Bytes): Uint8Array =>
  Uint8Array.from([...macBytes(to), ...macBytes(from), ...half(type), ...bytesOf(payload)]);

/** A station: a MAC address and an IPv4 address. */
export type Station = readonly [mac: string, ip: string];

/** An ARP packet in its frame. */
export const arp = (
  operation: number,
  to: string,
  sender: Station,
  target: Station,
  from = sender[0],
): Uint8Array =>
  ether(to, from, 0x0806, [
    ...[0, 1, 8, 0, 6, 4],
    ...half(operation),
    ...[sender, target].flatMap(([mac, ip]) => [...macBytes(mac), ...ipBytes(ip)]),
  ]);

/** `sender` asks everybody for the address. */
export const arpRequest = (sender: Station, targetIp: string): Uint8Array =>
  arp(1, BROADCAST, sender, [NOBODY, targetIp]);

/** `sender` answers `target`. */
export const arpReply = (sender: Station, target: Station): Uint8Array => arp(2, target[0], sender, target);

export interface Ipv4Fields {
  readonly tos?: number;
  readonly id?: number;
  readonly df?: boolean;
  readonly mf?: boolean;
  /** In bytes. */
  readonly offset?: number;
  readonly ttl?: number;
  readonly options?: readonly number[];
  readonly total?: number;
  readonly version?: number;
  readonly ihl?: number;
  readonly badChecksum?: boolean;
}

export const ICMP = 1;
export const UDP = 17;

/** An IPv4 packet. */
export function ipv4(
  src: string,
  dst: string,
  protocol: number,
  payload: Bytes,
  fields: Ipv4Fields = {},
): number[] {
  const { options = [], df = false, mf = false, offset = 0 } = fields;
  const body = bytesOf(payload);
  const size = 20 + options.length;
  const header = [
    ((fields.version ?? 4) << 4) | (fields.ihl ?? size / 4),
    fields.tos ?? 0,
    ...half(fields.total ?? size + body.length),
    ...half(fields.id ?? 0),
    ...half((df ? 0x4000 : 0) | (mf ? 0x2000 : 0) | (offset / 8)),
    fields.ttl ?? 64,
    protocol,
    0,
    0,
    ...ipBytes(src),
    ...ipBytes(dst),
    ...options,
  ];
  const sum = checksum(Uint8Array.from(header), 0, size) ^ (fields.badChecksum === true ? 0x0101 : 0);
  [header[10], header[11]] = half(sum) as [number, number];
  return [...header, ...body];
}

/** An ICMP message; `rest` is the second word. */
export function icmp(type: number, code: number, rest: number, payload: Bytes = []): number[] {
  const message = [type, code, 0, 0, ...word(rest), ...bytesOf(payload)];
  [message[2], message[3]] = half(checksum(Uint8Array.from(message), 0, message.length)) as [number, number];
  return message;
}

export const echo = (id: number, sequence: number, payload: Bytes = []): number[] =>
  icmp(8, 0, (id << 16) | sequence, payload);
export const echoReply = (id: number, sequence: number, payload: Bytes = []): number[] =>
  icmp(0, 0, (id << 16) | sequence, payload);

/** A UDP datagram; the addresses go into its checksum. */
export function udp(
  src: string,
  dst: string,
  srcPort: number,
  dstPort: number,
  payload: Bytes,
  sum?: number,
): number[] {
  const body = bytesOf(payload);
  const datagram = [...half(srcPort), ...half(dstPort), ...half(8 + body.length), 0, 0, ...body];
  const pseudo = [...ipBytes(src), ...ipBytes(dst), 0, 17, ...half(datagram.length)];
  const right = checksum(Uint8Array.from([...pseudo, ...datagram]), 0, pseudo.length + datagram.length);
  [datagram[6], datagram[7]] = half(sum ?? (right === 0 ? 0xffff : right)) as [number, number];
  return datagram;
}
