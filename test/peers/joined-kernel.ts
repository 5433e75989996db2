/** Two ways for a kernel in a namespace to join a lab: each gives the plug for the lab and the kernel's own interface. */
import { onTestFinished } from "vitest";
import type { World } from "../../src/link/world.js";
import { type Plug, TapPlug, VxlanPlug } from "../../src/plug/index.js";
import { Namespace, runWell } from "./peer.js";

export interface JoinedKernel {
  readonly kernel: Namespace;
  /** The interface in the kernel's namespace that leads to the lab; it is there once the session runs. */
  readonly interface: string;
  plug(world: World): Plug;
}

export function kernelWithTap(mtu?: number): JoinedKernel {
  const kernel = new Namespace();
  const options = { device: "tap0", netns: kernel.name, ...(mtu && { mtu }) };
  return { kernel, interface: "tap0", plug: (world) => new TapPlug(world, "outside", options) };
}

export const VNI = 4242;
export const HERE = "10.213.77.1";
export const THERE = "10.213.77.2";

let count = 0;

/** The underlay is a pair of interfaces between the kernel's namespace and this process's. */
export function kernelWithVxlan(vni = VNI): JoinedKernel {
  const kernel = new Namespace();
  const name = `nc${process.pid}v${++count}`;
  kernel.ip("link", "add", "under0", "type", "veth", "peer", "name", name, "netns", String(process.pid));
  onTestFinished(() => void runWell("ip", ["link", "delete", name]));
  kernel.ip("addr", "add", `${THERE}/24`, "dev", "under0");
  kernel.ip("link", "set", "under0", "up");
  runWell("ip", ["addr", "add", `${HERE}/24`, "dev", name]);
  runWell("ip", ["link", "set", name, "up"]);
  const ends = ["local", THERE, "remote", HERE, "dstport", "4789"];
  kernel.ip("link", "add", "vx0", "type", "vxlan", "id", String(vni), ...ends);
  kernel.ip("link", "set", "vx0", "up");
  const options = { vni: VNI, local: HERE, remote: THERE };
  return { kernel, interface: "vx0", plug: (world) => new VxlanPlug(world, "outside", options) };
}
