/** What holds for every codec in the registry. */
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toHex } from "../../src/core/bytes.js";
import { type AnyLayout, CODECS, type Codec, encode, Fault } from "../../src/wire/index.js";
import { PSEUDO_SUM, SUBJECTS, type Subject } from "./arbitraries.js";

const parse = (codec: Codec, bytes: Uint8Array): unknown => codec.parse(bytes, 0, bytes.length, PSEUDO_SUM);

const flipped = (bytes: Uint8Array, bit: number): Uint8Array => {
  const copy = bytes.slice();
  copy[bit >> 3]! ^= 0x80 >> (bit & 7);
  return copy;
};

const fieldAt = (layout: AnyLayout, bit: number) =>
  layout.fields.find((field) => bit >= field.bitOffset && bit < field.bitOffset + field.bits);

function bytesOfHeader({ codec }: Subject, value: unknown): number {
  const withPayload = value as { payload: Uint8Array };
  return codec.size(value) - withPayload.payload.length;
}

it("every codec of the registry is under contract", () => {
  expect(SUBJECTS.map((subject) => subject.codec)).toEqual(CODECS);
});

describe.each(SUBJECTS.map((subject) => [subject.codec.name, subject] as const))("%s", (_, subject) => {
  const { codec, values } = subject;

  it("parses what it emits to the same value", () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(parse(codec, encode(codec, value, PSEUDO_SUM))).toEqual(value);
      }),
    );
  });

  it("writes exactly as many bytes as it says, wherever it is told to, over whatever was there", () => {
    fc.assert(
      fc.property(values, fc.nat(9), (value, at) => {
        const alone = encode(codec, value, PSEUDO_SUM);
        const room = new Uint8Array(at + alone.length + 5).fill(0xa5);
        expect(codec.emit(value, room, at, PSEUDO_SUM)).toBe(at + alone.length);
        expect(toHex(room, at, at + alone.length)).toBe(toHex(alone));
        expect(toHex(room, 0, at) + toHex(room, at + alone.length)).toBe("a5".repeat(at + 5));
      }),
    );
  });

  it("parses in the middle of an array as it does alone", () => {
    fc.assert(
      fc.property(values, fc.nat(9), (value, at) => {
        const alone = encode(codec, value, PSEUDO_SUM);
        const room = new Uint8Array(at + alone.length + 5).fill(0xa5);
        room.set(alone, at);
        expect(codec.parse(room, at, at + alone.length, PSEUDO_SUM)).toEqual(value);
      }),
    );
  });

  it("finds every cut", () => {
    fc.assert(
      fc.property(values, (value) => {
        const bytes = encode(codec, value, PSEUDO_SUM);
        for (let size = 0; size < bytes.length; size++) {
          const cut = parse(codec, bytes.slice(0, size));
          if (subject.endsItself || size < bytesOfHeader(subject, value)) expect(cut).toBeInstanceOf(Fault);
          else if (!(cut instanceof Fault)) expect(cut).not.toEqual(value);
        }
      }),
    );
  });

  it("passes over no flipped bit but the reserved ones, even under a right checksum", () => {
    fc.assert(
      fc.property(values, (value) => {
        const bytes = encode(codec, value, PSEUDO_SUM);
        const whole = parse(codec, bytes);
        for (let bit = 0; bit < 8 * bytes.length; bit++) {
          const changed = flipped(bytes, bit);
          const field = fieldAt(subject.layout(value), bit);
          const reserved = field?.ignored === true;
          const same = (of: unknown) => isDeepStrictEqual(of, whole);
          const found = !same(parse(codec, changed));
          if (!found && !(reserved && subject.reseal === undefined)) expect.fail(`bit ${bit} is passed over`);
          if (subject.reseal === undefined || field?.name === "checksum") continue;
          subject.reseal(changed);
          if (same(parse(codec, changed)) !== reserved)
            expect.fail(`bit ${bit} is ${reserved ? "not " : ""}passed over under a right checksum`);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("accepts reserved bits that are set", () => {
    fc.assert(
      fc.property(values, (value) => {
        const bytes = encode(codec, value, PSEUDO_SUM);
        const layout = subject.layout(value);
        for (const field of layout.fields)
          if (field.ignored) layout.write(bytes, 0, field.name, 2 ** field.bits - 1);
        subject.reseal?.(bytes);
        expect(parse(codec, bytes)).toEqual(value);
      }),
    );
  });

  it("says where and why, and never throws, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        const result = parse(codec, bytes);
        if (!(result instanceof Fault)) return;
        expect(result.message).toMatch(/^[A-Z0-9][^\n]+[^.]$/);
        expect(result.at).toBeGreaterThanOrEqual(0);
        expect(result.at).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });

  it("emits what it has parsed from changed messages, and parses it again to the same", () => {
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 });
    fc.assert(
      fc.property(values, edits, (value, changes) => {
        const bytes = encode(codec, value, PSEUDO_SUM);
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        subject.reseal?.(bytes);
        const result = parse(codec, bytes);
        if (result instanceof Fault) return;
        expect(parse(codec, encode(codec, result, PSEUDO_SUM))).toEqual(result);
      }),
    );
  });
});
