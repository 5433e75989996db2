import { describe, expect, it } from "vitest";
import { Lab, type StartOptions } from "../../src/lab/index.js";
import { readCapture } from "../../src/trace/index.js";

const LOSSY = Lab.define({
  name: "lossy",
  topology: {
    nodes: {
      pc1: { kind: "host", interfaces: { eth0: "10.0.1.1/24" }, gateway: "10.0.1.254" },
      pc2: { kind: "host", interfaces: { eth0: "10.0.2.1/24" }, gateway: "10.0.2.254" },
      r1: { kind: "router", interfaces: { eth0: "10.0.1.254/24", eth1: "10.0.2.254/24" } },
    },
    links: [
      ["pc1:eth0", "r1:eth0"],
      { endpoints: ["r1:eth1", "pc2:eth0"], loss: "20%", jitter: "1ms", corrupt: "10%" },
    ],
  },
  steps: [{ flow: { from: "pc1", to: "pc2", duration: "2s" }, id: "f" }],
  expect: [{ flow: "f", loss: "10%..50%" }],
});

const facts = (options: StartOptions = {}) => {
  const run = LOSSY.start(options);
  expect(run.run().ok).toBe(true);
  return run.facts();
};

describe("a run", () => {
  it("has the same fingerprint and facts each time", () => {
    const first = facts();
    expect(first.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(first.frames).toBeGreaterThan(300);
    expect(first.drops["link-loss"]).toBeGreaterThan(10);
    expect(first.drops["fcs-error"]).toBeGreaterThan(5);
    expect(facts()).toEqual(first);
  });

  it("has another fingerprint with another seed, and the same while it is captured and recorded", () => {
    const { fingerprint } = facts();
    expect(facts({ seed: 2 }).fingerprint).not.toBe(fingerprint);
    expect(facts({ record: true }).fingerprint).toBe(fingerprint);
    const run = LOSSY.start({ debugFrames: true });
    run.capture(() => {});
    run.run();
    expect(run.facts().fingerprint).toBe(fingerprint);
    expect(run.world.frames.outstanding).toBe(0);
  });

  it("goes on in pieces as in one go", () => {
    const run = LOSSY.start();
    run.runUntil("300ms");
    expect(run.now).toBe(300e6);
    for (let i = 0; i < 100; i++) run.step();
    run.run();
    expect(run.facts().fingerprint).toBe(facts().fingerprint);
  });
});

describe("a capture", () => {
  it("holds every frame of its links, with names, directions, checksums and comments", () => {
    const chunks: Uint8Array[] = [];
    const run = LOSSY.start();
    const capture = run.capture((chunk) => chunks.push(chunk));
    run.run();
    capture.end();
    const file = readCapture(Uint8Array.from(chunks.flatMap((chunk) => [...chunk])));
    expect(file.faults).toEqual([]);
    expect(file.interfaces.map(({ name }) => name)).toEqual(["pc1:eth0--r1:eth0", "r1:eth1--pc2:eth0"]);
    const { frames, drops } = run.facts();
    expect(file.packets).toHaveLength(frames + (drops["link-loss"] ?? 0));
    expect(capture.frames).toBe(file.packets.length);
    const commented = (text: string) => file.packets.filter(({ comments }) => comments[0]?.startsWith(text));
    expect(commented("lost on the link: lost on the link (loss impairment)")).toHaveLength(
      drops["link-loss"] ?? 0,
    );
    expect(
      commented("dropped by pc2: the frame check sequence is wrong: a bit was flipped on the way (fcs-error)")
        .length,
    ).toBe(run.node("pc2").node.drops.get("fcs-error"));
    expect(new Set(file.packets.map(({ direction }) => direction))).toEqual(new Set(["inbound", "outbound"]));
    expect(file.packets[0]!.fcs).toHaveLength(4);
  });

  it("may hold some links only", () => {
    const chunks: Uint8Array[] = [];
    const run = LOSSY.start();
    run.capture((chunk) => chunks.push(chunk), [["pc2", "r1"]]);
    run.run();
    const { interfaces } = readCapture(Uint8Array.from(chunks.flatMap((chunk) => [...chunk])));
    expect(interfaces.map(({ name }) => name)).toEqual(["r1:eth1--pc2:eth0"]);
  });
});

describe("a program that holds a lab", () => {
  it("cuts, changes and restores links by their ends", () => {
    const run = LOSSY.start();
    run.link("pc1", "r1").cut();
    expect(run.node("pc1").table("interfaces")).toContainEqual(
      expect.objectContaining({ dev: "eth0", carrier: false }),
    );
    run.link("pc1:eth0").restore();
    run.link("r1", "pc2").change({ loss: 0, rate: "1Mbps" }, "pc2");
    const { ab, ba } = run.link("pc2:eth0").cable;
    expect([ab.impairment.loss, ba.impairment.loss, ab.bitsPerSecond, ba.bitsPerSecond]).toEqual([
      0, 0.2, 1e6, 1e9,
    ]);
    expect(() => run.link("pc1", "pc2")).toThrow("the lab has no link between pc1 and pc2");
    expect(() => run.node("pc11")).toThrow("the lab has no node pc11; did you mean pc1?");
    expect(() => run.link("pc1", "r1").change({ loss: "much" })).toThrow(
      'pc1:eth0--r1:eth0: wrong value for "loss"; expected a share, such as 5% or 0.05; found "much"',
    );
  });

  it("changes all that a link has while it runs, what its directions share in both only", () => {
    const run = LOSSY.start();
    const link = run.link("pc1", "r1");
    const ping = (size: number) => run.host("pc1").run(`ping -c 1 -W 0.1 -s ${size} 10.0.1.254`).status;
    expect(ping(1000)).toBe(0);
    link.change({ mtu: 500, queue: 1 });
    expect([ping(1000), ping(400)]).toEqual([1, 0]);
    link.change({ rate: "10kbps" });
    run.host("pc1").run("ping -c 9 -i 0 -W 1 10.0.1.254", "1h");
    expect(run.facts().drops).toMatchObject({ "frame-too-long": 1, "link-queue-full": expect.any(Number) });
    expect(() => link.change({ queue: 5 }, "r1")).toThrow(
      "pc1:eth0--r1:eth0: queue is the same in both directions",
    );
  });

  it("kills and restarts a router, which forgets what it learned and keeps its configuration", () => {
    const run = LOSSY.start();
    run.runUntil("1s");
    expect(run.node("r1").table("neighbours")).toHaveLength(2);
    run.node("r1").kill();
    run.runUntil("2s");
    run.node("r1").restart();
    expect(run.node("r1").table("neighbours")).toEqual([]);
    expect(run.node("r1").table("routes")).toHaveLength(2);
    run.run();
    expect(run.node("r1").table("neighbours")).toHaveLength(2);
  });
});
