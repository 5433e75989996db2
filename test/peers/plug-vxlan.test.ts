import { expect, it } from "vitest";
import { Cable } from "../../src/link/cable.js";
import { World } from "../../src/link/world.js";
import { runPaced, VxlanPlug } from "../../src/plug/index.js";
import { HERE, type JoinedKernel, kernelWithVxlan, THERE, VNI } from "./joined-kernel.js";
import { describeWithPeers, type Namespace } from "./peer.js";
import { Responder } from "./responder.js";
import { session } from "./session.js";

function addressed({ kernel, interface: dev }: JoinedKernel): Namespace {
  kernel.ip("addr", "add", "10.9.0.1/24", "dev", dev);
  return kernel;
}

function lab() {
  const world = new World();
  const plug = new VxlanPlug(world, "outside", { vni: VNI, local: HERE, remote: THERE });
  const responder = new Responder(world, "responder", Uint8Array.of(10, 9, 0, 2));
  new Cable(plug.inner, responder.ports[0]!);
  return { world, plug, responder };
}

const DATAGRAM = (hex: string) => `printf '${hex.replace(/../g, "\\x$&")}' > /dev/udp/${HERE}/4789`;

describeWithPeers(["root", "ip", "ping", "bash"], "RFC 7348: a VXLAN tunnel to a kernel", () => {
  it("lets the kernel ping a node of the lab", async () => {
    const kernel = addressed(kernelWithVxlan());
    const { world, plug, responder } = lab();
    await session(world, [plug], async () => {
      const ping = await kernel.run("ping", "-c", "5", "-i", "0.1", "10.9.0.2");
      expect(ping.stdout).toContain("5 packets transmitted, 5 received, 0% packet loss");
    });
    expect(responder.echoes).toBe(5);
    expect([...plug.drops.keys()]).toEqual([]);
  });

  it("counts datagrams of another network, malformed ones and strangers', and takes none of them", async () => {
    const kernel = addressed(kernelWithVxlan(VNI + 1));
    kernel.ip("addr", "add", "10.213.77.3/24", "dev", "under0");
    const { world, plug } = lab();
    const inner = "ff".repeat(60);
    const report = await session(world, [plug], async () => {
      await kernel.run("ping", "-c", "1", "-W", "1", "10.9.0.2"); // its ARP request goes out under the other VNI
      expect(plug.drops.get("vxlan-other-vni")).toBeGreaterThanOrEqual(1);
      await kernel.run("bash", "-c", DATAGRAM("08000000001092"));
      await kernel.run("bash", "-c", DATAGRAM(`0000000000109200${inner}`));
      await expect.poll(() => plug.drops.get("vxlan-malformed")).toBe(2);
      await kernel.run("bash", "-c", DATAGRAM("080000000010920012345678"));
      await expect.poll(() => plug.drops.get("frame-too-short")).toBe(1);
      kernel.ip("route", "change", "10.213.77.0/24", "dev", "under0", "src", "10.213.77.3");
      await kernel.run("bash", "-c", DATAGRAM(`0800000000109200${inner}`));
      await expect.poll(() => plug.drops.get("vxlan-not-peer")).toBe(1);
    });
    expect(report.framesIn).toBe(0);
  });

  it("says what is wrong when its socket cannot be opened", async () => {
    const refusal = (local: string, port: number): Promise<string> => {
      const world = new World();
      const plug = new VxlanPlug(world, "outside", { vni: 1, local, port, remote: THERE });
      return runPaced(world, [plug], { until: 1 }).then(
        () => "it was opened",
        (error: Error) => error.message,
      );
    };
    expect(await refusal("192.0.2.1", 4789)).toContain("192.0.2.1 is not an address of this machine");
    const world = new World();
    const first = new VxlanPlug(world, "first", {
      vni: 1,
      local: "127.0.0.1",
      port: 48_789,
      remote: "127.0.0.2",
    });
    await session(world, [first], async () => {
      expect(await refusal("127.0.0.1", 48_789)).toContain("UDP port 48789 at 127.0.0.1 is in use");
    });
  });
});
