import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/core/bytes.js";
import { formatIpv4 } from "../../src/core/ipv4.js";
import { formatMac } from "../../src/core/mac.js";
import * as wire from "../../src/wire/index.js";
import { CODECS, Fault, Layout, renderDiagram } from "../../src/wire/index.js";

const LAYOUTS = CODECS.flatMap((codec) => codec.layouts.map((layout) => [layout.title, layout] as const));

describe("the raw view of a layout", () => {
  const odd = new Layout("odd", "none", [
    { name: "a", bits: 3, label: "A" },
    { name: "b", bits: 13, label: "B" },
    { name: "c", bits: 1, label: "C", kind: "flag" },
    { name: "d", bits: 31, label: "D" },
    { name: "e", bits: 48, label: "E", kind: "mac" },
    { name: "f", bits: 32, label: "F", kind: "ipv4" },
  ]);

  it("reads fields that begin and end inside bytes", () => {
    const bytes = fromHex("ff a123 c0000001 020000000001 c0a80001");
    expect(odd.read(bytes, 1, "a")).toBe(5);
    expect(odd.read(bytes, 1, "b")).toBe(0x0123);
    expect(odd.read(bytes, 1, "c")).toBe(1);
    expect(odd.read(bytes, 1, "d")).toBe(0x40000001);
    expect(formatMac(odd.read(bytes, 1, "e"))).toBe("02:00:00:00:00:01");
    expect(formatIpv4(odd.read(bytes, 1, "f"))).toBe("192.168.0.1");
  });

  it("reads an address as the signed number that core's addresses are", () => {
    expect(odd.read(fromHex("00000000000000000000 0000 ffffffff"), 0, "f")).toBe(-1);
  });

  it.each(LAYOUTS)("writes any value into any field and leaves all other bits alone: %s", (_, layout) => {
    fc.assert(
      fc.property(
        fc.constantFrom(...layout.fields),
        fc.uint8Array({ minLength: layout.size + 2, maxLength: layout.size + 2 }),
        fc.nat(2 ** 48 - 1),
        (field, bytes, value) => {
          const low = value % 2 ** field.bits;
          const before = layout.fields.map((other) => layout.read(bytes, 1, other.name));
          const edges = [bytes[0], bytes.at(-1)];
          layout.write(bytes, 1, field.name, value);
          const expected = field.kind === "ipv4" ? low | 0 : low;
          const after = layout.fields.map((other) => layout.read(bytes, 1, other.name));
          expect(after).toEqual(before.with(layout.fields.indexOf(field), expected));
          expect([bytes[0], bytes.at(-1)]).toEqual(edges);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("writes what was illegal all the same", () => {
    const bytes = new Uint8Array(20);
    wire.IPV4_LAYOUT.write(bytes, 0, "version", 15);
    wire.IPV4_LAYOUT.write(bytes, 0, "ihl", 1);
    wire.IPV4_LAYOUT.write(bytes, 0, "src", -1);
    expect(toHex(bytes)).toBe(
      "f100000000000000000000000000ffffffff0000".replace("0000ffffffff", "ffffffff0000"),
    );
  });
});

describe("the check of a layout", () => {
  it("names the field, the value and what it must be", () => {
    const bytes = new Uint8Array(28);
    expect(wire.ARP_LAYOUT.check(bytes, 0, 28)).toEqual(new Fault("Hardware type is 0, must be 1", 0));
    wire.ARP_LAYOUT.write(bytes, 0, "hardware", 1);
    expect(wire.ARP_LAYOUT.check(bytes, 0, 28)).toEqual(
      new Fault("Protocol type is 0x0000, must be 0x0800", 2),
    );
  });

  it("names the bytes that are missing", () => {
    expect(wire.UDP_LAYOUT.check(new Uint8Array(9), 4, 9)).toEqual(
      new Fault("UDP header is cut short: 5 of 8 bytes", 4),
    );
  });
});

describe("a layout that cannot be", () => {
  const field = (name: string, bits: number) => ({ name, bits, label: name });
  it.each([
    ["is not whole bytes", [field("a", 7)]],
    ["has two fields of one name", [field("a", 4), field("a", 4)]],
    ["has a field of seven bytes", [field("a", 56)]],
    ["has a field that touches seven bytes", [field("a", 4), field("b", 48), field("c", 4)]],
  ])("is refused: it %s", (_, fields) => {
    expect(() => new Layout("bad", "none", fields)).toThrow(/^bad: /);
  });
});

describe("offsets for hot paths", () => {
  it.each([
    ["ethernet", wire.ETHERNET_LAYOUT, "ETHERNET", { dst: "DST", src: "SRC", type: "TYPE" }],
    ["vlan", wire.VLAN_LAYOUT, "VLAN", { priority: "TCI", type: "TYPE" }],
    ["llc", wire.LLC_LAYOUT, "LLC", { dsap: "DSAP", ssap: "SSAP", control: "CONTROL" }],
    ["snap", wire.SNAP_LAYOUT, "SNAP", { oui: "OUI", type: "TYPE" }],
    [
      "arp",
      wire.ARP_LAYOUT,
      "ARP",
      {
        hardware: "HARDWARE",
        protocol: "PROTOCOL",
        hardwareSize: "HARDWARE_SIZE",
        protocolSize: "PROTOCOL_SIZE",
        operation: "OPERATION",
        senderMac: "SENDER_MAC",
        senderIp: "SENDER_IP",
        targetMac: "TARGET_MAC",
        targetIp: "TARGET_IP",
      },
    ],
    [
      "ipv4",
      wire.IPV4_LAYOUT,
      "IPV4",
      {
        version: "VERSION_IHL",
        dscp: "TOS",
        totalLength: "TOTAL_LENGTH",
        id: "ID",
        reserved: "FLAGS",
        ttl: "TTL",
        protocol: "PROTOCOL",
        checksum: "CHECKSUM",
        src: "SRC",
        dst: "DST",
      },
    ],
    [
      "icmp echo",
      wire.ICMP_ECHO_LAYOUT,
      "ICMP",
      { type: "TYPE", code: "CODE", checksum: "CHECKSUM", id: "ID", sequence: "SEQUENCE" },
    ],
    [
      "icmp unreachable",
      wire.ICMP_UNREACHABLE_LAYOUT,
      "ICMP",
      { quoteWords: "QUOTE_LENGTH", nextHopMtu: "NEXT_HOP_MTU" },
    ],
    ["icmp redirect", wire.ICMP_REDIRECT_LAYOUT, "ICMP", { gateway: "GATEWAY" }],
    ["icmp parameter problem", wire.ICMP_PARAMETER_PROBLEM_LAYOUT, "ICMP", { pointer: "POINTER" }],
    [
      "igmp",
      wire.IGMP_LAYOUT,
      "IGMP",
      { type: "TYPE", maxResponse: "MAX_RESPONSE", checksum: "CHECKSUM", group: "GROUP" },
    ],
    [
      "udp",
      wire.UDP_LAYOUT,
      "UDP",
      { srcPort: "SRC_PORT", dstPort: "DST_PORT", length: "LENGTH", checksum: "CHECKSUM" },
    ],
    ["vxlan", wire.VXLAN_LAYOUT, "VXLAN", { reserved1: "FLAGS", vni: "VNI" }],
  ] as const)("are those of the layout: %s", (_, layout: wire.AnyLayout, prefix, names) => {
    const constants = wire as unknown as Record<string, number>;
    for (const [field, name] of Object.entries(names)) {
      const bitOffset = layout.fields.find((known) => known.name === field)!.bitOffset;
      expect(constants[`${prefix}_${name}`], name).toBe(bitOffset / 8);
    }
    const size =
      constants[`${prefix}_HEADER_SIZE`] ?? constants[`${prefix}_TAG_SIZE`] ?? constants[`${prefix}_SIZE`];
    expect(size).toBe(layout.size);
  });

  it("masks cut the fields out of the words that hold them", () => {
    const bytes = new Uint8Array(20);
    wire.IPV4_LAYOUT.write(bytes, 0, "dontFragment", 1);
    expect(toHex(bytes, 6, 8)).toBe(wire.IPV4_DF.toString(16));
    wire.IPV4_LAYOUT.write(bytes, 0, "dontFragment", 0);
    wire.IPV4_LAYOUT.write(bytes, 0, "moreFragments", 1);
    expect(toHex(bytes, 6, 8)).toBe(wire.IPV4_MF.toString(16));
    wire.IPV4_LAYOUT.write(bytes, 0, "moreFragments", 0);
    wire.IPV4_LAYOUT.write(bytes, 0, "fragmentOffset", 0xffff);
    expect(toHex(bytes, 6, 8)).toBe(wire.IPV4_OFFSET_MASK.toString(16));
  });
});

describe("the diagram of a layout", () => {
  it("is the one of RFC 791 §3.1, with narrow labels written downwards", () => {
    expect(`\n${renderDiagram(wire.IPV4_LAYOUT)}`).toBe(`
 0                   1                   2                   3
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|Version|  IHL  |   DSCP    |ECN|         Total length          |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|        Identification         |0|D|M|     Fragment offset     |
|                               | |F|F|                         |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
| Time to live  |   Protocol    |        Header checksum        |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|                            Source                             |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|                          Destination                          |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+`);
  });

  it("draws a field that goes over rows as one box", () => {
    expect(`\n${renderDiagram(wire.ETHERNET_LAYOUT)}`).toBe(`
 0                   1                   2                   3
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|                          Destination                          |
+                               +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|                               |                               |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+                               +
|                            Source                             |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|           EtherType           |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+`);
  });

  it.each(LAYOUTS)("has lines that fit and boxes that close: %s", (_, layout) => {
    const [, ones, ...rows] = renderDiagram(layout).split("\n");
    expect(ones!.length).toBe(Math.min(64, 16 * layout.size));
    for (const row of rows) {
      expect(row.length % 2).toBe(1);
      expect(row.length).toBeLessThanOrEqual(65);
      expect(row).toMatch(/^[+|].*[+|]$/);
    }
  });
});
