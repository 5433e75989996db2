/** What kinds with numbered ports (switch, hub) have in common. */
import { z } from "zod";
import type { Node } from "../../link/node.js";
import { Port } from "../../link/port.js";
import type { Names } from "../kind.js";

const MOST_PORTS = 1024;

export const portCount = z
  .int({ error: "expected a whole number" })
  .min(1, { error: "expected 1 to 1024 ports" })
  .max(MOST_PORTS, { error: "expected 1 to 1024 ports" })
  .describe("How many ports it has; as many as are used, up to 1024, unless given");

interface WithPorts {
  readonly ports?: number;
}

/** Ports are named 1, 2, 3, ... */
export const numberedPorts: Names<WithPorts> = {
  expected: "a port number, counted from 1, that the node has",
  accepts: (name, config) => /^[1-9]\d{0,3}$/.test(name) && Number(name) <= (config.ports ?? MOST_PORTS),
  names: (config) => Array.from({ length: config.ports ?? 0 }, (_, i) => String(i + 1)),
};

/** The port of that name, made if it is not there. */
export function numberedPort(node: Node, name: string): Port | undefined {
  if (!numberedPorts.accepts(name, {})) return undefined;
  return node.port(name) ?? new Port(node, node.ports.length, name);
}

export const PORT_UP = /^([1-9]\d{0,3})\.up$/;

/** Changes `<port>.up`; what is wrong with it, or `undefined`. */
export function setPortUp(node: Node, setting: string, value: string): string | undefined {
  const port = node.port(PORT_UP.exec(setting)?.[1] ?? "");
  if (port === undefined) return `${node.name} has no port for "${setting}"`;
  if (value !== "true" && value !== "false") return `expected true or false, found ${JSON.stringify(value)}`;
  port.setEnabled(value === "true");
  return undefined;
}

/** Power for nodes that keep nothing but what their ports bring: without power no port has a carrier. */
export class PortPower {
  private readonly wereUp: Port[] = [];
  private off = false;

  constructor(private readonly node: Node) {}

  kill(): void {
    if (this.off) return;
    this.off = true;
    for (const port of this.node.ports)
      if (port.enabled) {
        this.wereUp.push(port);
        port.setEnabled(false);
      }
  }

  restart(): void {
    this.kill();
    this.off = false;
    for (const port of this.wereUp.splice(0)) port.setEnabled(true);
  }
}
