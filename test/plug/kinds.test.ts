import { describe, expect, it } from "vitest";
import { loadLab } from "../../src/lab/file/load.js";
import { type LabError, labSchema } from "../../src/lab/index.js";
import { World } from "../../src/link/world.js";
import {
  plugKinds,
  plugsOf,
  type TapPlug,
  tapKind,
  type VxlanPlug,
  vxlanKind,
} from "../../src/plug/index.js";

const lab = (node: string) => `name: joined
topology:
  nodes:
    outside: ${node}
    sw1: {kind: switch}
  links:
    - endpoints: ["outside:0", "sw1:1"]
`;

const complaints = (node: string): string[] => {
  try {
    loadLab(lab(node), "lab.yaml", plugKinds());
    return [];
  } catch (error) {
    return (error as LabError).complaints.map(
      ({ place, problem, expected }) => `${place} ${problem} ${expected}`,
    );
  }
};

describe("the kinds tap and vxlan", () => {
  it("make plugs of what a lab file says", () => {
    const world = new World();
    const tap = tapKind.build(world, "t", { device: "tap0", netns: "outer", mtu: 1400 });
    const vxlan = vxlanKind.build(world, "v", { vni: 7, remote: "192.0.2.1" });
    expect(tap.port("0")?.endpoint).toBe("t:0");
    expect(vxlan.port("1")).toBeUndefined();
    const [first, second] = plugsOf(world);
    expect((first as TapPlug).options).toEqual({ device: "tap0", netns: "outer", mtu: 1400 });
    expect((second as VxlanPlug).options).toEqual({ vni: 7, remote: "192.0.2.1" });
    expect([tapKind.realTime, vxlanKind.realTime]).toEqual([true, true]);
  });

  it("take good lab files", () => {
    expect(complaints("{kind: tap, device: tap0}")).toEqual([]);
    expect(complaints("{kind: vxlan, vni: 42, local: 10.0.0.1, remote: 'fd00::1', port: 4790}")).toEqual([]);
  });

  it.each([
    ["{kind: tap}", "device"],
    ["{kind: tap, device: a-name-much-too-long}", "the name of a network device"],
    ["{kind: tap, device: a/b}", "the name of a network device"],
    ["{kind: tap, device: tap0, mtu: 9}", "an MTU of 68 to 65521"],
    ["{kind: vxlan, vni: 16777216, remote: 10.0.0.1}", "0 to 16777215"],
    ["{kind: vxlan, vni: 1, remote: example.org}", "an IP address"],
    ["{kind: vxlan, vni: 1, remote: 10.0.0.1, port: 70000}", "a UDP port"],
  ])("refuse %s and say what they expect", (node, expected) => {
    const found = complaints(node);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(expected);
    expect(found[0]).toMatch(/lab\.yaml:4:/);
  });

  it("are in the schema for editors", () => {
    expect(JSON.stringify(labSchema(plugKinds()))).toContain("VXLAN network identifier");
  });
});
