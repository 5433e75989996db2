import { describe, expect, it } from "vitest";
import type { DropReason } from "../../src/core/drop-reason.js";
import type { Impairments } from "../../src/link/impairments.js";
import { integerPower } from "../../src/link/impairments.js";
import type { LinkTap } from "../../src/link/world.js";
import { twoSinks } from "./two-sinks.js";

/** Sends frames through an impaired cable and runs to the end; nothing may leak. */
function carry(impairments: Partial<Impairments>, count: number, { size = 60, seed = 1 } = {}) {
  const bench = twoSinks({ queueFrames: count }, { seed, debugFrames: false });
  bench.cable.ab.impair(impairments);
  const ids = bench.send(count, size);
  bench.engine.run();
  expect(bench.world.frames.outstanding).toBe(0);
  return { ...bench, ids, received: bench.right.ids };
}

const isSorted = (numbers: number[]) => numbers.every((n, i) => i === 0 || numbers[i - 1]! <= n);

/** How many bits differ. */
function distance(a: Uint8Array, b: Uint8Array): number {
  let bits = 0;
  for (let i = 0; i < a.length; i++) for (let x = a[i]! ^ b[i]!; x !== 0; x &= x - 1) bits++;
  return bits;
}

describe("loss", () => {
  it("of 0 loses nothing, of 1 everything, each counted", () => {
    expect(carry({ loss: 0 }, 100).received).toHaveLength(100);
    const all = carry({ loss: 1 }, 100);
    expect(all.received).toHaveLength(0);
    expect(all.cable.ab.drops.get("link-loss")).toBe(100);
  });

  it("of a third loses about a third, and keeps the order of the others", () => {
    const { received, ids, cable } = carry({ loss: 1 / 3 }, 3000);
    expect(Math.abs(received.length - 2000)).toBeLessThan(130); // five deviations
    expect(isSorted(received)).toBe(true);
    expect(received.length + cable.ab.drops.get("link-loss")!).toBe(ids.length);
  });

  it("concerns its own direction only", () => {
    const { engine, left, b, send } = carry({ loss: 1 }, 5);
    send(5, 60, b);
    engine.run();
    expect(left.arrivals).toHaveLength(5);
  });
});

describe("the sender's queue", () => {
  it.each<[string, Partial<Impairments>, number]>([
    ["lost", { loss: 1 }, 0],
    ["held back", { reorder: 1 }, 6],
    ["duplicated", { duplicate: 1 }, 12],
  ])("holds frames that will be %s like any others", (_, impairments, arrivals) => {
    const { engine, right, cable, send } = twoSinks({ queueFrames: 5 });
    cable.ab.impair(impairments);
    send(10);
    expect(cable.ab.queued).toBe(5);
    expect(cable.ab.drops.get("link-queue-full")).toBe(4);
    engine.run();
    expect(right.arrivals).toHaveLength(arrivals);
  });
});

describe("delay and jitter", () => {
  it("delay adds to the propagation delay", () => {
    expect(carry({ delay: 1_000_000 }, 1).right.times).toEqual([1_000_000 + 576 + 500]);
  });

  it("jitter varies the delay within its bounds and keeps the order", () => {
    const { received, right, ids } = carry({ delay: 1_000_000, jitter: 400_000 }, 2000);
    expect(received).toEqual(ids);
    expect(isSorted(right.times)).toBe(true);
    const late = right.times.map((time, i) => time - (i * 672 + 576 + 500));
    expect(Math.min(...late)).toBeGreaterThanOrEqual(600_000);
    expect(Math.max(...late)).toBeLessThanOrEqual(1_400_000);
    expect(new Set(late).size).toBeGreaterThan(5);
  });

  it("jitter never lets a frame arrive before the wire allows", () => {
    const { right } = carry({ jitter: 1_000_000 }, 200);
    right.times.forEach((time, i) => {
      expect(time).toBeGreaterThanOrEqual(i * 672 + 576 + 500);
    });
  });
});

describe("duplication and reordering", () => {
  it("duplicates arrive twice, with the same id and bytes, next to each other", () => {
    const { received, ids, right } = carry({ duplicate: 1 }, 20);
    expect(received).toEqual(ids.flatMap((id) => [id, id]));
    for (let i = 0; i < 40; i += 2) expect(right.arrivals[i]!.bytes).toEqual(right.arrivals[i + 1]!.bytes);
  });

  it("a tenth duplicated keeps the order", () => {
    const { received, ids } = carry({ duplicate: 0.1 }, 2000);
    expect(isSorted(received)).toBe(true);
    expect(new Set(received).size).toBe(ids.length);
    expect(Math.abs(received.length - 2200)).toBeLessThan(70);
  });

  it("a reordered frame is overtaken by those behind it, and none is lost", () => {
    const { received, ids } = carry({ reorder: 0.1, reorderDelay: 50_000 }, 1000);
    expect(isSorted(received)).toBe(false);
    expect(received.toSorted((x, y) => x - y)).toEqual(ids);
    const heldBack = received.filter((id, i) => received.slice(0, i).some((before) => before > id));
    expect(Math.abs(heldBack.length - 100)).toBeLessThan(50);
  });

  it("a cut loses those that are held back as well", () => {
    const { world, engine, right, cable, send } = twoSinks();
    cable.ab.impair({ reorder: 1, reorderDelay: 1_000_000 });
    send(7);
    engine.run(500_000);
    cable.setUp(false);
    engine.run();
    expect(right.arrivals).toEqual([]);
    expect(cable.ab.drops.get("link-down")).toBe(7);
    expect(world.frames.leaks()).toEqual([]);
  });
});

describe("corruption", () => {
  it("flips exactly one bit, anywhere in the frame, and the FCS then is bad", () => {
    const { right } = carry({ corrupt: 1 }, 400, { size: 100 });
    const places = new Set<number>();
    right.arrivals.forEach(({ bytes, goodFcs }, i) => {
      const sent = new Uint8Array(100).fill(i + 1);
      expect(distance(bytes, sent)).toBe(1);
      expect(goodFcs).toBe(false);
      places.add(bytes.findIndex((byte, at) => byte !== sent[at]));
    });
    expect(right.arrivals).toHaveLength(400);
    expect(places.size).toBeGreaterThan(90);
    expect([...places].every((place) => place >= 0 && place < 100)).toBe(true);
  });

  it("touches neither the frames that it spares nor the FCS of a clean link", () => {
    const { right } = carry({ corrupt: 0.5 }, 400);
    const spared = right.arrivals.filter(({ goodFcs }) => goodFcs);
    expect(Math.abs(spared.length - 200)).toBeLessThan(50);
    for (const { bytes } of spared) expect(new Set(bytes).size).toBe(1);
    expect(carry({}, 10).right.arrivals.every(({ goodFcs }) => goodFcs)).toBe(true);
  });

  it("by bit error rate hits long frames more often, as 1-(1-p)^bits says", () => {
    for (const size of [60, 1500]) {
      const bits = size * 8;
      const expected = 1 - (1 - 1e-4) ** bits;
      const { right } = carry({ bitErrorRate: 1e-4 }, 2000, { size });
      const hit = right.arrivals.filter(({ goodFcs }) => !goodFcs).length / 2000;
      expect(Math.abs(hit - expected)).toBeLessThan(5 * Math.sqrt((expected * (1 - expected)) / 2000));
    }
  });

  it("finds powers by multiplication alone", () => {
    expect(integerPower(2, 10)).toBe(1024);
    expect(integerPower(0.5, 0)).toBe(1);
    expect(integerPower(1 - 1e-6, 12_000)).toBeCloseTo((1 - 1e-6) ** 12_000, 12);
  });
});

describe("impairments together", () => {
  const all = { loss: 0.05, delay: 1e6, jitter: 1e5, duplicate: 0.05, reorder: 0.05, corrupt: 0.05 };

  it("with the same seed give the same bytes at the same nanosecond, with another seed others", () => {
    const one = carry(all, 500);
    expect(carry(all, 500).right.arrivals).toEqual(one.right.arrivals);
    expect(carry(all, 500, { seed: 2 }).received).not.toEqual(one.received);
  });

  it("account for every frame: arrived, duplicated or lost", () => {
    const { ids, received, cable } = carry(all, 2000);
    const lost = cable.ab.drops.get("link-loss")!;
    expect(new Set(received).size).toBe(ids.length - lost);
  });

  it("can be changed while frames are under way, which keep what they were given", () => {
    const { engine, right, cable, send } = twoSinks();
    const before = send(2);
    cable.impair({ loss: 1 });
    send(2);
    cable.impair({ loss: 0, delay: 1_000 });
    const after = send(1);
    expect(cable.ab.impairment).toMatchObject({ loss: 0, delay: 1_000 });
    engine.run();
    expect(right.ids).toEqual([...before, ...after]);
  });
});

describe("the tap on a link", () => {
  it("sees each arrival around the node's work, and each loss with its reason", () => {
    const { world, engine, right, cable, send } = twoSinks({ queueFrames: 1 });
    const seen: string[] = [];
    const tap: LinkTap = {
      arriving: (from, to, frame) =>
        seen.push(`arriving ${from.endpoint} ${to.endpoint} ${frame.size} ${right.arrivals.length}`),
      arrived: (to) => seen.push(`arrived ${to.endpoint} ${right.arrivals.length}`),
      lost: (from, _frame, reason: DropReason) => seen.push(`lost ${from.endpoint} ${reason}`),
      dropped: (node, _frame, reason) => seen.push(`dropped ${node.name} ${reason}`),
    };
    world.tap = tap;
    send(3);
    engine.run(600);
    cable.setUp(false);
    engine.run(2000);
    cable.setUp(true);
    send(1);
    engine.run();
    expect(seen).toEqual([
      "lost left:eth0 link-queue-full",
      "lost left:eth0 link-down",
      "lost left:eth0 link-down",
      "arriving left:eth0 right:eth0 60 0",
      "arrived right:eth0 1",
    ]);
  });
});
