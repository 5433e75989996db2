/** A corpus of what attackers send. After each attack the host answers, its tables are bounded, and its counters say why. */
import { beforeEach, describe, expect, it } from "vitest";
import { parseMac } from "../../src/core/index.js";
import { UdpSocket } from "../../src/host/index.js";
import {
  arp,
  arpReply,
  arpRequest,
  BROADCAST,
  echo,
  echoReply,
  ether,
  ICMP,
  type Ipv4Fields,
  icmp,
  ipv4,
  type Station,
  UDP,
  udp,
} from "./frames.js";
import { ip, route } from "./network.js";
import { Bench, broadcast, DUT, dut, fromDut, PEER, peer } from "./wire-script.js";

let bench: Bench;

beforeEach(() => {
  bench = new Bench();
  bench.inject(arpRequest(peer, "10.0.0.1"));
  bench.run();
  bench.heard();
});

/** Sends many frames, a few at a time, so that no queue on the link drops them. */
function flood(count: number, frame: (i: number) => Uint8Array): void {
  for (let i = 0; i < count; i++) {
    bench.inject(frame(i));
    if (i % 200 === 199) bench.run(0.001);
  }
  bench.run();
}
const toDut = (packet: readonly number[]) => ether(DUT, PEER, 0x0800, packet);

/** The peer, which the host knows, pings it and is answered; nothing is left in any buffer once all timers have ended. */
function expectAlive(): void {
  bench.heard();
  bench.packet(ipv4("10.0.0.2", "10.0.0.1", ICMP, echo(5, 5)));
  bench.run();
  bench.expectOut(fromDut(ipv4("10.0.0.1", "10.0.0.2", ICMP, echoReply(5, 5))));
  bench.run(60);
  bench.expectNoLeaks();
}

describe("land: packets from the host to itself", () => {
  it("are martians", () => {
    flood(50, () => toDut(ipv4("10.0.0.1", "10.0.0.1", UDP, udp("10.0.0.1", "10.0.0.1", 7, 7, "x"))));
    flood(50, () => toDut(ipv4("127.0.0.1", "10.0.0.1", ICMP, echo(1, 1))));
    flood(50, () => toDut(ipv4("10.0.0.1", "127.0.0.1", ICMP, echo(1, 1))));
    expect(bench.drops()).toEqual({ "ip-martian-destination": 50, "ip-martian-source": 100 });
    expectAlive();
  });

  it("in frames with its own source address do not confuse it either", () => {
    flood(50, () => ether(DUT, DUT, 0x0800, ipv4("10.0.0.2", "10.0.0.1", ICMP, echo(1, 1))));
    flood(50, () => ether(BROADCAST, DUT, 0x0806, arpRequest(dut, "10.0.0.1").slice(14)));
    expect(bench.drops()).toEqual({ "own-frame": 50 });
    expectAlive();
  });
});

describe("fragments", () => {
  const fragment = (fields: Ipv4Fields, size = 8) =>
    toDut(ipv4("10.0.0.2", "10.0.0.1", ICMP, new Array(size).fill(0x41), fields));

  it("ping of death: the last one ends beyond 65,535", () => {
    flood(40, (i) => fragment({ id: i, offset: 65_528, mf: false }, 100));
    expect(bench.drops()).toEqual({ "fragment-too-big": 40 });
    expectAlive();
  });

  it("teardrop: the second one lies inside the first and ends before it", () => {
    flood(40, (i) =>
      fragment({ id: i >> 1, offset: (i & 1) * 24, mf: (i & 1) === 0 }, (i & 1) === 0 ? 36 * 2 : 4),
    );
    expect(bench.drops()).toEqual({ "fragment-overlap": 40 });
    expect(bench.stack.reassembly.waiting).toBe(0);
    expectAlive();
  });

  it("overlaps at random", () => {
    flood(300, (i) =>
      fragment({ id: i % 7, offset: ((i * 37) % 50) * 8, mf: i % 11 !== 0 }, ((i * 13) % 9) * 8 + 8),
    );
    expectAlive();
    expect(bench.stack.reassembly.waiting).toBe(0);
  });

  it("a flood of first fragments without end is bounded in memory and forgotten after 30 s", () => {
    bench.stack.sysctl.set("net.ipv4.ipfrag_high_thresh", 262_144);
    flood(1000, (i) => fragment({ id: i, mf: true }));
    expect(bench.stack.reassembly.waiting).toBe(Math.floor(262_144 / (512 + 256)));
    expect(bench.drops()).toEqual({ "fragment-limit": 1000 - bench.stack.reassembly.waiting });
    expectAlive();
    expect(bench.stack.reassembly.waiting).toBe(0);
    const errors = bench.heard().filter((frame) => frame[34] === 11);
    // RFC 1812 §4.3.2.8: the errors about them are rate-limited.
    expect(errors.length).toBeLessThanOrEqual(7);
  });

  it("one packet in two thousand pieces of eight bytes, backwards", () => {
    flood(2000, (i) => fragment({ id: 1, offset: 64_000 - i * 8, mf: true }));
    expectAlive();
  });
});

describe("ARP", () => {
  const liar = (n: number): Station => [
    `02:bb:00:00:${(n >> 8).toString(16)}:${(n & 255).toString(16)}`,
    `10.0.0.${(n % 200) + 20}`,
  ];

  it("a storm of requests from strangers leaves the table bounded and friends alone", () => {
    bench.stack.sysctl.set("net.ipv4.neigh.default.gc_thresh3", 100);
    flood(800, (n) => arpRequest([liar(n)[0], `10.1.${n >> 8}.${n & 255}`], "10.0.0.1"));
    expect(bench.stack.neighbours.size).toBe(100);
    expectAlive();
  });

  it("a storm of requests for others costs nothing", () => {
    flood(800, (n) => arpRequest(liar(n), "10.0.0.3"));
    bench.expectSilence();
    expect(bench.stack.neighbours.size).toBe(1);
    expect(bench.drops()).toEqual({ "arp-not-ours": 800 });
    expectAlive();
  });

  it("unasked replies make no entries", () => {
    flood(500, (n) => arpReply(liar(n), dut));
    expect(bench.stack.neighbours.size).toBe(1);
    expectAlive();
  });

  it("claims of the host's own address change nothing, and fill no log without end", () => {
    flood(1200, (n) => arp(2, BROADCAST, [liar(n)[0], "10.0.0.1"], [BROADCAST, "10.0.0.1"]));
    expect(bench.drops()).toEqual({ "arp-conflict": 1200 });
    expect(bench.dut.messages).toHaveLength(1);
    expect(bench.stack.isLocal(ip("10.0.0.1"))).toBe(true);
    expectAlive();
  });

  it("a neighbour cannot be given the broadcast address, so that unicasts become broadcasts", () => {
    flood(10, () => arp(2, DUT, [BROADCAST, "10.0.0.2"], dut, PEER));
    expect(bench.stack.neighbours.find(bench.eth0, ip("10.0.0.2"))!.mac).toBe(parseMac(PEER));
    expect(bench.drops()).toEqual({ "arp-malformed": 10 });
    expectAlive();
  });

  it("answers that come before the true one are believed, as ARP is, but the static entry is not to be moved", () => {
    bench.knowNeighbour();
    flood(100, () => arpReply(["02:bb:00:00:00:01", "10.0.0.2"], dut));
    expectAlive();
  });
});

describe("IP options", () => {
  it("that are garbage are answered with no more than the rate limit allows", () => {
    flood(500, (i) =>
      toDut(
        ipv4("10.0.0.2", "10.0.0.1", ICMP, echo(1, 1), {
          options: [i & 255, (i * 7) & 255, (i * 3) & 255, 9],
        }),
      ),
    );
    expect(bench.heard().filter((frame) => frame[23] === 1 && frame[34] === 12).length).toBeLessThanOrEqual(
      7,
    );
    expectAlive();
  });

  it("source routes are refused", () => {
    const loose = [131, 11, 4, 10, 0, 0, 9, 10, 0, 0, 8, 0];
    const strict = [137, 11, 4, 10, 0, 0, 9, 10, 0, 0, 8, 0];
    for (const options of [loose, strict])
      flood(5, () => toDut(ipv4("10.0.0.2", "10.0.0.1", ICMP, echo(1, 1), { options })));
    bench.expectSilence();
    expect(bench.drops()).toEqual({ "ip-options": 10 });
    expectAlive();
  });
});

describe("forged ICMP errors", () => {
  let socket: UdpSocket;
  const quoted = (src = "10.0.0.1") => ipv4(src, "192.0.2.9", UDP, udp(src, "192.0.2.9", 1000, 53, "x"));
  const sendBig = () => {
    bench.heard();
    socket.send(new Uint8Array(500), ip("192.0.2.9"), 53);
    bench.run();
    return bench.heard();
  };

  beforeEach(() => {
    route(bench.dut, "default", "10.0.0.2");
    socket = new UdpSocket(bench.stack);
    socket.bind(ip("0.0.0.0"), 1000);
  });

  it("a redirect from somebody who is not the gateway bends no route", () => {
    flood(20, () => toDut(ipv4("10.0.0.66", "10.0.0.1", ICMP, icmp(5, 1, 0x0a000042, quoted()))));
    expect(sendBig()[0]!.slice(0, 6)).toEqual(fromDut([]).slice(0, 6));
    expect(bench.drops()).toEqual({ "icmp-ignored": 20 });
    expectAlive();
  });

  it("a tiny MTU makes no tiny packets", () => {
    for (const mtu of [1, 27, 28, 67, 68, 100])
      flood(3, () => toDut(ipv4("10.0.0.2", "10.0.0.1", ICMP, icmp(3, 4, mtu, quoted()))));
    expect(sendBig()).toHaveLength(1);
    expectAlive();
  });

  it("about packets that were never sent teach nothing", () => {
    flood(1200, (i) =>
      toDut(ipv4("10.0.0.2", "10.0.0.1", ICMP, icmp(3, 4, 600, quoted(`172.16.${i >> 8}.${i & 255}`)))),
    );
    expect(bench.stack.exceptions.size).toBe(0);
    expect(bench.drops()).toEqual({ "icmp-no-socket": 1200 });
    expectAlive();
  });
});

describe("smurf: echo requests to broadcast addresses, from a victim", () => {
  it("are not answered, and not forwarded by a router", () => {
    bench = new Bench({ eth0: "10.0.0.1/24", eth1: "10.0.1.1/24" });
    bench.stack.sysctl.set("net.ipv4.ip_forward", 1);
    bench.inject(arpRequest(peer, "10.0.0.1"));
    bench.run();
    bench.heard();
    for (const to of ["10.0.0.255", "255.255.255.255", "10.0.1.255"])
      flood(20, () => broadcast(ipv4("10.0.0.66", to, ICMP, echo(1, 1))));
    flood(20, () =>
      ether("01:00:5e:00:00:01", PEER, 0x0800, ipv4("10.0.0.66", "224.0.0.1", ICMP, echo(1, 1))),
    );
    bench.expectSilence();
    bench.expectSilence("eth1");
    expect(bench.drops()).toEqual({ "icmp-ignored": 80 });
    expectAlive();
  });

  it("UDP to closed ports in broadcasts gets no errors", () => {
    flood(50, () =>
      broadcast(ipv4("10.0.0.66", "10.0.0.255", UDP, udp("10.0.0.66", "10.0.0.255", 7, 7, "x"))),
    );
    flood(50, () => broadcast(ipv4("10.0.0.66", "10.0.0.1", UDP, udp("10.0.0.66", "10.0.0.1", 7, 7, "x"))));
    bench.expectSilence();
    expect(bench.drops()).toEqual({ "udp-no-port": 100 });
    expectAlive();
  });
});

describe("floods", () => {
  it("of datagrams to closed ports get no more errors than the rate limit allows", () => {
    flood(800, (i) =>
      toDut(ipv4("10.0.0.2", "10.0.0.1", UDP, udp("10.0.0.2", "10.0.0.1", 9, i & 0xffff, "x"))),
    );
    expect(bench.heard().length).toBeLessThanOrEqual(7);
    expect(bench.drops()).toEqual({ "udp-no-port": 800 });
    expectAlive();
  });

  it("of packets through a router to addresses that nobody has are bounded in neighbours and memory", () => {
    bench = new Bench({ eth0: "10.0.0.1/24", eth1: "10.1.0.1/16" });
    bench.stack.sysctl.set("net.ipv4.ip_forward", 1);
    bench.stack.sysctl.set("net.ipv4.neigh.default.gc_thresh3", 200);
    bench.inject(arpRequest(peer, "10.0.0.1"));
    bench.run();
    flood(800, (i) => {
      const dst = `10.1.${i >> 8}.${(i & 255) === 255 ? 9 : i & 255}`;
      return toDut(ipv4("10.0.0.2", dst, UDP, udp("10.0.0.2", dst, 9, 9, "x")));
    });
    expect(bench.stack.neighbours.size).toBe(200);
    expect(bench.drops()["neigh-table-full"]).toBeGreaterThan(500);
    expectAlive();
  });

  it("of unknown EtherTypes and jumbo frames are counted", () => {
    flood(100, (i) => ether(DUT, PEER, 0x1000 + i, new Array(50).fill(0)));
    flood(20, () => ether(DUT, PEER, 0x0800, new Array(3000).fill(0)));
    expect(bench.drops()).toEqual({ "frame-too-long": 20, "unknown-ethertype": 100 });
    expect(bench.eth0.port!.rxErrors).toBe(20);
    expectAlive();
  });

  it("of spanning tree and other reserved group frames end at the card", () => {
    flood(50, () => ether("01:80:c2:00:00:00", PEER, 0x0026, new Array(50).fill(0x42)));
    expect(bench.drops()).toEqual({ "not-for-us": 50 });
    expectAlive();
  });
});
