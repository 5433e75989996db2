import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex, utf8 } from "../../src/core/bytes.js";
import { crc32 } from "../../src/core/crc32.js";
import { ipv4, parseIpv4 } from "../../src/core/ipv4.js";
import type { Mac } from "../../src/core/mac.js";
import * as wire from "../../src/wire/index.js";
import {
  type DissectedField,
  type DissectedLayer,
  dissect,
  encode,
  renderDissection,
} from "../../src/wire/index.js";
import { GOLDEN_PACKETS } from "./golden-packets.js";

const A = parseIpv4("10.0.0.1")!;
const B = parseIpv4("10.0.0.2")!;
const PSEUDO = wire.pseudoHeaderSum(A, B, wire.IP_PROTO_UDP, 0);

const ipv4Packet = (parts: Partial<wire.Ipv4Packet>): wire.Ipv4Packet => ({
  dscp: 0,
  ecn: 0,
  id: 1,
  dontFragment: false,
  moreFragments: false,
  fragmentOffset: 0,
  ttl: 64,
  protocol: wire.IP_PROTO_UDP,
  src: A,
  dst: B,
  options: [],
  payload: new Uint8Array(),
  ...parts,
});

const ethernet = (type: number, payload: Uint8Array): Uint8Array =>
  encode(wire.ethernetCodec, { dst: 0x020000000002 as Mac, src: 0x020000000001 as Mac, type, payload });

const inIpv4 = (parts: Partial<wire.Ipv4Packet>): Uint8Array =>
  ethernet(wire.ETHERTYPE_IPV4, encode(wire.ipv4Codec, ipv4Packet(parts)));

const udp = (payload: Uint8Array, dstPort = 9): Uint8Array =>
  encode(wire.udpCodec, { srcPort: 5000, dstPort, checksummed: true, payload }, PSEUDO);

const icmp = (message: wire.Icmpv4Message): Uint8Array =>
  inIpv4({ protocol: wire.IP_PROTO_ICMP, payload: encode(wire.icmpv4Codec, message) });

const layersOf = (root: DissectedLayer): DissectedLayer[] =>
  root.payload === undefined ? [root] : [root, ...layersOf(root.payload)];

const names = (root: DissectedLayer): string =>
  layersOf(root)
    .map((layer) => layer.protocol)
    .join(" ");

function field(root: DissectedLayer, path: string): DissectedField {
  const [protocol, name] = path.split(".");
  const layer = layersOf(root).find((known) => known.protocol === protocol)!;
  return layer.fields.find((known) => known.name === name)!;
}

function faults(root: DissectedLayer): string[] {
  return layersOf(root).flatMap((layer) => [
    ...(layer.fault === undefined ? [] : [layer.fault]),
    ...layer.fields.filter((f) => f.fault !== undefined).map((f) => `${f.label} ${f.fault}`),
  ]);
}

describe("a dissection", () => {
  it("follows each protocol to the one it carries", () => {
    const arp = { operation: 1, senderMac: 1 as Mac, senderIp: A, targetMac: 0 as Mac, targetIp: B };
    const inner = ethernet(wire.ETHERTYPE_ARP, encode(wire.arpCodec, arp));
    const vxlan = encode(wire.vxlanCodec, { vni: 42, payload: inner });
    const root = dissect(inIpv4({ payload: udp(vxlan, wire.UDP_PORT_VXLAN) }));
    expect(names(root)).toBe("ethernet ipv4 udp vxlan ethernet arp");
    expect(faults(root)).toEqual([]);
    expect(field(root, "vxlan.vni").value).toBe(42);
    expect(field(root, "arp.operation")).toMatchObject({ text: "1", meaning: "request" });
  });

  it("shows what no codec explains as data", () => {
    const root = dissect(inIpv4({ payload: udp(utf8("hello")) }));
    expect(names(root)).toBe("ethernet ipv4 udp data");
    expect(field(root, "data.data")).toMatchObject({ value: toHex(utf8("hello")), meaning: '"hello"' });
    expect(names(dissect(ethernet(0x9999, new Uint8Array(3))))).toBe("ethernet data");
  });

  it("begins with what the link type says", () => {
    const packet = encode(wire.ipv4Codec, ipv4Packet({ payload: udp(utf8("x")) }));
    expect(names(dissect(packet, 0, packet.length, { linkType: 101 }))).toBe("ipv4 udp data");
    expect(names(dissect(packet, 0, packet.length, { linkType: 12345 }))).toBe("data");
  });

  it("looks at no byte outside the frame", () => {
    const frame = inIpv4({ payload: udp(utf8("hello")) });
    const room = new Uint8Array(frame.length + 40).fill(0xff);
    room.set(frame, 20);
    const alone = dissect(frame);
    const within = dissect(room, 20, 20 + frame.length);
    expect(layersOf(within).map((layer) => layer.fields)).toEqual(
      layersOf(alone).map((layer) => layer.fields),
    );
    expect(within.payload!.from).toBe(alone.payload!.from + 20);
  });

  it("stops at a bounded depth", () => {
    let packet = encode(wire.ipv4Codec, ipv4Packet({ protocol: 253 }));
    for (let i = 0; i < 100; i++)
      packet = encode(wire.ipv4Codec, ipv4Packet({ protocol: wire.IP_PROTO_IPIP, payload: packet }));
    const layers = layersOf(dissect(ethernet(wire.ETHERTYPE_IPV4, packet)));
    expect(layers).toHaveLength(24);
    expect(layers.at(-1)!.fault).toBe("is nested too deeply to look into");
  });
});

describe("IEEE 802.3 §3.2.9 frame check sequence", () => {
  const frame = inIpv4({ payload: udp(utf8("hello")) });
  const sent = new Uint8Array(frame.length + 4);
  sent.set(frame);
  wire.writeFcs(sent, frame.length, crc32(frame));

  it("is the CRC-32 of the frame, least significant byte first", () => {
    expect(wire.readFcs(sent, frame.length)).toBe(crc32(frame));
    expect(field(dissect(sent, 0, sent.length, { fcs: 4 }), "ethernet.fcs").meaning).toBe("good");
  });

  it("is found wrong after any flipped bit, and the right one is told", () => {
    for (let bit = 0; bit < 8 * sent.length; bit++) {
      const bad = sent.slice();
      bad[bit >> 3]! ^= 1 << (bit & 7);
      expect(field(dissect(bad, 0, bad.length, { fcs: 4 }), "ethernet.fcs").fault).toMatch(/^should be 0x/);
    }
    const bad = sent.slice();
    bad[sent.length - 1]! ^= 1;
    expect(faults(dissect(bad, 0, bad.length, { fcs: 4 }))).toEqual([
      `Frame check sequence should be 0x${toHex(sent, frame.length)}`,
    ]);
  });
});

describe("IEEE 802.3 §3.2.6 type and length", () => {
  const head = "020000000002 020000000001";
  it("up to 1500 is the length of the data, and what follows is padding", () => {
    const root = dissect(fromHex(`${head} 0004 4242 0355 000000`));
    expect(names(root)).toBe("ethernet llc data");
    expect(field(root, "ethernet.padding")).toMatchObject({ value: "000000", bitOffset: 8 * 18 });
    expect(faults(root)).toEqual([]);
  });

  it("a length past the end is a fault", () => {
    expect(faults(dissect(fromHex(`${head} 0009 4242 0355`)))).toEqual([
      "Length is more than the 4 bytes that follow",
    ]);
  });

  it("1501 to 1535 is neither", () => {
    const bytes = fromHex(`${head} 05dd 00`);
    expect(faults(dissect(bytes))).toEqual(["EtherType is 0x05dd, neither a type nor a length"]);
    expect(wire.ethernetCodec.parse(bytes, 0, bytes.length)).toBeInstanceOf(wire.Fault);
  });
});

describe("IEEE 802.3 §3.2.6 the longest length", () => {
  it("is 1500", () => {
    const frame = ethernet(1500, new Uint8Array(1500));
    expect(wire.ethernetCodec.parse(frame, 0, frame.length)).toMatchObject({ type: undefined });
    expect(names(dissect(frame))).toBe("ethernet llc data");
  });
});

describe("RFC 791 §3.1 header", () => {
  const parse = (packet: Uint8Array) => wire.ipv4Codec.parse(packet, 0, packet.length);

  it("that is longer than the bytes is a fault", () => {
    const packet = encode(wire.ipv4Codec, ipv4Packet({}));
    wire.IPV4_LAYOUT.write(packet, 0, "ihl", 15);
    expect(parse(packet)).toEqual(new wire.Fault("Header length goes past the end", 0));
    expect(faults(dissect(packet, 0, 20, { linkType: 101 }))).toEqual(["Header length goes past the end"]);
  });

  it("with the reserved flag is a fault", () => {
    const packet = encode(wire.ipv4Codec, ipv4Packet({}));
    wire.IPV4_LAYOUT.write(packet, 0, "reserved", 1);
    expect(parse(packet)).toEqual(new wire.Fault("Reserved flag is set, must be not set", 6));
  });
});

describe("RFC 768 checksum", () => {
  it("that comes out as zero is sent as all ones", () => {
    const sum = wire.udpChecksum(Uint8Array.from([...udp(new Uint8Array(2)).fill(0, 6, 8)]), 0, 10, A, B);
    const datagram = udp(Uint8Array.of(sum >> 8, sum));
    expect(toHex(datagram, 6, 8)).toBe("ffff");
    const root = dissect(inIpv4({ payload: datagram }));
    expect(field(root, "udp.checksum").meaning).toBe("good");
  });

  it("of zero is none", () => {
    const datagram = udp(utf8("x")).fill(0, 6, 8);
    expect(field(dissect(inIpv4({ payload: datagram })), "udp.checksum").meaning).toBe("none");
  });
});

describe("RFC 791 §3.1 checksum", () => {
  it("a wrong one is told with the right one", () => {
    const frame = inIpv4({});
    const right = toHex(frame, 24, 26);
    frame[24]! ^= 0x10;
    expect(faults(dissect(frame))).toEqual([`Header checksum should be 0x${right}`]);
  });
});

describe("RFC 791 §3.2 fragments", () => {
  const datagram = udp(new Uint8Array(64).fill(0x61));

  it("the first one shows the transport header and judges no checksum", () => {
    const root = dissect(inIpv4({ moreFragments: true, payload: datagram.subarray(0, 40) }));
    expect(names(root)).toBe("ethernet ipv4 udp data");
    expect(field(root, "udp.checksum").meaning).toBe("not judged");
    expect(faults(root)).toEqual([]);
  });

  it("the others are data", () => {
    const root = dissect(inIpv4({ fragmentOffset: 5, payload: datagram.subarray(40) }));
    expect(names(root)).toBe("ethernet ipv4 data");
    expect(field(root, "ipv4.fragmentOffset")).toMatchObject({ value: 5, meaning: "byte 40" });
  });

  it("one that is not a multiple of 8 bytes and not the last is a fault", () => {
    expect(faults(dissect(inIpv4({ moreFragments: true, payload: datagram.subarray(0, 41) })))).toEqual([
      "Fragment offset with more fragments needs a multiple of 8 bytes, has 41",
    ]);
  });

  it("one that ends beyond 65535 bytes is a fault (the ping of death)", () => {
    const packet = encode(wire.ipv4Codec, ipv4Packet({ fragmentOffset: 8189, payload: new Uint8Array(100) }));
    expect(wire.ipv4Codec.parse(packet, 0, packet.length)).toEqual(
      new wire.Fault("Fragment offset puts the end beyond the largest packet", 6),
    );
  });
});

describe("RFC 791 §3.1 options that are broken", () => {
  const withOptions = (hex: string): Uint8Array => {
    const options = fromHex(hex);
    const packet = new Uint8Array(20 + options.length);
    wire.ipv4Codec.emit(ipv4Packet({}), packet, 0);
    packet.set(options, 20);
    wire.IPV4_LAYOUT.write(packet, 0, "ihl", packet.length / 4);
    wire.IPV4_LAYOUT.write(packet, 0, "totalLength", packet.length);
    wire.IPV4_LAYOUT.write(packet, 0, "checksum", 0);
    let sum = 0;
    for (let i = 0; i < packet.length; i += 2) sum += (packet[i]! << 8) | packet[i + 1]!;
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    wire.IPV4_LAYOUT.write(packet, 0, "checksum", ~sum);
    return packet;
  };

  it.each([
    ["no room for the length", "01010107", "Option has no room for its length"],
    ["a length of one", "07010000", "Option length is 1, must be at least 2"],
    ["a length past the header", "07270400", "Option length goes past the end of the header"],
    [
      "a route of one and a half addresses",
      "07090400000000000000000000000000",
      "Option length leaves a part of an entry",
    ],
    ["a pointer into an address", "07070500000000 00", "Pointer is not at an entry"],
    ["a pointer before the first address", "07070300000000 00", "Pointer is not at an entry"],
    ["a pointer far behind the last address", "07070c00000000 00", "Pointer is not at an entry"],
    ["a timestamp of unknown flag", "44080502 00000000", "Flag is 2, must be 0, 1 or 3"],
    ["a router alert of six bytes", "94060000 00000000", "Option length is 6, must be 4"],
    ["padding that is not zero", "00000001", "Padding of the options is not zero"],
  ])("%s", (_, hex, message) => {
    const packet = withOptions(hex);
    const result = wire.ipv4Codec.parse(packet, 0, packet.length);
    expect(result).toBeInstanceOf(wire.Fault);
    expect((result as wire.Fault).message).toBe(message);
  });

  it("are shown as far as they can be read", () => {
    const packet = withOptions("0101 0727");
    const root = dissect(packet, 0, packet.length, { linkType: 101 });
    expect(root.fields.slice(-3).map((f) => [f.name, f.value])).toEqual([
      ["type", 1],
      ["type", 1],
      ["options", "0727"],
    ]);
    expect(faults(root)).toEqual(["Options are broken: Option length goes past the end of the header"]);
  });
});

describe("RFC 768 and source routes (RFC 791 §3.1)", () => {
  it("the checksum covers the final destination, not the next stop", () => {
    const route: wire.Ipv4Option = { kind: "route", type: 131, pointer: 4, route: [ipv4(0x0a010101), B] };
    const packet = { options: [route], dst: ipv4(0x0a090909), payload: udp(utf8("x")) };
    expect(faults(dissect(inIpv4(packet)))).toEqual([]);
    const arrived = { ...packet, options: [{ ...route, pointer: 12 }] };
    expect(faults(dissect(inIpv4(arrived)))).toHaveLength(1);
  });
});

describe("RFC 792 quoted packets", () => {
  const quoted = encode(wire.ipv4Codec, ipv4Packet({ payload: udp(new Uint8Array(100)) }));

  it("are dissected, and that they are cut is no fault", () => {
    const root = dissect(
      icmp({
        form: "unreachable",
        type: 3,
        code: 4,
        quoteWords: 0,
        nextHopMtu: 1400,
        payload: quoted.subarray(0, 28),
      }),
    );
    expect(names(root)).toBe("ethernet ipv4 icmp ipv4 udp");
    expect(field(root, "icmp.code").meaning).toBe("fragmentation needed");
    expect(faults(root)).toEqual([]);
  });

  it("RFC 4884 §4: give way to extensions where their length says so", () => {
    const mpls = fromHex("2000 0000 0008 0101 000641ff");
    const payload = new Uint8Array(128 + mpls.length);
    payload.set(quoted.subarray(0, 128));
    payload.set(mpls, 128);
    const root = dissect(icmp({ form: "time-exceeded", type: 11, code: 0, quoteWords: 32, payload }));
    expect(names(root)).toBe("ethernet ipv4 icmp ipv4 udp data");
    expect(layersOf(root)[3]!.to - layersOf(root)[3]!.from).toBe(128);
    expect(field(root, "icmp.objectClass").meaning).toBe("MPLS label stack");
    expect(field(root, "icmp.objectContent").value).toBe("000641ff");
    expect(faults(root)).toEqual([]);
  });

  it("RFC 4884 §4: a length past the end is a fault", () => {
    const frame = icmp({
      form: "time-exceeded",
      type: 11,
      code: 0,
      quoteWords: 32,
      payload: quoted.subarray(0, 28),
    });
    expect(faults(dissect(frame))).toEqual(["Length goes past the end"]);
    expect(wire.icmpv4Codec.parse(frame, 34, frame.length)).toEqual(
      new wire.Fault("Length of the quoted packet goes past the end", 39),
    );
  });
});

describe("RFC 1256 §3 router advertisement", () => {
  it("shows each address with its preference", () => {
    const payload = fromHex("0a000001 80000000 0a000002 00000001");
    const root = dissect(
      icmp({
        form: "router-advertisement",
        type: 9,
        code: 0,
        count: 2,
        entryWords: 2,
        lifetime: 1800,
        payload,
      }),
    );
    const shown = layersOf(root)[2]!.fields.filter((f) => f.name === "router" || f.name === "preference");
    expect(shown.map((f) => f.text)).toEqual(["10.0.0.1", "2147483648", "10.0.0.2", "1"]);
    expect(faults(root)).toEqual([]);
  });

  it("with fewer addresses than it says is a fault", () => {
    const payload = fromHex("0a000001 80000000");
    const frame = icmp({
      form: "router-advertisement",
      type: 9,
      code: 0,
      count: 2,
      entryWords: 2,
      lifetime: 1800,
      payload,
    });
    expect(faults(dissect(frame))).toEqual(["Addresses go past the end"]);
    expect(wire.icmpv4Codec.parse(frame, 34, frame.length)).toEqual(
      new wire.Fault("Addresses go past the end", 38),
    );
  });
});

describe("RFC 3376 §4 IGMP version 3", () => {
  const igmp = (message: wire.IgmpMessage) =>
    dissect(inIpv4({ protocol: wire.IP_PROTO_IGMP, payload: encode(wire.igmpCodec, message) }));
  const group = parseIpv4("239.1.2.3")!;
  const shown = (root: DissectedLayer, ...fields: string[]) =>
    layersOf(root)[2]!
      .fields.filter((f) => fields.includes(f.name))
      .map((f) => f.text);

  it("a report shows records with their sources, and passes over auxiliary data", () => {
    const payload = fromHex("03 01 0002 ef010203 0a000001 0a000002 deadbeef 04 00 0000 ef010204");
    const root = igmp({ form: "report", type: 0x22, records: 2, payload });
    expect(shown(root, "recordType", "group", "source", "auxiliary")).toEqual([
      "3",
      "239.1.2.3",
      "10.0.0.1",
      "10.0.0.2",
      "de ad be ef",
      "4",
      "239.1.2.4",
    ]);
    expect(faults(root)).toEqual([]);
  });

  it("a query shows its sources, and the maximum response time as time", () => {
    const payload = fromHex("0a 7d 0001 0a000001");
    const root = igmp({ form: "group", type: 0x11, maxResponse: 0x9f, group, payload });
    expect(shown(root, "suppress", "robustness", "source")).toEqual(["set", "2", "10.0.0.1"]);
    // RFC 3376 §4.1.1: (15 | 16) << (1 + 3) tenths of a second.
    expect(field(root, "igmp.maxResponse").meaning).toBe("49.6 s");
  });

  it("more sources than there are is a fault", () => {
    const payload = fromHex("0a 7d 0003 0a000001");
    expect(faults(igmp({ form: "group", type: 0x11, maxResponse: 1, group, payload }))).toEqual([
      "Number of sources is 3, but 1 are there",
    ]);
  });
});

describe("a dissection of any bytes", () => {
  const frames = GOLDEN_PACKETS.map((packet) => fromHex(packet.hex));
  const broken = fc
    .record({
      frame: fc.constantFrom(...frames),
      edits: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
      cut: fc.oneof(fc.constant(0), fc.nat(80)),
    })
    .map(({ frame, edits, cut }) => {
      const bytes = frame.slice(0, Math.max(0, frame.length - cut));
      for (const [at, byte] of edits) if (bytes.length > 0) bytes[at % bytes.length] = byte;
      return bytes;
    });
  const anyBytes = fc.oneof(broken, fc.uint8Array({ maxLength: 100 }));
  const anyStart = fc.constantFrom(1, 101);

  function expectAllBits(bytes: Uint8Array, root: DissectedLayer): void {
    for (const layer of layersOf(root)) {
      for (const { name, value, bitOffset, bitLength } of layer.fields) {
        if (typeof value !== "string") continue;
        const from = layer.from + bitOffset / 8;
        if (value !== toHex(bytes, from, from + bitLength / 8) || !Number.isInteger(from))
          expect.fail(`${layer.protocol}.${name} is not the bytes at ${from}`);
      }
      const parts = layer.fields.map((f) => [f.bitOffset, f.bitOffset + f.bitLength]);
      const { payload } = layer;
      if (payload !== undefined) parts.push([8 * (payload.from - layer.from), 8 * (payload.to - layer.from)]);
      parts.sort((a, b) => a[0]! - b[0]!);
      let covered = 0;
      for (const [begin, end] of parts) {
        if (begin !== covered) expect.fail(`${layer.protocol}: bit ${covered}, then bit ${begin}`);
        covered = end!;
      }
      if (covered !== 8 * (layer.to - layer.from)) expect.fail(`${layer.protocol} ends at bit ${covered}`);
    }
  }

  it("accounts for every bit exactly once", () => {
    fc.assert(
      fc.property(anyBytes, anyStart, fc.constantFrom(0, 4), (bytes, linkType, fcs) => {
        const root = dissect(bytes, 0, bytes.length, { linkType, fcs });
        expect([root.from, root.to]).toEqual([0, linkType === 1 ? bytes.length : root.to]);
        expectAllBits(bytes, root);
      }),
      { numRuns: 1500 },
    );
  });

  it("accounts for every bit of a frame cut anywhere, and shows no bit of a broken byte twice", () => {
    for (const frame of frames)
      for (let to = 0; to <= frame.length; to++) expectAllBits(frame, dissect(frame, 0, to));
  });

  it("is plain data that can be printed", () => {
    fc.assert(
      fc.property(anyBytes, anyStart, (bytes, linkType) => {
        const root = dissect(bytes, 0, bytes.length, { linkType });
        expect(JSON.parse(JSON.stringify(root))).toEqual(root);
        const lines = renderDissection(root).split("\n");
        const fields = layersOf(root).reduce((sum, layer) => sum + 1 + layer.fields.length, 0);
        expect(lines).toHaveLength(fields);
      }),
    );
  });
});

describe("a dissection as text", () => {
  it("has a line for each field with bits, value, meaning and fault", () => {
    const frame = inIpv4({ payload: udp(utf8("hi")) });
    frame[40]! ^= 1;
    expect(`\n${renderDissection(dissect(frame))}`).toBe(`
Ethernet (bytes 0..43)
      0..47  Destination  02:00:00:00:00:02
     48..95  Source       02:00:00:00:00:01
    96..111  EtherType    0x0800  IPv4
  IPv4 (bytes 14..43)
         0..3  Version          4
         4..7  Header length    5  20 bytes
        8..13  DSCP             0  best effort
       14..15  ECN              0  not ECN-capable
       16..31  Total length     30
       32..47  Identification   0x0001
           48  Reserved flag    not set
           49  Don't fragment   not set
           50  More fragments   not set
       51..63  Fragment offset  0
       64..71  Time to live     64
       72..79  Protocol         17  UDP
       80..95  Header checksum  0x66cc  good
      96..127  Source           10.0.0.1
     128..159  Destination      10.0.0.2
    UDP (bytes 34..43)
          0..15  Source port       5000
         16..31  Destination port  9  discard
         32..47  Length            10
         48..63  Checksum          0x6edd  <-- FAULT: should be 0x6fdd
      Data (bytes 42..43)
            0..15  Data  68 69  "hi"`);
  });
});
