import { describe, expect, it } from "vitest";
import { Engine } from "../../src/engine/engine.js";
import { Pacer, type WallClock } from "../../src/engine/pacer.js";

const MS = 1_000_000;

/** A wall clock that moves only when somebody waits (a little longer than asked) or works. */
class FalseClock implements WallClock {
  time = 5_000 * MS;
  readonly waits: number[] = [];

  constructor(private readonly oversleep = 0) {}

  now(): number {
    return this.time;
  }

  async wait(delay: number): Promise<void> {
    this.waits.push(delay);
    this.time += Math.ceil(delay) + this.oversleep;
  }
}

describe("pacer", () => {
  it("runs each event when its moment has come on the wall clock", async () => {
    const engine = new Engine();
    const clock = new FalseClock();
    const start = clock.time;
    const seen: number[] = [];
    for (const ms of [10, 25, 400]) engine.at(ms * MS, () => seen.push((clock.time - start) / MS));
    const pacer = new Pacer(engine, clock);
    await pacer.run(500 * MS);
    expect(seen).toEqual([10, 25, 400]);
    expect(clock.time - start).toBe(500 * MS);
    expect(engine.now).toBe(500 * MS);
    expect(pacer.late).toBe(0);
  });

  it.each([
    [2, 50],
    [0.5, 200],
    [1000, 0.1],
  ])("at factor %d lets 100 ms pass in %d ms", async (factor, wallMs) => {
    const engine = new Engine();
    const clock = new FalseClock();
    const start = clock.time;
    engine.at(100 * MS, () => {});
    await new Pacer(engine, clock, { factor }).run(Number.POSITIVE_INFINITY, true);
    expect((clock.time - start) / MS).toBeCloseTo(wallMs, 6);
  });

  it("counts late events and the worst lateness, and skips none", async () => {
    const engine = new Engine();
    const clock = new FalseClock();
    const ran: number[] = [];
    for (const ms of [10, 11, 12, 60, 100]) {
      engine.at(ms * MS, () => {
        ran.push(ms);
        if (ms === 10) clock.time += 40 * MS; // the machine is busy with something else
      });
    }
    engine.at(11 * MS, () => ran.push(11.5));
    const pacer = new Pacer(engine, clock, { lateAfter: 5 * MS });
    await pacer.run(Number.POSITIVE_INFINITY, true);
    expect(ran).toEqual([10, 11, 11.5, 12, 60, 100]);
    expect(pacer.late).toBe(3);
    expect(pacer.latest).toBe(39 * MS);
  });

  it("does not count lateness within the tolerance", async () => {
    const engine = new Engine();
    const clock = new FalseClock(4 * MS);
    engine.at(10 * MS, () => {});
    const pacer = new Pacer(engine, clock, { lateAfter: 5 * MS });
    await pacer.run(Number.POSITIVE_INFINITY, true);
    expect(pacer.late).toBe(0);
  });

  it("brings virtual time up to the wall clock before something from outside is handed in", () => {
    const engine = new Engine();
    const clock = new FalseClock();
    let ran = false;
    engine.at(3 * MS, () => {
      ran = true;
    });
    const pacer = new Pacer(engine, clock);
    clock.time += 7 * MS;
    pacer.catchUp();
    expect(ran).toBe(true);
    expect(engine.now).toBe(7 * MS);
    expect(pacer.virtualNow()).toBe(7 * MS);
  });

  it("waits in short stretches while nothing is scheduled, so that a stop is heard", async () => {
    const engine = new Engine();
    const clock = new FalseClock();
    const pacer = new Pacer(engine, clock);
    engine.at(350 * MS, () => pacer.stop());
    await pacer.run();
    expect(engine.now).toBe(350 * MS);
    expect(Math.max(...clock.waits)).toBeLessThanOrEqual(100 * MS);
  });

  it("stops even when the machine cannot keep up", async () => {
    const engine = new Engine();
    const clock = new FalseClock();
    const pacer = new Pacer(engine, clock);
    let ticks = 0;
    const tick = () => {
      clock.time += 2 * MS; // each millisecond of virtual time costs two
      if (++ticks === 10) pacer.stop();
      if (ticks < 1000) engine.after(MS, tick);
    };
    engine.after(MS, tick);
    await pacer.run();
    expect(ticks).toBe(10);
  });

  it("lets the outside be heard at least every 50 ms while the machine cannot keep up", async () => {
    const engine = new Engine();
    const clock = new FalseClock();
    let ticks = 0;
    const tick = () => {
      clock.time += 2 * MS;
      if (++ticks < 100) engine.after(MS, tick);
    };
    engine.after(0, tick);
    const pacer = new Pacer(engine, clock);
    await pacer.run(Number.POSITIVE_INFINITY, true);
    expect(ticks).toBe(100);
    expect(clock.waits.filter((delay) => delay === 0)).toHaveLength(3);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("refuses the pace %d", (factor) => {
    expect(() => new Pacer(new Engine(), new FalseClock(), { factor })).toThrow(RangeError);
  });

  it("starts its clock anew with each run", async () => {
    const engine = new Engine();
    const clock = new FalseClock();
    const pacer = new Pacer(engine, clock);
    await pacer.run(10 * MS);
    clock.time += 1000 * MS;
    engine.at(20 * MS, () => {});
    await pacer.run(20 * MS);
    expect(pacer.late).toBe(0);
    expect(engine.now).toBe(20 * MS);
  });
});
