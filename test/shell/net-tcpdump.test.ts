import { describe, expect, it } from "vitest";
import { runCommand } from "../../src/shell/index.js";
import { type Field, field, type } from "./field.js";

/** What tcpdump prints while one echo goes from pc1 to pc3. */
function dumped(options: string, on: keyof Pick<Field, "pc1" | "pc3" | "r1"> = "pc1") {
  const net = field();
  const dump = runCommand(net[on], `tcpdump ${options}`);
  net.world.engine.run(1e9);
  type(net.pc1, "ping -c 1 10.0.1.2");
  net.world.engine.run(2e9);
  dump.kill("SIGINT");
  net.world.engine.run(3e9);
  return dump;
}

describe("tcpdump(8)", () => {
  it("prints packets with the time of day, and counts them at the end", () => {
    const { stdout, stderr, status } = dumped("-n -i eth0 icmp");
    expect(stdout).toBe(`00:00:01.000004 IP 10.0.1.1 > 10.0.1.2: ICMP echo request, id 2, seq 1, length 64
00:00:01.000009 IP 10.0.1.2 > 10.0.1.1: ICMP echo reply, id 2, seq 1, length 64
`);
    expect(stderr).toBe(`tcpdump: verbose output suppressed, use -v[v]... for full protocol decode
listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes
2 packets captured
2 packets received by filter
0 packets dropped by kernel
`);
    expect(status).toBe(0);
  });

  it("writes times as asked", () => {
    const times = (option: string) => dumped(`${option} icmp`).stdout.match(/^.*?(?=IP)/gm);
    expect(times("-t")).toEqual(["", ""]);
    expect(times("-tt")).toEqual(["1.000004 ", "1.000009 "]);
    expect(times("-ttt")).toEqual([" 00:00:00.000000 ", " 00:00:00.000005 "]);
    expect(times("-tttt")).toEqual(["1970-01-01 00:00:01.000004 ", "1970-01-01 00:00:01.000009 "]);
    expect(times("--nano")![0]).toMatch(/^00:00:01\.00000\d{4} $/);
    expect(times("-t -#")).toEqual(["    1  ", "    2  "]);
  });

  it("ends after -c packets by itself", () => {
    const { stdout, stderr, ended } = dumped("-c 1 arp");
    expect(stdout).toContain("ARP, Request who-has 10.0.1.2 tell 10.0.1.1, length 28\n");
    expect(stderr).toContain("1 packet captured\n");
    expect(ended).toBe(1e9);
  });

  it("keeps one direction with -Q", () => {
    expect(dumped("-t -Q in icmp").stdout).toMatch(/^IP 10\.0\.1\.2 > .*reply.*\n$/);
    expect(dumped("-t -Q out icmp").stdout).toMatch(/^IP 10\.0\.1\.1 > .*request.*\n$/);
  });

  it("shows interface and direction with -i any, and loopback packets once", () => {
    expect(dumped("-t -i any icmp").stdout).toMatch(/^eth0 {2}Out IP .*\neth0 {2}In {2}IP .*\n$/);
    expect(dumped("-te -i any arp", "pc3").stdout).toMatch(
      /^eth0 {2}B {3}ifindex 2 02(:..){5} ethertype ARP \(0x0806\), length 66: Request/,
    );
    const { pc1 } = field();
    const dump = runCommand(pc1, "tcpdump -t -i lo");
    type(pc1, "ping -c 1 127.0.0.1");
    expect(dump.stdout.match(/echo \w+/g)).toEqual(["echo request", "echo reply"]);
  });

  it("puts the card into promiscuous mode while it runs, but not with -p", () => {
    const { r1 } = field();
    const dump = runCommand(r1, "tcpdump -i eth0");
    expect(r1.stack.device("eth0")!.promiscuity).toBe(1);
    dump.kill("SIGKILL");
    expect(r1.stack.device("eth0")!.promiscuity).toBe(0);
    runCommand(r1, "tcpdump -p -i eth0");
    expect(r1.stack.device("eth0")!.promiscuity).toBe(0);
  });

  it("cuts packets at the snapshot length", () => {
    const { stdout, stderr } = dumped("-t -s 30 icmp");
    expect(stderr).toContain("snapshot length 30 bytes\n");
    expect(stdout).toContain("[|ip]");
  });

  it("lists interfaces", () => {
    expect(type(field().pc1, "tcpdump -D").stdout).toBe(`1.eth0 [Up, Running, Connected]
2.any (Pseudo-device that captures on all interfaces) [Up, Running]
3.lo [Up, Running, Loopback]
`);
  });

  it("says what it cannot do", () => {
    const says = (line: string): [string, number | null] => {
      const { stderr, status } = type(field().pc1, line, 1);
      return [stderr.split("\n")[0]!, status];
    };
    expect(says("tcpdump -i eth9")).toEqual(["tcpdump: eth9: No such device exists", 1]);
    expect(says("tcpdump -k")).toEqual(["tcpdump: invalid option -- 'k'", 1]);
    expect(says("tcpdump -c 0")).toEqual(["tcpdump: invalid packet count 0", 1]);
    expect(says("tcpdump -Q up")).toEqual(["tcpdump: unknown capture direction `up'", 1]);
    expect(says("tcpdump -w file")[0]).toContain("netcosm run LAB --capture FILE");
    expect(says("tcpdump host")[0]).toMatch(/^tcpdump: can't parse filter expression: /);
  });
});
