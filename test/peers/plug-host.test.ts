/**
 * A real kernel against our hosts and routers. The lab:
 *
 *   kernel 10.1.0.1 --- sw1 --- r1 === r2 --- pc2 10.2.0.1      === has an MTU of 1400
 *                        |
 *                      pc1 10.1.0.9
 */
import { expect, it } from "vitest";
import { readU16, utf8 } from "../../src/core/bytes.js";
import { Switch } from "../../src/device/switch.js";
import { RawSocket, UdpSocket } from "../../src/host/index.js";
import { Port } from "../../src/link/port.js";
import { World } from "../../src/link/world.js";
import { parseRecording, Replay } from "../../src/plug/index.js";
import { cable, host, ip, route, router } from "../host/network.js";
import { Fingerprint, MemorySink } from "../plug/fixture.js";
import { type JoinedKernel, kernelWithTap, kernelWithVxlan } from "./joined-kernel.js";
import { describeWithPeers } from "./peer.js";
import { session } from "./session.js";

const NARROW = 1400;

function lab(joined: JoinedKernel) {
  const world = new World();
  const plug = joined.plug(world);
  const sw1 = new Switch(world, "sw1");
  for (let i = 1; i <= 3; i++) new Port(sw1, i - 1, String(i));
  const pc1 = host(world, "pc1", { eth0: "10.1.0.9/24" });
  const pc2 = host(world, "pc2", { eth0: "10.2.0.1/24" });
  const r1 = router(world, "r1", { eth0: "10.1.0.14/24", eth1: "10.12.0.1/24" });
  const r2 = router(world, "r2", { eth0: "10.12.0.2/24", eth1: "10.2.0.254/24" });
  cable(plug.inner, sw1.port("1"));
  cable(pc1.port("eth0"), sw1.port("2"));
  cable(r1.port("eth0"), sw1.port("3"));
  cable(r1.port("eth1"), r2.port("eth0"));
  cable(r2.port("eth1"), pc2.port("eth0"));
  r1.stack.device("eth1")!.setMtu(NARROW);
  r2.stack.device("eth0")!.setMtu(NARROW);
  route(pc1, "default", "10.1.0.14");
  route(pc2, "default", "10.2.0.254");
  route(r1, "10.2.0.0/24", "10.12.0.2");
  route(r2, "10.1.0.0/24", "10.12.0.1");
  // A server in capitals.
  const echo = new UdpSocket(pc2.stack);
  echo.bind(ip("0.0.0.0"), 7777);
  echo.onDatagram = ({ bytes, from, to, src, srcPort }) =>
    void echo.send(
      bytes.slice(from, to).map((byte) => (byte > 96 ? byte - 32 : byte)),
      src,
      srcPort,
    );
  return { world, plug, pc1, pc2, r1, r2 };
}

type Lab = ReturnType<typeof lab>;

/** Runs the lab with the kernel's address and route set. */
async function together(joined: JoinedKernel, during: (lab: Lab) => Promise<void>): Promise<void> {
  const built = lab(joined);
  await session(built.world, [built.plug], async () => {
    connect(joined);
    await during(built);
  });
  expect(built.world.frames.outstanding).toBeLessThan(50);
}

function connect({ kernel, interface: dev }: JoinedKernel): void {
  kernel.ip("addr", "add", "10.1.0.1/24", "dev", dev);
  kernel.ip("route", "add", "10.0.0.0/8", "via", "10.1.0.14", "dev", dev);
}

const PROGRAMS = ["ping", "traceroute", "mtr", "arping", "nmap", "nc"];

const ways = [
  ["a TAP device", ["root", "tun", "ip", ...PROGRAMS], kernelWithTap],
  ["VXLAN", ["root", "ip", ...PROGRAMS], kernelWithVxlan],
] as const;

for (const [way, needs, join] of ways)
  describeWithPeers(needs, `a kernel that joins over ${way}`, () => {
    it("pings a host through the switch and two routers", async () => {
      const joined = join();
      await together(joined, async () => {
        const { stdout } = await joined.kernel.run("ping", "-c", "5", "-i", "0.1", "10.2.0.1");
        expect(stdout).toContain("5 packets transmitted, 5 received, 0% packet loss");
        expect(stdout).toContain("ttl=62");
      });
    });

    it("answers a host's echo requests through them", async () => {
      const joined = join();
      await together(joined, async ({ pc2 }) => {
        const replies: number[] = [];
        const raw = new RawSocket(pc2.stack, 1);
        raw.onPacket = ({ bytes }) => {
          const icmp = bytes.subarray((bytes[0]! & 15) * 4);
          if (icmp[0] === 0) replies.push(readU16(icmp, 6));
        };
        const request = (sequence: number) => {
          const sum = 0xffff - 0x0800 - sequence;
          return Uint8Array.of(8, 0, sum >> 8, sum & 255, 0, 0, 0, sequence);
        };
        for (const sequence of [1, 2, 3]) {
          raw.send(request(sequence), ip("10.1.0.1"));
          await expect.poll(() => replies.length).toBe(sequence);
        }
        expect(replies).toEqual([1, 2, 3]);
      });
    });

    it("traces the route, with UDP and with ICMP", async () => {
      const joined = join();
      await together(joined, async () => {
        for (const option of ["-U", "-I"]) {
          const { stdout } = await joined.kernel.run("traceroute", "-n", option, "-w", "2", "10.2.0.1");
          const hops = stdout
            .split("\n")
            .slice(1, -1)
            .map((line) => line.trim().split(/\s+/).slice(0, 2).join(" "));
          expect(hops, option).toEqual(["1 10.1.0.14", "2 10.12.0.2", "3 10.2.0.1"]);
          expect(stdout).not.toContain("*");
        }
      });
    });

    it("traces it with mtr, and loses nothing", async () => {
      const joined = join();
      await together(joined, async () => {
        const { stdout } = await joined.kernel.run(
          "mtr",
          "-n",
          "-r",
          "-c",
          "3",
          "-i",
          "0.2",
          "-G",
          "1",
          "10.2.0.1",
        );
        expect(
          [...stdout.matchAll(/^\s*\d+\.\|--\s+(\S+)\s+(\S+)\s+(\d+)/gm)].map(([, ...hop]) => hop),
        ).toEqual([
          ["10.1.0.14", "0.0%", "3"],
          ["10.12.0.2", "0.0%", "3"],
          ["10.2.0.1", "0.0%", "3"],
        ]);
      });
    });

    it("finds its neighbours with arping and nmap", async () => {
      const joined = join();
      await together(joined, async () => {
        const arping = await joined.kernel.run("arping", "-c", "2", "-I", joined.interface, "10.1.0.9");
        expect(arping.stdout).toContain("Received 2 response(s)");
        expect(
          (await joined.kernel.run("arping", "-D", "-c", "2", "-I", joined.interface, "10.1.0.9")).status,
        ).toBe(1);
        const nmap = await joined.kernel.run("nmap", "-sn", "-n", "10.1.0.0/28");
        expect(nmap.stdout).toContain("Nmap scan report for 10.1.0.9");
        expect(nmap.stdout).toContain("Nmap scan report for 10.1.0.14");
        expect(nmap.stdout).toContain("(3 hosts up)");
      });
    });

    it("exchanges datagrams by netcat, in both directions", async () => {
      const joined = join();
      await together(joined, async ({ pc1 }) => {
        const client = joined.kernel.start("nc", "-u", "10.2.0.1", "7777");
        client.type("hello over there\n");
        await expect.poll(() => client.printed, { timeout: 3000 }).toBe("HELLO OVER THERE\n");
        client.kill();
        const server = joined.kernel.start("nc", "-u", "-l", "5555");
        const sender = new UdpSocket(pc1.stack);
        const back: string[] = [];
        sender.onDatagram = ({ bytes, from, to }) =>
          back.push(new TextDecoder().decode(bytes.slice(from, to)));
        const knock = () => {
          sender.send(utf8("knock\n"), ip("10.1.0.1"), 5555); // until the server has started
          return server.printed;
        };
        await expect.poll(knock).toContain("knock\n");
        server.type("who is there?\n");
        await expect.poll(() => back).toEqual(["who is there?\n"]);
        server.kill();
      });
    });

    it("pings with 20,000 bytes, in fragments that a router makes smaller", async () => {
      const joined = join();
      await together(joined, async ({ r1 }) => {
        const { stdout } = await joined.kernel.run("ping", "-c", "3", "-i", "0.2", "-s", "20000", "10.2.0.1");
        expect(stdout).toContain("3 packets transmitted, 3 received, 0% packet loss");
        expect(stdout).toContain("20008 bytes from 10.2.0.1");
        expect(r1.port("eth1")!.txFrames).toBeGreaterThan(r1.port("eth0")!.rxFrames);
      });
    });

    it("learns the path's MTU from a router's ICMP error", async () => {
      const joined = join();
      await together(joined, async () => {
        const { stdout, stderr } = await joined.kernel.run(
          "ping",
          "-c",
          "2",
          "-i",
          "0.3",
          "-M",
          "do",
          "-s",
          "1380",
          "10.2.0.1",
        );
        expect(stdout + stderr).toContain(`Frag needed and DF set (mtu = ${NARROW})`);
        expect(joined.kernel.ip("route", "get", "10.2.0.1")).toContain(`mtu ${NARROW}`);
        const fits = await joined.kernel.run(
          "ping",
          "-c",
          "1",
          "-M",
          "do",
          "-s",
          String(NARROW - 28),
          "10.2.0.1",
        );
        expect(fits.stdout).toContain("1 received");
      });
    });

    it("is not needed for a replay, which has the same fingerprint", async () => {
      const joined = join();
      const sink = new MemorySink();
      const live = lab(joined);
      const fingerprint = new Fingerprint(live.world);
      const talk = async () => {
        connect(joined);
        await joined.kernel.run("ping", "-c", "20", "-i", "0.01", "-s", "3000", "10.2.0.1");
        await joined.kernel.run("traceroute", "-n", "-q", "1", "10.2.0.1");
      };
      const options = { record: sink, fingerprint: () => fingerprint.digest() };
      const { framesIn, framesOut } = await session(live.world, [live.plug], talk, options);
      expect(framesOut).toBeGreaterThan(60);
      const recording = parseRecording(sink.bytes);
      const again = lab(joined);
      const sameAgain = new Fingerprint(again.world);
      const replay = new Replay(again.world, [again.plug], recording);
      replay.begin();
      again.world.engine.run(replay.until);
      expect(replay.outcome()).toEqual({ framesIn, framesOut, difference: null });
      expect(sameAgain.digest()).toBe(recording.end!.fingerprint);
    });
  });
