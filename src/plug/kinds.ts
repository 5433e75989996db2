/**
 * The kinds `tap` and `vxlan` for lab files, and the plugs of a lab. A lab that has one runs paced to the wall clock.
 */
import { isIP } from "node:net";
import { z } from "zod";
import { positive, text } from "../lab/file/words.js";
import { defineKind, type LabNode, type Names } from "../lab/kind.js";
import { standardKinds } from "../lab/kinds/standard.js";
import type { World } from "../link/world.js";
import { Plug } from "./plug.js";
import { TapPlug } from "./tap-plug.js";
import { VxlanPlug } from "./vxlan-plug.js";

const onePort: Names<unknown> = {
  expected: "0, the plug's one port",
  accepts: (name) => name === "0",
  names: () => ["0"],
};

const labNode = (plug: Plug): LabNode => ({ node: plug, port: (name) => plug.port(name) });

/** What Linux takes for the name of a network device. */
const DEVICE_NAME = /^(?!\.{1,2}$)[^/:%\s]{1,15}$/;

export const tapKind = defineKind({
  name: "tap",
  about: {
    en: "A TAP device: the Linux kernel of this machine joins the lab with a network interface of its own. Needs root.",
    zh: "TAP 设备：本机的 Linux 内核通过一个网络接口加入实验。需要 root 权限。",
  },
  config: z.strictObject({
    device: text("the name of a network device, such as tap0", (name) => DEVICE_NAME.test(name)).describe(
      "The device's name in Linux, made for the session unless it exists",
    ),
    netns: text("the name of a network namespace, or its path", (name) => name !== "")
      .describe(
        "The network namespace that holds the device, as `ip netns` lists it; else this process's own",
      )
      .exactOptional(),
    mtu: z
      .int({ error: "expected a whole number" })
      .min(68, { error: "expected an MTU of 68 to 65521" })
      .max(65_521, { error: "expected an MTU of 68 to 65521" })
      .describe("The device's MTU, Linux's default (1500) unless given")
      .exactOptional(),
  }),
  ports: onePort,
  realTime: true,
  build: (world, name, config) => labNode(new TapPlug(world, name, config)),
});

const MAX_VNI = 2 ** 24 - 1;
const ipAddress = text("an IP address, such as 192.0.2.1", (written) => isIP(written) !== 0);
const udpPort = positive
  .max(65_535, { error: "expected a UDP port, 1 to 65535" })
  .describe("A UDP port, 4789 unless given");

export const vxlanKind = defineKind({
  name: "vxlan",
  about: {
    en: "A VXLAN tunnel (RFC 7348) over this machine's own network: a real kernel's VXLAN device, or any other VTEP, joins the lab.",
    zh: "VXLAN 隧道（RFC 7348）：经本机的真实网络，让真实内核的 VXLAN 设备或其他 VTEP 加入实验。",
  },
  config: z.strictObject({
    vni: z
      .int({ error: "expected a whole number" })
      .min(0, { error: "expected a VXLAN network identifier, 0 to 16777215" })
      .max(MAX_VNI, { error: "expected a VXLAN network identifier, 0 to 16777215" })
      .describe("The VXLAN network identifier, 24 bits"),
    local: ipAddress
      .describe("The address to receive at, all of this machine's unless given")
      .exactOptional(),
    port: udpPort.exactOptional(),
    remote: ipAddress.describe("The other VTEP's address"),
    remotePort: udpPort.describe("The other VTEP's UDP port, 4789 unless given").exactOptional(),
  }),
  ports: onePort,
  realTime: true,
  build: (world, name, config) => labNode(new VxlanPlug(world, name, config)),
});

/** The standard kinds, and those that join the real world. */
export const plugKinds = () => standardKinds().with(tapKind).with(vxlanKind);

/** The plugs of a lab, in the order in which it was built. */
export const plugsOf = (world: World): Plug[] =>
  [...world.nodes.values()].filter((node): node is Plug => node instanceof Plug);
