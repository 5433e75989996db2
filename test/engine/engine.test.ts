import { describe, expect, it } from "vitest";
import { Engine } from "../../src/engine/engine.js";
import { Timer } from "../../src/engine/timer.js";

describe("engine", () => {
  it("runs the events of one instant in the order in which they were scheduled", () => {
    const engine = new Engine();
    const order: string[] = [];
    engine.at(5, () => order.push("b1"));
    engine.at(3, () => {
      order.push("a");
      engine.at(5, () => order.push("b3"));
      engine.after(0, () => order.push("a2"));
    });
    engine.at(5, () => order.push("b2"));
    expect(engine.run()).toBe(5);
    expect(order).toEqual(["a", "a2", "b1", "b2", "b3"]);
    expect(engine.now).toBe(5);
  });

  it("shows each event the instant it was scheduled for, and its argument", () => {
    const engine = new Engine();
    const seen: [number, number][] = [];
    const handler = { handle: (arg: number) => seen.push([engine.now, arg]) };
    engine.schedule(10, handler, 1);
    engine.schedule(20, handler, 2);
    engine.run();
    expect(seen).toEqual([
      [10, 1],
      [20, 2],
    ]);
  });

  it("runs until an instant, that instant included, and then stands there", () => {
    const engine = new Engine();
    const ran: number[] = [];
    for (const time of [1, 10, 11]) engine.at(time, () => ran.push(time));
    expect(engine.run(10)).toBe(2);
    expect(ran).toEqual([1, 10]);
    expect(engine.now).toBe(10);
    expect(engine.run(10)).toBe(0);
    engine.run(10.5);
    expect(engine.now).toBe(10.5);
    engine.run();
    expect(ran).toEqual([1, 10, 11]);
  });

  it("steps one event at a time", () => {
    const engine = new Engine();
    engine.at(7, () => {});
    engine.at(9, () => {});
    expect(engine.step()).toBe(true);
    expect(engine.now).toBe(7);
    expect(engine.nextTime).toBe(9);
    expect(engine.step()).toBe(true);
    expect(engine.step()).toBe(false);
    expect(engine.now).toBe(9);
    expect(engine.handled).toBe(2);
  });

  it("refuses to schedule in the past, and an instant that is no number", () => {
    const engine = new Engine();
    engine.run(100);
    expect(() => engine.at(99, () => {})).toThrow(RangeError);
    expect(() => engine.at(Number.NaN, () => {})).toThrow(RangeError);
    expect(() => engine.after(-1, () => {})).toThrow(RangeError);
    const timer = new Timer(engine, { handle() {} });
    expect(() => timer.set(99)).toThrow(RangeError);
    expect(() => timer.set(Number.NaN)).toThrow(RangeError);
    expect(engine.busy).toBe(false);
  });

  it("stops after the event that asks for it, and goes on where it stopped", () => {
    const engine = new Engine();
    const ran: number[] = [];
    engine.at(1, () => {
      ran.push(1);
      engine.stop();
    });
    engine.at(1, () => ran.push(2));
    engine.run(50);
    expect(ran).toEqual([1]);
    expect(engine.now).toBe(1);
    engine.run(50);
    expect(ran).toEqual([1, 2]);
    expect(engine.now).toBe(50);
  });

  it("runs to the end of the foreground: a background timer does not hold it open", () => {
    const engine = new Engine();
    let hellos = 0;
    const hello: Timer = new Timer(
      engine,
      {
        handle() {
          hellos++;
          hello.setAfter(10);
        },
      },
      0,
      true,
    );
    hello.setAfter(10);
    expect(engine.busy).toBe(false);
    expect(engine.run()).toBe(0);
    engine.at(35, () => {});
    expect(engine.busy).toBe(true);
    engine.run();
    expect(engine.now).toBe(35);
    expect(hellos).toBe(3);
    engine.run(100);
    expect(hellos).toBe(10);
  });

  it("stays usable after an event threw", () => {
    const engine = new Engine();
    let ran = false;
    engine.at(1, () => {
      throw new Error("boom");
    });
    engine.at(2, () => {
      ran = true;
    });
    expect(() => engine.run()).toThrow("boom");
    engine.run();
    expect(ran).toBe(true);
    expect(engine.busy).toBe(false);
  });
});
