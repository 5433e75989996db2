import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Engine } from "../../src/engine/engine.js";
import { Timer } from "../../src/engine/timer.js";

function bench(background = false) {
  const engine = new Engine();
  const fired: [number, number][] = [];
  const timer = new Timer(engine, { handle: (arg) => fired.push([engine.now, arg]) }, 7, background);
  return { engine, timer, fired };
}

describe("timer", () => {
  it("fires once, at its instant, with its argument", () => {
    const { engine, timer, fired } = bench();
    timer.set(100);
    expect([timer.armed, timer.expires]).toEqual([true, 100]);
    engine.run();
    expect(fired).toEqual([[100, 7]]);
    expect([timer.armed, timer.expires]).toEqual([false, Number.POSITIVE_INFINITY]);
  });

  it("moved later fires only then", () => {
    const { engine, timer, fired } = bench();
    timer.set(100);
    engine.at(60, () => timer.set(300));
    engine.at(90, () => timer.set(200));
    engine.run();
    expect(fired).toEqual([[200, 7]]);
  });

  it("moved earlier fires only then", () => {
    const { engine, timer, fired } = bench();
    timer.set(100);
    engine.at(10, () => timer.set(50));
    engine.run(1000);
    expect(fired).toEqual([[50, 7]]);
  });

  it("moved earlier leaves an entry that does nothing when it comes up", () => {
    const { engine, timer, fired } = bench();
    timer.set(100);
    timer.set(50);
    engine.at(60, () => timer.set(200));
    expect(engine.run(300)).toBe(4);
    expect(fired.map(([time]) => time)).toEqual([50, 200]);
  });

  it("cancelled does not fire, and can be armed again before its old entry comes up", () => {
    const { engine, timer, fired } = bench();
    timer.set(100);
    engine.at(10, () => timer.cancel());
    engine.at(20, () => {
      expect(timer.armed).toBe(false);
      timer.set(150);
    });
    engine.run();
    expect(fired).toEqual([[150, 7]]);
  });

  it("can arm itself again while it fires, even for the same instant", () => {
    const engine = new Engine();
    const times: number[] = [];
    const timer: Timer = new Timer(engine, {
      handle() {
        times.push(engine.now);
        if (times.length < 4) timer.setAfter(times.length === 2 ? 0 : 10);
      },
    });
    timer.set(5);
    engine.run();
    expect(times).toEqual([5, 15, 15, 25]);
  });

  it("holds a run to the end open exactly while it is armed", () => {
    const { engine, timer } = bench();
    timer.set(10);
    timer.set(20);
    expect(engine.busy).toBe(true);
    timer.cancel();
    timer.cancel();
    expect(engine.busy).toBe(false);
    engine.run();
    expect(engine.now).toBe(0);
    timer.set(30);
    engine.run();
    expect(engine.now).toBe(30);
    expect(engine.busy).toBe(false);
  });

  it.each([false, true])("agrees with a plain deadline under any moves (background: %s)", (background) => {
    const move = fc.record({ after: fc.nat(15), set: fc.option(fc.nat(30)) });
    fc.assert(
      fc.property(fc.array(move, { maxLength: 40 }), (moves) => {
        const { engine, timer, fired } = bench(background);
        const expected: number[] = [];
        let deadline = Number.POSITIVE_INFINITY;
        let now = 0;
        for (const { after, set } of moves) {
          now += after;
          engine.run(now);
          if (deadline <= now) {
            expected.push(deadline);
            deadline = Number.POSITIVE_INFINITY;
          }
          if (set === null) timer.cancel();
          else timer.setAfter(set);
          deadline = set === null ? Number.POSITIVE_INFINITY : now + set;
          expect(timer.expires).toBe(deadline);
          expect(engine.busy).toBe(!background && timer.armed);
        }
        engine.run(now + 100);
        if (deadline !== Number.POSITIVE_INFINITY) expected.push(deadline);
        expect(fired.map(([time]) => time)).toEqual(expected);
        expect(engine.busy).toBe(false);
      }),
    );
  });

  it("costs the queue nothing when it is moved later a million times", () => {
    const { engine, timer } = bench();
    timer.set(1);
    for (let i = 2; i < 1_000_000; i++) timer.set(i);
    engine.run();
    expect(engine.handled).toBe(2);
  });
});
