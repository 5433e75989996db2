import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  equalBytes,
  fromHex,
  fromUtf8,
  readI32,
  readU16,
  readU32,
  toHex,
  utf8,
  writeU16,
  writeU32,
} from "../../src/core/bytes.js";

describe("big-endian fields", () => {
  it("are read as a DataView reads them", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), fc.nat(4), (bytes, at) => {
        const view = new DataView(bytes.buffer, bytes.byteOffset);
        expect(readU16(bytes, at)).toBe(view.getUint16(at));
        expect(readI32(bytes, at)).toBe(view.getInt32(at));
        expect(readU32(bytes, at)).toBe(view.getUint32(at));
      }),
    );
  });

  it("are written so that reading gives them back, and touch no other byte", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (value) => {
        const bytes = new Uint8Array(8).fill(0xaa);
        writeU32(bytes, 2, value);
        expect(readU32(bytes, 2)).toBe(value);
        writeU32(bytes, 2, value | 0);
        expect(readU32(bytes, 2)).toBe(value);
        writeU16(bytes, 2, value & 0xffff);
        expect(readU16(bytes, 2)).toBe(value & 0xffff);
        expect([bytes[0], bytes[1], bytes[6], bytes[7]]).toEqual([0xaa, 0xaa, 0xaa, 0xaa]);
      }),
    );
  });
});

describe("hexadecimal text", () => {
  it("gives the bytes back", () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => equalBytes(fromHex(toHex(bytes)), bytes)));
  });

  it("takes white space, colons and capitals", () => {
    expect(toHex(fromHex("DE:ad be\nEF"))).toBe("deadbeef");
    expect(toHex(Uint8Array.of(0, 1, 2, 255), 1, 3)).toBe("0102");
  });

  it.each(["0", "0g", "0x00", "12 3"])("throws on %j", (text) => {
    expect(() => fromHex(text)).toThrow("not hexadecimal");
  });
});

describe("equal bytes", () => {
  it("are equal in length and every byte", () => {
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true);
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false);
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2, 3))).toBe(false);
  });
});

describe("RFC 3629: UTF-8", () => {
  it("is written as TextEncoder writes it, a lone surrogate as U+FFFD included", () => {
    const encoder = new TextEncoder();
    const point = fc.oneof(fc.nat(0x10ffff), fc.nat(0x7ff), fc.integer({ min: 0xd7ff, max: 0xe000 }));
    const text = fc.array(point).map((points) => String.fromCodePoint(...points));
    fc.assert(fc.property(text, (text) => equalBytes(utf8(text), encoder.encode(text))));
    expect(toHex(utf8("a\ud800b"))).toBe("61efbfbd62");
  });

  it("gives the text back", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => fromUtf8(utf8(text)) === text));
    expect(fromUtf8(utf8("网络 ÿ ࠀ \u{10ffff}"))).toBe("网络 ÿ ࠀ \u{10ffff}");
  });

  it.each([
    ["an overlong form (§3)", "c0 80", 2],
    ["an overlong form of three", "e0 9f bf", 3],
    ["an overlong form of four", "f0 8f bf bf", 4],
    ["a surrogate", "ed a0 80", 3],
    ["a code point beyond U+10FFFF", "f4 90 80 80", 4],
    ["a lone continuation", "80", 1],
    ["a cut sequence", "e4 bd", 2],
    ["bytes that never occur", "fe ff", 2],
  ])("turns %s into one U+FFFD for each bad byte", (_, hex, count) => {
    expect(fromUtf8(fromHex(`41 ${hex} 42`))).toBe(`A${"\ufffd".repeat(count)}B`);
  });

  it("reads any bytes without throwing, and well-formed ones as TextDecoder does", () => {
    const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const text = fromUtf8(bytes);
        let expected: string | undefined;
        try {
          expected = strict.decode(bytes);
        } catch {
          expect(text).toContain("\ufffd");
        }
        if (expected !== undefined) expect(text).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });
});
