/** The kind `switch`: a learning switch. */
import { z } from "zod";
import { formatMac, macOf, parseMac } from "../../core/mac.js";
import { parseDuration } from "../../core/time.js";
import { Switch } from "../../device/switch.js";
import { runOnSwitch } from "../../shell/index.js";
import { duration, positive, text } from "../file/words.js";
import { defineKind, type Row } from "../kind.js";
import { numberedPort, numberedPorts, PORT_UP, PortPower, portCount, setPortUp } from "./port-kinds.js";

const stationAddress = text(
  "a MAC address, such as 02:00:00:00:00:01",
  (written) => parseMac(written) !== undefined,
);

export const switchKind = defineKind({
  name: "switch",
  about: {
    en: "A learning switch: it notes which station is behind which port, forwards by MAC address, and floods what it does not know.",
    zh: "交换机：学习每个站点在哪个端口后面，按 MAC 地址转发，未知地址则泛洪。",
  },
  config: z.strictObject({
    ports: portCount.exactOptional(),
    ageing: duration.describe("How long a silent station is remembered, 300s unless given").exactOptional(),
    tableLimit: positive.describe("The most stations it remembers, 8192 unless given").exactOptional(),
    fdb: z
      .record(
        stationAddress,
        z.union([z.string(), z.number()], { error: "expected a port number" }).transform(String),
      )
      .describe("Static entries: MAC addresses and the ports they are behind")
      .exactOptional(),
  }),
  ports: numberedPorts,
  settings: {
    expected: "ageing, or <port>.up, such as 1.up",
    accepts: (setting) => setting === "ageing" || PORT_UP.test(setting),
    names: () => ["ageing", "1.up"],
  },
  commands: true,
  tables: {
    fdb: {
      about: {
        en: "The forwarding database: which station is behind which port.",
        zh: "转发表：哪个站点在哪个端口后面。",
      },
      columns: ["mac", "port", "state"],
    },
  },
  build(world, name, { ageing, tableLimit, fdb = {} }) {
    const device = new Switch(world, name, {
      ...(ageing !== undefined && { ageing }),
      ...(tableLimit !== undefined && { tableLimit }),
    });
    for (const [mac, portName] of Object.entries(fdb)) {
      const port = numberedPort(device, portName);
      if (port !== undefined) device.addStatic(parseMac(mac)!, port);
    }
    const power = new PortPower(device);
    return {
      node: device,
      port: (port) => numberedPort(device, port),
      exec: (line) => runOnSwitch(device, line),
      kill: () => power.kill(),
      restart: () => power.restart(),
      set(setting, value) {
        if (setting !== "ageing") return setPortUp(device, setting, value);
        const time = parseDuration(value);
        if (time === undefined) return `expected a duration, found ${JSON.stringify(value)}`;
        device.table.ageing = time;
        return undefined;
      },
      table: (): Row[] =>
        device.table.rows(world.engine.now).map((row) => ({
          mac: formatMac(macOf(row.hi, row.lo)),
          port: device.ports[row.port]?.name ?? "?",
          state: row.static ? "static" : "learned",
        })),
    };
  },
});
