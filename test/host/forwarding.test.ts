import { describe, expect, it } from "vitest";
import { Switch } from "../../src/device/index.js";
import { RawSocket, UdpSocket } from "../../src/host/index.js";
import { Port } from "../../src/link/index.js";
import { cable, host, ip, route, router, world } from "./network.js";

function twoSubnets() {
  const w = world();
  const pc1 = host(w, "pc1", { eth0: "10.0.1.1/24" });
  const pc2 = host(w, "pc2", { eth0: "10.0.2.1/24" });
  const r1 = router(w, "r1", { eth0: "10.0.1.254/24", eth1: "10.0.2.254/24" });
  const sw = new Switch(w, "sw1");
  for (let i = 0; i < 3; i++) new Port(sw, i, String(i + 1));
  cable(pc1.port("eth0"), sw.port("1"));
  cable(r1.port("eth0"), sw.port("2"));
  cable(r1.port("eth1"), pc2.port("eth0"));
  route(pc1, "default", "10.0.1.254");
  route(pc2, "default", "10.0.2.254");
  return { w, pc1, pc2, r1, sw };
}

const ECHO = Uint8Array.from([8, 0, 0xf7, 0xfe, 0, 0, 0, 1]);

describe("RFC 1812 §5.2: forwarding", () => {
  it("carries a UDP datagram over a switch and a router, and frees every frame", () => {
    const { w, pc1, pc2 } = twoSubnets();
    const got: string[] = [];
    const server = new UdpSocket(pc2.stack);
    server.bind(ip("0.0.0.0"), 9);
    server.onDatagram = (d) => got.push(`${d.srcPort} ${d.to - d.from}`);
    const client = new UdpSocket(pc1.stack);
    client.bind(ip("0.0.0.0"), 1000);
    expect(client.send(new Uint8Array(100), ip("10.0.2.1"), 9)).toBeNull();
    w.engine.run();
    expect(got).toEqual(["1000 100"]);
    expect(w.frames.leaks()).toEqual([]);
  });

  it("answers an echo request from across the router with a TTL one lower", () => {
    const { w, pc1 } = twoSubnets();
    const raw = new RawSocket(pc1.stack, 1);
    const ttls: number[] = [];
    raw.onPacket = (packet) => ttls.push(packet.bytes[8]!);
    expect(raw.send(ECHO, ip("10.0.2.1"))).toBeNull();
    w.engine.run();
    expect(ttls).toEqual([63]);
    expect(w.frames.leaks()).toEqual([]);
  });

  it("reports an unreachable host when nobody answers ARP", () => {
    const { w, pc1, r1 } = twoSubnets();
    const raw = new RawSocket(pc1.stack, 1);
    const got: number[][] = [];
    raw.onPacket = (packet) => got.push([...packet.bytes.subarray(20, 22)]);
    raw.send(ECHO, ip("10.0.2.77"));
    w.engine.run();
    expect(got).toEqual([[3, 1]]);
    expect(r1.drops.get("neigh-failed")).toBe(1);
    expect(w.engine.now).toBeGreaterThan(3e9);
    expect(w.frames.leaks()).toEqual([]);
  });
});
