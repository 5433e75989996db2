import { beforeEach, describe, expect, it } from "vitest";
import { UdpSocket } from "../../src/host/index.js";
import { echo, echoReply, ether, ICMP, type Ipv4Fields, icmp, ipv4, UDP, udp } from "./frames.js";
import { ip } from "./network.js";
import { Bench, broadcast, fromDut } from "./wire-script.js";

let bench: Bench;

beforeEach(() => {
  bench = new Bench();
  bench.knowNeighbour();
});

const DATA = Array.from({ length: 40 }, (_, i) => i);
/** 48 bytes of ICMP, cut where a test wants it cut. */
const WHOLE = echo(1, 1, DATA);
const ANSWER = fromDut(ipv4("10.0.0.1", "10.0.0.2", ICMP, echoReply(1, 1, DATA)));

/** Bytes [from, to) of a payload as a fragment. */
const piece = (
  from: number,
  to: number,
  fields: Ipv4Fields = {},
  payload: readonly number[] = WHOLE,
): number[] =>
  ipv4("10.0.0.2", "10.0.0.1", ICMP, payload.slice(from, to), {
    id: 7,
    offset: from,
    mf: to < payload.length,
    ...fields,
  });
const send = (...pieces: readonly number[][]) => {
  for (const each of pieces) bench.packet(each);
  bench.run();
};

describe("RFC 791 §3.2, RFC 815: reassembly", () => {
  const parts: [number, number][] = [
    [0, 8],
    [8, 24],
    [24, 48],
  ];
  const orders = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ];

  it.each(orders)("puts three fragments together that come in the order %d %d %d", (...order) => {
    send(...order.map((i) => piece(...parts[i]!)));
    bench.expectOut(ANSWER);
    expect(bench.stack.reassembly.waiting).toBe(0);
    bench.expectNoLeaks();
  });

  it("keeps packets apart by source, destination, identification and protocol", () => {
    const other = (id: number, from: number, to: number) => piece(from, to, { id });
    send(other(7, 0, 24), other(8, 24, 48));
    send(ipv4("10.0.0.3", "10.0.0.1", ICMP, WHOLE.slice(24), { id: 7, offset: 24 }));
    send(ipv4("10.0.0.2", "10.0.0.1", UDP, WHOLE.slice(24), { id: 7, offset: 24 }));
    bench.expectSilence();
    expect(bench.stack.reassembly.waiting).toBe(4);
    send(other(8, 0, 24), other(7, 24, 48));
    bench.expectOut(ANSWER, ANSWER);
  });

  it("reassembles a packet of the greatest size, 65,535 bytes, and answers it in fragments", () => {
    const payload = echo(
      3,
      3,
      Array.from({ length: 65_507 }, (_, i) => i & 255),
    );
    for (let at = 0; at < payload.length; at += 1480)
      bench.packet(piece(at, Math.min(at + 1480, payload.length), {}, payload));
    bench.run(0.1);
    const out = bench.heard();
    expect(out).toHaveLength(45);
    const answered = out.flatMap((frame) => [...frame.subarray(34)]);
    expect(answered.slice(8)).toEqual(payload.slice(8));
    bench.expectNoLeaks();
  });

  it("drops a fragment that brings nothing new, and completes the packet all the same", () => {
    send(piece(0, 24), piece(0, 24), piece(8, 16), piece(24, 48));
    bench.expectOut(ANSWER);
    expect(bench.drops()).toEqual({ "fragment-duplicate": 2 });
    bench.expectNoLeaks();
  });

  it("takes a fragment that two others cover for a duplicate", () => {
    send(piece(0, 16), piece(16, 32), piece(8, 24), piece(32, 48));
    bench.expectOut(ANSWER);
  });
});

describe("RFC 5722 §4, for IPv4 as in Linux: an overlap ends the whole packet", () => {
  it.each<[string, number[][]]>([
    ["the end of the one before", [piece(0, 16), piece(8, 24)]],
    ["the beginning of the one behind", [piece(16, 32), piece(8, 24)]],
    ["all of another", [piece(8, 16), piece(0, 24)]],
    ["a known end, being longer", [piece(24, 48), piece(40, 56, { mf: true }, [...WHOLE, ...WHOLE])]],
    ["a known end, with an end of its own", [piece(24, 48), piece(24, 40, { mf: false })]],
    ["bytes beyond its end", [piece(24, 40), piece(8, 16, { mf: false })]],
  ])("for a fragment that overlaps %s", (_what, pieces) => {
    send(...pieces);
    expect(bench.drops()).toEqual({ "fragment-overlap": 2 });
    expect(bench.stack.reassembly.waiting).toBe(0);
    bench.expectNoLeaks();
  });
});

describe("malformed fragments", () => {
  it("must carry a multiple of eight bytes unless they are the last", () => {
    send(piece(0, 12));
    expect(bench.drops()).toEqual({ "fragment-malformed": 1 });
  });

  it("must carry something", () => {
    send(piece(8, 8));
    expect(bench.drops()).toEqual({ "fragment-malformed": 1 });
  });

  it("may not end beyond 65,535 bytes (ping of death)", () => {
    send(ipv4("10.0.0.2", "10.0.0.1", ICMP, new Array(64).fill(1), { id: 7, offset: 65_480 }));
    expect(bench.drops()).toEqual({ "fragment-too-big": 1 });
  });

  it("may not make a packet beyond 65,535 bytes with the options of the first one", () => {
    const options = new Array(40).fill(1);
    send(ipv4("10.0.0.2", "10.0.0.1", ICMP, new Array(8).fill(0), { id: 7, mf: true, options }));
    for (let at = 8; at < 65_512; at += 1480) {
      const size = Math.min(1480, 65_512 - at);
      const more = at + size < 65_512;
      send(ipv4("10.0.0.2", "10.0.0.1", ICMP, new Array(size).fill(0), { id: 7, offset: at, mf: more }));
    }
    bench.expectSilence();
    expect(bench.drops()).toEqual({ "fragment-too-big": 46 });
    bench.expectNoLeaks();
  });

  it("are no packet with the don't-fragment bit: it is ignored on arrival", () => {
    send(piece(0, 24, { df: true }), piece(24, 48, { df: true }));
    bench.expectOut(ANSWER);
  });
});

describe("RFC 1122 §3.3.2: the timeout", () => {
  it("is 30 s after the first fragment came; the source is told, with the first fragment quoted", () => {
    bench.packet(piece(8, 24));
    bench.runTo(10);
    bench.packet(piece(0, 8));
    bench.runTo(29.99);
    bench.expectSilence();
    bench.runTo(30.01);
    bench.expectOut(fromDut(ipv4("10.0.0.1", "10.0.0.2", ICMP, icmp(11, 1, 0, piece(0, 8)), { tos: 0xc0 })));
    expect(bench.drops()).toEqual({ "fragment-timeout": 2 });
    expect(bench.stack.reassembly.waiting).toBe(0);
    bench.expectNoLeaks();
  });

  it("is not reported when the first fragment never came", () => {
    bench.packet(piece(8, 24));
    bench.runTo(31);
    bench.expectSilence();
    expect(bench.drops()).toEqual({ "fragment-timeout": 1 });
  });

  it("is not reported about a broadcast", () => {
    const fragment = (to: string) => ipv4("10.0.0.2", to, UDP, new Array(8).fill(0), { id: 7, mf: true });
    bench.inject(broadcast(fragment("10.0.0.255")));
    bench.inject(broadcast(fragment("10.0.0.1")));
    bench.runTo(31);
    bench.expectSilence();
  });

  it("follows ipfrag_time", () => {
    bench.stack.sysctl.set("net.ipv4.ipfrag_time", 5);
    bench.packet(piece(0, 8));
    bench.runTo(5.1);
    expect(bench.drops()).toEqual({ "fragment-timeout": 1 });
  });
});

describe("ipfrag_high_thresh: the bound on memory", () => {
  it("refuses further fragments, and frees all when the time is over", () => {
    bench.stack.sysctl.set("net.ipv4.ipfrag_high_thresh", 20_000);
    for (let id = 1; id <= 100; id++) bench.packet(piece(0, 8, { id }));
    bench.run();
    // A tiny fragment weighs a buffer of 512 bytes and its bookkeeping.
    expect(bench.stack.reassembly.waiting).toBe(26);
    expect(bench.drops()).toEqual({ "fragment-limit": 74 });
    bench.runTo(31);
    expect(bench.stack.reassembly.waiting).toBe(0);
    bench.heard();
    send(piece(0, 24, { id: 999 }), piece(24, 48, { id: 999 }));
    bench.expectOut(ANSWER);
    bench.expectNoLeaks();
  });
});

describe("RFC 1122 §3.2.2 and link-layer broadcasts", () => {
  it("sends no error about a reassembled packet that came in a broadcast", () => {
    const whole = udp("10.0.0.2", "10.0.0.1", 5, 6, DATA);
    const part = (from: number, to: number) =>
      ipv4("10.0.0.2", "10.0.0.1", UDP, whole.slice(from, to), {
        id: 7,
        offset: from,
        mf: to < whole.length,
      });
    bench.inject(broadcast(part(0, 24)));
    bench.inject(broadcast(part(24, 48)));
    bench.run();
    bench.expectSilence();
    expect(bench.drops()).toEqual({ "udp-no-port": 1 });
  });
});

describe("RFC 791 §3.2: fragmentation of what this machine sends", () => {
  it("cuts at multiples of eight bytes and sets the offsets and more-fragments bits", () => {
    const socket = new UdpSocket(bench.stack);
    socket.bind(ip("10.0.0.1"), 1000);
    socket.options = { discover: "dont" };
    const data = Array.from({ length: 3000 }, (_, i) => i & 255);
    socket.send(Uint8Array.from(data), ip("10.0.0.2"), 2000);
    bench.run();
    const datagram = udp("10.0.0.1", "10.0.0.2", 1000, 2000, data);
    const out = (from: number, to: number, mf: boolean) =>
      fromDut(ipv4("10.0.0.1", "10.0.0.2", UDP, datagram.slice(from, to), { offset: from, mf }));
    const ids = bench.station().heard.map(({ bytes }) => (bytes[18]! << 8) | bytes[19]!);
    expect(new Set(ids).size).toBe(1);
    bench.expectOut(out(0, 1480, true), out(1480, 2960, true), out(2960, 3008, false));
    bench.expectNoLeaks();
  });

  it("cuts a packet to itself not at all: lo carries 65,536 bytes", () => {
    const socket = new UdpSocket(bench.stack);
    let size = 0;
    socket.bind(ip("10.0.0.1"), 1000);
    socket.onDatagram = ({ from, to }) => {
      size = to - from;
    };
    socket.send(new Uint8Array(65_507), ip("10.0.0.1"), 1000);
    bench.run();
    expect(size).toBe(65_507);
    expect(bench.stack.loopback.txPackets).toBe(1);
  });
});

describe("RFC 791 §3.1: options of fragments", () => {
  it("copies only options with the copied bit into later fragments", () => {
    bench = new Bench({ eth0: "10.0.0.1/24", eth1: "10.0.1.1/24" });
    bench.stack.sysctl.set("net.ipv4.ip_forward", 1);
    bench.knowNeighbour(["02:00:00:00:00:09", "10.0.1.9"], "eth1");
    bench.stack.device("eth1")!.setMtu(68);
    // A timestamp option that is full (not copied), and a router alert (copied).
    const options = [68, 8, 9, 3, 1, 2, 3, 4, 148, 4, 0, 0];
    bench.packet(ipv4("10.0.0.2", "10.0.1.9", UDP, DATA, { options, id: 5 }));
    bench.run();
    const to = (payload: number[], offset: number, mf: boolean, kept: number[]) =>
      ether("02:00:00:00:00:09", "02:00:00:00:01:01", 0x0800, [
        ...ipv4("10.0.0.2", "10.0.1.9", UDP, payload, { options: kept, offset, mf, ttl: 63 }),
      ]);
    const blank = [1, 1, 1, 1, 1, 1, 1, 1, 148, 4, 0, 0];
    bench.expectOutOf("eth1", to(DATA.slice(0, 32), 0, true, options), to(DATA.slice(32), 32, false, blank));
  });

  it("cuts to eight bytes where the MTU holds no more, and comes to an end", () => {
    bench.eth0.setMtu(20);
    const socket = new UdpSocket(bench.stack);
    socket.options = { discover: "dont" };
    socket.send(new Uint8Array(16), ip("10.0.0.2"), 5);
    bench.run();
    expect(bench.heard()).toHaveLength(3);
  });
});
