import { describe, expect, it, vi } from "vitest";
import { Cable } from "../../src/link/cable.js";
import { Port } from "../../src/link/port.js";
import { Sink, twoSinks } from "./two-sinks.js";

describe("IEEE 802.3: time on the wire", () => {
  // Behind the bytes come 4 of FCS, before them 8 of preamble; the last bit arrives after the propagation delay.
  it.each([
    ["10 Mbit/s", 10e6, 60, 57_600],
    ["10 Mbit/s", 10e6, 1514, 1_220_800],
    ["100 Mbit/s", 100e6, 60, 5_760],
    ["100 Mbit/s", 100e6, 1514, 122_080],
    ["1 Gbit/s", 1e9, 60, 576],
    ["1 Gbit/s", 1e9, 1514, 12_208],
    ["10 Gbit/s", 10e9, 60, 58], // 57.6
    ["10 Gbit/s", 10e9, 1514, 1_221], // 1220.8
  ])("at %s a frame of %d bit/s and %d bytes arrives after %d ns and the delay", (_, rate, size, time) => {
    const { engine, right, send } = twoSinks({ bitsPerSecond: rate, delay: 5_000 });
    send(1, size);
    engine.run();
    expect(right.times).toEqual([time + 5_000]);
  });

  it.each([
    [10e6, 67_200],
    [100e6, 6_720],
    [1e9, 672], // 1,488,095 frames a second, as every switch's data sheet says
  ])("at %d bit/s minimum frames follow each other after %d ns: preamble and gap count", (rate, spacing) => {
    const { engine, right, send } = twoSinks({ bitsPerSecond: rate });
    send(100);
    engine.run();
    const { times } = right;
    expect(times.slice(1).map((time, i) => time - times[i]!)).toEqual(new Array(99).fill(spacing));
  });

  it("at 10 Gbit/s fractions of a nanosecond add up instead of being rounded for each frame", () => {
    const { engine, right, send } = twoSinks({ bitsPerSecond: 10e9, delay: 0 }, { debugFrames: false });
    send(1000);
    engine.run();
    expect(right.times.at(-1)).toBe(Math.ceil(999 * 67.2 + 57.6));
    expect(right.times.every(Number.isInteger)).toBe(true);
  });

  it("pads a short frame to 60 bytes with zeros, whatever the buffer held before", () => {
    const { world, engine, right, a, send } = twoSinks({}, { debugFrames: false });
    send(1, 200);
    engine.run();
    a.transmit(world.frames.from(Uint8Array.of(1, 2, 3)));
    engine.run();
    expect([...right.arrivals[1]!.bytes]).toEqual([1, 2, 3, ...new Array(57).fill(0)]);
  });

  it("is full duplex: directions do not delay each other", () => {
    const { engine, left, right, a, b, send } = twoSinks();
    send(3, 60, a);
    send(3, 60, b);
    engine.run();
    expect(left.times).toEqual(right.times);
  });

  it("takes a new rate for frames queued from then on", () => {
    const { engine, right, cable, send } = twoSinks({ bitsPerSecond: 1e9, delay: 0 });
    send(1);
    cable.ab.setRate(10e6);
    send(1);
    engine.run();
    expect(right.times).toEqual([576, 672 + 57_600]);
    expect(cable.ab.bitsPerSecond).toBe(10e6);
    expect(cable.ba.bitsPerSecond).toBe(1e9);
    expect(() => cable.ab.setRate(0)).toThrow(RangeError);
  });

  it("takes a new delay for frames sent from then on, and keeps their order", () => {
    const { engine, right, cable, send } = twoSinks({ delay: 1_000_000 });
    const ids = send(1);
    cable.delay = 0;
    ids.push(...send(1));
    engine.run();
    expect(right.ids).toEqual(ids);
    expect(right.times).toEqual([1_000_576, 1_000_576]);
  });
});

describe("drop-tail queue", () => {
  it("holds what it may behind the frame that is being sent, and drops the rest", () => {
    const { engine, right, a, cable, send } = twoSinks({ queueFrames: 5 });
    const ids = send(10);
    expect(cable.ab.queued).toBe(5);
    expect(cable.ab.drops.get("link-queue-full")).toBe(4);
    expect(a.txDropped).toBe(4);
    engine.run();
    expect(right.ids).toEqual(ids.slice(0, 6));
    expect(cable.ab.queued).toBe(0);
  });

  it("has room again as frames are sent, not as they arrive", () => {
    const { engine, right, cable, send } = twoSinks({ queueFrames: 1, delay: 1_000_000 });
    send(2);
    engine.run(672); // the second begins, the first is still far from its goal
    expect(cable.ab.queued).toBe(0);
    send(2);
    expect(cable.ab.drops.get("link-queue-full")).toBe(1);
    engine.run();
    expect(right.arrivals).toHaveLength(3);
  });

  it("keeps one event in the engine's queue for each direction, however many frames are under way", () => {
    const { engine, right, send } = twoSinks({ delay: 10_000_000 }, { debugFrames: false });
    const schedule = vi.spyOn(engine, "schedule");
    send(500);
    expect(schedule).toHaveBeenCalledTimes(1);
    engine.run();
    expect(right.arrivals).toHaveLength(500);
    expect(schedule).toHaveBeenCalledTimes(500);
    expect(engine.handled).toBe(500);
  });
});

describe("ports and cables", () => {
  it("count frames and bytes on both ends", () => {
    const { engine, a, b, send } = twoSinks();
    send(3, 100);
    engine.run();
    expect([a.txFrames, a.txBytes, b.rxFrames, b.rxBytes]).toEqual([3, 300, 3, 300]);
    expect([a.rxFrames, b.txFrames]).toEqual([0, 0]);
  });

  it("lose a frame that is longer than the MTU with its Ethernet header and one tag", () => {
    const { engine, right, cable, send } = twoSinks({ mtu: 1500 });
    send(1, 1518);
    send(1, 1519);
    engine.run();
    expect(right.arrivals.map(({ bytes }) => bytes.length)).toEqual([1518]);
    expect(cable.ab.drops.get("frame-too-long")).toBe(1);
  });

  it("without a cable or while switched off drop with the reason", () => {
    const { world, left, a, send } = twoSinks();
    const bare = new Port(left, 1, "eth1");
    bare.transmit(world.frames.from(new Uint8Array(60)));
    expect(bare.carrier).toBe(false);
    a.setEnabled(false);
    send(1);
    expect([...left.drops]).toEqual([
      ["no-link", 1],
      ["port-down", 1],
    ]);
    expect([bare.txDropped, a.txDropped]).toEqual([1, 1]);
    expect(world.frames.leaks()).toEqual([]);
  });

  it("a port switched off takes the carrier from both ends and receives nothing", () => {
    const { engine, left, right, a, b, cable, send } = twoSinks();
    send(1);
    b.setEnabled(false);
    expect([a.carrier, b.carrier]).toEqual([false, false]);
    expect([left.carrierSeen.at(-1), right.carrierSeen.at(-1)]).toEqual([false, false]);
    send(1);
    expect(cable.ab.drops.get("link-down")).toBe(1);
    engine.run();
    expect(right.arrivals).toEqual([]);
    expect(right.drops.get("port-down")).toBe(1);
    b.setEnabled(true);
    expect([a.carrier, b.carrier]).toEqual([true, true]);
  });

  it("a port takes one cable only, and another after the first is unplugged", () => {
    const { world, engine, right, a, cable, send } = twoSinks();
    const other = new Sink(world, "other");
    const port = new Port(other, 0, "eth0");
    expect(() => new Cable(a, port)).toThrow("left:eth0 already has a link");
    expect(port.attachment).toBeNull();
    send(1);
    cable.unplug();
    new Cable(a, port);
    const ids = send(1);
    engine.run();
    expect(right.arrivals).toEqual([]);
    expect(other.ids).toEqual(ids);
    expect(world.frames.leaks()).toEqual([]);
  });

  it("is named by its ends", () => {
    const { a, b, cable } = twoSinks();
    expect(cable.name).toBe("left:eth0--right:eth0");
    expect(cable.directionFrom(b)).toBe(cable.ba);
    expect(cable.directionFrom(a).peer).toBe(b);
  });
});

describe("a cut cable", () => {
  it("loses what is queued and under way in both directions, and tells the ends", () => {
    const { world, engine, left, right, a, b, cable, send } = twoSinks({ delay: 1_000 });
    send(10, 60, a);
    send(5, 60, b);
    engine.run(2_500); // 576 + 1000, then one each 672 ns: two arrive
    cable.setUp(false);
    engine.run();
    expect([right.arrivals.length, left.arrivals.length]).toEqual([2, 2]);
    expect(cable.ab.drops.get("link-down")).toBe(8);
    expect(cable.ba.drops.get("link-down")).toBe(3);
    expect([left.carrierSeen, right.carrierSeen].map((seen) => seen.at(-1))).toEqual([false, false]);
    expect(world.frames.leaks()).toEqual([]);
  });

  it("loses frames that are sent while it is cut, and carries again once restored", () => {
    const { engine, right, cable, send } = twoSinks({ delay: 0 });
    cable.setUp(false);
    send(2);
    engine.run(1_000_000);
    cable.setUp(true);
    const ids = send(2);
    engine.run();
    expect(right.ids).toEqual(ids);
    expect(right.times).toEqual([1_000_576, 1_001_248]);
    expect(cable.ab.drops.get("link-down")).toBe(2);
  });

  it("cut and restored at once delivers the new frames at their own time only", () => {
    const { engine, right, cable, send } = twoSinks({ delay: 1_000 });
    send(3);
    engine.run(100);
    cable.setUp(false);
    cable.setUp(true);
    const ids = send(1);
    engine.run();
    expect(right.ids).toEqual(ids);
    expect(right.times).toEqual([1_676]);
  });

  it("flaps in the background: up, down, up, until told to stop", () => {
    const { engine, left, cable } = twoSinks();
    left.carrierSeen.length = 0;
    cable.flap({ up: 1_000, down: 500 });
    expect(engine.busy).toBe(false);
    engine.run();
    expect(engine.now).toBe(0);
    const states: boolean[] = [];
    for (let time = 500; time <= 4_500; time += 500) {
      engine.run(time + 1);
      states.push(cable.up);
    }
    expect(states).toEqual([true, false, true, true, false, true, true, false, true]);
    cable.flap(null);
    engine.run(100_000);
    expect(cable.up).toBe(true);
    expect(left.carrierSeen).toEqual([false, true, false, true, false, true]);
    expect(() => cable.flap({ up: 0, down: 1 })).toThrow(RangeError);
  });
});
