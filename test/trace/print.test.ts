import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex } from "../../src/core/index.js";
import { printPacket } from "../../src/trace/index.js";
import { frame, icmpMessage, ip, printableFrames, sampleFrames, text, udpDatagram } from "./sample-frames.js";

const echo = ip({ protocol: 1 }, icmpMessage("0800 0000 0001 0001", new Uint8Array(56)));
const hello = ip({ protocol: 17 }, udpDatagram(1000, 9, text("hello")));

describe("printing a packet as tcpdump does", () => {
  it("prints the line that everybody knows", () => {
    expect(printPacket(echo)).toBe("IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id 1, seq 1, length 64");
    expect(printPacket(hello)).toBe("IP 10.0.0.1.1000 > 10.0.0.2.9: UDP, length 5");
  });

  it("puts the time in front", () => {
    expect(printPacket(hello, "12:00:01.000500")).toBe(
      "12:00:01.000500 IP 10.0.0.1.1000 > 10.0.0.2.9: UDP, length 5",
    );
  });

  it("prints who asks whom in ARP, with padding counted", () => {
    const request = "0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002";
    const padded = fromHex(`ffffffffffff 020000000001 0806 ${request} ${"00".repeat(18)}`);
    expect(printPacket(padded)).toBe("ARP, Request who-has 10.0.0.2 tell 10.0.0.1, length 46");
  });

  it("adds the link header for -e and the IP header for -v", () => {
    expect(printPacket(hello, "", { link: true, verbose: 1 })).toBe(
      "02:00:00:00:00:01 > 02:00:00:00:00:02, ethertype IPv4 (0x0800), length 47: " +
        "(tos 0x0, ttl 64, id 4660, offset 0, flags [none], proto UDP (17), length 33)\n" +
        "    10.0.0.1.1000 > 10.0.0.2.9: UDP, length 5",
    );
  });

  it("dumps the bytes behind the link header for -X", () => {
    expect(printPacket(hello, "", { hex: "X" }).split("\n")).toEqual([
      "IP 10.0.0.1.1000 > 10.0.0.2.9: UDP, length 5",
      "\t0x0000:  4500 0021 1234 0000 4011 5496 0a00 0001  E..!.4..@.T.....",
      "\t0x0010:  0a00 0002 03e8 0009 000d a40e 6865 6c6c  ............hell",
      "\t0x0020:  6f                                       o",
    ]);
  });

  it("goes by the size on the wire where only the beginning was captured", () => {
    expect(printPacket(echo.subarray(0, 20), "", { originalSize: echo.length })).toBe("IP  [|ip]");
    expect(printPacket(echo.subarray(0, 50), "", { originalSize: echo.length })).toBe(
      "IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id 1, seq 1, length 64",
    );
  });

  it("shows what it cannot read as bytes", () => {
    expect(printPacket(frame("88b5", "0102"))).toBe(
      "02:00:00:00:00:01 > 02:00:00:00:00:02, ethertype Unknown (0x88b5), length 16: \n" +
        "\t0x0000:  0102                                     ..",
    );
  });

  it("says where bytes are missing and never throws, whatever the bytes", () => {
    expect(printPacket(new Uint8Array(5))).toBe(" [|ether]");
    const samples = [...sampleFrames(), ...printableFrames()];
    const changes = fc.array(fc.tuple(fc.nat({ max: 200 }), fc.nat({ max: 255 })), { maxLength: 6 });
    fc.assert(
      fc.property(fc.constantFrom(...samples), changes, fc.nat({ max: 200 }), (sample, edits, size) => {
        const bytes = sample.slice(0, size);
        for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
        for (const verbose of [0, 1, 2] as const)
          expect(typeof printPacket(bytes, "", { link: verbose === 1, verbose, hex: "XX" })).toBe("string");
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => void printPacket(bytes, "", { verbose: 2 })),
    );
  });
});
