/** A mixed bag of frames, good and bad, for tests of everything that looks at frames. */

import { checksum } from "../../src/core/checksum.js";
import { fromHex, RandomStream, readU16, writeU16, writeU32 } from "../../src/core/index.js";
import { udpChecksum } from "../../src/wire/udp.js";

const A = "020000000001";
const B = "020000000002";
const ALL = "ffffffffffff";
export const PC1 = 0x0a000001;
export const PC2 = 0x0a000002;
const FAR = 0xc0a80107;

type Bytes = Uint8Array | string;

export function join(...parts: Bytes[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...(typeof part === "string" ? fromHex(part) : part)]));
}

interface Ipv4Header {
  readonly protocol: number;
  readonly src?: number;
  readonly dst?: number;
  readonly id?: number;
  /** The flags and offset word. */
  readonly flags?: number;
  readonly ttl?: number;
  readonly tos?: number;
  readonly options?: Bytes;
  readonly totalLength?: number;
  readonly badChecksum?: boolean;
}

export function ipv4Packet(header: Ipv4Header, payload: Bytes): Uint8Array {
  const options = join(header.options ?? "");
  const body = join(payload);
  const head = 20 + options.length;
  const packet = new Uint8Array(head + body.length);
  packet[0] = 0x40 | (head / 4);
  packet[1] = header.tos ?? 0;
  writeU16(packet, 2, header.totalLength ?? packet.length);
  writeU16(packet, 4, header.id ?? 0x1234);
  writeU16(packet, 6, header.flags ?? 0);
  packet[8] = header.ttl ?? 64;
  packet[9] = header.protocol;
  writeU32(packet, 12, header.src ?? PC1);
  writeU32(packet, 16, header.dst ?? PC2);
  packet.set(options, 20);
  packet.set(body, head);
  writeU16(packet, 10, checksum(packet, 0, head) ^ (header.badChecksum ? 1 : 0));
  return packet;
}

export const frame = (type: string, payload: Bytes, dst = B, src = A): Uint8Array =>
  join(dst, src, type, payload);
export const ip = (header: Ipv4Header, payload: Bytes, dst = B): Uint8Array =>
  frame("0800", ipv4Packet(header, payload), dst);

export function icmpMessage(head: Bytes, rest: Bytes = "", bad = false): Uint8Array {
  const message = join(head, rest);
  writeU16(message, 2, checksum(message, 0, message.length) ^ (bad ? 1 : 0));
  return message;
}

export function udpDatagram(
  srcPort: number,
  dstPort: number,
  payload: Bytes,
  change: { length?: number; noChecksum?: boolean; bad?: boolean; src?: number; dst?: number } = {},
): Uint8Array {
  const datagram = join("0000000000000000", payload);
  writeU16(datagram, 0, srcPort);
  writeU16(datagram, 2, dstPort);
  writeU16(datagram, 4, change.length ?? datagram.length);
  if (!change.noChecksum) {
    const sum = udpChecksum(datagram, 0, datagram.length, change.src ?? PC1, change.dst ?? PC2);
    writeU16(datagram, 6, sum ^ (change.bad ? 1 : 0));
  }
  return datagram;
}

export const text = (value: string): Uint8Array => Uint8Array.from(value, (c) => c.charCodeAt(0));
const zeros = (size: number): Uint8Array => new Uint8Array(size);

const arp = (operation: string, sender: string, target: string): string =>
  `0001 0800 06 04 ${operation} ${sender} ${target}`;

/** A quoted packet as ICMP errors carry it. */
const quoted = (protocol: number, payload: Bytes): Uint8Array =>
  ipv4Packet({ protocol, src: PC1, dst: FAR, ttl: 1, id: 7 }, payload);

const echo = (type: string, size = 56, sequence = "0001"): Uint8Array =>
  icmpMessage(`${type}00 0000 abcd ${sequence}`, zeros(size));

function icmpFrames(): Uint8Array[] {
  const udpQuote = quoted(17, udpDatagram(40000, 33434, "0011"));
  const tcpQuote = quoted(6, "c3500050 00000001 00000000");
  const unreachable = Array.from({ length: 17 }, (_, code) =>
    icmpMessage(`03${hex(code)} 0000 0000 ${code === 4 ? "0578" : "0000"}`, udpQuote),
  );
  const redirects = Array.from({ length: 5 }, (_, code) =>
    icmpMessage(`05${hex(code)} 0000 0a0000fe`, udpQuote),
  );
  const others = [
    icmpMessage("0303 0000 00000000", tcpQuote),
    icmpMessage("0303 0000 00000000", quoted(132, "c3500050 00000001")),
    icmpMessage("0302 0000 00000000", quoted(99, "00000000 00000000")),
    icmpMessage("0304 0000 00000000", udpQuote),
    icmpMessage("0b00 0000 00000000", udpQuote),
    icmpMessage("0b01 0000 00000000", udpQuote),
    icmpMessage("0b02 0000 00000000", udpQuote),
    icmpMessage("0c00 0000 14000000", udpQuote),
    icmpMessage("0c01 0000 14000000", udpQuote),
    icmpMessage("0400 0000 00000000", udpQuote),
    icmpMessage("0900 0000 01 02 0708 0a0000fe 00000005"),
    icmpMessage("0900 0000 02 02 003b 0a0000fe 00000005 0a0000fd 80000000"),
    icmpMessage("0900 0000 01 03 003c 0a0000fe 00000005"),
    icmpMessage("0a00 0000 00000000"),
    icmpMessage("0d00 0000 0001 0002 00000010 00000000 00000000"),
    icmpMessage("0e00 0000 0001 0002 00000010 00000020 05265c00"),
    icmpMessage("0f00 0000 0001 0002"),
    icmpMessage("1000 0000 0001 0002"),
    icmpMessage("1100 0000 0001 0002 00000000"),
    icmpMessage("1200 0000 0001 0002 ffffff00"),
    icmpMessage("2a07 0000 0001 0002"),
    icmpMessage("0301 0000 00000000", ipv4Packet({ protocol: 1, dst: FAR, flags: 0x4000 }, echo("08", 8))),
    icmpMessage("0301 0000 00000000", udpQuote.subarray(0, 24)),
  ];
  return [...unreachable, ...redirects, ...others].map((message) => ip({ protocol: 1 }, message));
}

const hex = (byte: number): string => byte.toString(16).padStart(2, "0");

function plainFrames(): Uint8Array[] {
  const tcpSyn = "c350 0050 00000001 00000000 5002 ffff 0000 0000";
  return [
    frame("0806", join(arp("0001", `${A} 0a000001`, "000000000000 0a000002"), zeros(18)), ALL),
    frame("0806", join(arp("0002", `${B} 0a000002`, `${A} 0a000001`), zeros(18)), A, B),
    frame("0806", arp("0001", `${A} 00000000`, "000000000000 0a000001"), ALL),
    frame("0806", arp("0001", `${A} 0a000001`, "000000000000 0a000001"), ALL),
    frame("0806", arp("0002", `${A} 0a000001`, `${ALL} 0a000001`), ALL),
    frame("0806", arp("0001", `${A} 0a000001`, `${B} 0a000002`), B),
    frame("0806", arp("0007", `${A} 0a000001`, `${B} 0a000002`), B),
    frame("0806", `0006 0800 06 04 0001 ${A} 0a000001 000000000000 0a000002`, ALL),
    frame("0806", `0001 86dd 06 04 0001 ${A} 0a000001 000000000000 0a000002`, ALL),
    frame("0806", `0001 0800 06 10 0001 ${A} 0a000001 000000000000 0a000002`, ALL),
    frame("8035", arp("0003", `${A} 00000000`, `${A} 00000000`), ALL),
    frame("8035", arp("0004", `${B} 0a000002`, `${A} 0a000001`), A, B),
    ip({ protocol: 1 }, echo("08")),
    ip({ protocol: 1, src: PC2, dst: PC1, ttl: 63 }, echo("00")),
    ip({ protocol: 1, ttl: 1, tos: 0x10 }, echo("08", 0, "ffff")),
    ip({ protocol: 1, tos: 0xb9, flags: 0x4000 }, echo("08", 8)),
    ip({ protocol: 1, badChecksum: true }, echo("08", 8)),
    ip({ protocol: 1 }, icmpMessage("0800 0000 0001 0001", "00", true)),
    ip({ protocol: 17 }, udpDatagram(1000, 9, text("hello"))),
    ip({ protocol: 17, flags: 0x4000, id: 0 }, udpDatagram(1000, 9, "")),
    ip({ protocol: 17 }, udpDatagram(1001, 9, text("hello"), { noChecksum: true })),
    ip({ protocol: 17 }, udpDatagram(1002, 9, text("hello"), { bad: true })),
    ip({ protocol: 17 }, udpDatagram(1003, 9, text("hello"), { length: 4 })),
    ip({ protocol: 17 }, udpDatagram(1004, 9, text("hello"), { length: 100 })),
    ip({ protocol: 17 }, udpDatagram(1005, 9, text("hello"), { length: 10 })),
    ip({ protocol: 17, dst: -1, ttl: 1 }, udpDatagram(2000, 2001, text("to all"), { dst: -1 }), ALL),
    ip({ protocol: 17, dst: 0xe0000123 }, udpDatagram(2000, 2001, "00", { dst: 0xe0000123 }), "01005e000123"),
    ip({ protocol: 17, options: "94040000" }, udpDatagram(1000, 9, text("alert"))),
    ip({ protocol: 17, options: "07070400000000 01" }, udpDatagram(1000, 9, text("route"))),
    ip({ protocol: 17, options: "830704 c0a80107 00" }, udpDatagram(1000, 9, text("source"))),
    ip({ protocol: 17, options: "440c0500 00000000 00000000" }, udpDatagram(1000, 9, text("time"))),
    ip({ protocol: 17, flags: 0x2000, id: 99 }, udpDatagram(1000, 9, zeros(24), { length: 40 })),
    ip({ protocol: 17, flags: 0x0004, id: 99 }, zeros(8)),
    ip({ protocol: 1, flags: 0x2003, id: 100 }, zeros(16)),
    ip({ protocol: 1, flags: 0x2000, id: 100 }, echo("08", 16)),
    ip({ protocol: 6 }, tcpSyn),
    ip({ protocol: 6, src: PC2, dst: PC1 }, "0050 c350 00000009 00000002 5012 ffff 0000 0000"),
    ip({ protocol: 6 }, "c350 0016 00000002 0000000a 5018 0100 0000 0000 68656c6c6f"),
    ip({ protocol: 132 }, "1388 0035 00000000 00000000 00000000"),
    ip({ protocol: 2, dst: 0xe0000001, ttl: 1, options: "94040000" }, "1164 ee9b 00000000", "01005e000001"),
    ip({ protocol: 2, dst: 0xe0000116, ttl: 1 }, "1600 e8e8 e1000116", "01005e000116"),
    ip({ protocol: 47 }, join("0000 0800", ipv4Packet({ protocol: 1 }, echo("08", 8)))),
    ip({ protocol: 99 }, "00112233"),
    ip({ protocol: 89 }, zeros(24)),
    ip({ protocol: 4 }, ipv4Packet({ protocol: 1 }, echo("08", 8))),
    frame("8100", join("0005 0800", ipv4Packet({ protocol: 1 }, echo("08")))),
    frame("8100", join("6064 0800", ipv4Packet({ protocol: 17 }, udpDatagram(53, 53000, zeros(20))))),
    frame("8100", join("0005 0806", arp("0001", `${A} 0a000001`, "000000000000 0a000002")), ALL),
    frame("88a8", join("0064 8100 0005 0800", ipv4Packet({ protocol: 1 }, echo("08")))),
    frame(
      "0026",
      join(
        "42 42 03 0000 00 00 00 8000020000000001 00000000 8000020000000001 8001 0000 1400 0200 0f00",
        zeros(8),
      ),
      "0180c2000000",
    ),
    frame("0010", "aa aa 03 000000 0800 00112233445566778899"),
    frame("0010", "f0 f0 03 00112233445566778899aabbcc"),
    frame("0030", join("fe fe 03", zeros(45))),
    frame("88b5", zeros(46)),
    frame("9000", zeros(46)),
    frame("86dd", `60000000 000d 11 40 ${fe80(1)} ${fe80(2)} 03e8 0035 000d 0000 68656c6c6f`),
    frame("86dd", `60000000 0014 06 40 ${fe80(1)} ${fe80(2)} ${tcpSyn}`),
    frame(
      "86dd",
      `60000000 0008 3a ff ${fe80(1)} ff020000000000000000000000000002 8500 0000 00000000`,
      "333300000002",
    ),
    frame("86dd", `60000000 0010 2c 40 ${fe80(1)} ${fe80(2)} 11000001 00000007 03e8 0009 0008 0000`),
    ip({ protocol: 17, src: FAR, dst: PC1 }, udpDatagram(1000, 1000, zeros(1200), { src: FAR, dst: PC1 })),
    ip({ protocol: 17, src: PC1, dst: PC1 }, udpDatagram(9, 9, "00", { src: PC1, dst: PC1 })),
    ip({ protocol: 1, totalLength: 200 }, echo("08")),
    ip({ protocol: 1, totalLength: 12 }, echo("08")),
    ip({ protocol: 1, totalLength: 40 }, echo("08")),
    frame("0800", "65000014 00000000 40010000 0a000001 0a000002"),
    frame("0800", "41000014 00000000 40010000 0a000001 0a000002"),
    frame("0800", "4f000014 00000000 40010000 0a000001 0a000002"),
  ];
}

const fe80 = (last: number): string => `fe800000000000000000000000000${last.toString(16).padStart(3, "0")}`;

/** Whole frames of many protocols, legal and not. */
export function sampleFrames(): Uint8Array[] {
  return [...plainFrames(), ...icmpFrames()];
}

/** Some of the samples cut short at every length above zero, and with bits flipped. */
export function brokenFrames(samples = sampleFrames()): Uint8Array[] {
  const random = new RandomStream(7, "broken frames");
  const cuts = [0, 12, 18, 27, 36, 46, 67].flatMap((at) => {
    const whole = samples[at]!.subarray(0, 90);
    return Array.from({ length: whole.length - 1 }, (_, size) => whole.subarray(0, size + 1));
  });
  const flipped = samples.flatMap((whole) =>
    Array.from({ length: 4 }, () => {
      const copy = whole.slice();
      for (let i = 0; i < 2; i++) copy[12 + random.below(copy.length - 12)] = random.below(256);
      return copy;
    }),
  );
  return [...cuts, ...flipped];
}

/** Frames of the protocols that the printing covers, as far as it covers them. */
export function printableFrames(): Uint8Array[] {
  const samples = [...sampleFrames(), ...moreForPrinting()].filter(isPrintable);
  return [...samples, ...brokenFrames(samples).filter(isPrintable)];
}

function isPrintable(bytes: Uint8Array): boolean {
  let at = 12;
  const type = (): number => (at + 2 <= bytes.length ? readU16(bytes, at) : 0x0806);
  while (type() === 0x8100 || type() === 0x88a8) at += 4;
  const unread = [
    0x6007, 0x6559, 0x80f3, 0x809b, 0x86dd, 0x8808, 0x8809, 0x8847, 0x8848, 0x8863, 0x8864, 0x888e, 0x9000,
  ];
  if (type() <= 1500) return isPrintableLlc(bytes, at + 2);
  if (type() !== 0x0800) return !unread.includes(type());
  return isPrintableIp(bytes, at + 2, [1, 2, 4, 17, 99]);
}

function isPrintableLlc(bytes: Uint8Array, at: number): boolean {
  if (at + 3 > bytes.length) return true;
  const [dsap, ssap, control] = [bytes[at]!, bytes[at + 1]!, bytes[at + 2]!];
  if (dsap === 0xaa && ssap === 0xaa && control === 3) {
    if (at + 8 > bytes.length) return true;
    const type = readU16(bytes, at + 6);
    if (bytes[at + 3]! + bytes[at + 4]! + bytes[at + 5]! !== 0) return false;
    if (type === 0x0800) return isPrintableIp(bytes, at + 8, [1, 2, 4, 17, 99]);
    return type === 0x0806 || type === 0x1234;
  }
  // Spanning tree, IP, IPX, NetBEUI, OSI and exchanges of identification are printed by their own rules.
  return ![0x06, 0x42, 0xe0, 0xf0, 0xfe].some((sap) => (dsap & ~1) === sap) && (control & 0xef) !== 0xaf;
}

function isPrintableIp(bytes: Uint8Array, at: number, protocols: readonly number[]): boolean {
  if (at + 20 > bytes.length) return true;
  const payload = at + (bytes[at]! & 15) * 4;
  const ports = payload + 4 <= bytes.length ? [readU16(bytes, payload), readU16(bytes, payload + 2)] : [];
  const protocol = bytes[at + 9]!;
  if (!protocols.includes(protocol) || ports.some((port) => [53, 520, 5353].includes(port))) return false;
  const quotes = protocol === 1 && [3, 4, 5, 11, 12].includes(bytes[payload]!);
  // tcpdump looks for extensions (RFC 4884) behind long errors.
  if (quotes && readU16(bytes, at + 2) > bytes.length - at) return false;
  if (quotes) return isPrintableIp(bytes, payload + 8, [1, 2, 4, 6, 17, 99]);
  return protocol !== 4 || isPrintableIp(bytes, payload, protocols);
}

function moreForPrinting(): Uint8Array[] {
  const igmp = (message: string, dst = 0xe0000001): Uint8Array =>
    ip({ protocol: 2, dst, ttl: 1, options: "94040000" }, icmpMessage(message), "01005e000001");
  const inner = ipv4Packet({ protocol: 1, dst: FAR }, echo("08", 600));
  const nested = ipv4Packet(
    { protocol: 4 },
    ipv4Packet({ protocol: 4 }, ipv4Packet({ protocol: 1 }, echo("08", 4))),
  );
  return [
    igmp("1100 0000 00000000"),
    igmp("11fa 0000 e1000105"),
    igmp("1164 0000 00000000 027d 0000"),
    igmp("1119 0000 e1000105 027d 0002 0a000001 0a000002"),
    igmp("11ff 0000 e1000105 027d 0009 0a000001"),
    igmp("1100 0000 e1000105 027d 0000"),
    igmp("1200 0000 e1000105"),
    igmp("1600 0000 e1000105"),
    igmp("1700 0000 e1000105"),
    igmp("2200 0000 0000 0001 0400 0000 e1000105", 0xe0000016),
    igmp("2200 0000 0000 0002 0600 0001 e1000105 0a000001 0300 0000 e1000106", 0xe0000016),
    igmp("2200 0000 0000 0003 0900 0005 e1000105 0a000001", 0xe0000016),
    igmp("2200 0000 0000 0001", 0xe0000016),
    igmp("9900 0000 00000000"),
    ip({ protocol: 1 }, icmpMessage("0301 0000 00000000", inner.subarray(0, 548))),
    ip({ protocol: 1 }, icmpMessage("0b00 0000 00000000", inner.subarray(0, 100))),
    ip(
      { protocol: 1 },
      icmpMessage("0b00 0000 00000000", ipv4Packet({ protocol: 17, flags: 0x2001 }, zeros(8))),
    ),
    ip({ protocol: 1, flags: 0x6000 }, echo("08", 8)),
    ip({ protocol: 1, flags: 0x8000 }, echo("08", 8)),
    ip({ protocol: 1, flags: 0xe005 }, echo("08", 8)),
    ip({ protocol: 4 }, nested),
    ip({ protocol: 17, options: "07030501" }, udpDatagram(1, 2, "00")),
    ip({ protocol: 17, options: "0702 0501" }, udpDatagram(1, 2, "00")),
    ip({ protocol: 17, options: "890b08 0a000009 0a00000a 00" }, udpDatagram(1, 2, "00")),
    ip({ protocol: 17, options: "440c0d11 0a000001 00000005" }, udpDatagram(1, 2, "00")),
    ip({ protocol: 17, options: "44080503 00000005 5201 0000" }, udpDatagram(1, 2, "00")),
    ip({ protocol: 17, options: "9404 0007 8200 0000" }, udpDatagram(1, 2, "00")),
    ip({ protocol: 17, options: "01010144" }, udpDatagram(1, 2, "00")),
    ip({ protocol: 17, ttl: 0, tos: 3 }, udpDatagram(1, 2, "00")),
    frame("8100", join("f005 0800", ipv4Packet({ protocol: 17 }, udpDatagram(1, 2, "00")))),
    frame("1234", zeros(5)),
    frame("0008", "04 04 03 0102030405"),
    frame("0008", join("05 08 13 0102030405", zeros(38))),
    frame("0006", "04 05 e3 010203"),
    frame("0006", "04 04 7f 010203"),
    frame("0006", "04 04 01 05 0102"),
    frame("0006", "04 05 05 07 0102"),
    frame("0006", "04 04 06 09 0102"),
    frame("0006", "aa aa 13 010203"),
    frame("0002", "0404"),
    frame("0003", "0404"),
    frame("0001", zeros(46)),
    frame("0000", zeros(46)),
    frame("0024", `aa aa 03 000000 0806 ${arp("0001", `${A} 0a000001`, "000000000000 0a000002")}`, ALL),
    frame("0024", join("aa aa 03 000000 0800", ipv4Packet({ protocol: 1 }, echo("08", 0)), zeros(10))),
    frame("000c", "aa aa 03 000000 1234 01020304"),
    frame("0007", "aa aa 03 000000 12"),
    frame("0806", "0001 0800 06 04 0001"),
    frame("0806", "0001 0800 00 04 0001 0a000001 0a000002"),
    frame("0806", "0020 0800 08 04 0001 0011223344556677 0a000001 0000000000000000 0a000002"),
    frame("8035", "0001 0800 06 04 0008 0011223344550a000001 0000000000000a000002"),
    frame("88b5", ""),
  ];
}
