import { describe, expect, it } from "vitest";
import { hashText, RunningHash } from "../../src/core/hash.js";
import { RandomStream } from "../../src/core/random.js";

const first = (stream: RandomStream, count: number) => Array.from({ length: count }, () => stream.u32());

describe("random streams", () => {
  it("give the same numbers for the same seed and name, for ever", () => {
    expect(first(new RandomStream(1, "pc1"), 100)).toEqual(first(new RandomStream(1, "pc1"), 100));
    // These are part of the contract: a lab's fingerprint rests on them.
    expect(first(new RandomStream(1, "pc1"), 4)).toMatchInlineSnapshot(`
      [
        2346742131,
        3265609448,
        3027949173,
        2098604660,
      ]
    `);
  });

  it("are others for another name or another seed", () => {
    const streams = [
      new RandomStream(1, "pc1"),
      new RandomStream(1, "pc2"),
      new RandomStream(1, "pc"),
      new RandomStream(2, "pc1"),
      new RandomStream(0, "pc1"),
      new RandomStream(-2, "pc1"),
    ];
    const numbers = streams.flatMap((stream) => first(stream, 50));
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it("do not disturb each other", () => {
    const alone = first(new RandomStream(7, "a"), 20);
    const a = new RandomStream(7, "a");
    const b = new RandomStream(7, "b");
    const mixed = Array.from({ length: 20 }, () => {
      b.u32();
      return a.u32();
    });
    expect(mixed).toEqual(alone);
  });

  it("are not correlated between neighbouring names", () => {
    const counts = new Array(16).fill(0);
    for (let i = 0; i < 16_000; i++) counts[new RandomStream(1, `pc${i}`).below(16)]++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(160);
  });

  it("spread evenly: 16 classes of 160,000 numbers, each within five deviations", () => {
    const stream = new RandomStream(3, "spread");
    const counts = new Array(16).fill(0);
    for (let i = 0; i < 160_000; i++) counts[stream.below(16)]++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(485);
  });

  it("keep the bounds of fraction, below and chance", () => {
    const stream = new RandomStream(4, "bounds");
    for (let i = 0; i < 10_000; i++) {
      const fraction = stream.fraction();
      expect(fraction >= 0 && fraction < 1).toBe(true);
      expect(stream.below(1)).toBe(0);
      expect(stream.chance(0)).toBe(false);
      expect(stream.chance(1)).toBe(true);
    }
  });
});

describe("hashes", () => {
  it("of text are MurmurHash3-mixed 32-bit numbers that depend on the seed", () => {
    expect(hashText("pc1")).toBe(hashText("pc1"));
    expect(hashText("pc1")).not.toBe(hashText("pc1", 1));
    expect(hashText("ab")).not.toBe(hashText("ba"));
  });

  it("running: every byte, length and order counts", () => {
    const digest = (...parts: (number | number[])[]) => {
      const hash = new RunningHash();
      for (const part of parts)
        if (typeof part === "number") hash.number(part);
        else hash.bytes(Uint8Array.from(part), 0, part.length);
      return hash.digest();
    };
    const bytes = [1, 2, 3, 4, 5, 6, 7];
    const variants = [
      digest(bytes),
      digest([...bytes, 0]),
      digest([1, 2, 3], [4, 5, 6, 7]),
      digest(bytes.toReversed()),
      digest(5, bytes),
      digest(bytes, 5),
      digest(2 ** 32 + 5, bytes),
      ...bytes.map((_, i) => digest(bytes.with(i, 99))),
    ];
    expect(new Set(variants).size).toBe(variants.length);
    expect(digest(bytes)).toBe(digest(bytes));
    expect(digest(bytes)).toMatch(/^[0-9a-f]{16}$/);
  });

  it("running: takes the range it is given", () => {
    const whole = new RunningHash();
    whole.bytes(Uint8Array.of(9, 1, 2, 3, 4, 5, 9), 1, 6);
    const part = new RunningHash();
    part.bytes(Uint8Array.of(1, 2, 3, 4, 5), 0, 5);
    expect(whole.digest()).toBe(part.digest());
  });
});
