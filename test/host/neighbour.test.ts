import { beforeEach, describe, expect, it } from "vitest";
import { type Ipv4, parseMac } from "../../src/core/index.js";
import { RawSocket } from "../../src/host/index.js";
import {
  arp,
  arpReply,
  arpRequest,
  type Bytes,
  echo,
  icmp,
  ipv4,
  NOBODY,
  type Station,
  UDP,
  udp,
} from "./frames.js";
import { ip } from "./network.js";
import { Bench, comes, dut, fromDut, goes, PEER, peer } from "./wire-script.js";

let bench: Bench;
let raw: RawSocket;

beforeEach(() => {
  bench = new Bench();
  raw = new RawSocket(bench.stack, 1);
});

const ping = (sequence: number, to = "10.0.0.2"): number[] => ipv4("10.0.0.1", to, 1, echo(1, sequence));
const sendPing = (sequence: number, to = "10.0.0.2") =>
  raw.send(Uint8Array.from(echo(1, sequence)), ip(to), { discover: "dont" });
const at = (seconds: number, call: () => void) => bench.world.engine.at(seconds * 1e9, call);
const state = (address = "10.0.0.2") => bench.stack.neighbours.find(bench.eth0, ip(address))?.state;
/** Asks, hears the answer, and leaves an entry REACHABLE since that time. */
const resolve = (seconds: number) => {
  bench.runTo(seconds);
  sendPing(0);
  bench.run(0.001);
  bench.inject(arpReply(peer, dut));
  bench.run(0.001);
  bench.heard();
  expect(state()).toBe("REACHABLE");
};
/** The entry leaves REACHABLE between 15 s and 45 s after its confirmation. */
const runUntilStale = (): number => {
  while (state() === "REACHABLE") bench.run(0.1);
  expect(state()).toBe("STALE");
  return bench.now;
};

describe("INCOMPLETE: three requests, one second apart", () => {
  it("asks at 0, 1 and 2 s, and reports host unreachable for what waits at 3 s", () => {
    const got: number[][] = [];
    raw.onPacket = ({ bytes }) => got.push([...bytes.subarray(12, 22)]);
    at(1, () => sendPing(1));
    bench.script(
      goes(1, arpRequest(dut, "10.0.0.2")),
      goes(2, arpRequest(dut, "10.0.0.2")),
      goes(3, arpRequest(dut, "10.0.0.2")),
    );
    expect(state()).toBe("INCOMPLETE");
    bench.runTo(3.999);
    expect(got).toEqual([]);
    bench.runTo(4.001);
    // From itself to itself: destination unreachable, host unreachable.
    expect(got).toEqual([[10, 0, 0, 1, 10, 0, 0, 1, 3, 1]]);
    expect(state()).toBe("FAILED");
    expect(bench.drops()).toEqual({ "neigh-failed": 1 });
    bench.runTo(10);
    bench.expectSilence();
    bench.expectNoLeaks();
  });

  it("tells the sender of a forwarded packet, quoting it", () => {
    bench = new Bench({ eth0: "10.0.0.1/24", eth1: "10.0.1.1/24" });
    bench.stack.sysctl.set("net.ipv4.ip_forward", 1);
    bench.knowNeighbour();
    const packet = (ttl: number) =>
      ipv4("10.0.0.2", "10.0.1.9", UDP, udp("10.0.0.2", "10.0.1.9", 5, 6, "hi"), { ttl, id: 77 });
    bench.packet(packet(9));
    bench.runTo(3.01);
    const error: Bytes = packet(8);
    bench.expectOut(fromDut(ipv4("10.0.0.1", "10.0.0.2", 1, icmp(3, 1, 0, error), { tos: 0xc0 })));
    bench.expectNoLeaks();
  });

  it("starts anew for a packet that comes after the failure", () => {
    sendPing(1);
    bench.runTo(5);
    bench.heard();
    sendPing(2);
    bench.run();
    bench.expectOut(arpRequest(dut, "10.0.0.2"));
  });

  it("keeps the 101 newest packets and counts the others", () => {
    for (let i = 0; i < 110; i++) sendPing(i);
    bench.run();
    bench.expectOut(arpRequest(dut, "10.0.0.2"));
    expect(bench.drops()).toEqual({ "neigh-queue-full": 9 });
    bench.inject(arpReply(peer, dut));
    bench.run();
    const expected = Array.from({ length: 101 }, (_, i) => fromDut(ping(9 + i)));
    bench.expectOut(...expected);
    bench.expectNoLeaks();
  });
});

describe("REACHABLE, STALE, DELAY and PROBE", () => {
  it("trusts an answer for 15 to 45 s", () => {
    resolve(0);
    const stale = runUntilStale();
    expect(stale).toBeGreaterThanOrEqual(15);
    expect(stale).toBeLessThanOrEqual(45.2);
  });

  it("sends to a stale neighbour at once, waits 5 s for a sign of life, then asks it by unicast", () => {
    resolve(0);
    const stale = runUntilStale();
    sendPing(1);
    bench.run(0.01);
    expect(state()).toBe("DELAY");
    bench.expectOut(fromDut(ping(1)));
    bench.runTo(stale + 4.99);
    bench.expectSilence();
    bench.runTo(stale + 5.01);
    expect(state()).toBe("PROBE");
    bench.expectOut(arp(1, PEER, dut, [NOBODY, "10.0.0.2"]));
    bench.inject(arpReply(peer, dut));
    bench.run();
    expect(state()).toBe("REACHABLE");
  });

  it("gives up after three unanswered unicast requests, and asks everybody when next it is needed", () => {
    resolve(0);
    const stale = runUntilStale();
    sendPing(1);
    bench.run(0.01);
    bench.heard();
    const probe = arp(1, PEER, dut, [NOBODY, "10.0.0.2"]);
    bench.runTo(stale + 7.9);
    bench.expectOut(probe, probe, probe);
    expect(state()).toBe("PROBE");
    bench.runTo(stale + 8.1);
    expect(state()).toBe("FAILED");
    sendPing(2);
    bench.run();
    bench.expectOut(arpRequest(dut, "10.0.0.2"));
  });

  it("goes on using the address while it probes", () => {
    resolve(0);
    const stale = runUntilStale();
    sendPing(1);
    bench.runTo(stale + 6.5);
    bench.heard();
    sendPing(2);
    bench.run();
    bench.expectOut(fromDut(ping(2)));
  });

  it("stays stale for ever when nobody needs it, at no cost in events", () => {
    resolve(0);
    runUntilStale();
    bench.runTo(50);
    const before = bench.world.engine.handled;
    bench.runTo(10_000);
    expect(bench.world.engine.handled).toBe(before);
    expect(state()).toBe("STALE");
  });

  it("takes a broadcast answer for no proof of reachability", () => {
    sendPing(1);
    bench.run();
    bench.inject(arp(2, "ff:ff:ff:ff:ff:ff", peer, dut));
    bench.run();
    expect(state()).toBe("DELAY");
  });

  it("prolongs the trust when a new answer comes, without moving the lock", () => {
    resolve(0);
    for (let t = 10; t <= 100; t += 10) {
      bench.runTo(t);
      bench.inject(arpReply(peer, dut));
    }
    bench.run();
    expect(state()).toBe("REACHABLE");
  });
});

describe("locktime: one second during which an entry does not change", () => {
  const other: Station = ["02:00:00:00:00:0f", "10.0.0.2"];
  const mac = () => bench.stack.neighbours.find(bench.eth0, ip("10.0.0.2"))!.mac;

  it("keeps the first of two answers", () => {
    resolve(0);
    bench.inject(arpReply(other, dut));
    bench.run();
    expect(mac()).toBe(parseMac(PEER));
  });

  it("is counted from the last change, not from the last confirmation", () => {
    resolve(0);
    bench.runTo(0.9);
    bench.inject(arpReply(peer, dut));
    bench.runTo(1.5);
    bench.inject(arpReply(other, dut));
    bench.run();
    expect(mac()).toBe(parseMac("02:00:00:00:00:0f"));
  });
});

describe("PERMANENT", () => {
  it("is never changed by what the network says, and never asked for", () => {
    bench.knowNeighbour();
    const liar: Station = ["02:00:00:00:00:0f", "10.0.0.2"];
    bench.script(
      comes(1, arpReply(liar, dut)),
      comes(2, arpRequest(liar, "10.0.0.1")),
      goes(2, arpReply(dut, liar)),
      comes(3, arpRequest(liar, "10.0.0.2")),
    );
    sendPing(1);
    bench.runTo(100);
    bench.expectOut(fromDut(ping(1)));
    expect(state()).toBe("PERMANENT");
  });

  it("survives the loss of carrier but not the device's being switched off", () => {
    bench.knowNeighbour();
    bench.inject(arpRequest(["02:00:00:00:00:03", "10.0.0.3"], "10.0.0.1"));
    bench.run();
    bench.station().port1.setEnabled(false);
    expect([state(), state("10.0.0.3")]).toEqual(["PERMANENT", undefined]);
    bench.eth0.setUp(false);
    expect(state()).toBeUndefined();
  });
});

describe("gc_thresh: the bounds of the table", () => {
  const size = () => bench.stack.neighbours.size;
  const stranger = (n: number): Station => [
    `02:00:00:01:${(n >> 8).toString(16)}:${(n & 255).toString(16)}`,
    `10.0.${n >> 8}.${n & 255}`,
  ];
  const ask = (from: number, count: number) => {
    for (let i = from; i < from + count; i++) {
      bench.inject(arpRequest(stranger(i), "10.0.0.1"));
      if (i % 500 === 0) bench.run(0.01);
    }
    bench.run(0.01);
    bench.heard();
  };

  it("never holds more than gc_thresh3 entries, whoever knocks", () => {
    ask(300, 1200);
    expect(size()).toBe(1024);
    expect(bench.stack.neighbours.overflows).toBeGreaterThan(0);
    bench.expectNoLeaks();
  });

  it("lets a new station in after five seconds, in the place of the oldest", () => {
    ask(300, 1200);
    bench.runTo(6);
    bench.inject(arpRequest(peer, "10.0.0.1"));
    bench.run();
    expect(state()).toBe("STALE");
    expect(size()).toBeLessThanOrEqual(513);
  });

  it("keeps those that are trusted or being asked", () => {
    resolve(0);
    ask(300, 1200);
    bench.runTo(7);
    sendPing(1, "10.0.0.200");
    ask(4000, 1200);
    expect([state(), state("10.0.0.200")]).toEqual(["REACHABLE", "INCOMPLETE"]);
  });

  it("does not count static entries", () => {
    for (let i = 0; i < 2000; i++) {
      const address = (ip("10.0.8.0") + i) as Ipv4;
      bench.stack.neighbours
        .entry(bench.eth0, address)!
        .update(parseMac(PEER)!, "PERMANENT", { by: "config" });
    }
    resolve(0);
    expect(size()).toBe(2001);
  });

  it("forgets unused entries after gc_stale_time once there are more than gc_thresh1", () => {
    ask(300, 100);
    bench.runTo(200);
    expect(size()).toBe(100);
    ask(500, 100);
    bench.runTo(300);
    expect(size()).toBeLessThan(128);
  });

  it("counts a packet for which there is no entry left", () => {
    ask(300, 1200);
    sendPing(1);
    expect(bench.drops()).toEqual({ "neigh-table-full": 1 });
  });
});
