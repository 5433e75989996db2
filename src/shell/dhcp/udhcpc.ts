/** udhcpc of BusyBox 1.35. Left out: scripts, and all options but -i -f -q -n -R -a -t -T -A. */
import { formatIpv4 } from "../../core/ipv4.js";
import { SECOND } from "../../core/time.js";
import type { NetDevice, Process } from "../../host/index.js";
import { UdpSocket } from "../../host/udp/udp-socket.js";
import { type ClientLease, type DhcpEvent, sendRelease } from "../../service/dhcp/index.js";
import { UDP_PORT_DHCP_CLIENT } from "../../wire/udp.js";
import type { Command } from "../command.js";
import { Exit, withExits } from "../net/exit.js";
import { parseOptions } from "../parse-options.js";
import { type ClientSetting, startDaemon } from "./daemon.js";

const USAGE = `Usage: udhcpc [-fqnRa] [-t N] [-T SEC] [-A SEC] [-i IFACE]

	-i IFACE	Interface to use (default eth0)
	-t N		Send up to N discover packets (default 3)
	-T SEC		Pause between packets (default 3)
	-A SEC		Wait if lease is not obtained (default 20)
	-f		Run in foreground
	-q		Exit after obtaining lease
	-n		Exit if lease is not obtained
	-R		Release IP on exit
	-a		Use arping to validate offered address`;

export const udhcpc: Command = {
  name: "udhcpc",
  about: {
    en: "Gets an address from a DHCP server, BusyBox's way.",
    zh: "BusyBox 的 DHCP 客户端:租用地址。",
  },
  program: withExits(function* (process) {
    const { options, operands, error } = parseOptions(process.args, "i:t:T:A:fqnRa");
    if (error !== undefined || operands.length > 0) throw new Exit(1, USAGE);
    const value = (name: string, standard: string): string =>
      options.findLast((each) => each.name === name)?.value ?? standard;
    const has = (name: string): boolean => options.some((each) => each.name === name);
    const [tries, pause, retry] = [value("t", "3"), value("T", "3"), value("A", "20")].map(Number) as [
      number,
      number,
      number,
    ];
    if (![tries, pause, retry].every((number) => Number.isInteger(number) && number > 0))
      throw new Exit(1, USAGE);
    const name = value("i", "eth0");
    const dev = process.stack.device(name);
    if (dev === undefined) throw new Exit(1, `udhcpc: SIOCGIFINDEX: No such device`);
    return yield* obtain(process, dev, {
      pause: pause * SECOND,
      attempt: tries * pause * SECOND,
      retry: retry * SECOND,
      probe: has("a"),
      flags: { foreground: has("f"), quit: has("q"), now: has("n"), release: has("R") },
    });
  }),
};

interface Wishes {
  readonly pause: number;
  readonly attempt: number;
  readonly retry: number;
  readonly probe: boolean;
  readonly flags: Readonly<Record<"foreground" | "quit" | "now" | "release", boolean>>;
}

function* obtain(
  process: Process,
  dev: NetDevice,
  { flags, ...pacing }: Wishes,
): Generator<number, number, void> {
  const say = (text: string): void => {
    if (process.running) process.writeError(`udhcpc: ${text}\n`);
  };
  let lease: ClientLease | null = null;
  let failed = false;
  const setting: ClientSetting = {
    dev,
    options: { ...pacing, vendorClass: "udhcp 1.35.0" },
    onEvent(event) {
      const text = textOf(event);
      if (text !== undefined) say(text);
      if (event.what === "bound") lease = event.lease;
      if (event.what === "failed" && flags.now) failed = true;
      process.wake();
    },
  };
  say("started, v1.35.0");
  const daemon = startDaemon(process, [setting]);
  process.defer(() => {
    if (flags.foreground || flags.quit || failed || process.signal !== null) daemon.kill("SIGKILL");
  });
  process.catchSignals();
  for (;;) {
    if (process.signal !== null) {
      if (lease !== null && flags.release) release(process, dev, lease, say);
      say("received SIGTERM");
      return 0;
    }
    if (failed) {
      say("no lease, failing");
      return 1;
    }
    if (lease !== null && (flags.quit || !flags.foreground)) {
      if (flags.quit && flags.release) release(process, dev, lease, say);
      return 0;
    }
    yield Number.POSITIVE_INFINITY;
  }
}

function release({ stack }: Process, dev: NetDevice, lease: ClientLease, say: (text: string) => void): void {
  say(`unicasting a release of ${formatIpv4(lease.address)} to ${formatIpv4(lease.server)}`);
  const socket = new UdpSocket(stack);
  socket.dev = dev;
  if (socket.bind(lease.address, UDP_PORT_DHCP_CLIENT) !== null) socket.bind(lease.address, 0);
  sendRelease(stack, dev, lease, socket);
  socket.close();
}

function textOf(event: DhcpEvent): string | undefined {
  switch (event.what) {
    case "discover":
      return "broadcasting discover";
    case "request": {
      const [address, server] = [formatIpv4(event.address), formatIpv4(event.server)];
      if (event.to === event.server) return `sending renew to server ${server}`;
      return `broadcasting select for ${address}, server ${server}`;
    }
    case "bound": {
      const { address, server, seconds } = event.lease;
      return `lease of ${formatIpv4(address)} obtained from ${formatIpv4(server)}, lease time ${seconds}`;
    }
    case "nak":
      return "received DHCP NAK";
    default:
      return undefined;
  }
}
