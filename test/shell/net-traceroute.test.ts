import { describe, expect, it } from "vitest";
import { toHex } from "../../src/core/index.js";
import { PacketSocket } from "../../src/host/index.js";
import { field, type } from "./field.js";

describe("traceroute(8)", () => {
  it("prints a line for each hop, the last when the goal has answered", () => {
    expect(type(field().pc1, "traceroute -n 10.0.2.1")).toEqual({
      stdout: `traceroute to 10.0.2.1 (10.0.2.1), 30 hops max, 60 byte packets
 1  10.0.1.254  0.010 ms  0.011 ms  0.012 ms
 2  10.0.12.2  0.017 ms  0.018 ms  0.019 ms
 3  10.0.2.1  0.024 ms  0.025 ms  0.026 ms
`,
      stderr: "",
      status: 0,
    });
  });

  it("gives names without -n, as far as there are any", () => {
    const { pc1 } = field();
    expect(type(pc1, "traceroute -q 1 10.0.1.2").stdout).toMatch(
      /^ 1 {2}10\.0\.1\.2 \(10\.0\.1\.2\) {2}0\.\d{3} ms$/m,
    );
    expect(type(pc1, "traceroute 127.0.0.1").stdout).toContain(
      "\n 1  localhost (127.0.0.1)  0.000 ms  0.000 ms  0.000 ms\n",
    );
  });

  it("goes the same way with echo requests", () => {
    const { stdout } = type(field().pc1, "traceroute -nI 10.0.2.1");
    expect(stdout.match(/^ \d {2}\S+/gm)).toEqual([" 1  10.0.1.254", " 2  10.0.12.2", " 3  10.0.2.1"]);
  });

  it("shows a star for a probe without answer, and waits five seconds for it", () => {
    const { pc1, world } = field();
    expect(type(pc1, "traceroute -n -m 2 10.9.3.1").stdout).toBe(
      "traceroute to 10.9.3.1 (10.9.3.1), 2 hops max, 60 byte packets\n 1  * * *\n 2  * * *\n",
    );
    expect(world.engine.now / 1e9).toBeCloseTo(5, 0);
  });

  it("waits less where other probes have been answered", () => {
    const { pc1, r2, world } = field();
    r2.stack.sysctl.set("net.ipv4.icmp_ratelimit", 1000);
    // Linux's limit lets six errors pass at once: with ten probes for the hop some have no answer.
    const { stdout } = type(pc1, "traceroute -n -q 10 10.0.2.1");
    expect(stdout).toMatch(/^ 2 {2}10\.0\.12\.2( {2}0\.\d{3} ms){6}( \*){4}$/m);
    expect(world.engine.now / 1e9).toBeLessThan(0.5);
  });

  it("marks what is unreachable, and stops there", () => {
    const { pc1 } = field();
    const last = (line: string): string =>
      type(pc1, line)
        .stdout.trimEnd()
        .split("\n")
        .at(-1)!
        .replace(/[\d.]+ ms/g, "T");
    expect(last("traceroute -n 10.9.1.1")).toBe(" 1  10.0.1.254  T !H  T !H  T !H");
    expect(last("traceroute -n 10.9.2.1")).toBe(" 1  10.0.1.254  T !X  T !X  T !X");
    expect(last("traceroute -n 10.7.0.1")).toBe(" 1  10.0.1.254  T !N  T !N  T !N");
    expect(last("traceroute -n 10.0.2.77")).toBe(" 3  10.0.12.2  T !H  T !H  T !H");
    expect(last("traceroute -n 10.0.1.77")).toBe(" 1  10.0.1.1  T !H  T !H  T !H");
    expect(last("traceroute -n -F 10.0.2.1 1450")).toBe(" 2  10.0.1.254  T !F-1400  T !F-1400  T !F-1400");
    expect(last("traceroute -n -F 10.0.2.1 1600")).toBe(" 1  *  T !F-1500 *  T !F-1500 *  T !F-1500");
  });

  it("sends datagrams to ports that rise from 33434, sixteen at a time, each from a port of its own", () => {
    const { pc1, pc3 } = field();
    const socket = new PacketSocket(pc3.stack, { dev: pc3.stack.device("eth0")!, etherType: 0x0800 });
    const ports: { from: number; to: number; payload: string }[] = [];
    socket.onPacket = ({ bytes, outgoing }) => {
      const word = (at: number): number => bytes[at]! * 256 + bytes[at + 1]!;
      if (!outgoing) ports.push({ from: word(34), to: word(36), payload: toHex(bytes, 42, 46) });
    };
    type(pc1, "traceroute -n 10.0.1.2");
    expect(ports.map(({ to }) => to)).toEqual(Array.from({ length: 16 }, (_, i) => 33434 + i));
    expect(new Set(ports.map(({ from }) => from)).size).toBe(16);
    expect(new Set(ports.map(({ payload }) => payload))).toEqual(new Set(["40414243"]));
  });

  it("ends with status 1 when nothing can be sent, after the heading", () => {
    const { pc1, pc3 } = field();
    const heading = "traceroute to 10.0.2.1 (10.0.2.1), 30 hops max, 60 byte packets";
    expect(type(pc3, "traceroute 10.0.2.1")).toEqual({
      stdout: heading,
      stderr: "\nconnect: Network is unreachable\n",
      status: 1,
    });
    expect(type(pc3, "traceroute -I 10.0.2.1").stderr).toBe("\nconnect: Network is unreachable\n");
    expect(type(pc1, "traceroute -i eth9 10.0.2.1").stderr).toBe(
      "\nsetsockopt SO_BINDTODEVICE: No such device\n",
    );
    expect(type(pc1, "traceroute -s 10.0.1.9 10.0.2.1").stderr).toBe(
      "\nbind: Cannot assign requested address\n",
    );
    expect(type(pc1, "traceroute 10.0.1.255").stderr).toBe("\nconnect: Permission denied\n");
  });

  it("refuses wrong arguments in its own way", () => {
    const says = (line: string): [string, number | null] => {
      const { stderr, status } = type(field().pc1, line);
      return [stderr, status];
    };
    expect(says("traceroute -Z")).toEqual(["Bad option `-Z' (argc 1)\n", 2]);
    expect(says("traceroute --foo")).toEqual(["Bad option `--foo' (argc 1)\n", 2]);
    expect(says("traceroute -q x 10.0.2.1")).toEqual([
      "Cannot handle `-q' option with arg `x' (argc 2)\n",
      2,
    ]);
    expect(says("traceroute -n -m")).toEqual([
      "Option `-m' (argc 2) requires an argument: `-m max_ttl'\n",
      2,
    ]);
    expect(says("traceroute -q 11 10.0.2.1")).toEqual(["no more than 10 probes per hop\n", 2]);
    expect(says("traceroute -f 40 10.0.2.1")).toEqual(["first hop out of range\n", 2]);
    expect(says("traceroute -m 300 10.0.2.1")).toEqual(["max hops cannot be more than 255\n", 2]);
    expect(says("traceroute 10.0.2.1 70000")).toEqual(["too big packetlen 70000 specified\n", 2]);
    expect(says("traceroute 10.0.2.1 60 60")).toEqual(["Extra arg `60' (position 3, argc 3)\n", 2]);
    expect(says("traceroute nobody")[0]).toBe(
      'nobody: Temporary failure in name resolution\nCannot handle "host" cmdline arg `nobody\' on position 1 (argc 1)\n',
    );
  });
});
