import { describe, expect, it } from "vitest";
import { formatVerdict, Lab } from "../../src/lab/index.js";

const lab = (more: string) =>
  Lab.parse(`name: x
topology:
  nodes:
    pc1: {kind: host, interfaces: {eth0: 10.0.0.1/24}, exec: [${more}]}
`);

describe("commands of a host", () => {
  it("run in a test in one line", () => {
    const run = lab("").start();
    expect(run.host("pc1").run("sleep 2; echo hello")).toEqual({
      status: 0,
      stdout: "hello\n",
      stderr: "",
      frames: [],
    });
    expect(run.now).toBe(2e9);
    expect(() => run.host("pc1").run("sleep 100", "10s")).toThrow(
      "pc1: `sleep 100` had not ended after 10 s",
    );
  });

  it("of its configuration run when it boots, one after the other, and must succeed", () => {
    expect(lab("sleep 1, sleep 2").start().run().ok).toBe(true);
    const failing = lab("sleep 1, png 10.0.0.2").start();
    expect(formatVerdict(failing.run())).toContain(
      "FAIL  pc1 boots: `png 10.0.0.2` succeeds\n      lab:4:72\n      at 1.000000000 s: it ended with status 127; it printed\n        | bash: png: command not found",
    );
  });

  it("cannot be typed while it is switched off, and boot again when it comes back", () => {
    const run = lab("sleep 5").start();
    run.runUntil("1s");
    run.node("pc1").kill();
    expect(() => run.host("pc1").run("echo hello")).toThrow("pc1 is switched off");
    run.node("pc1").restart();
    expect(run.run().ok).toBe(true);
    expect(run.now).toBe(6e9);
  });
});

describe("ping in a lab", () => {
  const network = Lab.define({
    name: "routed",
    topology: {
      nodes: {
        pc1: { kind: "host", interfaces: { eth0: "10.0.1.1/24" }, gateway: "10.0.1.254" },
        pc2: { kind: "host", interfaces: { eth0: "10.0.2.1/24" }, gateway: "10.0.2.254" },
        r1: { kind: "router", interfaces: { eth0: "10.0.1.254/24", eth1: "10.0.2.254/24" } },
      },
      links: [
        ["pc1:eth0", "r1:eth0"],
        ["r1:eth1", "pc2:eth0"],
      ],
    },
  });

  it("is answered through a router", () => {
    const run = network.start({ debugFrames: true });
    const { status, stdout } = run.host("pc1").run("ping -c 2 10.0.2.1");
    expect(status).toBe(0);
    expect(stdout).toContain("64 bytes from 10.0.2.1: icmp_seq=2 ttl=63");
    expect(stdout).toContain("2 packets transmitted, 2 received, 0% packet loss");
  });

  it("is answered by the router when the far link is cut", () => {
    const run = network.start();
    run.link("r1", "pc2").cut();
    const { status, stdout } = run.host("pc1").run("ping -c 1 10.0.2.1");
    expect(status).toBe(1);
    expect(stdout).toContain("From 10.0.1.254 icmp_seq=1 Destination Host Unreachable");
  });
});
