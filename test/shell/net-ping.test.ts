import { describe, expect, it } from "vitest";
import { toHex } from "../../src/core/index.js";
import { PacketSocket } from "../../src/host/index.js";
import { runCommand } from "../../src/shell/index.js";
import { field, type } from "./field.js";

describe("ping(8)", () => {
  it("tells each answer, and sums up", () => {
    expect(type(field().pc1, "ping -c 3 10.0.2.1")).toEqual({
      stdout: `PING 10.0.2.1 (10.0.2.1) 56(84) bytes of data.
64 bytes from 10.0.2.1: icmp_seq=1 ttl=62 time=0.019 ms
64 bytes from 10.0.2.1: icmp_seq=2 ttl=62 time=0.011 ms
64 bytes from 10.0.2.1: icmp_seq=3 ttl=62 time=0.011 ms

--- 10.0.2.1 ping statistics ---
3 packets transmitted, 3 received, 0% packet loss, time 2000ms
rtt min/avg/max/mdev = 0.011/0.013/0.019/0.003 ms
`,
      stderr: "",
      status: 0,
    });
  });

  it("tells errors from the network, and that nothing came back", () => {
    const { pc1 } = field();
    expect(type(pc1, "ping -c 2 -t 1 10.0.2.1").stdout).toBe(`PING 10.0.2.1 (10.0.2.1) 56(84) bytes of data.
From 10.0.1.254 icmp_seq=1 Time to live exceeded
From 10.0.1.254 icmp_seq=2 Time to live exceeded

--- 10.0.2.1 ping statistics ---
2 packets transmitted, 0 received, +2 errors, 100% packet loss, time 1000ms

`);
    expect(type(pc1, "ping -c 1 10.9.1.1").stdout).toContain(
      "From 10.0.1.254 icmp_seq=1 Destination Host Unreachable\n",
    );
    expect(type(pc1, "ping -c 1 10.9.2.1").stdout).toContain("From 10.0.1.254 icmp_seq=1 Packet filtered\n");
    expect(type(pc1, "ping -c 1 10.7.2.1").stdout).toContain("icmp_seq=1 Destination Net Unreachable\n");
    expect(type(pc1, "ping -c 1 10.9.3.1").status).toBe(1);
  });

  it("counts the requests that wait for an ARP answer as a pipe", () => {
    expect(
      type(field().pc1, "ping -c 4 -i 0.2 10.0.1.77").stdout,
    ).toBe(`PING 10.0.1.77 (10.0.1.77) 56(84) bytes of data.
From 10.0.1.1 icmp_seq=1 Destination Host Unreachable
From 10.0.1.1 icmp_seq=2 Destination Host Unreachable
From 10.0.1.1 icmp_seq=3 Destination Host Unreachable
From 10.0.1.1 icmp_seq=4 Destination Host Unreachable

--- 10.0.1.77 ping statistics ---
4 packets transmitted, 0 received, +4 errors, 100% packet loss, time 600ms
pipe 4
`);
  });

  it("RFC 1191: is told the path's MTU once, and then refused by its own machine", () => {
    const { pc1 } = field();
    const first = type(pc1, "ping -c 3 -M do -s 1450 10.0.2.1");
    expect(first.stdout).toContain("From 10.0.1.254 icmp_seq=1 Frag needed and DF set (mtu = 1400)\n\n---");
    expect(first.stdout).toContain("3 packets transmitted, 0 received, +3 errors, 100% packet loss");
    expect(first.stderr).toBe("ping: local error: message too long, mtu=1400\n".repeat(2));
    expect(first.status).toBe(1);
    expect(type(pc1, "ping -c 1 -s 1450 10.0.2.1").stdout).toContain(
      "1458 bytes from 10.0.2.1: icmp_seq=1 ttl=62",
    );
    expect(type(pc1, "ping -c 1 -M dont -s 3000 10.0.2.1").status).toBe(0);
  });

  it("says why a request cannot leave at all, with status 2", () => {
    const { pc1, pc3 } = field();
    const fails = (on: typeof pc1, line: string): string => {
      const { stdout, stderr, status } = type(on, line);
      expect([stdout, status]).toEqual(["", 2]);
      return stderr;
    };
    expect(fails(pc3, "ping 10.0.2.1")).toBe("ping: connect: Network is unreachable\n");
    expect(fails(pc1, "ping 10.8.1.1")).toBe("ping: connect: No route to host\n");
    expect(fails(pc1, "ping 10.8.3.1")).toBe("ping: connect: Invalid argument\n");
    expect(fails(pc1, "ping -I 10.0.1.9 10.0.1.2")).toBe("ping: bind: Cannot assign requested address\n");
    expect(fails(pc1, "ping -I eth9 10.0.1.2")).toBe("ping: SO_BINDTODEVICE eth9: No such device\n");
    expect(fails(pc1, "ping nobody")).toBe("ping: nobody: Temporary failure in name resolution\n");
    expect(fails(pc1, "ping 10.0.1.255")).toContain("ping: Do you want to ping broadcast? Then -b.");
  });

  it("hears every station that answers a broadcast, and calls none of them a repeat", () => {
    const { stdout, stderr } = type(field().pc1, "ping -c 2 -b 10.0.1.255");
    expect(stderr).toBe("WARNING: pinging broadcast address\n");
    expect(stdout.match(/^64 bytes from .*icmp_seq=\d/gm)).toEqual([
      "64 bytes from 10.0.1.2: icmp_seq=1",
      "64 bytes from 10.0.1.254: icmp_seq=1",
      "64 bytes from 10.0.1.2: icmp_seq=2",
    ]);
    expect(stdout).toContain(
      "2 packets transmitted, 2 received, +1 duplicates, 0% packet loss, time 1000ms\n",
    );
    expect(stdout).not.toContain("DUP");
  });

  it("marks what a link delivers twice", () => {
    const { pc1, cable } = field();
    cable.impair({ duplicate: 1 });
    expect(type(pc1, "ping -c 3 10.0.1.2").stdout).toContain("(DUP!)\n");
  });

  it("RFC 791 §3.1: prints the recorded route, once while it stays the same", () => {
    const hops = [
      "10.0.1.1",
      "10.0.12.1",
      "10.0.2.254",
      "10.0.2.1",
      "10.0.2.1",
      "10.0.12.2",
      "10.0.1.254",
      "10.0.1.1",
    ];
    const { stdout } = type(field().pc1, "ping -c 2 -R 10.0.2.1");
    expect(stdout).toContain("PING 10.0.2.1 (10.0.2.1) 56(124) bytes of data.\n");
    expect(stdout).toContain(`ms\nRR: \t${hops.join("\n\t")}\n\n64 bytes`);
    expect(stdout).toContain("ms\t(same route)\n");
  });

  it("ends at its deadline, or after twice the slowest round trip, or after -W", () => {
    const ends = (line: string): number => {
      const { pc1, world } = field();
      const run = runCommand(pc1, line);
      world.engine.run(20e9);
      return run.ended! / 1e9;
    };
    expect(ends("ping -w 2 10.9.3.1")).toBeCloseTo(2, 1);
    expect(ends("ping -c 1 -W 0.5 10.9.3.1")).toBeCloseTo(0.5, 1);
    expect(ends("ping -c 1 10.9.3.1")).toBeCloseTo(10, 1);
    expect(ends("ping -c 5 -i 0.1 10.0.2.1")).toBeCloseTo(0.4, 1);
  });

  it("sums up when it is interrupted, and does not when it is terminated", () => {
    const { pc1, world } = field();
    const runs = [runCommand(pc1, "ping 10.0.1.2"), runCommand(pc1, "ping 10.0.1.2")];
    world.engine.run(2.5e9);
    runs[0]!.kill("SIGINT");
    runs[1]!.kill("SIGTERM");
    world.engine.run(3e9);
    expect(runs[0]!.stdout).toContain("3 packets transmitted, 3 received, 0% packet loss, time 2000ms");
    expect(runs.map((run) => run.status)).toEqual([0, 143]);
    expect(runs[1]!.stdout).not.toContain("statistics");
    expect(pc1.stack.rawSockets).toEqual([]);
  });

  it("writes the loss with six significant digits", () => {
    const { pc1, cable } = field();
    cable.impair({ loss: 0.5 });
    const { stdout } = type(pc1, "ping -c 30 -i 0.01 -W 1 10.0.1.2");
    expect(stdout).toMatch(/30 packets transmitted, \d+ received, \d\d(\.\d{1,4})?% packet loss/);
  });

  it("floods with a dot for each request, taken back by its answer", () => {
    const { stdout } = type(field().pc1, "ping -f -c 3 10.0.2.1");
    expect(stdout.split("\n")[1]).toBe(".\b \b.\b \b.\b \b");
    expect(stdout).toMatch(/rtt min.*, ipg\/ewma 0\.\d{3}\/0\.\d{3} ms\n$/);
  });

  it("adapts to the round trip with -A, and takes some time even where there is none", () => {
    const { pc1 } = field();
    expect(type(pc1, "ping -A -c 50 10.0.2.1").stdout).toMatch(/50 received, 0% packet loss, time 1ms\n/);
    expect(type(pc1, "ping -A -q -c 1000 127.0.0.1").stdout).toContain(
      "1000 received, 0% packet loss, time 10ms\n",
    );
  });

  it("sends the bytes that iputils sends: a time of sixteen bytes, then the pattern", () => {
    const { pc1, world } = field();
    const socket = new PacketSocket(pc1.stack, { dev: pc1.stack.device("eth0")!, etherType: 0x0800 });
    const sent: string[] = [];
    socket.onPacket = ({ bytes, outgoing }) => {
      if (outgoing) sent.push(toHex(bytes, 14));
    };
    world.engine.run(3.25e9);
    const run = runCommand(pc1, "ping -c 1 -s 20 -t 9 -Q 0x10 10.0.1.2");
    world.engine.run(5e9);
    // Time 3.250000 s: seconds 3, microseconds 0x3d090, little-endian; then 0x10, 0x11, …
    const time = "0300000000000000" + "90d0030000000000";
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatch(
      new RegExp(`^45100030....40000901....0a0001010a0001020800....0001${"0001"}${time}10111213$`),
    );
    expect(run.frames).toHaveLength(1);
  });

  it("refuses wrong arguments as iputils does", () => {
    const says = (line: string): [string, number | null] => {
      const { stderr, status } = type(field().pc1, line);
      return [stderr.split("\n")[0]!, status];
    };
    expect(says("ping -Z")).toEqual(["ping: invalid option -- 'Z'", 2]);
    expect(says("ping")).toEqual(["ping: usage error: Destination address required", 1]);
    expect(says("ping -c x 10.0.1.2")).toEqual(["ping: invalid argument: 'x'", 1]);
    expect(says("ping -c 0 10.0.1.2")).toEqual([
      "ping: invalid argument: '0': out of range: 1 <= value <= 9223372036854775807",
      1,
    ]);
    expect(says("ping -t 256 10.0.1.2")).toEqual([
      "ping: invalid argument: '256': out of range: 0 <= value <= 255",
      1,
    ]);
    expect(says("ping -M foo 10.0.1.2")).toEqual(["ping: invalid -M argument: foo", 2]);
    expect(says("ping -W -1 10.0.1.2")).toEqual(["ping: bad linger time: -1", 2]);
    expect(says("ping -R -T tsonly 10.0.1.2")).toEqual(["ping: only one of -T or -R may be used", 2]);
    expect(type(field().pc1, "ping -V")).toEqual({
      stdout: "ping from iputils 20221126\n",
      stderr: "",
      status: 0,
    });
  });
});

describe("the least of name resolution", () => {
  it("reads addresses in all the forms of inet_aton(3)", () => {
    const heading = (name: string) => type(field().pc1, `ping -c 1 ${name}`).stdout.split("\n").slice(0, 2);
    expect(heading("127.1")[0]).toBe("PING 127.1 (127.0.0.1) 56(84) bytes of data.");
    expect(heading("0x7f000001")[0]).toBe("PING 0x7f000001 (127.0.0.1) 56(84) bytes of data.");
    expect(heading("0")[0]).toBe("PING 0 (127.0.0.1) 56(84) bytes of data.");
    expect(heading("localhost")[1]).toBe(
      "64 bytes from localhost (127.0.0.1): icmp_seq=1 ttl=64 time=0.000 ms",
    );
  });
});
