/** netcosm/shell: the commands a user types on a simulated machine, with the text that Linux prints. */
import { Switch } from "../device/switch.js";
import { Host } from "../host/host.js";
import type { Machine, Process } from "../host/process.js";
import type { Stack } from "../host/stack.js";
import type { Node } from "../link/node.js";
import type { CommandSet } from "./command.js";
import { hostCommands, switchCommands } from "./commands.js";
import { type OutputListener, runLine } from "./run-line.js";
import { SwitchConsole } from "./switch-console.js";

export { type About, type Command, type CommandSet, commandSet } from "./command.js";
export { hostCommands, switchCommands } from "./commands.js";
export type { OutputListener } from "./run-line.js";
export { SwitchConsole } from "./switch-console.js";

export interface RunOptions {
  /** Called with each piece of output as it is written. */
  readonly onOutput?: OutputListener;
  /** The namespace that the programs see; by default the host's own. */
  readonly stack?: Stack;
  /** The commands that are known; by default all. */
  readonly commands?: CommandSet;
}

/** Types a line on a host. The process has run until its first wait when this returns. */
export function runCommand(host: Host, line: string, options: RunOptions = {}): Process {
  const { stack = host.stack, commands = hostCommands, onOutput } = options;
  return runLine({ machine: host, stack, commands }, line, onOutput);
}

/** Types a line on a switch. */
export function runOnSwitch(bridge: Switch, line: string, onOutput?: OutputListener): Process<SwitchConsole> {
  const machine = new SwitchConsole(bridge);
  return runLine({ machine, stack: undefined, commands: switchCommands }, line, onOutput);
}

/** Types a line on whatever node; `undefined` if there is nothing to type on, as on a hub. */
export function runOnNode(node: Node, line: string, onOutput?: OutputListener): Process<Machine> | undefined {
  if (node instanceof Host) return runCommand(node, line, onOutput === undefined ? {} : { onOutput });
  return node instanceof Switch ? runOnSwitch(node, line, onOutput) : undefined;
}
export { bootClient } from "./dhcp/daemon.js";
