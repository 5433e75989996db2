import { describe, expect, it } from "vitest";
import { UdpSocket } from "../../src/host/index.js";
import {
  arpReply,
  arpRequest,
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
import { address, ip } from "./network.js";
import { Bench, broadcast, DUT, dut, fromDut, PEER, peer } from "./wire-script.js";

const ping = (src: string, dst: string, fields: Ipv4Fields = {}) => ipv4(src, dst, ICMP, echo(1, 1), fields);
const pong = (src: string, dst: string) => ipv4(src, dst, ICMP, echoReply(1, 1));

function bench(cards?: Record<string, string | null>): Bench {
  const made = new Bench(cards);
  made.knowNeighbour();
  return made;
}

/** What the drop counters say after one packet from the peer, to which nothing may be answered. */
function dropsOf(packet: readonly number[], on = bench()): Record<string, number> {
  on.packet(packet);
  on.run();
  on.expectSilence();
  on.expectNoLeaks();
  return on.drops();
}

describe("RFC 791 §3.1, RFC 1122 §3.2.1: header checks", () => {
  it("answers a sound packet", () => {
    const on = bench();
    on.packet(ping("10.0.0.2", "10.0.0.1"));
    on.run();
    on.expectOut(fromDut(pong("10.0.0.1", "10.0.0.2")));
    on.expectNoLeaks();
  });

  it.each<[string, Ipv4Fields, string]>([
    ["version 6", { version: 6 }, "ip-malformed"],
    ["version 5", { version: 5 }, "ip-malformed"],
    ["a header of 16 bytes", { ihl: 4 }, "ip-malformed"],
    ["a header of 60 bytes that are not all there", { ihl: 15 }, "ip-malformed"],
    ["a wrong checksum", { badChecksum: true }, "ip-checksum"],
    ["a total length beyond the frame", { total: 1500 }, "ip-truncated"],
    ["a total length below the header's", { total: 19 }, "ip-malformed"],
  ])("silently discards a packet with %s", (_what, fields, reason) => {
    // Padding, so that Ethernet's own does not hide a cut.
    expect(dropsOf(ping("10.0.0.2", "10.0.0.1", fields))).toEqual({ [reason]: 1 });
  });

  it("takes no notice of what is behind the total length", () => {
    const on = bench();
    on.packet([...ping("10.0.0.2", "10.0.0.1"), ...new Array(100).fill(0xaa)]);
    on.run();
    on.expectOut(fromDut(pong("10.0.0.1", "10.0.0.2")));
  });

  it("ignores the reserved flag and the type of service", () => {
    const on = bench();
    on.packet(ping("10.0.0.2", "10.0.0.1", { tos: 0xb8, id: 0xffff }));
    on.run();
    on.expectOut(fromDut(ipv4("10.0.0.1", "10.0.0.2", ICMP, echoReply(1, 1), { tos: 0xb8 })));
  });

  it("delivers a packet with a TTL of 1 or 0 that is for this machine (RFC 1122 §3.2.1.7)", () => {
    const on = bench();
    on.packet(ping("10.0.0.2", "10.0.0.1", { ttl: 1 }));
    on.packet(ping("10.0.0.2", "10.0.0.1", { ttl: 0 }));
    on.run();
    on.expectOut(fromDut(pong("10.0.0.1", "10.0.0.2")), fromDut(pong("10.0.0.1", "10.0.0.2")));
  });
});

describe("martians: addresses that cannot be right", () => {
  it.each([
    ["127.0.0.1", "10.0.0.1"],
    ["127.255.0.9", "10.0.0.1"],
    ["224.0.0.1", "10.0.0.1"],
    ["255.255.255.255", "10.0.0.1"],
    ["0.0.0.0", "10.0.0.1"],
    ["0.1.2.3", "10.0.0.1"],
    ["10.0.0.1", "10.0.0.1"],
    ["10.0.0.1", "255.255.255.255"],
    ["10.0.0.1", "224.0.0.1"],
    ["0.0.0.0", "10.0.0.255"],
  ])("discards a packet from %s to %s", (src, dst) => {
    expect(dropsOf(ping(src, dst))).toEqual({ "ip-martian-source": 1 });
  });

  it.each(["127.0.0.1", "0.0.0.0", "0.9.9.9"])("discards a packet to %s from the wire", (dst) => {
    expect(dropsOf(ping("10.0.0.2", dst))).toEqual({ "ip-martian-destination": 1 });
  });

  it("discards one of its other interface's addresses as a source, and takes it with accept_local", () => {
    const on = bench({ eth0: "10.0.0.1/24", eth1: "10.0.1.1/24" });
    expect(dropsOf(ping("10.0.1.1", "10.0.0.1"), on)).toEqual({ "ip-martian-source": 1 });
    on.stack.sysctl.set("net.ipv4.conf.all.accept_local", 1);
    on.packet(ping("10.0.1.1", "10.0.0.1"));
    on.run();
    expect(on.drops()).toEqual({ "ip-martian-source": 1 });
  });
});

describe("RFC 3704: reverse path filter", () => {
  const two = () => bench({ eth0: "10.0.0.1/24", eth1: "10.0.1.1/24" });

  it("is off unless it is switched on", () => {
    const on = two();
    on.packet(ping("10.0.1.9", "10.0.0.1"));
    on.run();
    // The answer leaves where its route says (weak host model).
    expect(on.heard("eth1")).toEqual([expect.objectContaining({ length: 60 })]);
  });

  it("discards in strict mode what its own answer would not leave by", () => {
    const on = two();
    on.stack.sysctl.set("net.ipv4.conf.eth0.rp_filter", 1);
    expect(dropsOf(ping("10.0.1.9", "10.0.0.1"), on)).toEqual({ "ip-source-filtered": 1 });
    on.packet(ping("10.0.0.2", "10.0.0.1"));
    on.run();
    on.expectOut(fromDut(pong("10.0.0.1", "10.0.0.2")));
  });

  it("discards in loose mode only what no route leads to", () => {
    const on = two();
    on.stack.sysctl.set("net.ipv4.conf.all.rp_filter", 2);
    expect(dropsOf(ping("192.0.2.1", "10.0.0.1"), on)).toEqual({ "ip-source-filtered": 1 });
    on.packet(ping("10.0.1.9", "10.0.0.1"));
    on.run();
    expect(on.drops()).toEqual({ "ip-source-filtered": 1 });
  });
});

describe("RFC 1122 §3.3.4.2: the weak host model, as Linux has it", () => {
  it("delivers to any own address whatever the interface, and answers from that address", () => {
    const on = bench({ eth0: "10.0.0.1/24", eth1: "10.0.1.1/24" });
    on.packet(ping("10.0.0.2", "10.0.1.1"));
    on.run();
    on.expectOut(fromDut(pong("10.0.1.1", "10.0.0.2")));
  });

  it("delivers to a secondary address too", () => {
    const on = bench();
    address(on.dut, "eth0", "10.0.0.7/24");
    on.packet(ping("10.0.0.2", "10.0.0.7"));
    on.run();
    on.expectOut(fromDut(pong("10.0.0.7", "10.0.0.2")));
  });
});

describe("forwarding off", () => {
  it("drops what is for others, whether there is a route or not, without a word", () => {
    const on = bench({ eth0: "10.0.0.1/24", eth1: "10.0.1.1/24" });
    on.packet(ping("10.0.0.2", "10.0.1.9"));
    expect(dropsOf(ping("10.0.0.2", "192.0.2.9"), on)).toEqual({ "ip-forwarding-off": 2 });
  });
});

describe("broadcasts", () => {
  const listen = (on: Bench) => {
    const got: string[] = [];
    const socket = new UdpSocket(on.stack);
    socket.bind(ip("0.0.0.0"), 68);
    socket.onDatagram = ({ src, dst }) => got.push(`${src >>> 24} ${dst & 255}`);
    return got;
  };
  const datagram = (src: string, dst: string) => ipv4(src, dst, UDP, udp(src, dst, 67, 68, "hello"));

  it("delivers the limited broadcast, also from 0.0.0.0 and to a host without an address", () => {
    const on = bench();
    const got = listen(on);
    on.inject(broadcast(datagram("0.0.0.0", "255.255.255.255")));
    on.inject(broadcast(datagram("10.0.0.2", "255.255.255.255")));
    on.run();
    expect(got).toEqual(["0 255", "10 255"]);
    const bare = new Bench({ eth0: null });
    const gotBare = listen(bare);
    bare.inject(broadcast(datagram("10.0.0.2", "255.255.255.255")));
    bare.run();
    expect(gotBare).toEqual(["10 255"]);
  });

  it("delivers the directed broadcast of its prefix", () => {
    const on = bench();
    const got = listen(on);
    on.inject(broadcast(datagram("10.0.0.2", "10.0.0.255")));
    on.run();
    expect(got).toEqual(["10 255"]);
  });

  it("delivers the broadcast of another interface's prefix and forwards it to nobody (RFC 2644)", () => {
    const on = bench({ eth0: "10.0.0.1/24", eth1: "10.0.1.1/24" });
    on.stack.sysctl.set("net.ipv4.ip_forward", 1);
    const got = listen(on);
    on.packet(datagram("10.0.0.2", "10.0.1.255"));
    on.run();
    expect(got).toEqual(["10 255"]);
    on.expectSilence("eth1");
  });

  it("passes it on to that link only with bc_forwarding, on all and on the interface that it comes in by", () => {
    const on = bench({ eth0: "10.0.0.1/24", eth1: "10.0.1.1/24" });
    on.stack.sysctl.set("net.ipv4.ip_forward", 1);
    on.stack.sysctl.set("net.ipv4.conf.all.bc_forwarding", 1);
    const got = listen(on);
    on.packet(datagram("10.0.0.2", "10.0.1.255"));
    on.run();
    on.expectSilence("eth1");
    on.stack.sysctl.set("net.ipv4.conf.eth0.bc_forwarding", 1);
    on.packet(datagram("10.0.0.2", "10.0.1.255"));
    on.packet(datagram("10.0.0.2", "10.0.0.255"));
    on.run();
    const passed = ipv4("10.0.0.2", "10.0.1.255", UDP, udp("10.0.0.2", "10.0.1.255", 67, 68, "hello"), {
      ttl: 63,
    });
    on.expectOutOf("eth1", ether("ff:ff:ff:ff:ff:ff", "02:00:00:00:01:01", 0x0800, passed));
    // The first one, and that to its own link.
    expect(got).toHaveLength(2);
  });

  it("answers no echo request to a broadcast (RFC 1122 §3.2.2.6), unless told to", () => {
    const on = bench();
    on.inject(broadcast(ping("10.0.0.2", "10.0.0.255")));
    on.inject(broadcast(ping("10.0.0.2", "255.255.255.255")));
    on.run();
    on.expectSilence();
    expect(on.drops()).toEqual({ "icmp-ignored": 2 });
    on.stack.sysctl.set("net.ipv4.icmp_echo_ignore_broadcasts", 0);
    on.inject(broadcast(ping("10.0.0.2", "10.0.0.255")));
    on.run();
    on.expectOut(fromDut(pong("10.0.0.1", "10.0.0.2")));
  });
});

describe("RFC 1112: multicast", () => {
  const toGroup = (group: string, mac: string, src = "10.0.0.2") =>
    ether(mac, PEER, 0x0800, ipv4(src, group, UDP, udp(src, group, 5, 5000, "hi")));

  it("hears 224.0.0.1 always, and other groups only while a socket is a member", () => {
    const on = bench();
    const got: string[] = [];
    const socket = new UdpSocket(on.stack);
    socket.bind(ip("0.0.0.0"), 5000);
    socket.onDatagram = ({ dst }) => got.push(`${dst >>> 24}.${dst & 255}`);
    const frame = toGroup("239.1.2.3", "01:00:5e:01:02:03");
    on.inject(toGroup("224.0.0.1", "01:00:5e:00:00:01"));
    on.inject(frame);
    on.run();
    expect(got).toEqual(["224.1"]);
    expect(on.drops()).toEqual({ "not-for-us": 1 });
    socket.join(ip("239.1.2.3"), on.eth0);
    on.inject(frame);
    on.run();
    expect(got).toEqual(["224.1", "239.3"]);
    socket.close();
    on.inject(frame);
    on.run();
    expect(on.drops()).toEqual({ "not-for-us": 2 });
    on.expectNoLeaks();
  });

  it("tells groups apart that share a MAC address", () => {
    const on = bench();
    const socket = new UdpSocket(on.stack);
    socket.bind(ip("0.0.0.0"), 5000);
    let heard = 0;
    socket.onDatagram = () => heard++;
    socket.join(ip("239.1.2.3"), on.eth0);
    on.inject(toGroup("238.129.2.3", "01:00:5e:01:02:03"));
    on.run();
    expect(heard).toBe(0);
    expect(on.drops()).toEqual({ "ip-multicast-forward": 1 });
  });

  it("takes a group packet without source only on the link's own groups", () => {
    const on = bench();
    on.inject(toGroup("224.0.0.1", "01:00:5e:00:00:01", "0.0.0.0"));
    on.run();
    expect(on.drops()).toEqual({ "udp-no-port": 1 });
    const socket = new UdpSocket(on.stack);
    socket.bind(ip("0.0.0.0"), 5000);
    socket.join(ip("239.1.2.3"), on.eth0);
    on.inject(toGroup("239.1.2.3", "01:00:5e:01:02:03", "0.0.0.0"));
    on.run();
    expect(on.drops()).toEqual({ "ip-martian-source": 1, "udp-no-port": 1 });
  });
});

describe("the network card", () => {
  it("takes frames for its own address and for everybody, no others", () => {
    const on = bench();
    on.inject(ether("02:00:00:00:00:77", PEER, 0x0800, ping("10.0.0.2", "10.0.0.1")));
    on.run();
    on.expectSilence();
    expect(on.drops()).toEqual({ "not-for-us": 1 });
  });

  it("counts what it has no protocol for", () => {
    const on = bench();
    on.inject(ether(DUT, PEER, 0x86dd, new Array(46).fill(0)));
    on.inject(ether(DUT, PEER, 0x0026, new Array(46).fill(0)));
    on.run();
    expect(on.drops()).toEqual({ "unknown-ethertype": 2 });
  });

  it("gives other stations' frames to nobody but packet sockets in promiscuous mode", () => {
    const on = bench();
    on.eth0.promiscuity++;
    on.inject(ether("02:00:00:00:00:77", PEER, 0x0800, ping("10.0.0.2", "10.0.0.1")));
    on.run();
    on.expectSilence();
    expect(on.drops()).toEqual({ "not-for-us": 1 });
  });
});

describe("RFC 1122 §3.2.2.6 and §3.2.2.8: echo and timestamp", () => {
  it("returns the data of an echo request unchanged, of any size up to the MTU", () => {
    const on = bench();
    const data = Array.from({ length: 1472 }, (_, i) => i & 255);
    on.packet(ipv4("10.0.0.2", "10.0.0.1", ICMP, echo(9, 8, data)));
    on.run();
    on.expectOut(fromDut(ipv4("10.0.0.1", "10.0.0.2", ICMP, echoReply(9, 8, data))));
  });

  it("answers nothing with icmp_echo_ignore_all", () => {
    const on = bench();
    on.stack.sysctl.set("net.ipv4.icmp_echo_ignore_all", 1);
    expect(dropsOf(ping("10.0.0.2", "10.0.0.1"), on)).toEqual({ "icmp-ignored": 1 });
  });

  it("answers a timestamp request with the milliseconds since midnight, twice", () => {
    const on = bench();
    on.runTo(3);
    const zeros = [0, 0, 0, 0];
    on.packet(ipv4("10.0.0.2", "10.0.0.1", ICMP, icmp(13, 0, 0x00070001, [1, 2, 3, 4, ...zeros, ...zeros])));
    on.run();
    const now = [0, 0, 0x0b, 0xb8];
    on.expectOut(
      fromDut(ipv4("10.0.0.1", "10.0.0.2", ICMP, icmp(14, 0, 0x00070001, [1, 2, 3, 4, ...now, ...now]))),
    );
  });

  it.each<[string, number[], string]>([
    ["an ICMP message of 7 bytes", [8, 0, 0xf7, 0xff, 0, 0, 0], "icmp-malformed"],
    ["a wrong ICMP checksum", [8, 0, 0, 0, 0, 0, 0, 0], "icmp-checksum"],
    ["a timestamp request of 19 bytes", icmp(13, 0, 0, new Array(11).fill(0)), "icmp-malformed"],
    ["an unknown ICMP type (RFC 1122 §3.2.2)", icmp(77, 0, 0), "icmp-unknown-type"],
    ["an information request, which is obsolete", icmp(15, 0, 0), "icmp-unknown-type"],
    ["a router advertisement", icmp(9, 0, 0), "icmp-ignored"],
  ])("silently discards %s", (_what, message, reason) => {
    expect(dropsOf(ipv4("10.0.0.2", "10.0.0.1", ICMP, message))).toEqual({ [reason]: 1 });
  });
});

describe("switching on", () => {
  it("resolves its neighbour and answers the very first ping", () => {
    const on = new Bench();
    const mate: Station = peer;
    on.packet(ping("10.0.0.2", "10.0.0.1"));
    on.run();
    on.expectOut(arpRequest(dut, "10.0.0.2"));
    on.inject(arpReply(mate, dut));
    on.run();
    on.expectOut(fromDut(pong("10.0.0.1", "10.0.0.2")));
  });
});
