/**
 * The network commands against the programs that they are modelled on: the same lines are typed in a lab and in its twin made
 * of namespaces, and text and status must be equal.
 *
 * What cannot be equal is made so: times, identifiers, ephemeral ports, padding, which station answers a broadcast first.
 * The twin's pc1 forgets neighbours and learned MTUs before each case, and the lab is fresh.
 */
import { expect, it } from "vitest";
import { SECOND } from "../../src/core/time.js";
import type { Host } from "../../src/host/host.js";
import { Lab } from "../../src/lab/index.js";
import { runCommand } from "../../src/shell/index.js";
import { LinuxTwin } from "./linux-twin.js";
import { describeWithPeers, type Namespace } from "./peer.js";

/** pc1 and pc3 on a switch with r1; behind it, over a link of MTU 1400, r2 and pc2. pc3 has no way out. */
const LAB = Lab.parse(`name: field
topology:
  nodes:
    sw1: {kind: switch}
    pc1:
      kind: host
      interfaces: {eth0: {address: 10.0.1.1/24, mac: "02:00:00:00:01:01"}}
      gateway: 10.0.1.254
      routes:
        - {to: 10.8.1.0/24, type: unreachable}
        - {to: 10.8.2.0/24, type: prohibit}
        - {to: 10.8.3.0/24, type: blackhole}
        - {to: 10.8.4.0/24, via: 10.0.1.66}
      sysctls: {net.ipv4.icmp_ratemask: 0}
    pc3:
      kind: host
      interfaces: {eth0: {address: [10.0.1.2/24, 10.0.1.9/24], mac: "02:00:00:00:01:02"}}
      sysctls: &open {net.ipv4.icmp_ratemask: 0, net.ipv4.icmp_echo_ignore_broadcasts: 0}
    r1:
      kind: router
      interfaces:
        eth0: {address: [10.0.1.254/24, 10.0.1.9/24], mac: "02:00:00:00:01:fe"}
        eth1: {address: 10.0.12.1/24, mac: "02:00:00:00:12:01", mtu: 1400}
      routes:
        - {to: 10.0.2.0/24, via: 10.0.12.2}
        - {to: 10.9.1.0/24, type: unreachable}
        - {to: 10.9.2.0/24, type: prohibit}
        - {to: 10.9.3.0/24, type: blackhole}
        - {to: 10.6.0.0/24, via: 10.0.1.2}
      sysctls: *open
    r2:
      kind: router
      interfaces:
        eth0: {address: 10.0.12.2/24, mac: "02:00:00:00:12:02", mtu: 1400}
        eth1: {address: 10.0.2.254/24, mac: "02:00:00:00:02:fe"}
      routes: [{to: 10.0.1.0/24, via: 10.0.12.1}]
      sysctls: {net.ipv4.icmp_ratemask: 0}
    pc2:
      kind: host
      interfaces: {eth0: {address: 10.0.2.1/24, mac: "02:00:00:00:02:01"}}
      gateway: 10.0.2.254
      sysctls: {net.ipv4.icmp_ratemask: 0}
  links:
    - ["pc1:eth0", "sw1:1"]
    - ["pc3:eth0", "sw1:2"]
    - ["r1:eth0", "sw1:3"]
    - ["r1:eth1", "r2:eth0"]
    - ["r2:eth1", "pc2:eth0"]
`);

/** Lines for hosts, each begun some time after the one before: `pc1: ping -c 1 10.0.1.2`. */
type Case = readonly string[];

interface Said {
  readonly line: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

const PAUSE = 0.4;

const split = (line: string): [string, string] => /^(\w+): (.*)$/.exec(line)!.slice(1, 3) as [string, string];

function simulate(lines: Case): Said[] {
  const run = LAB.start();
  const { engine } = run.world;
  const running = lines.map((line) => {
    const [name, command] = split(line);
    const process = runCommand(run.world.nodes.get(name) as Host, command);
    engine.run(engine.now + PAUSE * SECOND);
    return { line, process };
  });
  for (let i = 0; i < 600 && running.some(({ process }) => process.running); i++)
    engine.run(engine.now + SECOND / 10);
  return running.map(({ line, process: { stdout, stderr, status } }) =>
    tidy({ line, stdout, stderr, status }),
  );
}

async function perform(twin: LinuxTwin, lines: Case): Promise<Said[]> {
  const node = (name: string): Namespace => twin.nodes.get(name)!;
  // The others' memory makes no difference to what pc1 and pc3 are told.
  node("pc1").ip("neigh", "flush", "all");
  node("pc1").ip("route", "flush", "cache");
  const running: { line: string; ended: Promise<Omit<Said, "line">> }[] = [];
  for (const line of lines) {
    const [name, command] = split(line);
    running.push({ line, ended: node(name).run("bash", "-c", command) });
    if (running.length < lines.length) await node(name).run("sleep", String(PAUSE));
  }
  return Promise.all(running.map(async ({ line, ended }) => tidy({ line, ...(await ended) })));
}

const tidy = ({ line, stdout, stderr, status }: Said): Said => ({
  line,
  stdout: tidyText(line, stdout),
  stderr: tidyText(line, stderr),
  status,
});

function tidyText(line: string, text: string): string {
  const timeless = text
    // IPv6 is not here yet.
    .replace(/^ {2}-6 .*\n/gm, "")
    .replace(/time=[\d.]+ ms/g, "time=T ms")
    .replace(/, time \d+ms/g, ", time T ms")
    .replace(/(rtt min.* = )\S+ ms(, ipg\/ewma \S+)?/g, "$1T ms")
    .replace(/ +[\d.]+ ?ms\b/g, " T ms")
    .replace(/\bid \d+/g, "id N")
    .replace(/^\d+ packets? received by filter/gm, "N packets received by filter")
    .replace(/^(Connection received on \S+) \d+/gm, "$1 N")
    .replace(/\.(3[2-9]|[4-6]\d)\d{3}\b/g, ".N")
    // A card pads what it sends to the least size of a frame; a pair of virtual cards does not.
    .replace(/^(ARP, .*), length 46$/gm, "$1, length 28");
  if (/ping.* -b /.test(line)) return timeless.replace(/ from 10\.0\.1\.(2|254):/g, " from STATION:");
  return /arping/.test(line) ? timeless.split("\n").sort().join("\n") : timeless;
}

function compare(about: string, programs: readonly string[], cases: readonly Case[]): void {
  describeWithPeers(["root", "ip", ...programs], about, () => {
    it("says the same as the simulated one, with the same status", async () => {
      const twin = new LinuxTwin(LAB.plan, {});
      const real: Said[][] = [];
      for (const lines of cases) real.push(await perform(twin, lines));
      expect(cases.map(simulate)).toEqual(real);
    }, 300_000);
  });
}

const single = (host: string, lines: readonly string[]): Case[] => lines.map((line) => [`${host}: ${line}`]);

compare(
  "ping of iputils",
  ["ping"],
  [
    ...single("pc1", [
      "ping -c 3 -i 0.2 10.0.2.1",
      "ping -c 2 -i 0.2 10.0.1.2",
      "ping -c 2 -i 0.2 -q 10.0.2.1",
      "ping -c 1 -s 4 10.0.1.2",
      "ping -c 1 -s 20000 10.0.2.1",
      "ping -c 1 -s 65507 10.0.1.2",
      "ping -c 1 127.0.0.1",
      "ping -c 1 10.0.1.1",
      "ping -c 1 127.1",
      "ping -c 1 -I eth0 10.0.1.2",
      "ping -c 1 -I 10.0.1.1 10.0.2.1",
      "ping -c 1 -p a5 -s 15 10.0.1.2",
      "ping -c 4 -i 0.2 10.0.1.77", // nobody there
      "ping -c 2 -i 0.2 10.8.4.1", // the gateway is not there
      "ping -c 2 -i 0.2 10.0.2.77", // nobody there, says r2
      "ping -c 2 -i 0.2 -t 1 10.0.2.1",
      "ping -c 2 -i 0.2 -t 2 10.0.2.1",
      "ping -c 1 10.7.1.1", // r1 has no route
      "ping -c 1 10.9.1.1",
      "ping -c 1 10.9.2.1",
      "ping -c 1 -W 0.3 10.9.3.1",
      "ping -c 1 10.8.1.1",
      "ping -c 1 10.8.2.1",
      "ping -c 1 10.8.3.1",
      "ping -c 3 -i 0.2 -M do -s 1450 10.0.2.1",
      "ping -c 2 -i 0.2 -s 1450 10.0.2.1",
      "ping -c 2 -i 0.2 -M dont -s 1450 10.0.2.1",
      "ping -c 2 -i 0.2 -M do -s 1500 10.0.1.2",
      "ping -c 1 10.0.1.255",
      "ping -c 2 -i 0.2 -b 10.0.1.255",
      "ping -c 2 -i 0.2 -b 255.255.255.255",
      "ping -c 2 -i 0.2 -R 10.0.2.1",
      "ping -c 2 -i 0.2 10.6.0.1", // r1 redirects, and pc3 does not forward
      "ping -w 1 -i 0.4 10.0.1.2",
      "ping -w 1 -c 2 10.9.3.1",
      "ping -O -c 2 -i 0.2 -W 0.2 10.9.3.1",
      "ping -c 1 -I eth9 10.0.1.2",
      "ping -c 1 -I 10.0.1.99 10.0.1.2",
      "ping -c x 10.0.1.2",
      "ping -c 0 10.0.1.2",
      "ping -t 256 10.0.1.2",
      "ping -M foo 10.0.1.2",
      "ping -W -1 10.0.1.2",
      "ping -Q 999 10.0.1.2",
      "ping -p zz 10.0.1.2",
      "ping",
    ]),
    ...single("pc3", ["ping -c 1 10.0.2.1", "ping -c 1 -b 10.0.1.255"]),
  ],
);

// Without the factors HERE and NEAR: on a busy machine they make stars of answers.
const TRACE = "traceroute -w 4,0,0";

compare(
  "traceroute 2.1",
  ["traceroute"],
  [
    ...single("pc1", [
      `${TRACE} -n 10.0.2.1`,
      `${TRACE} 10.0.2.1`,
      `${TRACE} -I -n 10.0.2.1`,
      `${TRACE} -U -n 10.0.2.1`,
      `${TRACE} -n -q 1 -N 1 10.0.2.1`,
      `${TRACE} -n -f 2 10.0.2.1`,
      `${TRACE} -n -m 1 10.0.2.1`,
      `${TRACE} -n -w 1 -m 3 10.9.3.1`,
      // One probe each: what a router says about its routes is limited to five at once, then one a second.
      `${TRACE} -n -q 1 -N 1 10.9.1.1`,
      `${TRACE} -n -q 1 -N 1 10.9.2.1`,
      `${TRACE} -n -q 1 -N 1 10.7.1.1`,
      `${TRACE} -n 10.0.2.77`,
      `${TRACE} -n -I 10.0.1.77`,
      `${TRACE} -n -F 10.0.2.1 1450`,
      `${TRACE} -n -F 10.0.2.1 1600`,
      `${TRACE} -n 10.0.2.1 1450`,
      `${TRACE} -n 10.0.2.1 10`,
      `${TRACE} 127.0.0.1`,
      `${TRACE} -n 10.0.1.1`,
      "traceroute -n 10.8.1.1",
      "traceroute -n 10.8.2.1",
      "traceroute -n 10.8.3.1",
      "traceroute -n 10.0.1.255",
      "traceroute -n -i eth9 10.0.2.1",
      "traceroute -n -s 10.0.1.99 10.0.2.1",
      "traceroute -Z",
      "traceroute --foo",
      "traceroute -q x 10.0.2.1",
      "traceroute -q 11 10.0.2.1",
      "traceroute -f 40 10.0.2.1",
      "traceroute -m 300 10.0.2.1",
      "traceroute -n -m",
      "traceroute 10.0.2.1 foo",
      "traceroute 10.0.2.1 70000",
      "traceroute 10.0.2.1 60 60",
    ]),
    ...single("pc3", ["traceroute -n 10.0.2.1", "traceroute -n -I 10.0.2.1"]),
  ],
);

compare(
  "tracepath of iputils",
  ["tracepath"],
  [
    ...single("pc1", [
      "tracepath -n 10.0.2.1",
      "tracepath 10.0.2.1",
      "tracepath -b 10.0.1.2",
      "tracepath -n 10.0.1.1",
      "tracepath -n 10.9.2.1",
      "tracepath -n 10.7.1.1",
      "tracepath -n 10.0.2.77",
      "tracepath -n 10.0.1.255",
      "tracepath -n 10.8.1.1",
      "tracepath -n -m 1 10.0.2.1",
      "tracepath -n -l 1450 10.0.2.1",
      "tracepath -l x 10.0.2.1",
      "tracepath -Z",
    ]),
    ...single("pc3", ["tracepath -n 10.0.2.1"]),
  ],
);

compare(
  "arping of iputils",
  ["arping"],
  [
    ...single("pc1", [
      "arping -c 2 10.0.1.2",
      "arping -I eth0 -b -c 2 10.0.1.2",
      "arping -I eth0 -f -c 2 10.0.1.2",
      "arping -I eth0 -c 2 10.0.1.77",
      "arping -I eth0 -w 1 10.0.1.77",
      "arping -I eth0 -c 1 10.0.1.9", // an address that two stations have
      "arping -I eth0 -D -c 2 10.0.1.2",
      "arping -I eth0 -D -c 1 10.0.1.77",
      "arping -I eth0 -U -c 1 10.0.1.1",
      "arping -I eth0 -A -c 1 10.0.1.1",
      "arping -I eth0 -U -c 1 10.0.1.77",
      "arping -q -I eth0 -c 1 10.0.1.2",
      "arping -I eth0 -s 10.0.1.77 -c 1 10.0.1.2",
      "arping -I eth9 -c 1 10.0.1.2",
      "arping -I lo -c 1 10.0.1.2",
      "arping -I eth0 -c x 10.0.1.2",
      "arping -Z",
      "arping",
    ]),
  ],
);

compare(
  "tcpdump 4.99",
  ["tcpdump", "ping"],
  [
    ...single(
      "pc1",
      ["", "-e", "-v", "-q", "-i any", "-i any -e", "-Q in", "-Q out"].map(
        (options) =>
          `tcpdump -n -t -c ${options.startsWith("-Q") ? 1 : 2} ${options} icmp & sleep 1; ping -c 1 10.0.1.2 > /dev/null; sleep 0.5`,
      ),
    ),
    ...single("pc1", [
      "tcpdump -n -t -c 2 -i lo & sleep 1; ping -c 1 127.0.0.1 > /dev/null; sleep 0.5",
      "tcpdump -n -t -c 2 arp & sleep 1; ping -c 1 10.0.1.2 > /dev/null; sleep 0.5",
      "tcpdump -i eth9",
      "tcpdump -c 0",
      "tcpdump -Q up",
    ]),
  ],
);

compare(
  "nc of OpenBSD",
  ["nc"],
  [
    ["pc2: nc -n -u -l -v -W 1 9000", "pc1: echo hello | nc -n -u -q 1 10.0.2.1 9000"],
    ["pc2: nc -n -u -l -W 5 9000", "pc1: nc -n -u -z -v 10.0.2.1 9000"],
    ["pc1: echo hi | nc -n -u 10.0.2.1 9"],
    ["pc1: nc -n -u -z -v 10.0.2.1 7-9"],
    ["pc3: echo hi | nc -n -u -v 10.0.2.1 9000"],
    ["pc1: echo hi | nc -n -u -v 10.0.1.255 9000"],
    ["pc1: echo hi | nc -n -u -w 1 -b 10.0.1.255 9000"],
    ["pc1: nc -n -u 10.0.2.1"],
    ["pc1: nc -n -u 10.0.2.1 foo"],
    ["pc1: nc -u -l"],
    ["pc1: nc -n -u -l -z 9"],
    ["pc1: nc -n -u -l 10.0.1.99 9"],
    ["pc1: nc -n -u -w x 10.0.2.1 9"],
  ],
);
