/** Frames that a station may send to hosts and routers, good and bad: what comes back must be what Linux sends back. */
import { fromHex, toHex, utf8, writeU16 } from "../../src/core/bytes.js";
import { checksum } from "../../src/core/checksum.js";
import { type Ipv4, parseIpv4 } from "../../src/core/ipv4.js";
import { udpChecksum } from "../../src/wire/udp.js";

/** Where the frames come from and go to. */
export interface Addresses {
  readonly own: string;
  readonly ownMac: string;
  /** The next hop, and a host on the same link. */
  readonly routerMac: string;
  readonly router: string;
  readonly nearMac: string;
  readonly near: string;
  /** A host behind two routers. */
  readonly far: string;
}

interface Ip {
  readonly src?: string;
  readonly dst: string;
  readonly ttl?: number;
  readonly protocol?: number;
  readonly flags?: number;
  readonly tos?: number;
  /** Options in hexadecimal, a multiple of four bytes. */
  readonly options?: string;
  readonly payload: Uint8Array;
}

const BROADCAST = "ffffffffffff";
const DF = 0x4000;
const MF = 0x2000;

const bytesOf = (...parts: (string | Uint8Array)[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...(typeof part === "string" ? fromHex(part) : part)]));

const address = (text: string): Ipv4 => parseIpv4(text)!;
const quad = (text: string): Uint8Array => Uint8Array.from(text.split(".").map(Number));

/** An echo request, or any ICMP message with these first bytes, with a right checksum. */
function icmp(type: number, code = 0, body = "00010001", more = 16): Uint8Array {
  const message = bytesOf("00000000", body, new Uint8Array(more).fill(0x61));
  message[0] = type;
  message[1] = code;
  writeU16(message, 2, checksum(message, 0, message.length));
  return message;
}

const echo = (more = 16): Uint8Array => icmp(8, 0, "00010001", more);

export class Probes {
  constructor(private readonly at: Addresses) {}

  /** Every probe by name, as a frame in hexadecimal. */
  all(): Map<string, string> {
    const frames = new Map<string, Uint8Array>([
      ...this.echoes(),
      ...this.routing(),
      ...this.udp(),
      ...this.icmpOthers(),
      ...this.brokenHeaders(),
      ...this.strangeAddresses(),
      ...this.ipOptions(),
      ...this.arp(),
    ]);
    return new Map([...frames].map(([name, frame]) => [name, toHex(frame)]));
  }

  private ip({
    src = this.at.own,
    dst,
    ttl = 64,
    protocol = 1,
    flags = 0,
    tos = 0,
    options = "",
    payload,
  }: Ip) {
    const header = 20 + options.length / 2;
    const packet = bytesOf(new Uint8Array(20), options, payload);
    packet[0] = 0x40 | (header / 4);
    packet[1] = tos;
    writeU16(packet, 2, packet.length);
    writeU16(packet, 4, 0x1234);
    writeU16(packet, 6, flags);
    packet[8] = ttl;
    packet[9] = protocol;
    packet.set(quad(src), 12);
    packet.set(quad(dst), 16);
    writeU16(packet, 10, checksum(packet, 0, header));
    return packet;
  }

  private frame(mac: string, packet: Uint8Array, type = "0800"): Uint8Array {
    return bytesOf(mac, this.at.ownMac, type, packet);
  }

  private toFar(ip: Omit<Ip, "dst">): Uint8Array {
    return this.frame(this.at.routerMac, this.ip({ ...ip, dst: this.at.far }));
  }

  private toNear(ip: Omit<Ip, "dst">): Uint8Array {
    return this.frame(this.at.nearMac, this.ip({ ...ip, dst: this.at.near }));
  }

  private toRouter(ip: Omit<Ip, "dst">): Uint8Array {
    return this.frame(this.at.routerMac, this.ip({ ...ip, dst: this.at.router }));
  }

  private datagram(dst: string, size: number, change: (datagram: Uint8Array) => void = () => {}): Uint8Array {
    const datagram = bytesOf("30390009", "00000000", new Uint8Array(size).fill(0x62));
    writeU16(datagram, 4, datagram.length);
    writeU16(datagram, 6, udpChecksum(datagram, 0, datagram.length, address(this.at.own), address(dst)));
    change(datagram);
    return datagram;
  }

  private echoes(): [string, Uint8Array][] {
    const badSum = echo();
    badSum[2]! ^= 1;
    return [
      ["echo to a neighbour", this.toNear({ payload: echo() })],
      ["echo to the router", this.toRouter({ payload: echo() })],
      ["echo across routers", this.toFar({ payload: echo() })],
      ["echo without content", this.toFar({ payload: echo(0) })],
      ["echo with DF", this.toFar({ payload: echo(), flags: DF })],
      ["echo with a type of service", this.toFar({ payload: echo(), tos: 0xb8 })],
      ["echo with ECN", this.toFar({ payload: echo(), tos: 0x03 })],
      ["echo with code 7", this.toNear({ payload: icmp(8, 7) })],
      ["echo with a wrong checksum", this.toNear({ payload: badSum })],
      ["echo cut short", this.toNear({ payload: echo().subarray(0, 6) })],
      ["echo too large for a link on the way", this.toFar({ payload: echo(1440) })],
      ["echo too large, with DF", this.toFar({ payload: echo(1440), flags: DF })],
    ];
  }

  private routing(): [string, Uint8Array][] {
    const via = (dst: string, ip: Partial<Ip> = {}) =>
      this.frame(this.at.routerMac, this.ip({ dst, payload: echo(), ...ip }));
    return [
      ["TTL 1", this.toFar({ payload: echo(), ttl: 1 })],
      ["TTL 2", this.toFar({ payload: echo(), ttl: 2 })],
      ["TTL 3", this.toFar({ payload: echo(), ttl: 3 })],
      ["TTL 0", this.toFar({ payload: echo(), ttl: 0 })],
      ["TTL 1 to the router itself", this.toRouter({ payload: echo(), ttl: 1 })],
      ["TTL 1, a long packet", this.toFar({ payload: echo(1000), ttl: 1 })],
      ["TTL 1, a later fragment", this.toFar({ payload: echo(), ttl: 1, flags: 0x0010 })],
      ["TTL 1, an ICMP error", this.toFar({ payload: icmp(3, 1, "00000000", 28), ttl: 1 })],
      ["TTL 1, with a type of service", this.toFar({ payload: echo(), ttl: 1, tos: 0x28 })],
      ["no route", via("10.99.0.1")],
      ["an unreachable route", via("10.67.0.1")],
      ["a prohibited route", via("10.68.0.1")],
      ["a black hole", via("10.66.0.1")],
      ["a packet that goes back where it came from", via(this.at.near)],
      ["the router's far address", via("10.12.0.1")],
      ["the next router", via("10.12.0.2")],
    ];
  }

  private udp(): [string, Uint8Array][] {
    const { near, far } = this.at;
    const udp = (dst: string, size: number, change?: (datagram: Uint8Array) => void) => ({
      protocol: 17,
      payload: this.datagram(dst, size, change),
    });
    return [
      ["a closed port", this.toNear(udp(near, 20))],
      ["a closed port across routers", this.toFar(udp(far, 20))],
      ["a closed port, a long datagram", this.toFar(udp(far, 1200))],
      ["a closed port, no checksum", this.toNear(udp(near, 20, (d) => writeU16(d, 6, 0)))],
      ["a wrong UDP checksum", this.toNear(udp(near, 20, (d) => void (d[20]! ^= 1)))],
      ["a UDP length beyond the packet", this.toNear(udp(near, 20, (d) => writeU16(d, 4, 200)))],
      ["a UDP length below the header", this.toNear(udp(near, 20, (d) => writeU16(d, 4, 7)))],
      ["a UDP header cut short", this.toNear({ protocol: 17, payload: new Uint8Array(5) })],
      ["an unknown protocol", this.toNear({ protocol: 253, payload: utf8("anything") })],
      ["an unknown protocol across routers", this.toFar({ protocol: 253, payload: utf8("anything") })],
    ];
  }

  private icmpOthers(): [string, Uint8Array][] {
    return [
      ["a timestamp request", this.toNear({ payload: icmp(13, 0, "00010001", 12) })],
      ["a timestamp request cut short", this.toNear({ payload: icmp(13, 0, "00010001", 2) })],
      ["an address mask request", this.toNear({ payload: icmp(17, 0, "00010001", 4) })],
      ["an information request", this.toNear({ payload: icmp(15) })],
      ["an unknown ICMP type", this.toNear({ payload: icmp(44) })],
      ["an echo reply that nobody asked for", this.toNear({ payload: icmp(0) })],
      ["an ICMP error about nothing", this.toNear({ payload: icmp(3, 3, "00000000", 28) })],
    ];
  }

  private brokenHeaders(): [string, Uint8Array][] {
    const { near, nearMac } = this.at;
    const broken = (change: (packet: Uint8Array) => void, mendChecksum = true): Uint8Array => {
      const packet = this.ip({ dst: near, payload: echo() });
      change(packet);
      if (mendChecksum) {
        writeU16(packet, 10, 0);
        writeU16(packet, 10, checksum(packet, 0, 20));
      }
      return this.frame(nearMac, packet);
    };
    return [
      ["a wrong header checksum", broken((p) => void (p[10]! ^= 1), false)],
      ["version 6 in the header", broken((p) => void (p[0] = 0x65))],
      ["a header of 16 bytes", broken((p) => void (p[0] = 0x44))],
      ["a header longer than the packet", broken((p) => void (p[0] = 0x4f))],
      ["a total length beyond the frame", broken((p) => writeU16(p, 2, 500))],
      ["a total length below the header", broken((p) => writeU16(p, 2, 19))],
      ["bytes behind the packet", bytesOf(this.toNear({ payload: echo() }), new Uint8Array(30).fill(0xee))],
      ["the reserved flag", broken((p) => void (p[6] = 0x80))],
      [
        "the first of two fragments, whose end lies beyond 65,535",
        this.toNear({ payload: echo(), flags: MF | 0x1fff }),
      ],
      ["a fragment whose size is no multiple of 8", this.toNear({ payload: echo(3), flags: MF })],
    ];
  }

  private strangeAddresses(): [string, Uint8Array][] {
    const { near, nearMac, own } = this.at;
    const from = (src: string) => this.toNear({ src, payload: echo() });
    const to = (dst: string, mac: string) => this.frame(mac, this.ip({ dst, payload: echo() }));
    const datagramTo = (dst: string, mac: string) =>
      this.frame(mac, this.ip({ dst, protocol: 17, payload: this.datagram(dst, 10) }));
    return [
      ["from the receiver's own address", from(near)],
      ["from loopback", from("127.0.0.1")],
      ["from nowhere", from("0.0.0.0")],
      ["from a group", from("224.0.0.9")],
      ["from the limited broadcast", from("255.255.255.255")],
      ["from the link's broadcast", from(own.replace(/\d+$/, "255"))],
      ["from the reserved class", from("240.0.0.1")],
      ["to loopback", to("127.0.0.1", nearMac)],
      ["to the limited broadcast", to("255.255.255.255", BROADCAST)],
      ["to the link's broadcast", to(own.replace(/\d+$/, "255"), BROADCAST)],
      ["to the link's lowest address", to(own.replace(/\d+$/, "0"), BROADCAST)],
      ["to all systems", to("224.0.0.1", "01005e000001")],
      ["to a group that nobody joined", to("239.1.2.3", "01005e010203")],
      ["a datagram to the limited broadcast", datagramTo("255.255.255.255", BROADCAST)],
      ["a datagram to all systems", datagramTo("224.0.0.1", "01005e000001")],
      ["a unicast packet in a broadcast frame", to(near, BROADCAST)],
      ["a unicast datagram in a broadcast frame", datagramTo(near, BROADCAST)],
      ["a packet for others in a broadcast frame", to(this.at.far, BROADCAST)],
      ["a packet for others, to a host that does not forward", to(this.at.far, nearMac)],
      ["to another station's MAC address", to(near, "020000000099")],
    ];
  }

  private ipOptions(): [string, Uint8Array][] {
    const { near } = this.at;
    const payload = echo();
    return [
      ["no-operation and end of options", this.toNear({ payload, options: "01010100" })],
      ["record route across routers", this.toFar({ payload, options: `071704${"00".repeat(20)}00` })],
      ["record route with no room", this.toFar({ payload, options: "0703040a".padEnd(8, "0") })],
      ["record route, full", this.toNear({ payload, options: "0707080a01020300" })],
      ["record route, pointer too small", this.toNear({ payload, options: "0707030000000000" })],
      ["an option that is longer than the header", this.toNear({ payload, options: "07ff0400" })],
      ["an option of length 1", this.toNear({ payload, options: "07010400" })],
      ["an unknown option", this.toNear({ payload, options: "5e040102" })],
      ["router alert across routers", this.toFar({ payload, options: "94040000" })],
      [
        "loose source route to a neighbour",
        this.toNear({ payload, options: `830704${toHex(quad(near))}00` }),
      ],
      ["source route cut short", this.toNear({ payload, options: "83020000" })],
      [
        "record route with room for half an address",
        this.toNear({ payload, options: "070904000000000000000000" }),
      ],
      ["record route twice", this.toNear({ payload, options: "07070400000000070704000000000000" })],
      ["times", this.toNear({ payload, options: "440c0500".padEnd(24, "0") })],
      ["times across routers", this.toFar({ payload, options: "44140500".padEnd(40, "0") })],
      ["times with addresses across routers", this.toFar({ payload, options: "44240501".padEnd(72, "0") })],
      ["times with no room", this.toNear({ payload, options: "44080900".padEnd(16, "0") })],
      ["times with no room for the sixteenth", this.toNear({ payload, options: "440809f0".padEnd(16, "0") })],
      [
        "times of another machine",
        this.toNear({ payload, options: `440c0503${toHex(quad(this.at.far))}00000000` }),
      ],
      ["times of this machine", this.toNear({ payload, options: `440c0503${toHex(quad(near))}00000000` })],
      ["times with half a slot", this.toNear({ payload, options: "440a0501".padEnd(24, "0") })],
      ["something behind the end of options", this.toFar({ payload, options: "00112233" })],
      [
        "TTL 1 with a long packet and record route",
        this.toFar({ payload: echo(900), ttl: 1, options: `070704${"00".repeat(5)}` }),
      ],
      [
        "TTL 1 with record route",
        this.toFar({ payload, ttl: 1, options: "07070400000000 00".replace(" ", "") }),
      ],
    ];
  }

  private arp(): [string, Uint8Array][] {
    const { own, ownMac, near, nearMac, far } = this.at;
    const arp = (mac: string, fields: string, src: string, target: string, targetMac = "000000000000") =>
      this.frame(mac, bytesOf(fields, ownMac, quad(src), targetMac, quad(target)), "0806");
    const REQUEST = "0001080006040001";
    return [
      ["an ARP request", arp(BROADCAST, REQUEST, own, near)],
      ["an ARP request to one station", arp(nearMac, REQUEST, own, near)],
      ["an ARP probe (RFC 5227)", arp(BROADCAST, REQUEST, "0.0.0.0", near)],
      ["an ARP request for another address", arp(BROADCAST, REQUEST, own, "10.1.0.200")],
      ["an ARP request for an address behind the router", arp(BROADCAST, REQUEST, own, far)],
      ["an ARP request for the router's far address", arp(BROADCAST, REQUEST, own, "10.12.0.1")],
      ["an ARP request from an address of another link", arp(BROADCAST, REQUEST, "192.0.2.1", near)],
      ["an ARP request with a target MAC address", arp(BROADCAST, REQUEST, own, near, "020000000055")],
      ["an ARP request of IEEE 802 hardware", arp(BROADCAST, "0006080006040001", own, near)],
      ["an ARP request of unknown hardware", arp(BROADCAST, "0063080006040001", own, near)],
      ["an ARP request for another protocol", arp(BROADCAST, "000186dd06040001", own, near)],
      ["an ARP request with other sizes", arp(BROADCAST, "0001080006100001", own, near)],
      ["an unknown ARP operation", arp(BROADCAST, "0001080006040009", own, near)],
      ["a reverse ARP request in ARP", arp(BROADCAST, "0001080006040003", own, near)],
      ["an ARP request cut short", arp(BROADCAST, REQUEST, own, near).subarray(0, 38)],
      ["an ARP request from the receiver's own address", arp(BROADCAST, REQUEST, near, near)],
      ["an ARP request from loopback", arp(BROADCAST, REQUEST, "127.0.0.1", near)],
      ["an ARP request from a group address", arp(BROADCAST, REQUEST, "224.0.0.5", near)],
    ];
  }
}
