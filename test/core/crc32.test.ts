import zlib from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, utf8 } from "../../src/core/bytes.js";
import { crc32 } from "../../src/core/crc32.js";

/** Bit by bit, as the polynomial is defined: the oracle. */
function slowCrc(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

describe("IEEE 802.3 §3.2.9: CRC-32", () => {
  it.each([
    ["", 0],
    ["a", 0xe8b7be43],
    ["123456789", 0xcbf43926],
    ["The quick brown fox jumps over the lazy dog", 0x414fa339],
  ])("of %j is the published value", (text, value) => {
    expect(crc32(utf8(text))).toBe(value);
  });

  it("of 32 bytes of zeros and of ones is the published value", () => {
    expect(crc32(new Uint8Array(32))).toBe(0x190a55ad);
    expect(crc32(new Uint8Array(32).fill(0xff))).toBe(0xff6cab0b);
  });

  it("leaves the residue 0x2144df1c over a frame with its FCS, least significant byte first", () => {
    const frame = fromHex(`ffffffffffff 020000000001 0806 ${"00".repeat(46)}`);
    const fcs = crc32(frame);
    const wire = Uint8Array.of(...frame, fcs & 255, (fcs >> 8) & 255, (fcs >> 16) & 255, fcs >>> 24);
    expect(crc32(wire)).toBe(0x2144df1c);
  });

  it("agrees with the definition on any range of any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(69), (bytes, cut) => {
        const from = Math.min(cut, bytes.length);
        expect(crc32(bytes, from)).toBe(slowCrc(bytes.slice(from)));
        expect(crc32(bytes, from, bytes.length, crc32(bytes, 0, from))).toBe(slowCrc(bytes));
      }),
    );
  });

  it("agrees with zlib", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => crc32(bytes) === zlib.crc32(bytes)));
  });

  it("sees every single flipped bit of a frame", () => {
    const frame = Uint8Array.from({ length: 64 }, (_, i) => i * 37);
    const good = crc32(frame);
    for (let bit = 0; bit < frame.length * 8; bit++) {
      frame[bit >> 3]! ^= 1 << (bit & 7);
      expect(crc32(frame)).not.toBe(good);
      frame[bit >> 3]! ^= 1 << (bit & 7);
    }
  });
});
