import { describe, expect, it } from "vitest";
import { DROP_REASONS, type DropReason } from "../../src/core/drop-reason.js";
import type { Step, StepVerb } from "../../src/core/step.js";
import { Switch } from "../../src/device/index.js";
import { RawSocket, UdpSocket } from "../../src/host/index.js";
import { Port } from "../../src/link/index.js";
import { describeStep, type Journey, journeyOf, Recorder, renderJourney } from "../../src/trace/index.js";
import { ADVICE } from "../../src/trace/journey/advice-table.js";
import { cable, host, ip, route, router, world } from "../host/network.js";

const ECHO = Uint8Array.from([8, 0, 0xf7, 0xfe, 0, 0, 0, 1]);

/** pc1 and pc3 on a switch, behind r1 pc2. */
function network() {
  const w = world();
  const pc1 = host(w, "pc1", { eth0: "10.0.1.1/24" });
  const pc2 = host(w, "pc2", { eth0: "10.0.2.1/24" });
  const pc3 = host(w, "pc3", { eth0: "10.0.1.3/24" });
  const r1 = router(w, "r1", { eth0: "10.0.1.254/24", eth1: "10.0.2.254/24" });
  const sw = new Switch(w, "sw1");
  for (let i = 0; i < 3; i++) new Port(sw, i, String(i + 1));
  cable(pc1.port("eth0"), sw.port("1"));
  cable(r1.port("eth0"), sw.port("2"));
  cable(pc3.port("eth0"), sw.port("3"));
  const last = cable(r1.port("eth1"), pc2.port("eth0"));
  const recorder = new Recorder();
  w.journal = recorder;
  return { w, pc1, pc2, r1, last, recorder };
}

type Net = ReturnType<typeof network>;

function withRoutes(): Net {
  const net = network();
  route(net.pc1, "default", "10.0.1.254");
  route(net.pc2, "default", "10.0.2.254");
  return net;
}

/** The journey of the one packet that pc1 sends. */
function ping(net: Net, dst = "10.0.2.1", ttl?: number): Journey {
  const before = net.w.engine.now;
  const socket = new RawSocket(net.pc1.stack, 1);
  expect(socket.send(ECHO, ip(dst), ttl === undefined ? {} : { ttl })).toBeNull();
  net.w.engine.run();
  const frames = net.recorder.sentBy("pc1", before);
  expect(frames).toHaveLength(1);
  return journeyOf(net.recorder, frames[0]!)!;
}

const way = ({ hops }: Journey): string[] => hops.map((hop) => hop.node);
const stepOf = (journey: Journey, node: string, verb: StepVerb) =>
  journey.hops.find((hop) => hop.node === node)!.steps.find((step) => step.verb === verb)!;

describe("the journey of a ping that is answered", () => {
  const net = withRoutes();
  const journey = ping(net);
  const reply = journey.caused.find(({ what }) => what.startsWith("ICMP echo reply"))!;

  it("leads there over every node, and back in the reply that it caused", () => {
    expect(journey.outcome).toBe("answered");
    expect(way(journey)).toEqual(["pc1", "sw1", "r1", "pc2"]);
    expect(way(reply)).toEqual(["pc2", "r1", "sw1", "pc1"]);
    expect(reply.cause).toBe(journey.frame);
    expect(journey.decidedBy).toBe(reply.frame);
  });

  it("tells each ARP exchange that the packet waited for", () => {
    expect(journey.caused.map(({ what }) => what)).toEqual([
      "ARP request for 10.0.1.254",
      "ARP request for 10.0.2.1",
      "ICMP echo reply 10.0.2.1 > 10.0.1.1",
    ]);
    const [request] = journey.caused;
    expect(request!.outcome).toBe("answered");
    expect(request!.caused.map(({ what }) => what)).toEqual(["ARP reply of 10.0.1.254"]);
    expect(request!.branches).toMatchObject([{ parting: 1, outcome: "dropped", reason: "arp-not-ours" }]);
  });

  it("names what put each row there that decided", () => {
    expect(stepOf(journey, "pc1", "routed").origin).toBe("written in the lab file");
    expect(stepOf(journey, "pc1", "resolved").origin).toMatch(
      /^learned from frame \d+ \(ARP reply of 10\.0\.1\.254\) at 0\.0000/,
    );
    expect(stepOf(journey, "sw1", "forwarded").origin).toMatch(/^learned from frame \d+ \(ARP reply/);
    expect(stepOf(reply, "sw1", "forwarded").origin).toMatch(/^learned from frame \d+ \(ARP request/);
  });

  it("reads as a story from the sending to the answer", () => {
    const text = renderJourney(journey);
    expect(text).toMatch(/^frame \d+: ICMP 10\.0\.1\.1 > 10\.0\.2\.1\n {2}0\.000000000 pc1\n/);
    expect(text).toContain(
      "route default leads to 10.0.2.1, via 10.0.1.254 dev eth0 (table main); written in the lab file\n",
    );
    expect(text).toContain("waits on eth0: the MAC address of 10.0.1.254 is not known yet\n    | frame ");
    expect(text).toContain("      changes TTL from 64 to 63\n");
    expect(text).toMatch(
      /\nframe \d+: delivered to pc2 after [\d.]+ us and answered by frame \d+, which reached pc1/,
    );
    expect(text).not.toContain("to mend it");
  });

  it("is plain JSON", () => {
    expect(JSON.parse(JSON.stringify(journey))).toEqual(journey);
  });

  it("is shorter the second time, when everybody is known", () => {
    const second = ping(net);
    expect(second.outcome).toBe("answered");
    expect(second.caused.map(({ what }) => what)).toEqual(["ICMP echo reply 10.0.2.1 > 10.0.1.1"]);
  });
});

describe("the journey of a packet that fails", () => {
  it("blames a gateway that nobody has, and says how to correct it", () => {
    const net = network();
    route(net.pc1, "default", "10.0.1.99");
    const journey = ping(net);
    expect(journey).toMatchObject({ outcome: "dropped", reason: "neigh-failed", node: "pc1" });
    expect(journey.caused.filter(({ what }) => what === "ARP request for 10.0.1.99")).toHaveLength(3);
    expect(journey.advice!.en).toContain(
      "Nobody on pc1's link eth0 answers for 10.0.1.99, the gateway that route default names",
    );
    expect(journey.advice!.zh).toContain("10.0.1.99");
    // The switch learned something from the first request; the others are equal, and told once.
    expect(renderJourney(journey).match(/\| frame \d+: the same again, 1 s later$/gm)).toHaveLength(1);
    expect(renderJourney(journey).match(/sends ARP request for 10.0.1.99/g)).toHaveLength(2);
  });

  it("blames the missing host where the route says that it is on the link", () => {
    const journey = ping(withRoutes(), "10.0.2.77");
    expect(journey).toMatchObject({ outcome: "dropped", reason: "neigh-failed", node: "r1" });
    expect(journey.advice!.en).toContain(
      "Nobody on r1's link eth1 has the address 10.0.2.77, which route 10.0.2.0/24 says is there",
    );
    expect(renderJourney(journey)).toMatch(
      /pc1 was told so by frame \d+ \(ICMP 10\.0\.1\.254 > 10\.0\.1\.1\)/,
    );
  });

  it("blames the answer's missing route when only the way back fails", () => {
    const net = network();
    route(net.pc1, "default", "10.0.1.254");
    const journey = ping(net);
    expect(journey).toMatchObject({ outcome: "dropped", reason: "ip-no-route", node: "pc2" });
    expect(journey.advice!.en).toContain("pc2 has no route to 10.0.1.1");
  });

  it("blames the link on the way back when the answer is lost there", () => {
    const net = withRoutes();
    ping(net);
    net.last.ba.impair({ loss: 1 });
    const journey = ping(net);
    expect(journey).toMatchObject({ outcome: "lost", reason: "link-loss", node: "pc2" });
    expect(journey.decidedBy).not.toBe(journey.frame);
    expect(renderJourney(journey)).toContain(
      `delivered, but the answer, frame ${journey.decidedBy}, was lost at pc2:eth0`,
    );
    expect(journey.advice!.en).toContain("loss");
  });

  it("blames the TTL, and tells who was told", () => {
    const journey = ping(withRoutes(), "10.0.2.1", 1);
    expect(journey).toMatchObject({ outcome: "dropped", reason: "ip-ttl-exceeded", node: "r1" });
    expect(journey.advice!.en).toContain("The TTL ran out at r1");
    expect(renderJourney(journey, { language: "zh" })).toContain("TTL 在 r1 处耗尽");
  });

  it("blames the closed port, after fragments came together", () => {
    const net = withRoutes();
    const socket = new UdpSocket(net.pc1.stack);
    socket.bind(ip("0.0.0.0"), 1000);
    socket.send(new Uint8Array(3000), ip("10.0.2.1"), 9);
    net.w.engine.run();
    const journey = journeyOf(net.recorder, net.recorder.sentBy("pc1")[0]!)!;
    expect(journey).toMatchObject({ outcome: "dropped", reason: "udp-no-port", node: "pc2", branches: [] });
    expect(journey.advice!.en).toContain("No program on pc2 listens on UDP port 9");
    expect(renderJourney(journey)).toContain("puts it together from 3 fragments, 3028 bytes");
  });

  it("says that a packet is still under way while it is", () => {
    const net = withRoutes();
    new RawSocket(net.pc1.stack, 1).send(ECHO, ip("10.0.2.1"));
    const journey = journeyOf(net.recorder, net.recorder.sentBy("pc1")[0]!)!;
    expect(journey.outcome).toBe("waiting");
    expect(renderJourney(journey)).toContain("still under way at pc1");
  });
});

describe("a journey from bare steps", () => {
  const told = (frame: number, node: string, verb: StepVerb, more: Partial<Step> = {}): Step => ({
    time: 0,
    node,
    frame,
    verb,
    ...more,
  });

  it("knows nothing of a frame that was not recorded", () => {
    expect(journeyOf(new Recorder(), 5)).toBeUndefined();
  });

  it("says when its beginning is forgotten", () => {
    const recorder = new Recorder({ maxSteps: 2 });
    recorder.step(told(1, "a", "sent"));
    recorder.step(told(1, "a", "transmitted", { port: "1", facts: { to: "b:1" } }));
    recorder.step(told(1, "b", "received", { port: "1" }));
    recorder.step(told(1, "b", "delivered"));
    const journey = journeyOf(recorder, 1)!;
    expect(journey).toMatchObject({ incomplete: true, outcome: "delivered" });
    expect(renderJourney(journey)).toContain("is forgotten");
  });

  it("tells of flooding once, be it recorded before or after what it sends", () => {
    const recorder = new Recorder();
    recorder.step(told(1, "sw", "received"));
    recorder.step(told(1, "sw", "flooded", { facts: { copies: 1 } }));
    recorder.step(told(1, "sw", "transmitted"));
    const lines = renderJourney(journeyOf(recorder, 1)!).split("\n");
    expect(lines.filter((line) => line.includes("floods it"))).toEqual(["      floods it, copies: 1"]);
  });

  it("follows a frame in a loop without end, and stays short", () => {
    const recorder = new Recorder();
    recorder.step(told(1, "a", "sent"));
    for (let time = 0; time < 20_000; time++) {
      const [here, there] = time % 2 === 0 ? ["a", "b"] : ["b", "a"];
      recorder.step(told(1, here!, "flooded", { time }));
      recorder.step(told(1, here!, "transmitted", { time, port: "1", facts: { to: `${there}:1` } }));
      recorder.step(told(1, there!, "received", { time, port: "1" }));
      if (time % 4 === 0) recorder.step(told(1, there!, "dropped", { time, reason: "not-for-us" }));
    }
    const journey = journeyOf(recorder, 1)!;
    expect(journey.branches.length + journey.moreBranches).toBe(5000);
    expect(renderJourney(journey).split("\n").length).toBeLessThan(500);
  });

  it("does not follow causes in a circle", () => {
    const recorder = new Recorder();
    recorder.step(told(1, "a", "sent", { facts: { cause: 2 } }));
    recorder.step(told(2, "a", "sent", { facts: { cause: 1 } }));
    expect(journeyOf(recorder, 1)!.caused.map(({ frame, caused }) => [frame, caused.length])).toEqual([
      [2, 0],
    ]);
  });

  it("names the command that put a row there", () => {
    const recorder = new Recorder();
    const because = { by: "command", text: "ip route add default via 10.0.0.9", time: 2e9 } as const;
    recorder.step(told(1, "a", "routed", { facts: { dst: "10.1.0.1", to: "default" }, because }));
    expect(renderJourney(journeyOf(recorder, 1)!)).toContain(
      '; put there by "ip route add default via 10.0.0.9" at 2.000000000',
    );
  });

  it("shows facts that it does not understand as they are", () => {
    expect(describeStep(told(1, "a", "filtered", { port: "1", facts: { colour: "red", hops: 3 } }))).toBe(
      "has no use for it on 1 [colour=red hops=3]",
    );
    expect(describeStep(told(1, "a", "rewritten", { facts: { ttlBefore: 64, ttlAfter: 63 } }))).toBe(
      "changes the header: [ttlBefore=64 ttlAfter=63]",
    );
  });
});

describe("advice", () => {
  const texts = Object.entries(ADVICE).flatMap(([reason, variants]) =>
    variants.map(({ en, zh }) => [reason, en, zh] as const),
  );

  it("exists for every reason, but for those that need no mending", () => {
    const without = (Object.keys(DROP_REASONS) as DropReason[]).filter(
      (reason) => ADVICE[reason].length === 0,
    );
    expect(without.sort()).toEqual([
      "arp-not-ours",
      "fragment-duplicate",
      "not-for-us",
      "switch-reserved",
      "switch-same-port",
    ]);
  });

  it("says the same in both languages: the Chinese text needs no fact that the English one lacks", () => {
    const facts = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([fact]) => fact);
    for (const [reason, en, zh] of texts)
      for (const fact of facts(zh)) expect(`${reason} ${facts(en)}`).toContain(fact);
  });
});
