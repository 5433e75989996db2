import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { NodeWallClock } from "../../src/plug/wall-clock.js";

const MS = 1e6;

/** Whether the promise has been kept by now. */
async function kept(promise: Promise<void>): Promise<boolean> {
  let done = false;
  void promise.then(() => {
    done = true;
  });
  await Promise.resolve();
  return done;
}

describe("the wall clock", () => {
  beforeEach(() => {
    vi.useFakeTimers({
      toFake: ["setTimeout", "clearTimeout", "setImmediate", "clearImmediate", "performance"],
    });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("counts nanoseconds", () => {
    const clock = new NodeWallClock();
    const before = clock.now();
    vi.advanceTimersByTime(7);
    expect(clock.now() - before).toBe(7 * MS);
    expect(Number.isInteger(clock.now())).toBe(true);
  });

  it("sleeps until shortly before the moment, because timers fire late", async () => {
    const wait = new NodeWallClock().wait(50 * MS);
    vi.advanceTimersByTime(47);
    expect(await kept(wait)).toBe(false);
    vi.advanceTimersByTime(1);
    expect(await kept(wait)).toBe(true);
  });

  it("waits for the last stretch by turns of the event loop, with no timer", async () => {
    const wait = new NodeWallClock().wait(MS);
    expect(await kept(wait)).toBe(false);
    vi.advanceTimersByTime(0);
    expect(await kept(wait)).toBe(true);
  });

  it("can be woken from either wait, and leaves no timer behind", async () => {
    const clock = new NodeWallClock();
    for (const delay of [1000 * MS, MS]) {
      const wait = clock.wait(delay);
      clock.wake();
      expect(await kept(wait)).toBe(true);
      expect(vi.getTimerCount()).toBe(0);
    }
    clock.wake(); // nobody waits: nothing happens
  });
});
