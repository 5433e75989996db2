import { beforeEach, describe, expect, it } from "vitest";
import { formatIpv4, toHex } from "../../src/core/index.js";
import { AddressClaim } from "../../src/host/index.js";
import { arp, arpReply, arpRequest, BROADCAST, NOBODY, type Station } from "./frames.js";
import { ip } from "./network.js";
import { Bench, DUT, PEER, shown } from "./wire-script.js";

let bench: Bench;
const WANTED = "10.0.0.50";
const PROBE = arp(1, BROADCAST, [DUT, "0.0.0.0"], [NOBODY, WANTED]);
const ANNOUNCEMENT = arpRequest([DUT, WANTED], WANTED);
const rival: Station = [PEER, WANTED];

beforeEach(() => {
  bench = new Bench({ eth0: null });
});

/** When probes and announcements went out, in seconds. */
function sent(): { probes: number[]; announcements: number[] } {
  const probes: number[] = [];
  const announcements: number[] = [];
  for (const { time, bytes } of bench.station().heard.splice(0)) {
    if (shown(bytes) === shown(PROBE)) probes.push(time / 1e9);
    else if (shown(bytes) === shown(ANNOUNCEMENT)) announcements.push(time / 1e9);
    else throw new Error(`neither probe nor announcement: ${toHex(bytes)}`);
  }
  return { probes, announcements };
}
const claim = () => bench.stack.claimAddress(bench.eth0, ip(WANTED), 24);
const addresses = () => bench.eth0.addresses.map(({ address, length }) => `${formatIpv4(address)}/${length}`);
const log = () => bench.dut.messages.map(({ text }) => text);
/** Runs until the address is there. */
const obtain = () => {
  claim();
  bench.run(12);
  expect(addresses()).toEqual([`${WANTED}/24`]);
  bench.heard();
};

describe("RFC 5227 §2.1.1: probing an address", () => {
  it("sends three probes, the first within a second, each 1 to 2 s after the last", () => {
    claim();
    bench.run(10);
    const { probes } = sent();
    expect(probes).toHaveLength(3);
    const [first, second, third] = probes as [number, number, number];
    expect(first).toBeLessThanOrEqual(1.001);
    for (const gap of [second - first, third - second]) {
      expect(gap).toBeGreaterThanOrEqual(1);
      expect(gap).toBeLessThanOrEqual(2);
    }
  });

  it("uses the address 2 s after the last probe, and not before", () => {
    claim();
    bench.run(10);
    const last = sent().probes[2]!;
    bench = new Bench({ eth0: null });
    claim();
    bench.runTo(last + 1.99);
    expect(addresses()).toEqual([]);
    bench.inject(arpRequest([PEER, "10.0.0.2"], WANTED));
    bench.runTo(last + 1.999);
    bench.heard();
    bench.runTo(last + 2.01);
    expect(addresses()).toEqual([`${WANTED}/24`]);
    bench.run(5);
    expect(bench.stack.fib.main.routes()).toHaveLength(1);
  });

  it.each<[string, Uint8Array]>([
    ["answers a probe", arpReply(rival, [DUT, "0.0.0.0"])],
    ["asks for something with that address", arpRequest(rival, "10.0.0.2")],
    ["probes for it too", arp(1, BROADCAST, [PEER, "0.0.0.0"], [NOBODY, WANTED])],
  ])("leaves the address alone when somebody %s", (_what, frame) => {
    claim();
    bench.run(2.5);
    bench.inject(frame);
    bench.run(0.01);
    bench.heard();
    bench.run(20);
    bench.expectSilence();
    expect(addresses()).toEqual([]);
    expect(log()).toEqual([`IPv4: eth0: did not take address ${WANTED}, used by ${PEER}`]);
    bench.expectNoLeaks();
  });

  it("minds neither its own probes that come back nor those for other addresses", () => {
    claim();
    bench.run(1.5);
    bench.inject(PROBE);
    bench.inject(arp(1, BROADCAST, [PEER, "0.0.0.0"], [NOBODY, "10.0.0.51"]));
    bench.inject(arpRequest([PEER, "10.0.0.2"], WANTED));
    bench.run(10);
    expect(addresses()).toEqual([`${WANTED}/24`]);
  });

  it("gives the address to one of two that want it, when the other was first", () => {
    claim();
    bench.run(12);
    const late = new Bench({ eth0: null });
    late.stack.claimAddress(late.eth0, ip(WANTED), 24);
    late.run(0.9);
    late.inject(arpReply(rival, [DUT, "0.0.0.0"]));
    late.run(20);
    expect(late.eth0.addresses).toEqual([]);
  });
});

describe("RFC 5227 §2.3: announcing", () => {
  it("announces twice, 2 s apart", () => {
    claim();
    bench.run(20);
    const { probes, announcements } = sent();
    expect(announcements).toHaveLength(2);
    expect(announcements[0]! - probes[2]!).toBeCloseTo(2, 5);
    expect(announcements[1]! - announcements[0]!).toBeCloseTo(2, 5);
  });

  it("answers for the address from then on", () => {
    obtain();
    bench.inject(arpRequest([PEER, "10.0.0.2"], WANTED));
    bench.run();
    bench.expectOut(arpReply([DUT, WANTED], [PEER, "10.0.0.2"]));
  });
});

describe("RFC 5227 §2.4: defending", () => {
  const conflict = () => {
    bench.inject(arpRequest(rival, "10.0.0.9"));
    bench.run(0.01);
  };

  it("defends the address with one announcement", () => {
    obtain();
    conflict();
    bench.expectOut(ANNOUNCEMENT);
    expect(addresses()).toEqual([`${WANTED}/24`]);
  });

  it("defends it again when ten seconds have passed", () => {
    obtain();
    for (let i = 0; i < 3; i++) {
      conflict();
      bench.run(10);
    }
    bench.expectOut(ANNOUNCEMENT, ANNOUNCEMENT, ANNOUNCEMENT);
    expect(addresses()).toEqual([`${WANTED}/24`]);
  });

  it("gives it up at a second conflict within ten seconds, with its routes, and says so", () => {
    obtain();
    conflict();
    bench.run(5);
    conflict();
    bench.run(30);
    bench.expectOut(ANNOUNCEMENT);
    expect(addresses()).toEqual([]);
    expect(bench.stack.fib.main.routes()).toEqual([]);
    expect(log().at(-1)).toBe(`IPv4: eth0: gave up address ${WANTED}, used by ${PEER}`);
    bench.inject(arpRequest([PEER, "10.0.0.2"], WANTED));
    bench.run();
    bench.expectSilence();
  });

  it("does not take a probe by somebody else for a conflict: it answers", () => {
    obtain();
    const prober: Station = [PEER, "0.0.0.0"];
    bench.inject(arpRequest(prober, WANTED));
    bench.inject(arpRequest(prober, WANTED));
    bench.run();
    bench.expectOut(arpReply([DUT, WANTED], prober), arpReply([DUT, WANTED], prober));
    expect(addresses()).toEqual([`${WANTED}/24`]);
  });
});

describe("a link that comes and goes", () => {
  it("waits for the link, gives the address up with it, and probes again when it is back", () => {
    const { port1 } = bench.station();
    port1.setEnabled(false);
    claim();
    bench.run(20);
    expect(addresses()).toEqual([]);
    port1.setEnabled(true);
    bench.run(12);
    expect(addresses()).toEqual([`${WANTED}/24`]);
    port1.setEnabled(false);
    expect(addresses()).toEqual([]);
    port1.setEnabled(true);
    bench.heard();
    bench.run(12);
    expect(sent().probes).toHaveLength(3);
    expect(addresses()).toEqual([`${WANTED}/24`]);
  });

  it("tries a lost address again only after the link was gone", () => {
    claim();
    bench.run(1.5);
    bench.inject(arpReply(rival, [DUT, "0.0.0.0"]));
    bench.run(60);
    expect(addresses()).toEqual([]);
    bench.eth0.setUp(false);
    bench.eth0.setUp(true);
    bench.run(12);
    expect(addresses()).toEqual([`${WANTED}/24`]);
  });

  it("sends nothing more after the machine was switched off", () => {
    claim();
    bench.run(1.5);
    bench.dut.powerOff();
    bench.heard();
    bench.run(20);
    bench.expectSilence();
    bench.expectNoLeaks();
  });
});

describe("AddressClaim", () => {
  it("is silent once it is stopped", () => {
    let called = 0;
    const made = new AddressClaim(bench.stack, bench.eth0, ip(WANTED), {
      claimed: () => called++,
      conflict: () => called++,
    });
    bench.run(1.2);
    made.stop();
    bench.heard();
    bench.inject(arpRequest(rival, WANTED));
    bench.run(20);
    bench.expectSilence();
    expect([called, made.state]).toEqual([0, "ENDED"]);
  });
});
