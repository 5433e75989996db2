/** The commands that hosts and switches know: one line each. */
import type { Machine } from "../host/process.js";
import { bridge } from "./bridge/bridge.js";
import { type Command, type CommandSet, commandSet } from "./command.js";
import { dhclient } from "./dhcp/dhclient.js";
import { udhcpc } from "./dhcp/udhcpc.js";
import { ip } from "./ip/ip.js";
import { arping } from "./net/arping.js";
import { nc } from "./net/nc/nc.js";
import { ping } from "./net/ping/ping.js";
import { tcpdump } from "./net/tcpdump/tcpdump.js";
import { tracepath } from "./net/tracepath.js";
import { traceroute } from "./net/traceroute/traceroute.js";
import { arp } from "./net-tools/arp.js";
import { ifconfig } from "./net-tools/ifconfig.js";
import { route } from "./net-tools/route.js";
import type { SwitchConsole } from "./switch-console.js";
import { echo, hostname, no, sleep, yes } from "./system/basics.js";
import { dmesg } from "./system/dmesg.js";
import { helpCommand } from "./system/help.js";
import { kill, ps } from "./system/processes.js";
import { sysctl } from "./system/sysctl.js";
import { filterCommands } from "./text/filter-commands.js";

const everywhere: readonly Command<Machine>[] = [echo, no, sleep, yes, ...filterCommands];

/** What can be typed on a host. */
export const hostCommands: CommandSet = commandSet([
  ...everywhere,
  helpCommand(() => hostCommands.values()),
  arp,
  arping,
  dhclient,
  dmesg,
  hostname,
  ifconfig,
  ip,
  kill,
  nc,
  ping,
  ps,
  route,
  sysctl,
  tcpdump,
  tracepath,
  traceroute,
  udhcpc,
]);

/** What can be typed on a switch. */
export const switchCommands: CommandSet<SwitchConsole> = commandSet<SwitchConsole>([
  ...everywhere,
  helpCommand(() => switchCommands.values()),
  bridge,
]);
