import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRecording } from "../../src/plug/recording.js";
import { Replay } from "../../src/plug/replay.js";
import { runPaced } from "../../src/plug/run-paced.js";
import { type Chatter, MemorySink, ScriptedClock, smallNetwork } from "./fixture.js";

interface Arrival {
  readonly gap: number;
  readonly plug: number;
  readonly bytes: Uint8Array;
}

/** A live session with these arrivals, recorded. */
async function session(arrivals: readonly Arrival[], until: number, overshoot = 0) {
  const network = smallNetwork();
  const sink = new MemorySink();
  let at = 0;
  const script = arrivals.map(({ gap, plug, bytes }) => {
    at += gap;
    return { at, call: () => network.plugs[plug]!.arrive(bytes) };
  });
  const report = await runPaced(network.world, network.plugs, {
    until,
    clock: new ScriptedClock(script, overshoot),
    record: sink,
    lab: "small",
    fingerprint: () => network.fingerprint.digest(),
  });
  return { ...network, report, file: sink.bytes, recording: parseRecording(sink.bytes) };
}

function replay(recording: ReturnType<typeof parseRecording>, network = smallNetwork()) {
  const run = new Replay(network.world, network.plugs, recording);
  run.begin();
  network.world.engine.run(run.until);
  return { ...network, outcome: run.outcome() };
}

const frame = (...first: number[]): Uint8Array => {
  const bytes = new Uint8Array(60);
  bytes.set(first);
  return bytes;
};

const arrivals = fc.array(
  fc.record({
    gap: fc.oneof(fc.constantFrom(0, 1, 250, 500, 1000), fc.integer({ min: 0, max: 3000 })),
    plug: fc.integer({ min: 0, max: 1 }),
    bytes: fc.uint8Array({ minLength: 14, maxLength: 100 }),
  }),
  { maxLength: 30 },
);

describe("a frame from outside", () => {
  it("enters at an instant at which nothing else happens, in the order of arrival", async () => {
    const { recording } = await session(
      [
        { gap: 0, plug: 0, bytes: frame(1) },
        { gap: 0, plug: 1, bytes: frame(2) },
        { gap: 999, plug: 0, bytes: frame(3) },
      ],
      5000,
    );
    const entered = recording.crossings.filter((crossing) => crossing.direction === "in");
    expect(entered.map(({ time, plug, bytes }) => [time, plug, bytes[0]])).toEqual([
      [1, 0, 1],
      [2, 1, 2],
      [1001, 0, 3], // the chatter's beat has 1000, and the frame waits for the next free nanosecond
    ]);
  });

  it("is ignored after the end of the session", async () => {
    const { recording, report } = await session([{ gap: 5000, plug: 0, bytes: frame(1) }], 5000);
    expect(report.framesIn).toBe(0);
    expect(recording.end?.time).toBe(5000);
  });

  it("is counted and goes no further when it is too short for an Ethernet header", async () => {
    const { left, report } = await session([{ gap: 10, plug: 0, bytes: new Uint8Array(13) }], 5000);
    expect(report.framesIn).toBe(0);
    expect(left.drops.get("frame-too-short")).toBe(1);
  });
});

describe("a frame for the outside", () => {
  it("is handed to the plug's far side and recorded with its instant", async () => {
    const { recording, right, report } = await session([{ gap: 0, plug: 0, bytes: frame(7) }], 900);
    expect(right.sent).toHaveLength(1);
    expect(right.sent[0]![59]).toBe(7);
    expect(recording.crossings[1]).toEqual({ direction: "out", plug: 1, time: 503, bytes: right.sent[0] });
    expect(report).toMatchObject({ framesIn: 1, framesOut: 1, end: 900, late: 0, troubles: [] });
  });

  it("is dropped when its check sequence is wrong, as a card would", async () => {
    const network = smallNetwork();
    const broken = network.world.frames.from(frame(1));
    broken.sentFcs = broken.fcs() ^ 1;
    network.left.receive(network.left.inner, broken);
    expect(network.left.drops.get("fcs-error")).toBe(1);
    expect(network.left.inner.rxErrors).toBe(1);
  });

  it("ends at the plug when no session runs", () => {
    const network = smallNetwork();
    network.world.engine.run(2000);
    expect(network.left.drops.get("border-unsent")).toBe(1);
  });
});

describe("a replay", () => {
  it("is the session again: same instants, same bytes, same fingerprint, whatever came in and however late", async () => {
    await fc.assert(
      fc.asyncProperty(arrivals, fc.constantFrom(0, 1, 250, 7_000), async (script, overshoot) => {
        const live = await session(script, 40_000, overshoot);
        const again = replay(live.recording);
        expect(again.outcome).toEqual({
          framesIn: live.report.framesIn,
          framesOut: live.report.framesOut,
          difference: null,
        });
        expect(again.fingerprint.digest()).toBe(live.recording.end!.fingerprint);
        expect(again.world.engine.now).toBe(live.world.engine.now);
        expect(again.world.engine.handled).toBe(live.world.engine.handled);
        expect(again.world.frames.outstanding).toBe(live.world.frames.outstanding);
      }),
      { numRuns: 60 },
    );
  });

  it("does not depend on how the engine is run: by events or to instants", async () => {
    const live = await session(
      [
        { gap: 100, plug: 0, bytes: frame(1) },
        { gap: 0, plug: 1, bytes: frame(2) },
      ],
      9000,
    );
    const network = smallNetwork();
    const run = new Replay(network.world, network.plugs, live.recording);
    run.begin();
    while (network.world.engine.nextTime <= run.until) network.world.engine.step();
    expect(run.outcome().difference).toBeNull();
    expect(network.fingerprint.digest()).toBe(live.recording.end!.fingerprint);
  });

  it("sends nothing to the outside", async () => {
    const live = await session([{ gap: 0, plug: 0, bytes: frame(1) }], 5000);
    const again = replay(live.recording);
    expect([...again.left.sent, ...again.right.sent]).toEqual([]);
  });

  it("reports the first byte that differs", async () => {
    const live = await session([{ gap: 0, plug: 0, bytes: frame(9) }], 900);
    const changed = live.recording.crossings.map((crossing) =>
      crossing.direction === "in" ? { ...crossing, bytes: frame(9, 8) } : crossing,
    );
    const { outcome } = replay({ ...live.recording, crossings: changed });
    expect(outcome.difference).toBe(
      "0.000000503 s, right: byte 58 of the frame was 0x00 in the session and is 0x08 in the replay",
    );
  });

  it("reports another instant, another size, a frame too many and one too few", async () => {
    const live = await session([{ gap: 0, plug: 0, bytes: frame(9) }], 2000);
    const { crossings } = live.recording;
    expect(crossings.map(({ direction }) => direction)).toEqual(["in", "out", "out"]);
    const difference = (changed: typeof crossings) =>
      replay({ ...live.recording, crossings: changed }).outcome.difference;
    const [entered, first, second] = crossings as [
      (typeof crossings)[0],
      (typeof crossings)[0],
      (typeof crossings)[0],
    ];
    expect(difference([entered, { ...first, time: 400 }, second])).toBe(
      "0.000000400 s, right: the session sent its frame 1; the replay sent that one at 0.000000503 s, right",
    );
    expect(difference([entered, { ...first, bytes: new Uint8Array(61) }, second])).toBe(
      "0.000000503 s, right: the session sent 61 bytes, the replay 60",
    );
    expect(difference([entered, first])).toBe(
      "0.000001251 s, left: the replay sent a frame that the session did not send",
    );
    expect(difference([entered, first, second, { ...second, time: 1900 }])).toBe(
      "0.000001900 s, left: the session sent a frame that the replay did not send",
    );
  });

  it("notices that the lab has changed", async () => {
    const live = await session([], 5000);
    expect(replay(live.recording, smallNetwork(900)).outcome.difference).toMatch(
      /^0\.000001251 s, left: .* at 0\.000001151 s/,
    );
  });

  it("wants the plugs of the recording", async () => {
    const { recording } = await session([], 100);
    const { world, left } = smallNetwork();
    expect(() => new Replay(world, [left], recording)).toThrow(
      "the recording was made with the plugs left, right; this lab has left",
    );
  });

  it("wants the seed of the recording", async () => {
    const { recording } = await session([], 100);
    const other = { ...recording, header: { ...recording.header, seed: 2 } };
    expect(() => replay(other)).toThrow("the recording was made with the seed 2, this lab runs with 1");
  });
});

describe("a paced run", () => {
  it("counts the instants at which events ran late, and the longest lateness", async () => {
    const network = smallNetwork(1_000_000);
    const { late, latest } = await runPaced(network.world, network.plugs, {
      until: 20_000_000,
      clock: new ScriptedClock([], 7_000_000),
      lateAfter: 6_500_000,
    });
    expect(late).toBeGreaterThan(0);
    expect(latest).toBe(7_000_000);
  });

  it("ends in order when the signal comes", async () => {
    const network = smallNetwork();
    const sink = new MemorySink();
    const stop = new AbortController();
    const clock = new ScriptedClock([{ at: 3333, call: () => stop.abort() }]);
    const report = await runPaced(network.world, network.plugs, { signal: stop.signal, clock, record: sink });
    expect(report.end).toBe(3251); // the last instant at which something happened
    expect(parseRecording(sink.bytes).end?.time).toBe(3251);
    expect(network.left.inlet).toBeNull();
  });

  it("closes what it opened when a plug refuses", async () => {
    const network = smallNetwork();
    const sink = new MemorySink();
    network.right.refuses = new Error("right: no right to do that");
    await expect(runPaced(network.world, network.plugs, { record: sink })).rejects.toThrow(
      "no right to do that",
    );
    expect(network.left.inlet).toBeNull();
    expect(sink.closed).toBe(1);
  });

  it("ends in order when the recording can no longer be written", async () => {
    const network = smallNetwork();
    const sink = new MemorySink();
    sink.write = (bytes) => {
      if (bytes.length > 1000) throw new Error("the disk is full");
    };
    const clock = new ScriptedClock();
    await expect(runPaced(network.world, network.plugs, { clock, record: sink })).rejects.toThrow(
      "the disk is full",
    );
    expect(network.left.inlet).toBeNull();
    expect(sink.closed).toBe(1);
  });

  it("ends with the error of a node that throws", async () => {
    const network = smallNetwork();
    const chatter = network.world.nodes.get("chatter") as Chatter;
    chatter.receive = () => {
      throw new Error("a fault in a node");
    };
    const clock = new ScriptedClock([{ at: 10, call: () => network.left.arrive(frame(1)) }]);
    await expect(runPaced(network.world, network.plugs, { clock })).rejects.toThrow("a fault in a node");
    expect(network.left.inlet).toBeNull();
  });
});
