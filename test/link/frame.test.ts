import { describe, expect, it } from "vitest";
import { crc32 } from "../../src/core/crc32.js";
import { FramePool, HEADROOM } from "../../src/link/frame-pool.js";

const bytesOf = (frame: { bytes: Uint8Array; start: number; end: number }) =>
  frame.bytes.slice(frame.start, frame.end);

describe("frames", () => {
  it("have headroom, so that an outer header is written in front without copying", () => {
    const pool = new FramePool();
    const frame = pool.from(Uint8Array.of(1, 2, 3));
    expect([frame.start, frame.size]).toEqual([HEADROOM, 3]);
    expect((HEADROOM + 14) % 4).toBe(0);
    frame.start -= 2;
    frame.bytes[frame.start] = 8;
    frame.bytes[frame.start + 1] = 9;
    expect([...bytesOf(frame)]).toEqual([8, 9, 1, 2, 3]);
  });

  it.each([0, 382, 383, 1514, 9000, 65_535, 100_000])("of %d bytes have room for all of them", (size) => {
    const pool = new FramePool();
    const frame = pool.take(size);
    expect(frame.size).toBe(size);
    expect(frame.bytes.length).toBeGreaterThanOrEqual(HEADROOM + size);
    frame.free();
    expect(pool.outstanding).toBe(0);
  });

  it("are reused, each time with a fresh id and clean marks", () => {
    const pool = new FramePool();
    const first = pool.take(60);
    const { id } = first;
    Object.assign(first, { cause: 5, sentFcs: 1, trusted: true, network: 144, start: 4, end: 500 });
    first.free();
    const second = pool.take(100);
    expect(second).toBe(first);
    expect(second.id).not.toBe(id);
    expect(second).toMatchObject({ cause: 0, sentFcs: -1, trusted: false, network: 0, start: HEADROOM });
    expect(second.size).toBe(100);
  });

  it("clone with the same id, bytes, marks and headroom, in a buffer of their own", () => {
    const pool = new FramePool();
    const frame = pool.from(Uint8Array.from({ length: 300 }, (_, i) => i));
    frame.start -= 50;
    frame.network = frame.start + 14;
    frame.cause = 7;
    frame.trusted = true;
    const copy = frame.clone();
    expect(bytesOf(copy)).toEqual(bytesOf(frame));
    expect(copy.start).toBe(frame.start);
    expect(copy).toMatchObject({ id: frame.id, cause: 7, trusted: true, network: frame.network });
    copy.bytes[copy.start] = 99;
    expect(frame.bytes[frame.start]).not.toBe(99);
    expect(pool.outstanding).toBe(2);
  });

  it("know their FCS: right until corrupted, then the sender's", () => {
    const pool = new FramePool();
    const frame = pool.from(Uint8Array.of(1, 2, 3, 4));
    const fcs = crc32(Uint8Array.of(1, 2, 3, 4));
    expect([frame.fcs(), frame.hasGoodFcs()]).toEqual([fcs, true]);
    frame.bytes[frame.start] = 2;
    expect(frame.fcs()).not.toBe(fcs);
    frame.sentFcs = fcs;
    expect([frame.fcs(), frame.hasGoodFcs()]).toEqual([fcs, false]);
    expect(frame.clone().hasGoodFcs()).toBe(false);
  });
});

describe("frame pool in debug mode", () => {
  it("answers any touch of a freed frame with the place where it was freed", () => {
    const frame = new FramePool(true).take(60);
    frame.free();
    for (const touch of [
      () => frame.bytes,
      () => frame.start,
      () => frame.end,
      () => frame.id,
      () => frame.size,
      () => frame.fcs(),
      () => frame.clone(),
      () => {
        frame.end = 5;
      },
    ])
      expect(touch).toThrow(/^frame 1 was used after it was freed at .*frame\.test/);
  });

  it("refuses a second free and names the first", () => {
    const frame = new FramePool(true).take(60);
    frame.free();
    expect(() => frame.free()).toThrow(/^frame 1 was freed twice.*frame\.test/);
  });

  it("lists what was never freed, with the place where it was taken", () => {
    const pool = new FramePool(true);
    const kept = pool.take(60);
    pool.take(60).free();
    const copy = kept.clone();
    expect(pool.leaks()).toHaveLength(2);
    expect(pool.leaks()[0]).toMatch(/^frame 1 taken at .*frame\.test/);
    kept.free();
    copy.free();
    expect(pool.leaks()).toEqual([]);
    expect(pool.outstanding).toBe(0);
  });

  it("never hands out a freed frame again", () => {
    const pool = new FramePool(true);
    const first = pool.take(60);
    first.free();
    expect(pool.take(60) === first).toBe(false);
  });
});
