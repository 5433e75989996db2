/** tcpdump(8): the traffic of an interface, or of all, line by line as it passes. */

import { maskOf } from "../../../core/ipv4.js";
import { formatMac, readMac } from "../../../core/mac.js";
import { FOR_BROADCAST, FOR_MULTICAST, FOR_OTHER, type NetDevice } from "../../../host/netdev/net-device.js";
import type { Process } from "../../../host/process.js";
import { type LinkPacket, PacketSocket } from "../../../host/socket/packet-socket.js";
import { compileFilter, type FramePredicate } from "../../../trace/filter/compile-filter.js";
import { FilterError } from "../../../trace/filter/filter-error.js";
import { printPacket } from "../../../trace/print/print-packet.js";
import { ETHERNET_HEADER_SIZE, ETHERNET_SRC } from "../../../wire/ethernet.js";
import type { Command } from "../../command.js";
import { Exit, withExits } from "../exit.js";
import { PacketTimes } from "./packet-times.js";
import { parseTcpdumpOptions, type TcpdumpOptions } from "./tcpdump-options.js";

/** The pseudo header of LINKTYPE_LINUX_SLL2, which stands for the link header where all interfaces are shown. */
const COOKED_HEADER_SIZE = 20;

export const tcpdump: Command = {
  name: "tcpdump",
  about: { en: "Shows packets as they pass an interface.", zh: "显示经过接口的数据包。" },
  program: withExits(function* (process) {
    const options = parseTcpdumpOptions(process.args);
    if (options.list) return listInterfaces(process);
    const dev = interfaceOf(process, options.interface);
    const dump = new Dump(process, options, dev, filterOf(options.filter, dev));
    process.catchSignals();
    process.writeError(opening(options, dev));
    while (process.signal === null && !dump.complete) yield Number.POSITIVE_INFINITY;
    process.writeError(closing(dump.captured));
    return 0;
  }),
};

class Dump {
  captured = 0;
  private readonly times: PacketTimes;

  constructor(
    private readonly process: Process,
    private readonly options: TcpdumpOptions,
    /** Null for all. */
    private readonly dev: NetDevice | null,
    private readonly passes: FramePredicate,
  ) {
    this.times = new PacketTimes(options.times, options.nanoseconds);
    const socket = new PacketSocket(process.stack, {
      dev,
      promiscuous: options.promiscuous && dev !== null && dev.kind === "ether",
    });
    process.defer(() => socket.close());
    socket.onPacket = (packet) => this.take(packet);
  }

  get complete(): boolean {
    return this.options.count > 0 && this.captured >= this.options.count;
  }

  private take(packet: LinkPacket): void {
    const { bytes, dev, outgoing } = packet;
    const { direction, snapshot, numbered } = this.options;
    // Frames of the loopback device pass twice, out and in; they are shown once, as libpcap does.
    if (this.complete || (outgoing && dev.kind === "loopback")) return;
    if (direction !== "inout" && (direction === "out") !== outgoing) return;
    const seen = bytes.subarray(0, snapshot);
    if (!this.passes(seen, 0, seen.length, bytes.length)) return;
    this.captured++;
    const number = numbered ? `${String(this.captured).padStart(5)}  ` : "";
    const time = this.times.next(this.process.now);
    const stamp = time === "" ? "" : `${time} `;
    const text = printPacket(seen, "", { ...this.options.print, originalSize: bytes.length });
    const line = this.dev === null ? this.cooked(packet, text) : text;
    this.process.write(`${number}${stamp}${line}\n`);
    if (this.complete) this.process.wake();
  }

  /** With `any`, the line begins with the interface and the direction; of the link header only the sender is left. */
  private cooked({ bytes, dev, outgoing, addressed }: LinkPacket, text: string): string {
    const direction = outgoing
      ? "Out"
      : addressed === FOR_BROADCAST
        ? "B"
        : addressed === FOR_MULTICAST
          ? "M"
          : addressed === FOR_OTHER
            ? "P"
            : "In";
    const head = `${dev.name.padEnd(5)} ${direction.padEnd(3)} `;
    if (this.options.print.link !== true) return head + text;
    const size = bytes.length - ETHERNET_HEADER_SIZE + COOKED_HEADER_SIZE;
    const sender = `ifindex ${dev.index} ${formatMac(readMac(bytes, ETHERNET_SRC))} `;
    return head + sender + text.replace(/^\S+ > \S+, /, "").replace(/, length \d+: /, `, length ${size}: `);
  }
}

function interfaceOf(process: Process, name: string | undefined): NetDevice | null {
  if (name === "any") return null;
  const { devices } = process.stack;
  const dev =
    name === undefined
      ? (devices.find((each) => each.up && each.kind !== "loopback") ?? process.stack.loopback)
      : process.stack.device(name);
  if (dev === undefined)
    throw new Exit(1, `tcpdump: ${name}: No such device exists\n(No such device exists)`);
  if (!dev.up) throw new Exit(1, `tcpdump: ${dev.name}: That device is not up`);
  return dev;
}

function filterOf(text: string, dev: NetDevice | null): FramePredicate {
  const own = dev?.addresses[0];
  try {
    return compileFilter(text, own === undefined ? {} : { netmask: maskOf(own.length) });
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    throw new Exit(1, `tcpdump: can't parse filter expression: ${error.message}\n${error.show(text)}`);
  }
}

function opening(options: TcpdumpOptions, dev: NetDevice | null): string {
  const link = dev === null ? "LINUX_SLL2 (Linux cooked v2)" : "EN10MB (Ethernet)";
  const listening = `listening on ${dev?.name ?? "any"}, link-type ${link}, snapshot length ${options.snapshot} bytes\n`;
  const cooked = dev === null ? "tcpdump: data link type LINUX_SLL2\n" : "";
  return (options.print.verbose ?? 0) > 0
    ? `${cooked}tcpdump: ${listening}`
    : `${cooked}tcpdump: verbose output suppressed, use -v[v]... for full protocol decode\n${listening}`;
}

function closing(captured: number): string {
  const packets = captured === 1 ? "packet" : "packets";
  return `${captured} ${packets} captured\n${captured} ${packets} received by filter\n0 packets dropped by kernel\n`;
}

function listInterfaces(process: Process): number {
  const state = (dev: NetDevice): string =>
    [
      dev.up ? "Up" : "",
      dev.running ? "Running" : "",
      dev.kind === "loopback" ? "Loopback" : dev.carrier ? "Connected" : "Disconnected",
    ]
      .filter(Boolean)
      .join(", ");
  const { devices } = process.stack;
  const real = devices.filter((dev) => dev.kind !== "loopback");
  const lines = [
    ...real.map((dev) => `${dev.name} [${state(dev)}]`),
    "any (Pseudo-device that captures on all interfaces) [Up, Running]",
    ...devices.filter((dev) => dev.kind === "loopback").map((dev) => `${dev.name} [${state(dev)}]`),
  ];
  for (const [i, line] of lines.entries()) process.write(`${i + 1}.${line}\n`);
  return 0;
}
