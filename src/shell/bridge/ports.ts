/** The ports of a switch as devices of a bridge. */
import type { Switch } from "../../device/switch.js";
import type { Port } from "../../link/port.js";
import { fail } from "../failure.js";

/** The name that a switch's bridge has in commands. */
export const BRIDGE = "br0";

export function portNamed(bridge: Switch, name: string): Port {
  return bridge.port(name) ?? fail(255, `Cannot find device "${name}"`);
}

/** The interface number that a port has: behind the loopback, in the order of the ports. */
export const portIndex = (port: Port): number => port.index + 2;
