import { describe, expect, it } from "vitest";
import type { Step, StepVerb } from "../../src/core/step.js";
import { Recorder } from "../../src/trace/index.js";

const step = (frame: number, verb: StepVerb, facts?: Step["facts"], time = frame, node = "pc1"): Step => ({
  time,
  node,
  frame,
  verb,
  ...(facts === undefined ? {} : { facts }),
});

describe("the recorder of steps", () => {
  it("gives the steps of each frame in their order", () => {
    const recorder = new Recorder();
    recorder.step(step(1, "sent"));
    recorder.step(step(2, "sent"));
    recorder.step(step(1, "delivered"));
    expect(recorder.stepsOf(1).map(({ verb }) => verb)).toEqual(["sent", "delivered"]);
    expect(recorder.stepsOf(3)).toEqual([]);
  });

  it("knows what caused a frame from the step of its birth", () => {
    const recorder = new Recorder();
    recorder.step(step(1, "sent", { cause: 0 }));
    recorder.step(step(2, "sent", { what: "ARP request", cause: 1 }));
    recorder.step(step(3, "answered", { cause: 2 }));
    recorder.step(step(3, "delivered", { cause: 9 }));
    recorder.step(step(4, "sent", { cause: 1 }));
    expect([1, 2, 3, 4].map((frame) => recorder.causeOf(frame))).toEqual([0, 1, 2, 1]);
    expect(recorder.causedBy(1)).toEqual([2, 4]);
  });

  it("finds what a node sent of its own accord in a span of time", () => {
    const recorder = new Recorder();
    recorder.step(step(1, "sent", { what: "IPv4 packet" }, 10));
    recorder.step(step(2, "sent", { what: "ARP request" }, 11));
    recorder.step(step(3, "sent", { what: "IPv4 packet", cause: 1 }, 12));
    recorder.step(step(4, "sent", { what: "IPv4 packet" }, 13, "pc2"));
    recorder.step(step(5, "sent", { what: "IPv4 packet" }, 20));
    expect(recorder.sentBy("pc1")).toEqual([1, 5]);
    expect(recorder.sentBy("pc1", 0, 15)).toEqual([1]);
    expect(recorder.sentBy("pc1", 20)).toEqual([5]);
  });

  it("forgets the oldest steps and counts them, and never keeps more than it may", () => {
    const recorder = new Recorder({ maxSteps: 10 });
    for (let frame = 1; frame <= 1000; frame++) {
      recorder.step(step(frame, "sent", { cause: frame - 1 }));
      expect(recorder.size).toBeLessThanOrEqual(10);
    }
    expect(recorder.forgotten + recorder.size).toBe(1000);
    expect(recorder.stepsOf(1)).toEqual([]);
    expect(recorder.causedBy(1)).toEqual([]);
    expect(recorder.causedBy(999)).toEqual([1000]);
  });

  it("remembers one frame's steps among many of a storm", () => {
    const recorder = new Recorder({ maxSteps: 1000 });
    for (let time = 0; time < 100_000; time++) recorder.step(step(1, "flooded", undefined, time));
    expect(recorder.stepsOf(1).at(-1)!.time).toBe(99_999);
    expect(recorder.stepsOf(1).length).toBeLessThanOrEqual(1000);
  });

  it("refuses to keep nothing", () => {
    expect(() => new Recorder({ maxSteps: 0 })).toThrow(RangeError);
  });
});
