/**
 * dhclient(8) of ISC DHCP 4.4, for IPv4. Left out: dhclient.conf, scripts, and all options but -v, -q, -d, -1, -nw, -r and
 * -x. Its leases are on the machine's disk, so that after a restart it asks for what it had.
 */
import { formatIpv4, type Ipv4 } from "../../core/ipv4.js";
import { formatMac } from "../../core/mac.js";
import { SECOND } from "../../core/time.js";
import { type NetDevice, type Process, UdpSocket } from "../../host/index.js";
import { type DhcpEvent, sendRelease } from "../../service/dhcp/index.js";
import { UDP_PORT_DHCP_CLIENT } from "../../wire/udp.js";
import type { Command } from "../command.js";
import { Exit, withExits } from "../net/exit.js";
import {
  type ClientSetting,
  clientProgram,
  daemonsOf,
  forgetLease,
  startDaemon,
  storedLease,
  storeLease,
} from "./daemon.js";

const BANNER = `Internet Systems Consortium DHCP Client 4.4.3-P1
Copyright 2004-2022 Internet Systems Consortium.
All rights reserved.
For info, please visit https://www.isc.org/software/dhcp/

`;
const USAGE = "Usage: dhclient [-4] [-d] [-v] [-q] [-1] [-nw] [-r | -x] [interface]*";
const FLAGS = ["-4", "-d", "-v", "-q", "-1", "-nw", "-r", "-x"];

export const dhclient: Command = {
  name: "dhclient",
  about: {
    en: "Gets an address from a DHCP server, and gives it back.",
    zh: "向 DHCP 服务器租用地址,或归还地址。",
  },
  program: withExits(function* (process) {
    const flags = new Set(process.args.filter((word) => word.startsWith("-")));
    const unknown = [...flags].find((flag) => !FLAGS.includes(flag));
    if (unknown !== undefined) throw new Exit(1, `Unknown command: ${unknown}\n${USAGE}`);
    const devices = devicesOf(process);
    const foreground = flags.has("-d");
    const aloud = (flags.has("-v") || foreground) && !flags.has("-q");
    const say = (line: string): void => {
      if (aloud && process.running) process.writeError(`${line}\n`);
    };
    if (aloud) process.writeError(BANNER);
    if (flags.has("-r") || flags.has("-x")) {
      for (const dev of devices) end(process, dev, flags.has("-r"), say);
      return 0;
    }
    for (const dev of devices) {
      const [other] = daemonsOf(process, "dhclient", dev);
      if (other !== undefined) throw new Exit(1, `dhclient(${other.pid}) is already running - exiting. `);
    }
    for (const dev of devices) listen(dev, say);
    return yield* lease(process, devices, flags, say);
  }),
};

function* lease(
  process: Process,
  devices: readonly NetDevice[],
  flags: ReadonlySet<string>,
  say: (line: string) => void,
): Generator<number, number, void> {
  const waiting = new Set(devices);
  let failed = false;
  const settings = devices.map((dev): ClientSetting => {
    const known = storedLease(process.host, dev);
    return {
      dev,
      options: { hostName: process.host.name, known },
      onEvent(event) {
        for (const line of linesOf(event, dev, flags.has("-1"), process.now)) say(line);
        if (event.what === "bound") storeLease(process.host, dev, event.lease);
        if (event.what !== "bound" && event.what !== "failed") return;
        waiting.delete(dev);
        failed ||= event.what === "failed";
        process.wake();
      },
    };
  });
  if (flags.has("-d")) return yield* clientProgram(settings)(process);
  const daemon = startDaemon(process, settings);
  process.catchSignals();
  while (waiting.size > 0 && !flags.has("-nw")) {
    yield Number.POSITIVE_INFINITY;
    if (process.signal === null) continue;
    daemon.kill("SIGKILL");
    return 130;
  }
  if (!failed || !flags.has("-1")) return 0;
  daemon.kill("SIGKILL");
  return 2;
}

/** The devices named; without a name, all that can. */
function devicesOf({ args, stack }: Process): NetDevice[] {
  const names = args.filter((word) => !word.startsWith("-"));
  if (names.length === 0) return stack.devices.filter((dev) => dev.broadcast);
  return names.map((name) => {
    const dev = stack.device(name);
    if (dev === undefined || !dev.broadcast)
      throw new Exit(1, `Cannot find device "${name}"\nFailed to get interface index: No such device`);
    return dev;
  });
}

function listen(dev: NetDevice, say: (line: string) => void): void {
  say(`Listening on LPF/${dev.name}/${formatMac(dev.mac)}`);
  say(`Sending on   LPF/${dev.name}/${formatMac(dev.mac)}`);
  say("Sending on   Socket/fallback");
}

/** -r gives the lease back, -x only ends the client. */
function end(process: Process, dev: NetDevice, release: boolean, say: (line: string) => void): void {
  for (const other of daemonsOf(process, "dhclient", dev)) {
    other.kill("SIGKILL");
    say("Killed old client process");
  }
  if (!release) return;
  listen(dev, say);
  const { host, stack } = process;
  const known = storedLease(host, dev);
  if (known === undefined || !dev.addresses.some((own) => own.address === known.address)) return;
  say(`DHCPRELEASE of ${formatIpv4(known.address)} on ${dev.name} to ${formatIpv4(known.server)} port 67`);
  const socket = new UdpSocket(stack);
  socket.dev = dev;
  if (socket.bind(known.address, UDP_PORT_DHCP_CLIENT) === null) sendRelease(stack, dev, known, socket);
  process.sent(socket.lastFrame);
  socket.close();
  forgetLease(host, dev);
}

function linesOf(event: DhcpEvent, dev: NetDevice, once: boolean, now: number): string[] {
  const ip = (address: Ipv4): string => formatIpv4(address);
  switch (event.what) {
    case "discover":
      return [
        `DHCPDISCOVER on ${dev.name} to 255.255.255.255 port 67 interval ${Math.floor(event.interval / SECOND)}`,
      ];
    case "offer":
      return [`DHCPOFFER of ${ip(event.address)} from ${ip(event.server)}`];
    case "request":
      return [`DHCPREQUEST for ${ip(event.address)} on ${dev.name} to ${ip(event.to)} port 67`];
    case "ack":
      return [`DHCPACK of ${ip(event.address)} from ${ip(event.server)}`];
    case "nak":
      return [`DHCPNAK from ${ip(event.server)}`];
    case "decline":
      return [`DHCPDECLINE of ${ip(event.address)} on ${dev.name} to 255.255.255.255 port 67`];
    case "bound": {
      const { address, renewAt } = event.lease;
      const seconds = Math.round((renewAt - now) / SECOND);
      return [
        `bound to ${ip(address)} -- renewal in ${Number.isFinite(seconds) ? seconds : 4294967295} seconds.`,
      ];
    }
    case "failed":
      return [
        "No DHCPOFFERS received.",
        once
          ? "Unable to obtain a lease on first try.  Exiting."
          : "No working leases in persistent database - sleeping.",
      ];
    default:
      return [];
  }
}
