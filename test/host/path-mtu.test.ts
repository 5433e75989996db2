import { beforeEach, describe, expect, it } from "vitest";
import { RawSocket, UdpSocket } from "../../src/host/index.js";
import { echo, ICMP, icmp, ipv4, type Station, UDP, udp } from "./frames.js";
import { ip, route } from "./network.js";
import { Bench } from "./wire-script.js";

let bench: Bench;
let socket: UdpSocket;
const FAR = "192.0.2.9";

beforeEach(() => {
  bench = new Bench();
  bench.knowNeighbour();
  route(bench.dut, "default", "10.0.0.2");
  socket = new UdpSocket(bench.stack);
  socket.bind(ip("10.0.0.1"), 1000);
});

/** The sizes of the IPv4 packets that leave for a datagram of that many bytes of packet, negative without DF. */
const sizes = (size: number): number[] => {
  socket.send(new Uint8Array(size - 28), ip(FAR), 2000);
  bench.run();
  return bench
    .heard()
    .map((frame) => ((frame[20]! & 0x40) !== 0 ? 1 : -1) * ((frame[16]! << 8) | frame[17]!));
};

const quoted = (src = "10.0.0.1", srcPort = 1000, size = 1500) =>
  ipv4(src, FAR, UDP, udp(src, FAR, srcPort, 2000, new Array(size - 28).fill(0)), { df: true }).slice(0, 28);
/** A router on the way says that a packet was too big. */
const tooBig = (mtu: number, about: readonly number[] = quoted()) => {
  bench.packet(ipv4("198.51.100.1", "10.0.0.1", ICMP, icmp(3, 4, mtu, about)));
  bench.run();
};

describe("RFC 1191: path MTU discovery", () => {
  it("sets DF, and after fragmentation needed sends no packet beyond the MTU that it names", () => {
    expect(sizes(1500)).toEqual([1500]);
    tooBig(1400);
    expect(sizes(1400)).toEqual([1400]);
    expect(sizes(1401)).toEqual([-1396, -25]);
    expect(bench.drops()).toEqual({});
  });

  it("refuses what is too big with EMSGSIZE when asked to do so", () => {
    tooBig(1400);
    socket.options = { discover: "do" };
    expect(socket.send(new Uint8Array(1373), ip(FAR), 2000)).toBe("EMSGSIZE");
    expect(socket.send(new Uint8Array(1372), ip(FAR), 2000)).toBeNull();
  });

  it("forgets what it learned after ten minutes, for connected sockets too (§6.3)", () => {
    socket.connect(ip(FAR), 2000);
    expect(sizes(1500)).toEqual([1500]);
    tooBig(1400);
    expect(sizes(1500)).toEqual([-1396, -124]);
    bench.runTo(599);
    expect(sizes(1500)).toEqual([-1396, -124]);
    bench.runTo(601);
    expect(sizes(1500)).toEqual([1500]);
  });

  it("is reminded by another message that names the same MTU, not by one that names a greater one", () => {
    tooBig(1400);
    bench.runTo(500);
    tooBig(1400);
    bench.runTo(1000);
    tooBig(1450);
    expect(sizes(1500)).toEqual([-1396, -124]);
    bench.runTo(1101);
    expect(sizes(1500)).toEqual([1500]);
  });

  it("never raises its estimate (§3)", () => {
    tooBig(1000);
    tooBig(1400);
    expect(sizes(1500)).toEqual([-996, -524]);
    tooBig(900);
    expect(sizes(1500)).toEqual([-900, -620]);
    bench.runTo(1);
    tooBig(9000);
    tooBig(1500);
    expect(sizes(1500)).toEqual([-900, -620]);
  });

  it("takes the next plateau below for a router that names no MTU (§7.1)", () => {
    tooBig(0);
    expect(sizes(1492)).toEqual([1492]);
    tooBig(0, quoted("10.0.0.1", 1000, 1492));
    expect(sizes(1006)).toEqual([1006]);
    expect(sizes(1007)).toHaveLength(2);
  });

  it("goes no lower than min_pmtu, where it sends without DF so that packets still arrive", () => {
    tooBig(296);
    expect(sizes(552)).toEqual([-552]);
    expect(sizes(553)).toEqual([-548, -25]);
    expect(sizes(100)).toEqual([-100]);
    bench.stack.sysctl.set("net.ipv4.route.min_pmtu", 256);
    tooBig(256);
    expect(sizes(552)).toEqual([-552]);
    bench.runTo(601);
    tooBig(256);
    expect(sizes(256)).toEqual([256]);
  });

  it("learns nothing with ip_no_pmtu_disc", () => {
    bench.stack.sysctl.set("net.ipv4.ip_no_pmtu_disc", 1);
    tooBig(600);
    expect(sizes(1500)).toHaveLength(1);
  });

  it("learns for a destination, not for its neighbours", () => {
    tooBig(600);
    socket.send(new Uint8Array(1400), ip("192.0.2.10"), 2000);
    bench.run();
    expect(bench.heard()).toHaveLength(1);
  });

  it("learns from errors about a raw socket's packets", () => {
    const raw = new RawSocket(bench.stack, ICMP);
    raw.send(Uint8Array.from(echo(1, 1, new Array(1472).fill(0))), ip(FAR));
    bench.run();
    bench.heard();
    tooBig(700, ipv4("10.0.0.1", FAR, ICMP, echo(1, 1, new Array(1472).fill(0))).slice(0, 28));
    expect(sizes(1500)).toHaveLength(3);
  });
});

describe("RFC 5927 §4: errors that are not believed", () => {
  it.each<[string, () => readonly number[]]>([
    ["from another address than ours", () => quoted("10.0.0.7")],
    ["from a port without a socket", () => quoted("10.0.0.1", 1001)],
    ["of a protocol that no socket speaks", () => ipv4("10.0.0.1", FAR, 99, new Array(8).fill(0))],
    ["of an echo request that nobody sent", () => ipv4("10.0.0.1", FAR, ICMP, echo(1, 1))],
    ["that is a later fragment", () => ipv4("10.0.0.1", FAR, UDP, quoted().slice(20), { offset: 64 })],
  ])("quote a packet %s", (_what, about) => {
    tooBig(600, about());
    expect(sizes(1500)).toEqual([1500]);
    expect(bench.drops()).toEqual({ "icmp-no-socket": 1 });
    bench.expectNoLeaks();
  });

  it.each<[string, readonly number[]]>([
    ["less than a header", quoted().slice(0, 19)],
    ["less than eight bytes behind the header", quoted().slice(0, 27)],
    ["no IPv4", [0x60, ...quoted().slice(1)]],
    ["a header of 16 bytes", [0x44, ...quoted().slice(1)]],
    ["a header that is longer than the message", [0x4f, ...quoted().slice(1)]],
  ])("quote %s", (_what, about) => {
    tooBig(600, about);
    expect(sizes(1500)).toEqual([1500]);
    expect(bench.drops()).toEqual({ "icmp-malformed": 1 });
  });

  it("come to a broadcast address", () => {
    bench.packet(ipv4("10.0.0.2", "10.0.0.255", ICMP, icmp(3, 4, 600, quoted())));
    bench.run();
    expect(sizes(1500)).toEqual([1500]);
    expect(bench.drops()).toEqual({ "icmp-ignored": 1 });
  });

  it("are source quenches (RFC 6633)", () => {
    let errors = 0;
    socket.onError = () => errors++;
    bench.packet(ipv4("10.0.0.2", "10.0.0.1", ICMP, icmp(4, 0, 0, quoted())));
    bench.run();
    expect(errors).toBe(0);
    expect(bench.drops()).toEqual({ "icmp-ignored": 1 });
  });
});

describe("RFC 1122 §3.2.2.2: redirects received", () => {
  const better: Station = ["02:00:00:00:00:05", "10.0.0.5"];
  const redirect = (gateway: number, from = "10.0.0.2", about: readonly number[] = quoted()) => {
    bench.packet(ipv4(from, "10.0.0.1", ICMP, icmp(5, 1, gateway, about)));
    bench.run();
  };
  /** The MAC address to which a packet to the far host goes. */
  const nextHop = () => {
    bench.heard();
    socket.send(new Uint8Array(1), ip(FAR), 2000);
    bench.run();
    return bench.heard().map((frame) => frame[5]);
  };

  beforeEach(() => bench.knowNeighbour(better));

  it("give a destination its better gateway, for five minutes", () => {
    expect(nextHop()).toEqual([2]);
    redirect(0x0a000005);
    expect(nextHop()).toEqual([5]);
    bench.runTo(299);
    expect(nextHop()).toEqual([5]);
    bench.runTo(301);
    expect(nextHop()).toEqual([2]);
  });

  it("are no error to the socket", () => {
    let errors = 0;
    socket.onError = () => errors++;
    redirect(0x0a000005);
    expect(errors).toBe(0);
  });

  it.each<[string, number, string, (() => readonly number[])?]>([
    ["another router than the present gateway", 0x0a000005, "10.0.0.9"],
    ["the gateway, to an address off the link", 0xcb007105, "10.0.0.2"],
    ["the gateway, to ourselves", 0x0a000001, "10.0.0.2"],
    ["the gateway, to a broadcast address", 0x0a0000ff, "10.0.0.2"],
    ["the gateway, about a packet that we did not send", 0x0a000005, "10.0.0.2", () => quoted("10.0.0.7")],
    ["the gateway, to a machine that does not answer", 0x0a000006, "10.0.0.2"],
  ])("are not believed from %s", (_what, gateway, from, about) => {
    redirect(gateway, from, about?.());
    expect(nextHop()).toEqual([2]);
  });

  it("make it ask for an unknown gateway first, and are believed when they come again", () => {
    redirect(0x0a000006);
    expect(bench.heard().map((frame) => frame[41])).toEqual([6]);
    const sixth: Station = ["02:00:00:00:00:06", "10.0.0.6"];
    bench.knowNeighbour(sixth);
    redirect(0x0a000006);
    expect(nextHop()).toEqual([6]);
  });

  it("are ignored by routers, and with accept_redirects off", () => {
    bench.stack.sysctl.set("net.ipv4.ip_forward", 1);
    redirect(0x0a000005);
    bench.stack.sysctl.set("net.ipv4.ip_forward", 0);
    bench.stack.sysctl.set("net.ipv4.conf.all.accept_redirects", 0);
    bench.stack.sysctl.set("net.ipv4.conf.eth0.accept_redirects", 0);
    redirect(0x0a000005);
    expect(nextHop()).toEqual([2]);
    expect(bench.drops()).toEqual({ "icmp-ignored": 2 });
  });

  it("and too big messages fill no more than a bounded table", () => {
    const before = nextHop();
    for (let i = 0; i < 3000; i++) {
      const dst = `192.1.${i >> 8}.${i & 255}`;
      const about = ipv4("10.0.0.1", dst, UDP, udp("10.0.0.1", dst, 1000, 2000, [0]));
      bench.packet(ipv4("10.0.0.2", "10.0.0.1", ICMP, icmp(3, 4, 600, about)));
      if (i % 500 === 0) bench.run();
    }
    bench.run();
    expect(bench.stack.exceptions.size).toBe(2048);
    expect(nextHop()).toEqual(before);
  });
});
