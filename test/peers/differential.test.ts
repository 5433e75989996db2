/**
 * The same lab twice: simulated, and built from the kernel's namespaces, bridges and routes. A station in a namespace of its own
 * sends the same frames and runs the same programs against both; what comes back must be the same.
 */
import { expect, it } from "vitest";
import { fromHex, readU16, toHex, writeU16 } from "../../src/core/bytes.js";
import { Lab, type LabRun } from "../../src/lab/index.js";
import { plugKinds, runLabSession } from "../../src/plug/index.js";
import { LinuxTwin } from "./linux-twin.js";
import { describeWithPeers, Namespace } from "./peer.js";
import { Probes } from "./probes.js";

const OWN_MAC = "02:00:00:00:00:77";

const LAB = `name: twins
topology:
  nodes:
    outside: {kind: tap, device: tap0, netns: STATION}
    sw1: {kind: switch}
    pc1:
      kind: host
      interfaces: {eth0: {address: 10.1.0.9/24, mac: "02:00:00:00:01:09"}}
      gateway: 10.1.0.14
      sysctls: &unlimited {net.ipv4.icmp_ratemask: 0}
    r1:
      kind: router
      interfaces:
        eth0: {address: 10.1.0.14/24, mac: "02:00:00:00:01:14"}
        eth1: {address: 10.12.0.1/24, mac: "02:00:00:00:12:01", mtu: 1400}
      routes:
        - {to: 10.2.0.0/24, via: 10.12.0.2}
        - {to: 10.66.0.0/16, type: blackhole}
        - {to: 10.67.0.0/16, type: unreachable}
        - {to: 10.68.0.0/16, type: prohibit}
      sysctls: *unlimited
    r2:
      kind: router
      interfaces:
        eth0: {address: 10.12.0.2/24, mac: "02:00:00:00:12:02", mtu: 1400}
        eth1: {address: 10.2.0.254/24, mac: "02:00:00:00:02:54"}
      routes: [{to: 10.1.0.0/24, via: 10.12.0.1}]
      sysctls: *unlimited
    pc2:
      kind: host
      interfaces: {eth0: {address: 10.2.0.1/24, mac: "02:00:00:00:02:01"}}
      gateway: 10.2.0.254
      sysctls: *unlimited
  links:
    - ["outside:0", "sw1:1"]
    - ["pc1:eth0", "sw1:2"]
    - ["r1:eth0", "sw1:3"]
    - ["r1:eth1", "r2:eth0"]
    - ["r2:eth1", "pc2:eth0"]
`;

const HOSTS = ["pc1", "r1", "r2", "pc2"];

interface Twins {
  /** The station on the simulated lab, and the one on the kernel's. */
  readonly simulated: Namespace;
  readonly kernel: Namespace;
  readonly run: LabRun;
  readonly twin: LinuxTwin;
}

/** Builds both, with a station on each, while the simulated one runs. */
async function withTwins(during: (twins: Twins) => Promise<void>): Promise<void> {
  const [simulated, kernel] = [new Namespace(), new Namespace()];
  const lab = Lab.parse(LAB.replace("STATION", simulated.name), {
    file: "twins.lab.yaml",
    kinds: plugKinds(),
  });
  const twin = new LinuxTwin(lab.plan, { outside: { namespace: kernel, interface: "tap0" } });
  const run = lab.start();
  const stop = new AbortController();
  let session: Promise<unknown> = Promise.resolve();
  try {
    await new Promise<void>((opened, failed) => {
      session = runLabSession(run, { signal: stop.signal, opened });
      session.catch(failed);
    });
    for (const station of [simulated, kernel]) {
      station.set("net.ipv6.conf.all.disable_ipv6", 1);
      station.ip("link", "set", "tap0", "address", OWN_MAC);
      station.ip("addr", "add", "10.1.0.1/24", "dev", "tap0");
      station.ip("route", "add", "10.0.0.0/8", "via", "10.1.0.14");
      const warmUp = ["10.1.0.9", "10.2.0.1"].map((dst) => station.run("ping", "-c", "1", "-W", "3", dst));
      for (const { stdout } of await Promise.all(warmUp)) expect(stdout).toContain("1 received");
    }
    await during({ simulated, kernel, run, twin });
  } finally {
    stop.abort();
    await session;
  }
}

const MILLISECONDS = 100;

/** What comes back to each probe. */
async function volley(station: Namespace, frames: readonly string[]): Promise<string[][]> {
  const gun = station.start("python3", `${import.meta.dirname}/packet-gun.py`, "tap0", String(MILLISECONDS));
  gun.type(`${frames.join("\n")}\n`);
  gun.type();
  const { stdout, stderr, status } = await gun.ended;
  expect(status, stderr).toBe(0);
  return stdout
    .split("\n")
    .slice(0, -1)
    .map((line) =>
      line
        .split(" ")
        .filter((frame) => isAnswer(frame))
        .map(essence),
    );
}

/** A router that looks for the station asks when it likes: not an answer. */
const isAnswer = (frame: string): boolean => frame !== "" && !/^.{24}0806.{12}0001/.test(frame);

/** Without what differs between any two machines: the identification, with the checksum over it, times, and padding. */
function essence(hex: string): string {
  const frame = fromHex(hex);
  if (readU16(frame, 12) !== 0x0800) return toHex(frame, 0, 42);
  const end = 14 + readU16(frame, 16);
  const timed = hideTimes(frame, 14);
  writeU16(frame, 18, 0);
  writeU16(frame, 24, 0);
  const icmp = 14 + (frame[14]! & 15) * 4;
  if (frame[23] === 1 && frame[icmp] === 14) frame.fill(0, icmp + 12, icmp + 20);
  else if (frame[23] !== 1 || !ICMP_ERRORS.includes(frame[icmp]!)) return toHex(frame, 0, end);
  else if (!hideTimes(frame, icmp + 8) && !timed) return toHex(frame, 0, end);
  writeU16(frame, icmp + 2, 0);
  return toHex(frame, 0, end);
}

const ICMP_ERRORS = [3, 5, 11, 12];

/** Clears the times in a header's timestamp options (RFC 791); true if there were any. */
function hideTimes(bytes: Uint8Array, header: number): boolean {
  const end = header + (bytes[header]! & 15) * 4;
  let found = false;
  for (let i = header + 20; i < end && bytes[i] !== 0; ) {
    if (bytes[i] === 0x44) {
      found = true;
      const step = (bytes[i + 3]! & 15) === 0 ? 4 : 8;
      for (let slot = i + 4; slot + step < i + bytes[i + 2]!; slot += step)
        bytes.fill(0, slot + step - 4, slot + step);
    }
    i += bytes[i] === 1 ? 1 : Math.max(2, bytes[i + 1]!);
  }
  return found;
}

/** The words of a program's output without its times. */
const timeless = (text: string): string =>
  text
    .replace(/time[= ]\d+(\.\d+)? ?ms/g, "time")
    .replace(/ *\d+\.\d+ ?ms/g, " ms")
    .replace(/^rtt .*$/gm, "rtt")
    .replace(/\(\d+\.\d+s latency\)|scanned in .*|Starting Nmap.*/g, "");

describeWithPeers(
  ["root", "tun", "ip", "ping", "traceroute", "tracepath", "arping", "nmap", "python3"],
  "a lab and its twin made of the kernel's parts",
  () => {
    it("send the same bytes back, whatever a station sends", async () => {
      await withTwins(async ({ simulated, kernel }) => {
        const probes = new Probes({
          own: "10.1.0.1",
          ownMac: OWN_MAC,
          router: "10.1.0.14",
          routerMac: "02:00:00:00:01:14",
          near: "10.1.0.9",
          nearMac: "02:00:00:00:01:09",
          far: "10.2.0.1",
        }).all();
        const frames = [...probes.values()];
        const [ours, theirs] = await Promise.all([volley(simulated, frames), volley(kernel, frames)]);
        expect(theirs).toHaveLength(frames.length);
        expect(theirs.flat().length).toBeGreaterThan(30);
        const different = [...probes.keys()].flatMap((name, i) => {
          const [lab, linux] = [ours[i]!, theirs[i]!];
          return lab.join() === linux.join() ? [] : [{ name, sent: frames[i], lab, linux }];
        });
        expect(different).toEqual([]);
      });
    });

    it("look the same to ping, traceroute, tracepath, arping and nmap", async () => {
      await withTwins(async ({ simulated, kernel }) => {
        const commands = [
          "ping -c 2 -i 0.2 10.1.0.9",
          "ping -c 2 -i 0.2 10.2.0.1",
          "ping -c 1 -W 1 -t 1 10.2.0.1",
          "ping -c 1 -W 1 -t 2 10.2.0.1",
          "ping -c 1 -W 1 10.99.0.1",
          "ping -c 1 -W 1 10.67.0.1",
          "ping -c 1 -W 1 10.68.0.1",
          "ping -c 1 -W 1 10.66.0.1",
          "ping -c 1 -W 5 10.2.0.77",
          "ping -c 2 -i 0.3 -M do -s 1400 10.2.0.1",
          "ping -c 1 -R 10.2.0.1",
          "ping -c 1 -s 20000 10.2.0.1",
          "ping -c 1 -W 1 -b 10.1.0.255",
          "traceroute -n -q 1 10.2.0.1",
          "traceroute -n -q 1 -I 10.2.0.1",
          "traceroute -n -q 1 -w 1 -m 4 10.99.0.1",
          "tracepath -n 10.2.0.1",
          "arping -c 1 -I tap0 10.1.0.9",
          "arping -D -c 1 -I tap0 10.1.0.14",
          "nmap -sn -n 10.1.0.0/28",
          "ip route get 10.2.0.1",
          "ip neigh show 10.1.0.9",
        ];
        for (const command of commands) {
          const [program, ...args] = command.split(" ");
          const outputs = [simulated, kernel].map(async (station) => {
            const { stdout, stderr, status } = await station.run(program!, ...args);
            return { command, status, text: timeless(stdout + stderr) };
          });
          const [ours, theirs] = await Promise.all(outputs);
          expect(ours).toEqual(theirs);
        }
      });
    });

    it("come to the same ARP tables", async () => {
      await withTwins(async ({ simulated, kernel, run, twin }) => {
        await Promise.all(
          [simulated, kernel].flatMap((station) =>
            ["10.1.0.9", "10.1.0.14", "10.12.0.2", "10.2.0.1", "10.2.0.77"].map((dst) =>
              station.run("ping", "-c", "1", "-W", "4", dst),
            ),
          ),
        );
        const row = (ip: string, dev: string, mac: string | undefined) => `${ip} ${dev} ${mac ?? "nobody"}`;
        for (const name of HOSTS) {
          const ours = run
            .node(name)
            .table("neighbours")
            .map(({ ip, dev, mac }) => row(`${ip}`, `${dev}`, mac?.toString()));
          const rows = JSON.parse(twin.nodes.get(name)!.ip("-j", "-4", "neigh")) as Record<string, string>[];
          const theirs = rows.map(({ dst, dev, lladdr }) => row(dst!, dev!, lladdr));
          expect([name, ...ours.sort()]).toEqual([name, ...theirs.sort()]);
        }
      });
    });
  },
);
