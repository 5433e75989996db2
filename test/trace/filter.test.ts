import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileFilter, FilterError } from "../../src/trace/index.js";
import {
  brokenFrames,
  frame,
  icmpMessage,
  ip,
  ipv4Packet,
  join,
  sampleFrames,
  udpDatagram,
} from "./sample-frames.js";

const passes = (expression: string, bytes: Uint8Array): boolean =>
  compileFilter(expression)(bytes, 0, bytes.length);

const ping = ip({ protocol: 1 }, icmpMessage("0800 0000 0001 0001"));
const dns = ip({ protocol: 17 }, udpDatagram(40000, 53, "00"));
const taggedPing = frame(
  "8100",
  join("0005 0800", ipv4Packet({ protocol: 1 }, icmpMessage("0800 0000 00010001"))),
);

describe("pcap-filter(7): what an expression lets pass", () => {
  it("lets everything pass if it is empty", () => {
    expect(passes("", ping)).toBe(true);
    expect(passes("  ", new Uint8Array(0))).toBe(true);
  });

  it.each([
    ["icmp", true, false],
    ["host 10.0.0.1", true, true],
    ["src 10.0.0.2", false, false],
    ["net 10.0.0.0/8 and not port 53", true, false],
    ["port 53 or 80", false, true],
    ["udp dst portrange 50-60", false, true],
    ["icmp[icmptype] = icmp-echo", true, false],
    ["icmp[icmptype] != icmp-echo", false, false],
    ["ip[8] >= 64 and (ip[0] & 15) * 4 = 20", true, true],
    ["not (icmp or udp)", false, false],
  ])("%s", (expression, passesPing, passesDns) => {
    expect([passes(expression, ping), passes(expression, dns)]).toEqual([passesPing, passesDns]);
  });

  it("looks behind the tag after vlan", () => {
    expect(passes("icmp", taggedPing)).toBe(false);
    expect(passes("vlan and icmp", taggedPing)).toBe(true);
    expect(passes("vlan 5 and host 10.0.0.1", taggedPing)).toBe(true);
    expect(passes("vlan 6", taggedPing)).toBe(false);
  });

  it("says no, even behind not, where it would read beyond the frame", () => {
    expect(passes("not ether[100] = 1", ping)).toBe(false);
    expect(passes("icmp or ether[100] = 1", ping)).toBe(true);
  });

  it("goes by the size on the wire, not by what was captured of it", () => {
    expect(compileFilter("greater 1000")(ping, 0, ping.length, 1500)).toBe(true);
    expect(compileFilter("greater 1000")(ping, 0, ping.length)).toBe(false);
  });

  it("takes the netmask that ip broadcast goes by", () => {
    const toNet = ip({ protocol: 17, dst: 0x0a0000ff }, udpDatagram(1, 2, ""));
    const passesNet = compileFilter("ip broadcast", { netmask: 0xffffff00 });
    expect(passesNet(toNet, 0, toNet.length)).toBe(true);
    expect(passes("ip broadcast", toNet)).toBe(false);
  });

  it("starts each frame afresh", () => {
    const filter = compileFilter("ip[8] = 64");
    const short = ping.subarray(0, 15);
    expect(filter(short, 0, short.length)).toBe(false);
    expect(filter(ping, 0, ping.length)).toBe(true);
  });
});

describe("pcap-filter(7): errors", () => {
  it.each([
    [
      "10.0.0.1",
      1,
      "expected a primitive such as 'host 10.0.0.1', 'port 53' or 'icmp' (an address alone needs 'host' in front), found '10.0.0.1'",
    ],
    ["port", 5, "expected a port, found the end"],
    ["host icmp", 6, "expected an address, found the keyword 'icmp'"],
    [
      "ip proto udp",
      10,
      "expected a protocol's number, or its name behind a backslash such as \\udp, found the keyword 'udp'",
    ],
    ["icmp and (port 53", 18, "expected ')', found the end"],
    ["icmp arp", 6, "expected 'and', 'or' or the end, found the keyword 'arp'"],
    ["ip[8] 5", 7, "expected a comparison such as '=' or '<', found '5'"],
    ["ip[8 = 5", 6, "expected ']', found '='"],
    ["net 10.0.0.1/8", 5, "10.0.0.1 has bits beyond its mask"],
    ["net 10.0.0.0/33", 5, "a prefix length is at most 32"],
    ["host pc1", 6, "unknown host 'pc1': only IPv4 addresses are known"],
    ["host 300.1.1.1", 6, "300.1.1.1 is no IPv4 address"],
    ["port 70000", 6, "port 70000 is above 65535"],
    ["port nonsense", 6, "unknown port 'nonsense'"],
    ["udp port http", 10, "this service is one of tcp, not of udp"],
    ["icmp port 3", 11, "'icmp' cannot be in front of 'port'"],
    ["tcp net 10.0.0.0/8", 9, "'tcp' cannot be in front of 'net'"],
    ["ether host 10.0.0.1", 12, "expected a MAC address behind 'ether'"],
    ["host 02:00:00:00:00:01", 6, "a MAC address needs 'ether' in front"],
    ["ip[0:3] = 1", 1, "a size is 1, 2 or 4 bytes"],
    ["ip[0] / 0 = 1", 7, "division by zero"],
    ["vlan 5000", 1, "VLAN id 5000 is above 4095"],
    ["inbound", 1, "'inbound' is not supported"],
    ["host 10.0.0.1 and @", 19, "no expression holds the character '@'"],
  ])("%s", (expression, column, message) => {
    let error: unknown;
    try {
      compileFilter(expression);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(FilterError);
    expect(error).toMatchObject({ column, message });
  });

  it("points at the place", () => {
    expect(new FilterError("no", 6).show("host x")).toBe("host x\n     ^ no");
  });

  it("refuses deep nesting instead of exhausting the stack", () => {
    for (const deep of ["(", "not ", "-", "port (", "ip[", "host not "])
      expect(() => compileFilter(deep.repeat(100_000))).toThrow(FilterError);
  });

  it("answers any words with a filter or a FilterError", () => {
    const words = `ip arp tcp udp icmp ether vlan host net port portrange proto src dst and or not ( ) [ ] : / = != < & + -
      10.0.0.1 10.0 53 0x800 02:00:00:00:00:01 http \\udp len less greater broadcast multicast mask icmptype 1-5`;
    const frames = [...sampleFrames(), ...brokenFrames()].filter((_, at) => at % 20 === 0);
    const expressions = fc.array(fc.constantFrom(...words.split(/\s+/)), { maxLength: 12 });
    fc.assert(
      fc.property(expressions, (parts) => {
        try {
          const filter = compileFilter(parts.join(" "));
          for (const bytes of frames) filter(bytes, 0, bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(FilterError);
        }
      }),
      { numRuns: 3000 },
    );
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (anything) => {
        try {
          compileFilter(anything);
        } catch (error) {
          expect(error).toBeInstanceOf(FilterError);
        }
      }),
    );
  });
});
