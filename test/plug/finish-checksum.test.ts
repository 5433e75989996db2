import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { writeU16 } from "../../src/core/bytes.js";
import { addToSum, foldChecksum } from "../../src/core/checksum.js";
import { finishChecksum } from "../../src/plug/finish-checksum.js";

interface Shape {
  readonly type: 4 | 6;
  readonly protocol: 6 | 17;
  readonly addresses: Uint8Array;
  readonly payload: Uint8Array;
}

/** A frame whose checksum field holds `field` of the sum over the pseudo-header. */
function packet({ type, protocol, addresses, payload }: Shape): {
  frame: Uint8Array;
  at: number;
  pseudo: number;
} {
  const header = protocol === 6 ? 20 : 8;
  const ip = type === 4 ? 20 : 40;
  const size = header + payload.length;
  const frame = new Uint8Array(14 + ip + size);
  writeU16(frame, 12, type === 4 ? 0x0800 : 0x86dd);
  if (type === 4) {
    frame[14] = 0x45;
    writeU16(frame, 16, ip + size);
    frame[23] = protocol;
    frame.set(addresses.subarray(0, 8), 26);
  } else {
    frame[14] = 0x60;
    writeU16(frame, 18, size);
    frame[20] = protocol;
    frame.set(addresses, 22);
  }
  frame.set(payload, 14 + ip + header);
  const pseudo = addToSum(addresses, 0, type === 4 ? 8 : 32, protocol + size);
  return { frame, at: 14 + ip + (protocol === 6 ? 16 : 6), pseudo };
}

const shapes: fc.Arbitrary<Shape> = fc.record({
  type: fc.constantFrom(4, 6),
  protocol: fc.constantFrom(6, 17),
  addresses: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  payload: fc.uint8Array({ maxLength: 40 }),
});

const sumOf = (frame: Uint8Array, type: 4 | 6, pseudo: number): number =>
  foldChecksum(addToSum(frame, type === 4 ? 34 : 54, frame.length, pseudo));

describe("a checksum that a kernel left to the network card", () => {
  it("is finished, for TCP and UDP over IPv4 and IPv6", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { frame, at, pseudo } = packet(shape);
        writeU16(frame, at, ~foldChecksum(pseudo));
        finishChecksum(frame);
        expect(sumOf(frame, shape.type, pseudo)).toBe(0);
      }),
    );
  });

  it("is left alone when it is finished, and when it is simply wrong", () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 0, max: 0xffff }), (shape, error) => {
        const { frame, at, pseudo } = packet(shape);
        const right = sumOf(frame, shape.type, pseudo);
        const partial = ~foldChecksum(pseudo) & 0xffff;
        const field = right ^ error;
        fc.pre(field === right || field !== partial);
        writeU16(frame, at, field);
        const before = frame.slice();
        finishChecksum(frame);
        expect(frame).toEqual(before);
      }),
    );
  });

  it("is left alone in a fragment, whose rest is elsewhere", () => {
    const { frame, at, pseudo } = packet({
      type: 4,
      protocol: 17,
      addresses: new Uint8Array(32).fill(9),
      payload: new Uint8Array(8).fill(7),
    });
    writeU16(frame, at, ~foldChecksum(pseudo));
    writeU16(frame, 20, 0x2000);
    const before = frame.slice();
    finishChecksum(frame);
    expect(frame).toEqual(before);
  });

  it("never throws and never writes outside, whatever the bytes", () => {
    const types = fc.constantFrom([8, 0], [0x86, 0xdd]);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 14, maxLength: 120 }), types, (bytes, type) => {
        bytes.set(type, 12);
        const size = bytes.length;
        finishChecksum(bytes);
        expect(bytes.length).toBe(size);
      }),
      { numRuns: 1000 },
    );
  });
});
