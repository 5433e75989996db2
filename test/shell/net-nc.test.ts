import { describe, expect, it } from "vitest";
import { runCommand } from "../../src/shell/index.js";
import { field, type } from "./field.js";

describe("nc(1) with -u", () => {
  it("sends what is piped into it, and prints what arrives where it listens", () => {
    const { pc1, pc2, world } = field();
    const server = runCommand(pc2, "nc -u -l 9000");
    const client = runCommand(pc1, "echo hello | nc -u -q 1 10.0.2.1 9000");
    world.engine.run(5e9);
    expect(server.stdout).toBe("hello\n");
    expect([client.status, client.ended]).toEqual([0, 1e9]);
    expect(client.frames).toHaveLength(1);
    server.kill("SIGINT");
    expect(server.status).toBe(130);
    expect(pc2.stack.udp.sockets()).toEqual([]);
  });

  it("carries both directions once a listener knows who speaks", () => {
    const { pc1, pc2, world } = field();
    const server = runCommand(pc2, "nc -u -l -v 9000");
    const client = runCommand(pc1, "nc -u -p 5000 10.0.2.1 9000");
    client.stdin.write("question\n");
    world.engine.run(1e9);
    server.stdin.write("answer\n");
    world.engine.run(2e9);
    expect(server.stderr).toBe("Bound on 0.0.0.0 9000\nConnection received on 10.0.1.1 5000\n");
    expect([server.stdout, client.stdout]).toEqual(["question\n", "answer\n"]);
    expect([server.running, client.running]).toEqual([true, true]);
  });

  it("hears one peer only, and with -k all", () => {
    const { pc1, pc3, r1, world } = field();
    const one = runCommand(r1, "nc -u -l 9000");
    const all = runCommand(r1, "nc -u -l -k 9001");
    for (const host of [pc1, pc3])
      for (const port of [9000, 9001]) runCommand(host, `echo ${host.name} | nc -u -q 0 10.0.1.254 ${port}`);
    world.engine.run(3e9);
    expect([one.stdout, all.stdout]).toEqual(["pc1\n", "pc1\npc3\n"]);
  });

  it("goes through text filters", () => {
    const { pc1, pc2, world } = field();
    const server = runCommand(pc2, "nc -u -l 9000");
    type(pc1, "echo 'a\nb\nc' | grep -v b | nc -u -q 0 10.0.2.1 9000");
    world.engine.run(3e9);
    expect(server.stdout).toBe("a\nc\n");
  });

  it("sends five probes with -z, and says that the port did not refuse", () => {
    const { pc1, pc2, world } = field();
    const server = runCommand(pc2, "nc -u -l 9000");
    expect(type(pc1, "nc -u -z -v 10.0.2.1 9000")).toEqual({
      stdout: "",
      stderr: "Connection to 10.0.2.1 9000 port [udp/*] succeeded!\n",
      status: 0,
    });
    world.engine.run(5e9);
    expect(server.stdout).toBe("XXXXX");
    expect(type(pc1, "nc -u -z -v 10.0.2.1 7-9")).toEqual({ stdout: "", stderr: "", status: 1 });
  });

  it("ends when the other side's port is closed, after a silence with -w, and after so many datagrams with -W", () => {
    const { pc1, pc2, world } = field();
    const closed = runCommand(pc1, "echo hi | nc -u 10.0.2.1 9");
    const quiet = runCommand(pc1, "echo hi | nc -u -w 2 10.0.2.1 9000");
    const server = runCommand(pc2, "nc -u -l -W 1 9000");
    const open = runCommand(pc1, "nc -u 10.0.1.2 9000");
    world.engine.run(10e9);
    expect([closed.status, server.status, quiet.status, open.status]).toEqual([0, 0, 0, null]);
    expect(closed.ended).toBeLessThan(1e9);
    expect(quiet.ended).toBe(2e9);
  });

  it("broadcasts only with -b", () => {
    const { pc1, pc3, world } = field();
    const server = runCommand(pc3, "nc -u -l 9000");
    expect(type(pc1, "echo a | nc -u -v 10.0.1.255 9000")).toEqual({
      stdout: "",
      stderr: "nc: connect to 10.0.1.255 port 9000 (udp) failed: Permission denied\n",
      status: 1,
    });
    expect(type(pc1, "echo a | nc -u -b -q 0 10.0.1.255 9000").status).toBe(0);
    world.engine.run(5e9);
    expect(server.stdout).toBe("a\n");
  });

  it("says what is wrong", () => {
    const { pc1, pc3 } = field();
    const says = (line: string, on = pc1): string => {
      const { stderr, status } = type(on, line, 1);
      expect(status).toBe(1);
      return stderr.split("\n")[0]!;
    };
    expect(says("nc 10.0.2.1 9")).toBe("nc: TCP is not here yet: -u sends and receives UDP datagrams");
    expect(says("nc -Y")).toBe("nc: invalid option -- 'Y'");
    expect(says("nc -u 10.0.2.1")).toBe("nc: missing port number");
    expect(says("nc -u 10.0.2.1 foo")).toBe("nc: port number invalid: foo");
    expect(says("nc -u -l")).toBe("nc: missing port number");
    expect(says("nc -u -l -z 9")).toBe("nc: cannot use -z and -l");
    expect(says("nc -u -l 10.0.1.9 9")).toBe("nc: Cannot assign requested address");
    expect(says("nc -u -w x 10.0.2.1 9")).toBe("nc: timeout invalid: x");
    expect(says("nc -u -v 10.0.2.1 9", pc3)).toBe(
      "nc: connect to 10.0.2.1 port 9 (udp) failed: Network is unreachable",
    );
    runCommand(pc1, "nc -u -l 9");
    expect(says("nc -u -l 9")).toBe("nc: Address already in use");
  });
});
