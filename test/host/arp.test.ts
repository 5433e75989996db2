import { describe, expect, it } from "vitest";
import { ANY_IPV4 } from "../../src/core/index.js";
import { RawSocket } from "../../src/host/index.js";
import { arp, arpReply, arpRequest, BROADCAST, echo, ether, hex, NOBODY, type Station } from "./frames.js";
import { ip } from "./network.js";
import { Bench, comes, DUT, dut, fromDut, goes, PEER, peer } from "./wire-script.js";

const stranger: Station = ["02:00:00:00:00:03", "10.0.0.3"];

const neighbours = (bench: Bench): string[] =>
  bench.stack.neighbours
    .entries()
    .map((entry) => `${entry.ip & 255} ${entry.mac.toString(16)} ${entry.state}`);

describe("RFC 826: packet reception", () => {
  it("answers a request for its address straight to the asker, swapping the fields", () => {
    const bench = new Bench();
    bench.script(
      comes(
        1,
        ether(
          BROADCAST,
          PEER,
          0x0806,
          hex("0001 0800 06 04 0001 020000000002 0a000002 000000000000 0a000001"),
        ),
      ),
      goes(
        1,
        ether(PEER, DUT, 0x0806, hex("0001 0800 06 04 0002 020000000001 0a000001 020000000002 0a000002")),
      ),
    );
    bench.expectNoLeaks();
  });

  it("remembers who asks for it, so that the answer to a ping needs no request", () => {
    const bench = new Bench();
    bench.inject(arpRequest(peer, "10.0.0.1"));
    bench.run();
    expect(neighbours(bench)).toEqual(["2 20000000002 STALE"]);
  });

  it("stays silent about targets that are not its own, and remembers nobody", () => {
    const bench = new Bench();
    bench.inject(arpRequest(peer, "10.0.0.9"));
    bench.run();
    bench.expectSilence();
    expect(neighbours(bench)).toEqual([]);
    expect(bench.drops()).toEqual({ "arp-not-ours": 1 });
  });

  it("merges a changed address of a known sender from a packet for somebody else, once the lock is over", () => {
    const bench = new Bench();
    bench.inject(arpRequest(peer, "10.0.0.1"));
    bench.runTo(0.5);
    const moved: Station = ["02:00:00:00:00:0a", "10.0.0.2"];
    bench.inject(arpRequest(moved, "10.0.0.9"));
    bench.runTo(0.6);
    expect(neighbours(bench)).toEqual(["2 20000000002 STALE"]);
    bench.runTo(1.1);
    bench.inject(arpRequest(moved, "10.0.0.9"));
    bench.run();
    expect(neighbours(bench)).toEqual(["2 2000000000a STALE"]);
  });

  it("believes a sender that asks for us at once, within the lock too", () => {
    const bench = new Bench();
    bench.inject(arpRequest(peer, "10.0.0.1"));
    bench.run();
    bench.inject(arpRequest(["02:00:00:00:00:0a", "10.0.0.2"], "10.0.0.1"));
    bench.run();
    expect(neighbours(bench)).toEqual(["2 2000000000a STALE"]);
  });

  it("believes a gratuitous request or reply within the lock", () => {
    const bench = new Bench();
    bench.inject(arpRequest(peer, "10.0.0.1"));
    bench.run();
    bench.inject(arpRequest(["02:00:00:00:00:0a", "10.0.0.2"], "10.0.0.2"));
    bench.run();
    expect(neighbours(bench)).toEqual(["2 2000000000a STALE"]);
    const other: Station = ["02:00:00:00:00:0b", "10.0.0.2"];
    bench.inject(arp(2, BROADCAST, other, other));
    bench.run();
    expect(neighbours(bench)).toEqual(["2 2000000000b STALE"]);
  });

  it("makes no entry of an answer that nobody asked for", () => {
    const bench = new Bench();
    bench.inject(arpReply(peer, dut));
    bench.run();
    expect(neighbours(bench)).toEqual([]);
  });

  it("makes one with arp_accept", () => {
    const bench = new Bench();
    bench.stack.sysctl.set("net.ipv4.conf.eth0.arp_accept", 1);
    bench.inject(arpReply(peer, dut));
    bench.inject(arpRequest(stranger, stranger[1]));
    bench.inject(arpRequest(["02:00:00:00:00:04", "10.0.0.4"], "10.0.0.9"));
    bench.run();
    expect(neighbours(bench)).toEqual(["2 20000000002 REACHABLE", "3 20000000003 STALE"]);
  });

  it("answers for any address of the machine on any interface (weak host model)", () => {
    const bench = new Bench({ eth0: "10.0.0.1/24", eth1: "10.0.1.1/24" });
    bench.inject(arpRequest(peer, "10.0.1.1"));
    bench.run();
    bench.expectOut(arpReply([DUT, "10.0.1.1"], peer));
  });

  it("answers only for the device's own address with arp_ignore 1, only to its prefix with 2, never with 8", () => {
    const bench = new Bench({ eth0: "10.0.0.1/24", eth1: "10.0.1.1/24" });
    const foreign: Station = ["02:00:00:00:00:05", "192.0.2.5"];
    const ask = (mode: number, asker: Station, target: string): number => {
      bench.stack.sysctl.set("net.ipv4.conf.all.arp_ignore", mode);
      bench.inject(arpRequest(asker, target));
      bench.run();
      return bench.heard().length;
    };
    expect([ask(1, peer, "10.0.1.1"), ask(1, foreign, "10.0.0.1")]).toEqual([0, 1]);
    expect([ask(2, foreign, "10.0.0.1"), ask(2, peer, "10.0.0.1")]).toEqual([0, 1]);
    expect(ask(8, peer, "10.0.0.1")).toBe(0);
  });

  it.each([
    ["hardware type", "0007 0800 06 04 0001 020000000002 0a000002 000000000000 0a000001"],
    ["protocol type", "0001 86dd 06 04 0001 020000000002 0a000002 000000000000 0a000001"],
    ["hardware size", "0001 0800 08 04 0001 020000000002 0a000002 000000000000 0a000001"],
    ["protocol size", "0001 0800 06 10 0001 020000000002 0a000002 000000000000 0a000001"],
    ["operation", "0001 0800 06 04 0003 020000000002 0a000002 000000000000 0a000001"],
    ["broadcast sender", "0001 0800 06 04 0001 ffffffffffff 0a000002 000000000000 0a000001"],
    ["sender 127.0.0.1", "0001 0800 06 04 0001 020000000002 7f000001 000000000000 0a000001"],
    ["sender 255.255.255.255", "0001 0800 06 04 0001 020000000002 ffffffff 000000000000 0a000001"],
    ["sender 224.0.0.1", "0001 0800 06 04 0001 020000000002 e0000001 000000000000 0a000001"],
    ["target 224.0.0.1", "0001 0800 06 04 0001 020000000002 0a000002 000000000000 e0000001"],
    ["target 127.0.0.1", "0001 0800 06 04 0001 020000000002 0a000002 000000000000 7f000001"],
  ])("drops a request with a wrong %s", (_what, packet) => {
    const bench = new Bench();
    bench.inject(ether(BROADCAST, PEER, 0x0806, hex(packet)));
    bench.run();
    bench.expectSilence();
    expect(bench.drops()).toEqual({ "arp-malformed": 1 });
    expect(neighbours(bench)).toEqual([]);
    bench.expectNoLeaks();
  });

  it("answers for hosts behind another interface with proxy_arp, but for no probe", () => {
    const bench = new Bench({ eth0: "10.0.0.1/24", eth1: "10.0.1.1/24" });
    bench.stack.sysctl.set("net.ipv4.ip_forward", 1);
    bench.stack.sysctl.set("net.ipv4.conf.eth0.proxy_arp", 1);
    bench.inject(arpRequest(peer, "10.0.1.77"));
    bench.inject(arpRequest(peer, "10.0.0.77"));
    bench.inject(arpRequest([PEER, "0.0.0.0"], "10.0.1.77"));
    bench.run();
    bench.expectOut(arpReply([DUT, "10.0.1.77"], peer));
  });
});

describe("arp_announce: the sender address of requests", () => {
  const ask = (mode: number, source: string) => {
    const bench = new Bench({ eth0: "10.0.0.1/24", eth1: "10.0.1.1/24" });
    bench.stack.sysctl.set("net.ipv4.conf.all.arp_announce", mode);
    new RawSocket(bench.stack, 1).send(Uint8Array.from(echo(1, 1)), ip("10.0.0.2"), { src: ip(source) });
    bench.run();
    return bench;
  };

  it("is the waiting packet's own source with 0", () => {
    ask(0, "10.0.1.1").expectOut(arpRequest([DUT, "10.0.1.1"], "10.0.0.2"));
  });

  it("is one that the target knows with 1, and the best for the target with 2", () => {
    ask(1, "10.0.1.1").expectOut(arpRequest(dut, "10.0.0.2"));
    ask(2, "10.0.1.1").expectOut(arpRequest(dut, "10.0.0.2"));
  });
});

describe("RFC 5227 §2.1.1 and §2.3: probes and announcements", () => {
  it("answers a probe for its address and learns nothing from it", () => {
    const bench = new Bench();
    const prober: Station = [PEER, "0.0.0.0"];
    bench.script(comes(0, arpRequest(prober, "10.0.0.1")), goes(0, arpReply(dut, prober)));
    expect(neighbours(bench)).toEqual([]);
  });

  it("probes with sender 0.0.0.0 and announces with the address as sender and target", () => {
    const bench = new Bench();
    bench.stack.arp.probe(bench.eth0, ip("10.0.0.1"));
    bench.stack.arp.announce(bench.eth0, ip("10.0.0.1"));
    bench.run();
    bench.expectOut(
      ether(BROADCAST, DUT, 0x0806, hex("0001 0800 06 04 0001 020000000001 00000000 000000000000 0a000001")),
      ether(BROADCAST, DUT, 0x0806, hex("0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000001")),
    );
  });

  it("announces its addresses when the device comes up with arp_notify", () => {
    const bench = new Bench();
    bench.stack.sysctl.set("net.ipv4.conf.eth0.arp_notify", 1);
    bench.eth0.setUp(false);
    bench.eth0.setUp(true);
    bench.run();
    bench.expectOut(arpRequest(dut, "10.0.0.1"));
  });

  it("notes that somebody else claims its address, and does not answer the claim", () => {
    const bench = new Bench();
    bench.inject(arpRequest([PEER, "10.0.0.1"], "10.0.0.1"));
    bench.run();
    bench.expectSilence();
    expect(bench.drops()).toEqual({ "arp-conflict": 1 });
    expect(bench.dut.messages.map(({ text }) => text)).toEqual([
      "IPv4: eth0: address 10.0.0.1 is also used by 02:00:00:00:00:02",
    ]);
  });

  it("takes its own announcement that comes back for no conflict", () => {
    const bench = new Bench();
    bench.inject(arpRequest(dut, "10.0.0.1"));
    bench.run();
    expect(bench.dut.messages).toEqual([]);
    expect(bench.drops()).toEqual({ "own-frame": 1 });
  });
});

describe("RFC 826: resolution", () => {
  it("holds a packet back, asks by broadcast, and sends the packet when the answer comes", () => {
    const bench = new Bench();
    const raw = new RawSocket(bench.stack, 1);
    raw.send(Uint8Array.from(echo(7, 1)), ip("10.0.0.2"), { discover: "dont" });
    bench.script(
      goes(
        0,
        ether(
          BROADCAST,
          DUT,
          0x0806,
          hex("0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002"),
        ),
      ),
      comes(0.25, arpReply(peer, dut)),
      goes(0.25, fromDut(hex("4500 001c 0000 0000 4001 66df 0a000001 0a000002 0800 f7f7 0007 0001"))),
    );
    bench.expectNoLeaks();
  });

  it("takes a request of the awaited neighbour for an answer too", () => {
    const bench = new Bench();
    new RawSocket(bench.stack, 1).send(Uint8Array.from(echo(7, 1)), ip("10.0.0.2"));
    bench.run();
    bench.heard();
    bench.inject(arpRequest(peer, "10.0.0.1"));
    bench.run();
    expect(bench.heard().map((frame) => frame[13])).toEqual([0, 6]);
    // The entry was used at once: it is on its way to being verified.
    expect(neighbours(bench)).toEqual(["2 20000000002 DELAY"]);
  });

  it("asks with whatever address it has, or with none", () => {
    const bench = new Bench({ eth0: null });
    bench.stack.arp.solicit(bench.stack.neighbours.entry(bench.eth0, ip("10.0.0.2"))!, null);
    bench.run();
    bench.expectOut(arp(1, BROADCAST, [DUT, "0.0.0.0"], [NOBODY, "10.0.0.2"]));
    expect(bench.stack.anySource()).toBe(ANY_IPV4);
  });
});
