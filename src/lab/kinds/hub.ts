/** The kind `hub`. */
import { z } from "zod";
import { Hub } from "../../device/hub.js";
import { defineKind } from "../kind.js";
import { numberedPort, numberedPorts, PORT_UP, PortPower, portCount, setPortUp } from "./port-kinds.js";

export const hubKind = defineKind({
  name: "hub",
  about: {
    en: "A hub (multiport repeater): every frame that comes in goes out of all other ports.",
    zh: "集线器（多端口中继器）：从一个端口进来的帧，从其他所有端口发出。",
  },
  config: z.strictObject({ ports: portCount.exactOptional() }),
  ports: numberedPorts,
  settings: {
    expected: "<port>.up, such as 1.up",
    accepts: (setting) => PORT_UP.test(setting),
    names: () => ["1.up"],
  },
  build(world, name) {
    const hub = new Hub(world, name);
    const power = new PortPower(hub);
    return {
      node: hub,
      port: (port) => numberedPort(hub, port),
      kill: () => power.kill(),
      restart: () => power.restart(),
      set: (setting, value) => setPortUp(hub, setting, value),
    };
  },
});
