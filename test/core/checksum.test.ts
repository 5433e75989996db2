import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, readU16, writeU16 } from "../../src/core/bytes.js";
import { addToSum, checksum, foldChecksum, updateChecksum } from "../../src/core/checksum.js";

/** The definition, word by word: the oracle. */
function slowChecksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) {
    sum += bytes[i]! * 256 + (bytes[i + 1] ?? 0);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return 0xffff - sum;
}

describe("RFC 1071: the Internet checksum", () => {
  it("gives the sum of the example in §3", () => {
    const example = fromHex("00 01 f2 03 f4 f5 f6 f7");
    expect(addToSum(example, 0, 8, 0)).toBe(0x2ddf0);
    expect(checksum(example, 0, 8)).toBe(~0xddf2 & 0xffff);
  });

  it("is right for the header of a real IPv4 packet, and zero over a header that holds it", () => {
    const header = fromHex("4500 0073 0000 4000 4011 0000 c0a8 0001 c0a8 00c7");
    expect(checksum(header, 0, 20)).toBe(0xb861);
    writeU16(header, 10, 0xb861);
    expect(checksum(header, 0, 20)).toBe(0);
  });

  it("pads an odd last byte with zero (§4.1)", () => {
    expect(checksum(fromHex("0102 03"), 0, 3)).toBe(checksum(fromHex("0102 0300"), 0, 4));
  });

  it("agrees with the definition on any bytes, whole or in a range", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(79), (bytes, cut) => {
        const from = Math.min(cut, bytes.length);
        expect(checksum(bytes, from, bytes.length)).toBe(slowChecksum(bytes.slice(from)));
      }),
    );
  });

  it("sums parts of even size in any order (§2 A)", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 40, maxLength: 64 }), fc.nat(19), (bytes, half) => {
        const cut = 2 * half;
        const back = addToSum(bytes, cut, bytes.length, 0);
        expect(foldChecksum(addToSum(bytes, 0, cut, back))).toBe(checksum(bytes, 0, bytes.length));
      }),
    );
  });

  it("folds the sum of a jumbo of all ones without loss", () => {
    const jumbo = new Uint8Array(65_536).fill(0xff);
    expect(checksum(jumbo, 0, jumbo.length)).toBe(0);
    expect(foldChecksum(2 ** 40)).toBe(~(2 ** 8) & 0xffff);
  });
});

describe("RFC 1624 §3: incremental update", () => {
  it("gives the example of §4, where equation 2 of RFC 1141 fails", () => {
    expect(updateChecksum(0xdd2f, 0x5555, 0x3285)).toBe(0x0000);
  });

  it("equals a recomputation after any change of any word", () => {
    const word = fc.integer({ min: 0, max: 0xffff });
    const corner = fc.oneof(fc.constantFrom(0, 1, 0xfffe, 0xffff), word);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), corner, corner, (header, old, next) => {
        header[0] = 0x45; // as in any IPv4 header the other words do not sum to zero
        writeU16(header, 8, old);
        writeU16(header, 10, 0);
        const before = checksum(header, 0, 20);
        writeU16(header, 8, next);
        expect(updateChecksum(before, old, next)).toBe(checksum(header, 0, 20));
      }),
      { numRuns: 2000 },
    );
  });

  it("undoes itself for every field and a falling TTL", () => {
    for (let field = 0; field <= 0xffff; field++) {
      const there = updateChecksum(field, 0x4006, 0x3f06);
      const back = updateChecksum(there, 0x3f06, 0x4006);
      // 0x0000 and 0xffff are the same number in ones' complement; no header that is not all zero yields 0xffff.
      if (field !== 0xffff) expect(back).toBe(field);
    }
  });

  it("holds over a router's chain of 255 decrements", () => {
    const header = fromHex("4500 0054 1c46 4000 ff01 0000 ac10 0a63 ac10 0a0c");
    writeU16(header, 10, checksum(header, 0, 20));
    for (let ttl = 255; ttl > 0; ttl--) {
      const old = readU16(header, 8);
      header[8] = ttl - 1;
      writeU16(header, 10, updateChecksum(readU16(header, 10), old, readU16(header, 8)));
      expect(checksum(header, 0, 20)).toBe(0);
    }
  });
});
