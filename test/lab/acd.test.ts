import { describe, expect, it } from "vitest";
import { Lab } from "../../src/lab/index.js";

describe("acd: true", () => {
  it("gives an interface its address, and the host its gateway, when nobody else has the address", () => {
    const lab = Lab.define({
      name: "acd",
      topology: {
        nodes: {
          pc1: {
            kind: "host",
            interfaces: { eth0: { address: "10.0.0.1/24", acd: true } },
            gateway: "10.0.0.254",
          },
          pc2: { kind: "host", interfaces: { eth0: { address: "10.0.0.1/24", acd: true, up: false } } },
          r1: { kind: "router", interfaces: { eth0: "10.0.0.254/24" } },
          sw: { kind: "switch" },
        },
        links: [
          ["pc1:eth0", "sw:1"],
          ["pc2:eth0", "sw:2"],
          ["r1:eth0", "sw:3"],
        ],
      },
      steps: [
        { at: "10s", node: "pc2", set: { "eth0.up": "true" } },
        { at: "20s", node: "pc1", run: "ping -c 1 10.0.0.254", expect: { status: 0 } },
        { at: "21s", link: ["pc1", "sw"], do: "cut" },
        { at: "22s", link: ["pc1", "sw"], do: "restore" },
      ],
      expect: [
        { at: "1s", table: "addresses", node: "pc1", row: { dev: "eth0" }, count: 0 },
        { at: "1s", table: "routes", node: "pc1", row: { dev: "eth0" }, count: 0 },
        { at: "19s", table: "addresses", node: "pc1", row: { address: "10.0.0.1/24" } },
        { at: "19s", table: "routes", node: "pc1", row: { to: "default", via: "10.0.0.254" } },
        { at: "19s", table: "addresses", node: "pc2", row: { dev: "eth0" }, count: 0 },
        { at: "19s", table: "log", node: "pc2", row: { text: "/did not take address 10.0.0.1/" } },
        { at: "21500ms", table: "addresses", node: "pc1", row: { dev: "eth0" }, count: 0 },
        { at: "40s", table: "routes", node: "pc1", row: { to: "default", via: "10.0.0.254" } },
      ],
    });
    const run = lab.start({ debugFrames: true });
    expect(run.run().results.filter(({ ok }) => !ok)).toEqual([]);
    expect(run.world.frames.outstanding).toBe(0);
  });
});
