import { beforeEach, describe, expect, it } from "vitest";
import { RawSocket, UdpSocket } from "../../src/host/index.js";
import { echo, ether, ICMP, type Ipv4Fields, icmp, ipv4, type Station, UDP, udp } from "./frames.js";
import { ip, route } from "./network.js";
import { Bench, broadcast, fromDut, PEER } from "./wire-script.js";

let bench: Bench;
const far: Station = ["02:00:00:00:00:09", "10.0.1.9"];

const router = () => {
  bench = new Bench({ eth0: "10.0.0.1/24", eth1: "10.0.1.1/24" });
  bench.stack.sysctl.set("net.ipv4.ip_forward", 1);
  bench.knowNeighbour();
  bench.knowNeighbour(far, "eth1");
};

beforeEach(() => {
  bench = new Bench();
  bench.knowNeighbour();
});

const datagram = (src: string, dst: string, fields: Ipv4Fields = {}, data: number[] = [1, 2, 3]) =>
  ipv4(src, dst, UDP, udp(src, dst, 1000, 2000, data), { id: 99, ...fields });
/** The ICMP error that answers a packet of the peer. */
const error = (type: number, code: number, rest: number, quoted: readonly number[], src = "10.0.0.1") =>
  fromDut(ipv4(src, "10.0.0.2", ICMP, icmp(type, code, rest, quoted), { tos: 0xc0 }));

describe("RFC 792, RFC 1122 §3.2.2.1: destination unreachable", () => {
  it("says that no socket is bound to the port, quoting the packet", () => {
    const packet = datagram("10.0.0.2", "10.0.0.1");
    bench.packet(packet);
    bench.run();
    bench.expectOut(error(3, 3, 0, packet));
    expect(bench.drops()).toEqual({ "udp-no-port": 1 });
  });

  it("comes from the address that was asked", () => {
    bench = new Bench({ eth0: "10.0.0.1/24", eth1: "10.0.1.1/24" });
    bench.knowNeighbour();
    const packet = datagram("10.0.0.2", "10.0.1.1");
    bench.packet(packet);
    bench.run();
    bench.expectOut(error(3, 3, 0, packet, "10.0.1.1"));
  });

  it("says that the protocol is unknown", () => {
    const packet = ipv4("10.0.0.2", "10.0.0.1", 99, [1, 2, 3, 4]);
    bench.packet(packet);
    bench.run();
    bench.expectOut(error(3, 2, 0, packet));
    expect(bench.drops()).toEqual({ "ip-unknown-protocol": 1 });
  });

  it("says nothing when a raw socket takes the protocol", () => {
    new RawSocket(bench.stack, 99);
    bench.packet(ipv4("10.0.0.2", "10.0.0.1", 99, [1, 2, 3, 4]));
    bench.run();
    bench.expectSilence();
    expect(bench.drops()).toEqual({});
  });

  it.each<[string, (text: string) => void, number, string]>([
    ["no route", () => {}, 0, "ip-no-route"],
    [
      "an unreachable route",
      (to) => bench.stack.fib.add(prefix(to, "unreachable")),
      1,
      "ip-unreachable-route",
    ],
    ["a prohibit route", (to) => bench.stack.fib.add(prefix(to, "prohibit")), 13, "ip-prohibit-route"],
    ["a throw route", (to) => bench.stack.fib.add(prefix(to, "throw")), 0, "ip-no-route"],
  ])("says why a router does not forward: %s", (_what, add, code, reason) => {
    router();
    add("192.0.2.0");
    const packet = datagram("10.0.0.2", "192.0.2.5");
    bench.packet(packet);
    bench.run();
    bench.expectOut(error(3, code, 0, packet));
    expect(bench.drops()).toEqual({ [reason]: 1 });
  });

  it("says nothing for a blackhole route", () => {
    router();
    bench.stack.fib.add(prefix("192.0.2.0", "blackhole"));
    bench.packet(datagram("10.0.0.2", "192.0.2.5"));
    bench.run();
    bench.expectSilence();
    expect(bench.drops()).toEqual({ "ip-blackhole-route": 1 });
  });
});

const prefix = (to: string, type: "unreachable" | "prohibit" | "throw" | "blackhole") => ({
  address: ip(to),
  length: 24,
  type,
});

describe("RFC 1812 §5.2.7.3 and §5.3.1: time exceeded", () => {
  it.each([1, 0])("is sent for a packet to forward with a TTL of %d, quoted as it came", (ttl) => {
    router();
    const packet = datagram("10.0.0.2", "10.0.1.9", { ttl });
    bench.packet(packet);
    bench.run();
    bench.expectOut(error(11, 0, 0, packet));
    bench.expectSilence("eth1");
    expect(bench.drops()).toEqual({ "ip-ttl-exceeded": 1 });
  });

  it("is not sent for a TTL of 2: the packet goes on with 1", () => {
    router();
    bench.packet(datagram("10.0.0.2", "10.0.1.9", { ttl: 2 }));
    bench.run();
    bench.expectSilence();
    bench.expectOutOf(
      "eth1",
      ether(far[0], "02:00:00:00:01:01", 0x0800, datagram("10.0.0.2", "10.0.1.9", { ttl: 1 })),
    );
  });
});

describe("RFC 1191 §4: fragmentation needed", () => {
  beforeEach(() => {
    router();
    bench.stack.device("eth1")!.setMtu(600);
  });
  const data = Array.from({ length: 700 }, (_, i) => i & 255);

  it("names the next hop's MTU for a packet with DF", () => {
    const packet = datagram("10.0.0.2", "10.0.1.9", { df: true }, data);
    bench.packet(packet);
    bench.run();
    // RFC 1812 §4.3.2.3: the message has at most 576 bytes.
    bench.expectOut(error(3, 4, 600, packet.slice(0, 548)));
    bench.expectSilence("eth1");
    expect(bench.drops()).toEqual({ "ip-needs-fragmentation": 1 });
  });

  it("is not sent without DF: the packet is cut", () => {
    const whole = udp("10.0.0.2", "10.0.1.9", 1000, 2000, data);
    bench.packet(datagram("10.0.0.2", "10.0.1.9", {}, data));
    bench.run();
    const out = (from: number, to: number, mf: boolean) =>
      ether(far[0], "02:00:00:00:01:01", 0x0800, [
        ...ipv4("10.0.0.2", "10.0.1.9", UDP, whole.slice(from, to), { offset: from, mf, ttl: 63 }),
      ]);
    bench.expectOutOf("eth1", out(0, 576, true), out(576, 708, false));
    bench.expectNoLeaks();
  });
});

describe("RFC 1122 §3.2.2: no ICMP error about", () => {
  it.each<[string, () => Uint8Array]>([
    [
      "an ICMP error",
      () =>
        inFrame(
          ipv4("10.0.0.2", "10.0.1.9", ICMP, icmp(3, 3, 0, datagram("10.0.1.9", "10.0.0.2")), { ttl: 1 }),
        ),
    ],
    [
      "a time exceeded message",
      () => inFrame(ipv4("10.0.0.2", "10.0.1.9", ICMP, icmp(11, 0, 0), { ttl: 1 })),
    ],
    [
      "an ICMP message of unknown type",
      () => inFrame(ipv4("10.0.0.2", "10.0.1.9", ICMP, icmp(44, 0, 0), { ttl: 1 })),
    ],
    [
      "an ICMP message cut before its type",
      () => inFrame(ipv4("10.0.0.2", "10.0.1.9", ICMP, [], { ttl: 1 })),
    ],
    ["a later fragment", () => inFrame(datagram("10.0.0.2", "10.0.1.9", { ttl: 1, offset: 64 }))],
    ["a directed broadcast", () => broadcast(datagram("10.0.0.2", "10.0.0.255"))],
    ["the limited broadcast", () => broadcast(datagram("10.0.0.2", "255.255.255.255"))],
    ["a multicast", () => ether("01:00:5e:00:00:01", PEER, 0x0800, datagram("10.0.0.2", "224.0.0.1"))],
    ["a unicast packet in a link-layer broadcast", () => broadcast(datagram("10.0.0.2", "10.0.0.1"))],
    ["an unknown protocol in a link-layer broadcast", () => broadcast(ipv4("10.0.0.2", "10.0.0.1", 99, [1]))],
    ["a packet from a broadcast address", () => inFrame(datagram("10.0.0.255", "10.0.1.9", { ttl: 1 }))],
  ])("%s", (_what, frame) => {
    router();
    bench.inject(frame());
    bench.run();
    bench.expectSilence();
    bench.expectSilence("eth1");
    bench.expectNoLeaks();
  });

  const inFrame = (packet: readonly number[]) => ether("02:00:00:00:00:01", PEER, 0x0800, packet);

  it("but does send one about an echo request and about a first fragment", () => {
    router();
    const request = ipv4("10.0.0.2", "10.0.1.9", ICMP, echo(1, 1), { ttl: 1 });
    const first = datagram("10.0.0.2", "10.0.1.9", { ttl: 1, mf: true });
    bench.packet(request);
    bench.packet(first);
    bench.run();
    bench.expectOut(error(11, 0, 0, request), error(11, 0, 0, first));
  });
});

describe("RFC 1812 §4.3.2.8: rate limits, with Linux's figures", () => {
  const errorsIn = (count: number, from = "10.0.0.2") => {
    for (let i = 0; i < count; i++) bench.packet(datagram(from, "10.0.0.1"));
    bench.run();
    return bench.heard().length;
  };

  it("sends six errors to one destination at once, then one each second", () => {
    expect(errorsIn(20)).toBe(6);
    bench.runTo(1.02);
    expect(errorsIn(20)).toBe(1);
    bench.runTo(3.05);
    expect(errorsIn(20)).toBe(2);
    expect(bench.stack.icmp.limited).toBe(51);
    expect(bench.drops()).toEqual({ "udp-no-port": 60 });
  });

  it("does not let one destination use up another's share, but all together have fifty in a burst", () => {
    for (let last = 10; last < 110; last++) bench.knowNeighbour([PEER, `10.0.0.${last}`]);
    for (let last = 10; last < 110; last++) bench.packet(datagram(`10.0.0.${last}`, "10.0.0.1"));
    bench.run(0.0005);
    expect(bench.heard()).toHaveLength(50);
  });

  it("limits no echo replies", () => {
    for (let i = 0; i < 100; i++) bench.packet(ipv4("10.0.0.2", "10.0.0.1", ICMP, echo(1, i)));
    bench.run();
    expect(bench.heard()).toHaveLength(100);
  });

  it("limits nothing that stays inside the machine", () => {
    const socket = new UdpSocket(bench.stack);
    let refused = 0;
    socket.onError = () => refused++;
    for (let i = 0; i < 30; i++) {
      socket.send(new Uint8Array(1), ip("127.0.0.1"), 9);
      bench.run(0.001);
    }
    expect(refused).toBe(30);
  });

  it("follows icmp_ratelimit and icmp_ratemask", () => {
    bench.stack.sysctl.set("net.ipv4.icmp_ratemask", 0);
    expect(errorsIn(40)).toBe(40);
    bench.stack.sysctl.set("net.ipv4.icmp_ratemask", 1 << 3);
    bench.stack.sysctl.set("net.ipv4.icmp_ratelimit", 0);
    expect(errorsIn(40)).toBe(40);
  });
});

describe("RFC 1812 §4.3.3.2, §5.2.7.2: redirects sent", () => {
  const better: Station = ["02:00:00:00:00:05", "10.0.0.5"];
  const packet = (ttl = 64) => datagram("10.0.0.2", "192.0.2.7", { ttl });

  beforeEach(() => {
    router();
    bench.knowNeighbour(better);
    route(bench.dut, "192.0.2.0/24", "10.0.0.5");
  });
  const redirect = () =>
    fromDut(ipv4("10.0.0.1", "10.0.0.2", ICMP, icmp(5, 1, 0x0a000005, packet(63)), { tos: 0xc0 }));
  const forwarded = () => fromDut(packet(63), better[0]);

  it("tell the source of a better gateway on its own link, and the packet goes on", () => {
    bench.packet(packet());
    bench.run();
    bench.expectOut(redirect(), forwarded());
    bench.expectNoLeaks();
  });

  it("come at doubling intervals, nine at most, and again after 20 s of silence", () => {
    let redirects = 0;
    const sendFor = (seconds: number) => {
      for (let end = bench.now + seconds; bench.now < end; ) {
        bench.packet(packet());
        bench.run(0.05);
        redirects += bench.heard().filter((frame) => frame[23] === 1).length;
      }
    };
    sendFor(0.5);
    expect(redirects).toBe(4);
    sendFor(30);
    expect(redirects).toBe(9);
    bench.runTo(bench.now + 20.6);
    sendFor(0.1);
    expect(redirects).toBe(11);
  });

  it("are not sent with send_redirects off, nor to a source on another link", () => {
    bench.stack.sysctl.set("net.ipv4.conf.all.send_redirects", 0);
    bench.stack.sysctl.set("net.ipv4.conf.eth0.send_redirects", 0);
    bench.packet(packet());
    bench.run();
    bench.expectOut(forwarded());
    bench.stack.sysctl.set("net.ipv4.conf.all.send_redirects", 1);
    bench.packet(datagram("198.51.100.2", "192.0.2.7"));
    bench.run();
    expect(bench.heard()).toHaveLength(1);
  });
});
