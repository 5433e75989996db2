import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { Lab } from "../../src/lab/index.js";
import { plugKinds, runLabSession } from "../../src/plug/index.js";
import { describeWithPeers, Namespace, type Running, scratchFolder } from "./peer.js";

/** What a client's script does with a lease: the address and the route, nothing of the machine's own. */
const DHCLIENT_SCRIPT = `#!/bin/sh
case $reason in
  PREINIT) ip link set dev $interface up ;;
  BOUND|RENEW|REBIND|REBOOT)
    ip addr flush dev $interface
    ip addr add $new_ip_address/$new_subnet_mask dev $interface
    ip route replace default via $new_routers dev $interface ;;
  EXPIRE|FAIL|RELEASE|STOP) ip addr flush dev $interface ;;
esac
exit 0
`;
const UDHCPC_SCRIPT = `#!/bin/sh
case $1 in
  deconfig) ip addr flush dev $interface; ip link set $interface up ;;
  bound|renew) ip addr add $ip/$mask dev $interface; ip route replace default via $router ;;
esac
`;

function scratch(): string {
  const folder = scratchFolder();
  onTestFinished(() => folder.remove());
  chmodSync(folder.path, 0o777);
  return folder.path;
}

function script(folder: string, text: string): string {
  const path = join(folder, "script");
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

const server = (kernel: Namespace, more: string) => `name: dhcp-peer
topology:
  nodes:
    outside: {kind: tap, device: tap0, netns: ${kernel.name}}
    sw1: {kind: switch}
    server:
      kind: host
      interfaces: {eth0: 10.3.0.1/16}
      dhcp: ${more}
  links: [["outside:0", "sw1:1"], ["server:eth0", "sw1:2"]]
`;
const ONE_SUBNET =
  "{subnets: [{prefix: 10.3.0.0/16, pools: [10.3.0.100-10.3.0.200], routers: [10.3.0.1], lease: 2m}]}";

/** Runs a lab while `during` talks to it; the rows of the server's lease table at its end. */
async function withLab(text: string, during: () => Promise<void>) {
  const stop = new AbortController();
  const run = Lab.parse(text, { kinds: plugKinds() }).start();
  let session: Promise<unknown> | undefined;
  try {
    await new Promise<void>((opened, failed) => {
      session = runLabSession(run, { signal: stop.signal, opened });
      session.catch(failed);
    });
    await during();
  } finally {
    stop.abort();
    await session;
  }
  return run;
}

/** Waits for a program to print something. */
async function printed(program: Running, pattern: RegExp): Promise<void> {
  let ended = false;
  void program.ended.then(() => {
    ended = true;
  });
  for (let i = 0; i < 400 && !ended && !pattern.test(program.printed); i++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  if (ended) throw new Error(`ended early: ${JSON.stringify(await program.ended)}`);
  expect(program.printed).toMatch(pattern);
}

async function expectLeased(kernel: Namespace): Promise<void> {
  expect(kernel.ip("-4", "-br", "addr", "show", "tap0")).toMatch(/ 10\.3\.0\.1\d\d\/16/);
  expect(kernel.ip("route", "show", "default")).toContain("default via 10.3.0.1 dev tap0");
  expect((await kernel.run("ping", "-c", "1", "-W", "2", "10.3.0.1")).stdout).toContain("1 received");
}

describeWithPeers(["root", "tun", "ip", "ping", "dhclient"], "dhclient", () => {
  it("leases an address from a simulated server, and gives it back", async () => {
    const kernel = new Namespace();
    const folder = scratch();
    const files = ["-lf", join(folder, "leases"), "-pf", join(folder, "pid"), "-cf", "/dev/null"];
    const base = ["-4", "-v", "-sf", script(folder, DHCLIENT_SCRIPT), ...files];
    await withLab(server(kernel, ONE_SUBNET), async () => {
      const { stderr } = await kernel.run("dhclient", "-1", ...base, "tap0");
      expect(stderr).toMatch(/DHCPOFFER of 10\.3\.0\.1\d\d from 10\.3\.0\.1/);
      expect(stderr).toMatch(/bound to 10\.3\.0\.1\d\d -- renewal in \d+ seconds/);
      await expectLeased(kernel);
      const { stderr: end } = await kernel.run("dhclient", "-r", ...base, "tap0");
      expect(end).toMatch(/DHCPRELEASE of 10\.3\.0\.1\d\d on tap0 to 10\.3\.0\.1 port 67/);
      expect(kernel.ip("-4", "-br", "addr", "show", "tap0")).not.toContain("10.3.0.1");
    });
  });
});

describeWithPeers(["root", "tun", "ip", "ping", "udhcpc"], "udhcpc", () => {
  it("leases an address from a simulated server", async () => {
    const kernel = new Namespace();
    const path = script(scratch(), UDHCPC_SCRIPT);
    await withLab(server(kernel, ONE_SUBNET), async () => {
      const { stderr } = await kernel.run("udhcpc", "-f", "-q", "-n", "-i", "tap0", "-s", path);
      expect(stderr).toMatch(/lease of 10\.3\.0\.1\d\d obtained from 10\.3\.0\.1, lease time 120/);
      await expectLeased(kernel);
    });
  });
});

describeWithPeers(["root", "tun", "ip", "ping", "dhcpcd"], "dhcpcd", () => {
  it("leases an address from a simulated server", async () => {
    const kernel = new Namespace();
    await withLab(server(kernel, ONE_SUBNET), async () => {
      const options = ["-4", "-1", "-d", "-f", "/dev/null", "-c", "/bin/true", "--noarp", "-t", "15"];
      const { stdout, stderr } = await kernel.run("dhcpcd", ...options, "tap0");
      expect(stdout + stderr).toMatch(/leased 10\.3\.0\.1\d\d for 120 seconds/);
      await expectLeased(kernel);
    });
  });
});

describeWithPeers(["root", "tun", "ip", "perfdhcp"], "perfdhcp", () => {
  it("completes hundreds of four-way exchanges a second with a simulated server, and loses none", async () => {
    const kernel = new Namespace();
    const large =
      "{probe: false, subnets: [{prefix: 10.3.0.0/16, pools: [10.3.16.0-10.3.200.255], routers: [10.3.0.1]}]}";
    await withLab(server(kernel, large), async () => {
      kernel.ip("addr", "add", "10.3.255.254/16", "dev", "tap0");
      const load = ["-4", "-r", "300", "-R", "2000", "-p", "3", "-W", "2000000", "-l", "tap0", "10.3.0.1"];
      const { stdout } = await kernel.run("perfdhcp", ...load);
      const drops = [...stdout.matchAll(/^drops: (-?\d+)$/gm)].map(([, count]) => Number(count));
      expect(drops, stdout).toEqual([0, 0]);
      const received = [...stdout.matchAll(/^received packets: (\d+)$/gm)].map(([, count]) => Number(count));
      expect(Math.min(...received)).toBeGreaterThan(600);
    });
  });
});

/** A lab whose host asks a server in the kernel's namespace. */
const client = (kernel: Namespace) => `name: dhcp-peer
topology:
  nodes:
    outside: {kind: tap, device: tap0, netns: ${kernel.name}}
    sw1: {kind: switch}
    pc1: {kind: host}
  links: [["outside:0", "sw1:1"], ["pc1:eth0", "sw1:2"]]
steps:
  - at: 8s
    node: pc1
    run: dhclient -v -1 eth0
    expect: {matches: "DHCPACK of 10.3.0.1\\\\d\\\\d from 10.3.0.1\\nbound to 10.3.0.1\\\\d\\\\d -- renewal in \\\\d+ seconds"}
  - node: pc1
    run: ip route
    expect: {contains: default via 10.3.0.1 dev eth0 proto dhcp}
  - node: pc1
    run: ping -c 1 10.3.0.1
    expect: {status: 0}
  - node: pc1
    run: dhclient -r eth0
    expect: {status: 0}
until: 14s
`;

/** Our client with a server that `start` starts and waits for. */
async function leaseFrom(start: (kernel: Namespace, folder: string) => Promise<Running>): Promise<string> {
  const kernel = new Namespace();
  const folder = scratch();
  const run = Lab.parse(client(kernel), { kinds: plugKinds() }).start();
  let opened = (): void => {};
  const ready = new Promise<void>((resolve) => {
    opened = resolve;
  });
  const session = runLabSession(run, { opened });
  await Promise.race([ready, session]);
  kernel.ip("addr", "add", "10.3.0.1/24", "dev", "tap0");
  const daemon = await start(kernel, folder);
  const { verdict } = await session;
  for (const { ok, happened } of verdict.results) expect(ok, String(happened)).toBe(true);
  expect(verdict.results).toHaveLength(4);
  daemon.kill("SIGKILL");
  const { stdout, stderr } = await daemon.ended;
  return stdout + stderr;
}

describeWithPeers(["root", "tun", "ip", "dnsmasq"], "a simulated dhclient and dnsmasq", () => {
  it("come to a lease and its release", async () => {
    const log = await leaseFrom(async (kernel) => {
      const range = "--dhcp-range=10.3.0.100,10.3.0.199,255.255.255.0,2m";
      const options = ["-d", "-C", "/dev/null", "--port=0", "--bind-interfaces", "--interface=tap0", range];
      const more = ["--dhcp-option=3,10.3.0.1", "--no-ping", "--leasefile-ro", "--log-dhcp", "--user=root"];
      return kernel.start("dnsmasq", ...options, ...more);
    });
    expect(log).toMatch(/DHCPACK\(tap0\) 10\.3\.0\.1\d\d .* pc1/);
    expect(log).toMatch(/DHCPRELEASE\(tap0\) 10\.3\.0\.1\d\d/);
  });
});

describeWithPeers(["root", "tun", "ip", "dhcpd"], "a simulated dhclient and ISC dhcpd", () => {
  it("come to a lease and its release", async () => {
    const log = await leaseFrom(async (kernel, folder) => {
      const [conf, leases] = [join(folder, "dhcpd.conf"), join(folder, "dhcpd.leases")];
      writeFileSync(leases, "");
      writeFileSync(
        conf,
        "authoritative; default-lease-time 120; max-lease-time 120; subnet 10.3.0.0 netmask 255.255.255.0 { range 10.3.0.100 10.3.0.199; option routers 10.3.0.1; }\n",
      );
      const files = ["-cf", conf, "-lf", leases, "-pf", join(folder, "pid")];
      return kernel.start("dhcpd", "-f", "-d", "-4", ...files, "-user", "root", "-group", "root", "tap0");
    });
    expect(log).toMatch(/DHCPACK on 10\.3\.0\.1\d\d to \S+ \(pc1\) via tap0/);
    expect(log).toMatch(/DHCPRELEASE of 10\.3\.0\.1\d\d from \S+ \(pc1\) via tap0 \(found\)/);
  });
});

describeWithPeers(["root", "tun", "ip", "kea-dhcp4"], "a simulated dhclient and Kea", () => {
  it("come to a lease and its release", async () => {
    const log = await leaseFrom(async (kernel, folder) => {
      const conf = join(folder, "kea.json");
      const Dhcp4 = {
        "interfaces-config": { interfaces: ["tap0"], "dhcp-socket-type": "raw" },
        "lease-database": { type: "memfile", persist: false },
        "valid-lifetime": 120,
        subnet4: [
          {
            id: 1,
            subnet: "10.3.0.0/24",
            pools: [{ pool: "10.3.0.100-10.3.0.199" }],
            "option-data": [{ name: "routers", data: "10.3.0.1" }],
          },
        ],
        loggers: [{ name: "kea-dhcp4", severity: "INFO", output_options: [{ output: "stdout" }] }],
      };
      writeFileSync(conf, JSON.stringify({ Dhcp4 }));
      const setting = [`KEA_PIDFILE_DIR=${folder}`, `KEA_LOCKFILE_DIR=${folder}`];
      const kea = kernel.start("env", ...setting, "kea-dhcp4", "-c", conf);
      await printed(kea, /DHCP4_STARTED/);
      return kea;
    });
    expect(log).toMatch(/DHCP4_LEASE_ALLOC .* lease 10\.3\.0\.1\d\d has been allocated/);
    expect(log).toMatch(/DHCP4_RELEASE .* 10\.3\.0\.1\d\d/);
  });
});
