/**
 * Whatever comes in: nothing throws, nothing loops, no frame is lost track of, and the machine goes on answering. The seed
 * is fixed, so that a run proves the same everywhere; a failure prints the counterexample.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checksum, parseMac } from "../../src/core/index.js";
import { PacketSocket, RawSocket, UdpSocket } from "../../src/host/index.js";
import {
  arp,
  arpReply,
  arpRequest,
  BROADCAST,
  echo,
  echoReply,
  ether,
  ICMP,
  icmp,
  ipv4,
  UDP,
  udp,
} from "./frames.js";
import { ip, route } from "./network.js";
import { Bench, DUT, dut, fromDut, PEER, peer } from "./wire-script.js";

const SEED = 826;
const ALL_HOSTS_MAC = "01:00:5e:00:00:01";
const FAR = "10.0.1.9";

const unicast = (packet: readonly number[]) => ether(DUT, PEER, 0x0800, packet);
const datagram = (src: string, dst: string, data: string) =>
  ipv4(src, dst, UDP, udp(src, dst, 1000, 2000, data));
const QUOTED = ipv4("10.0.0.1", "192.0.2.9", UDP, udp("10.0.0.1", "192.0.2.9", 2000, 53, "question"));
const RECORD_ROUTE = [7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const TIMESTAMP = [68, 12, 5, 1, 0, 0, 0, 0, 0, 0, 0, 0];

/** One valid frame of each sort that a host deals with. */
const VALID: readonly Uint8Array[] = [
  arpRequest(peer, "10.0.0.1"),
  arpRequest(peer, "10.0.0.2"),
  arp(1, BROADCAST, [PEER, "0.0.0.0"], ["00:00:00:00:00:00", "10.0.0.1"]),
  arpReply(peer, dut),
  ...[echo(1, 2, "ping"), echoReply(1, 2, "pong"), icmp(13, 0, 0, new Array(12).fill(0)), icmp(9, 0, 0)].map(
    (message) => unicast(ipv4("10.0.0.2", "10.0.0.1", ICMP, message)),
  ),
  ...[
    icmp(3, 4, 600, QUOTED),
    icmp(3, 3, 0, QUOTED),
    icmp(5, 1, 0x0a000005, QUOTED),
    icmp(11, 0, 0, QUOTED),
  ].map((message) => unicast(ipv4("10.0.0.2", "10.0.0.1", ICMP, message))),
  unicast(ipv4("10.0.0.2", "10.0.0.1", ICMP, echo(1, 3), { options: RECORD_ROUTE })),
  unicast(ipv4("10.0.0.2", FAR, ICMP, echo(1, 4), { options: [...TIMESTAMP, 148, 4, 0, 0] })),
  unicast(ipv4("10.0.0.2", "10.0.0.1", ICMP, echo(1, 5, "12345678"), { mf: true, id: 9 })),
  unicast(ipv4("10.0.0.2", "10.0.0.1", ICMP, [1, 2, 3, 4, 5, 6, 7, 8], { offset: 16, id: 9 })),
  unicast(datagram("10.0.0.2", "10.0.0.1", "to a socket")),
  unicast(datagram("10.0.0.2", FAR, "to forward")),
  unicast(ipv4("10.0.0.2", FAR, UDP, udp("10.0.0.2", FAR, 1, 2, "dying"), { ttl: 1 })),
  unicast(ipv4("10.0.0.2", "10.0.0.1", 99, "unknown protocol")),
  ether(ALL_HOSTS_MAC, PEER, 0x0800, datagram("10.0.0.2", "224.0.0.1", "to a group")),
  ether(BROADCAST, PEER, 0x0800, datagram("10.0.0.2", "10.0.0.255", "to everybody")),
];

const etherType = fc.oneof(
  fc.constantFrom(0x0800, 0x0806, 0x8035, 0x8100, 0x86dd, 0x88a8, 0x88cc, 0x8847, 0x0026, 0xffff),
  fc.integer({ min: 0, max: 0xffff }),
);
const garbage = fc
  .tuple(fc.constantFrom(DUT, BROADCAST, ALL_HOSTS_MAC, PEER), etherType, fc.uint8Array({ maxLength: 200 }))
  .map(([to, type, payload]) => ether(to, PEER, type, payload));

interface Mutation {
  readonly at: number;
  readonly value: number;
  readonly how: "set" | "flip" | "cut" | "insert" | "extend";
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat({ max: 80 }),
  value: fc.oneof(fc.constantFrom(0, 1, 2, 3, 4, 0x7f, 0x80, 0xff), fc.nat({ max: 255 })),
  how: fc.constantFrom("set", "set", "flip", "cut", "insert", "extend"),
});

function mutate(frame: Uint8Array, { at, value, how }: Mutation): Uint8Array {
  const bytes = [...frame];
  if (how === "set" && at < bytes.length) bytes[at] = value;
  else if (how === "flip" && at < bytes.length) bytes[at] = bytes[at]! ^ (1 << (value & 7));
  else if (how === "cut") bytes.length = Math.min(bytes.length, at);
  else if (how === "insert") bytes.splice(at, 0, value);
  else if (how === "extend") bytes.push(...new Array(value).fill(at));
  return Uint8Array.from(bytes);
}

/** Makes the lengths and checksums fit again, so that a mutation gets past the first checks. */
function repair(frame: Uint8Array): Uint8Array {
  const bytes = frame.slice();
  if (bytes.length < 34 || bytes[12] !== 8 || bytes[13] !== 0) return bytes;
  const header = (bytes[14]! & 15) * 4;
  if (header < 20 || 14 + header > bytes.length) return bytes;
  const put = (at: number, value: number) => bytes.set([value >> 8, value & 255], at);
  put(16, bytes.length - 14);
  put(24, 0);
  put(24, checksum(bytes, 14, 14 + header));
  const at = 14 + header;
  if (bytes[23] === UDP && bytes.length >= at + 8) put(at + 6, 0);
  if (bytes[23] === ICMP && bytes.length >= at + 4) {
    put(at + 2, 0);
    put(at + 2, checksum(bytes, at, bytes.length));
  }
  return bytes;
}

const mutant = fc
  .tuple(fc.constantFrom(...VALID), fc.array(mutation, { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([frame, mutations, repaired]) => {
    const changed = mutations.reduce(mutate, frame);
    return repaired ? repair(changed) : changed;
  });

const traffic = fc.array(fc.oneof({ weight: 1, arbitrary: garbage }, { weight: 3, arbitrary: mutant }), {
  minLength: 1,
  maxLength: 12,
});

/** A machine with sockets of every kind, some of which look at everything that comes. */
function machine(forwarding: boolean, watched: boolean): Bench {
  const bench = new Bench({ eth0: "10.0.0.1/24", eth1: "10.0.1.1/24" });
  if (watched) bench.world.journal = { step: () => {} };
  bench.stack.sysctl.set("net.ipv4.ip_forward", forwarding ? 1 : 0);
  bench.stack.sysctl.set("net.ipv4.icmp_echo_ignore_broadcasts", 0);
  bench.stack.sysctl.set("net.ipv4.conf.all.proxy_arp", 1);
  bench.knowNeighbour();
  bench.knowNeighbour(["02:00:00:00:00:09", FAR], "eth1");
  route(bench.dut, "default", "10.0.0.2");
  const socket = new UdpSocket(bench.stack);
  socket.bind(ip("0.0.0.0"), 2000);
  socket.onDatagram = ({ src, srcPort }) => void socket.send(new Uint8Array(8), src, srcPort);
  new RawSocket(bench.stack, ICMP).onPacket = () => {};
  new PacketSocket(bench.stack, { dev: bench.eth0, promiscuous: true }).onPacket = () => {};
  return bench;
}

function survives(frames: readonly Uint8Array[], forwarding: boolean, watched: boolean): void {
  const bench = machine(forwarding, watched);
  const { port } = bench.eth0;
  const before = bench.world.engine.handled;
  for (const frame of frames) {
    // Handed over without a cable, which would pad short frames.
    bench.dut.receive(port!, bench.world.frames.from(frame));
    bench.run(0.001);
  }
  // Until every timer that a packet can start has ended: fragments wait for 30 s.
  bench.run(40);
  expect(bench.world.engine.handled - before).toBeLessThan(200 * frames.length + 200);
  bench.heard();
  bench.heard("eth1");
  bench.packet(ipv4("10.0.0.2", "10.0.0.1", ICMP, echo(7, 7)));
  bench.run();
  bench.expectOut(fromDut(ipv4("10.0.0.1", "10.0.0.2", ICMP, echoReply(7, 7))));
  if (forwarding) {
    bench.packet(ipv4("10.0.0.2", FAR, ICMP, echo(8, 8)));
    bench.run();
    expect(bench.heard("eth1")).toHaveLength(1);
  }
  bench.expectNoLeaks();
  bench.dut.powerOff();
  bench.run(1);
  expect(bench.world.frames.outstanding).toBe(0);
}

describe("arbitrary and mutated frames", () => {
  it("do a host no harm", () => {
    fc.assert(
      fc.property(traffic, fc.boolean(), (frames, watched) => survives(frames, false, watched)),
      { seed: SEED, numRuns: 120 },
    );
  });

  it("do a router no harm", () => {
    fc.assert(
      fc.property(traffic, fc.boolean(), (frames, watched) => survives(frames, true, watched)),
      { seed: SEED, numRuns: 120 },
    );
  });

  it("are real: the valid ones are answered, taken or forwarded", () => {
    const bench = machine(true, false);
    for (const frame of VALID) bench.dut.receive(bench.eth0.port!, bench.world.frames.from(frame));
    bench.run();
    expect(bench.heard().length + bench.heard("eth1").length).toBeGreaterThan(10);
    expect(parseMac(DUT)).toBe(bench.eth0.mac);
  });
});

describe("every valid frame, cut at every byte", () => {
  it.each(VALID.map((frame, i) => [i, frame] as const))("frame %d", (_i, frame) => {
    const cuts = Array.from({ length: frame.length }, (_, size) => frame.slice(0, size));
    survives(cuts, true, true);
  });
});

describe("every bit of every valid frame, flipped", () => {
  it("does no harm", () => {
    for (const frame of VALID) {
      const flipped = Array.from({ length: frame.length }, (_, at) =>
        repair(mutate(frame, { at, value: at % 8, how: "flip" })),
      );
      survives(flipped, true, false);
    }
  });
});
