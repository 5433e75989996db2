import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  broadcastOf,
  formatIpv4,
  formatPrefix,
  inPrefix,
  ipv4,
  isLinkLocal,
  isLocalMulticast,
  isLoopback,
  isMulticast,
  isPrivate,
  isReserved,
  isZeroNet,
  lengthOfMask,
  maskOf,
  networkOf,
  parseInterfaceAddress,
  parseIpv4,
  parsePrefix,
} from "../../src/core/ipv4.js";
import {
  BROADCAST_MAC,
  formatMac,
  isGroupMac,
  macHi,
  macLo,
  macOf,
  multicastMac,
  parseMac,
  readMac,
  writeMac,
} from "../../src/core/mac.js";

const address = (text: string) => parseIpv4(text)!;
const anyAddress = fc.integer({ min: -0x80000000, max: 0x7fffffff });
const anyLength = fc.integer({ min: 0, max: 32 });

describe("IPv4 addresses", () => {
  it("are signed numbers that print and parse back", () => {
    expect(parseIpv4("255.255.255.255")).toBe(-1);
    expect(parseIpv4("10.0.0.1")).toBe(0x0a000001);
    fc.assert(fc.property(anyAddress, (bits) => parseIpv4(formatIpv4(bits)) === bits));
  });

  it.each([
    "",
    "1.2.3",
    "1.2.3.4.5",
    "256.1.1.1",
    "01.2.3.4",
    "1.2.3.4 ",
    "1.2.3.-4",
    "1.2.3.0x4",
    "a.b.c.d",
  ])("refuse %j, as inet_pton does", (text) => {
    expect(parseIpv4(text)).toBeUndefined();
  });

  it.each([
    [
      "RFC 1122 §3.2.1.3 loopback",
      isLoopback,
      ["127.0.0.0", "127.255.255.255"],
      ["126.255.255.255", "128.0.0.0"],
    ],
    ["RFC 5771 multicast", isMulticast, ["224.0.0.0", "239.255.255.255"], ["223.255.255.255", "240.0.0.0"]],
    [
      "RFC 5771 §4 local multicast",
      isLocalMulticast,
      ["224.0.0.0", "224.0.0.255"],
      ["224.0.1.0", "225.0.0.1"],
    ],
    [
      "RFC 1112 §4 class E",
      isReserved,
      ["240.0.0.0", "255.255.255.254"],
      ["239.255.255.255", "255.255.255.255"],
    ],
    ["RFC 1122 §3.2.1.3 this network", isZeroNet, ["0.0.0.0", "0.255.255.255"], ["1.0.0.0", "255.0.0.0"]],
    ["RFC 1918 10/8", isPrivate, ["10.0.0.0", "10.255.255.255"], ["9.255.255.255", "11.0.0.0"]],
    ["RFC 1918 172.16/12", isPrivate, ["172.16.0.0", "172.31.255.255"], ["172.15.255.255", "172.32.0.0"]],
    [
      "RFC 1918 192.168/16",
      isPrivate,
      ["192.168.0.0", "192.168.255.255"],
      ["192.167.255.255", "192.169.0.0"],
    ],
    [
      "RFC 3927 link-local",
      isLinkLocal,
      ["169.254.0.0", "169.254.255.255"],
      ["169.253.255.255", "169.255.0.0"],
    ],
  ] as const)("%s: holds exactly its range", (_, holds, inside, outside) => {
    expect(inside.map((text) => holds(address(text)))).toEqual([true, true]);
    expect(outside.map((text) => holds(address(text)))).toEqual([false, false]);
  });
});

describe("RFC 4632: prefixes", () => {
  it("have a mask of as many ones as their length", () => {
    expect([0, 1, 8, 20, 31, 32].map((length) => formatIpv4(maskOf(length)))).toEqual([
      "0.0.0.0",
      "128.0.0.0",
      "255.0.0.0",
      "255.255.240.0",
      "255.255.255.254",
      "255.255.255.255",
    ]);
    for (let length = 0; length <= 32; length++) expect(lengthOfMask(maskOf(length))).toBe(length);
    expect(lengthOfMask(address("255.0.255.0"))).toBeUndefined();
    expect(lengthOfMask(address("0.0.0.1"))).toBeUndefined();
  });

  it("hold their network, their broadcast, and nothing next to them", () => {
    fc.assert(
      fc.property(anyAddress, anyLength, (bits, length) => {
        const network = networkOf(bits, length);
        const broadcast = broadcastOf(bits, length);
        expect(inPrefix(bits, network, length)).toBe(true);
        expect(inPrefix(broadcast, network, length)).toBe(true);
        expect((broadcast >>> 0) - (network >>> 0)).toBe(2 ** (32 - length) - 1);
        if (length > 0) expect(inPrefix(ipv4(broadcast + 1), network, length)).toBe(false);
        if (length > 0) expect(inPrefix(ipv4(network - 1), network, length)).toBe(false);
      }),
    );
  });

  it.each([
    ["10.176.48.0/20", "10.176.48.0/20"],
    ["default", "0.0.0.0/0"],
    ["0/0", "0.0.0.0/0"],
    ["10.0/16", "10.0.0.0/16"],
    ["192.0.2.7", "192.0.2.7/32"],
    ["192.0.2.0/255.255.255.0", "192.0.2.0/24"],
  ])("read %s as %s", (text, prefix) => {
    expect(formatPrefix(parsePrefix(text)!)).toBe(prefix);
  });

  it.each([
    "10.0.0.1/24",
    "10.0.0.0/33",
    "10.0.0.0/",
    "10.0.0.0/8/8",
    "10",
    "/8",
    "10.0.0.0/255.0.255.0",
    "x",
  ])("refuse %j", (text) => {
    expect(parsePrefix(text)).toBeUndefined();
  });

  it("keep the host bits where an interface's address is read", () => {
    expect(parseInterfaceAddress("10.0.0.1/24")).toEqual({ address: address("10.0.0.1"), length: 24 });
    expect(parseInterfaceAddress("10.0.0.1")).toEqual({ address: address("10.0.0.1"), length: 32 });
    expect(parseInterfaceAddress("10.0.0.1/255.255.0.0")?.length).toBe(16);
    expect(parseInterfaceAddress("10.0.0.1/-1")).toBeUndefined();
  });
});

describe("IEEE 802 §8: MAC addresses", () => {
  const anyMac = fc.integer({ min: 0, max: 0xffffffffffff });

  it("print, parse, split into halves and lie in bytes without loss", () => {
    fc.assert(
      fc.property(anyMac, (mac) => {
        expect(parseMac(formatMac(mac))).toBe(mac);
        expect(macOf(macHi(mac), macLo(mac))).toBe(mac);
        const bytes = new Uint8Array(8);
        writeMac(bytes, 1, mac);
        expect(readMac(bytes, 1)).toBe(mac);
        expect([bytes[0], bytes[7]]).toEqual([0, 0]);
      }),
    );
  });

  it.each([
    ["02:00:00:00:00:0A", 0x02000000000a],
    ["2:0:0:0:0:a", 0x02000000000a],
    ["02-00-00-00-00-0a", 0x02000000000a],
    ["0200.0000.000a", 0x02000000000a],
    ["ff:ff:ff:ff:ff:ff", BROADCAST_MAC],
  ])("read %s", (text, mac) => {
    expect(parseMac(text)).toBe(mac);
  });

  it.each([
    "",
    "02:00:00:00:00",
    "02:00:00:00:00:00:00",
    "02:00-00:00:00:00",
    "0g:00:00:00:00:00",
    "020000000001",
  ])("refuse %j", (text) => {
    expect(parseMac(text)).toBeUndefined();
  });

  it("name a group exactly if the lowest bit of the first byte is set", () => {
    expect(isGroupMac(BROADCAST_MAC)).toBe(true);
    expect(isGroupMac(parseMac("01:80:c2:00:00:00")!)).toBe(true);
    expect(isGroupMac(parseMac("02:ff:ff:ff:ff:ff")!)).toBe(false);
  });

  it("RFC 1112 §6.4: carry the low 23 bits of a group", () => {
    expect(formatMac(multicastMac(address("224.0.0.1")))).toBe("01:00:5e:00:00:01");
    expect(formatMac(multicastMac(address("239.255.255.250")))).toBe("01:00:5e:7f:ff:fa");
    expect(multicastMac(address("224.128.0.1"))).toBe(multicastMac(address("225.0.0.1")));
  });
});
