/**
 * arping(8) of iputils: ARP requests for an address (RFC 826), with -D as duplicate address detection (RFC 5227 §2.1),
 * with -U and -A as announcements (RFC 5227 §2.3).
 */
import { readI32, readU16, writeU16, writeU32 } from "../../core/bytes.js";
import { ANY_IPV4, formatIpv4, type Ipv4, ipv4, parseIpv4 } from "../../core/ipv4.js";
import { BROADCAST_MAC, formatMac, type Mac, readMac, writeMac } from "../../core/mac.js";
import type { Nanoseconds } from "../../core/time.js";
import { MICROSECOND, SECOND } from "../../core/time.js";
import { FOR_HOST, FOR_OTHER, type NetDevice } from "../../host/netdev/net-device.js";
import type { Process } from "../../host/process.js";
import { type LinkPacket, PacketSocket } from "../../host/socket/packet-socket.js";
import type { Stack } from "../../host/stack.js";
import * as ARP from "../../wire/arp.js";
import {
  ETHERNET_DST,
  ETHERNET_HEADER_SIZE,
  ETHERNET_SRC,
  ETHERNET_TYPE,
  ETHERTYPE_ARP,
  ETHERTYPE_IPV4,
} from "../../wire/ethernet.js";
import type { Command } from "../command.js";
import { parseOptions } from "../parse-options.js";
import { Exit, failedCall, withExits } from "./exit.js";
import { badOption, IPUTILS_VERSION, integerArgument } from "./iputils.js";
import { lookUp, UNRESOLVED } from "./names.js";
import { thousandths } from "./numbers.js";

interface ArpingOptions {
  target: string;
  device: string | undefined;
  source: string | undefined;
  /** 0: no end. */
  count: number;
  interval: Nanoseconds;
  /** 0: no such end. */
  deadline: Nanoseconds;
  mode: "ask" | "detect" | "announce" | "answer";
  firstOnly: boolean;
  keepBroadcasting: boolean;
  quiet: boolean;
}

const INT_MAX = 2_147_483_647;
const USAGE = `
Usage:
  arping [options] <destination>

Options:
  -f            quit on first reply
  -q            be quiet
  -b            keep on broadcasting, do not unicast
  -D            duplicate address detection mode
  -U            unsolicited ARP mode, update your neighbours
  -A            ARP answer mode, update your neighbours
  -V            print version and exit
  -c <count>    how many packets to send
  -w <timeout>  how long to wait for a reply
  -i <interval> set interval between packets (default: 1 second)
  -I <device>   which ethernet device to use
  -s <source>   source ip address
  <destination> dns name or ip address

For more details see arping(8).`;

export const arping: Command = {
  name: "arping",
  about: { en: "Asks a link for the owner of an address.", zh: "在链路上询问地址的拥有者。" },
  program: withExits(function* (process) {
    const options = parse(process.args);
    const target = lookUp(options.target);
    if (target === undefined) throw new Exit(2, `arping: ${options.target}: ${UNRESOLVED}`);
    const dev = deviceFor(process, options.device, target);
    const source = sourceFor(process, options, target, dev);
    process.catchSignals();
    return yield* new ArpingSession(process, options, dev, target, source).run();
  }),
};

class ArpingSession {
  private sent = 0;
  private broadcasts = 0;
  private received = 0;
  private lastSent: Nanoseconds = 0;
  /** Whom the next request goes to: everybody, until somebody has answered. */
  private to: Mac = BROADCAST_MAC;
  private readonly socket: PacketSocket;

  constructor(
    private readonly process: Process,
    private readonly options: ArpingOptions,
    private readonly dev: NetDevice,
    private readonly target: Ipv4,
    private readonly source: Ipv4,
  ) {
    this.socket = new PacketSocket(process.stack, { dev, etherType: ETHERTYPE_ARP });
    this.socket.onPacket = (packet) => this.receive(packet);
    process.defer(() => this.socket.close());
  }

  *run(): Generator<Nanoseconds, number, void> {
    const { options, process, target, source, dev } = this;
    this.print(`ARPING ${formatIpv4(target)} from ${formatIpv4(source)} ${dev.name}\n`);
    const end = options.deadline > 0 ? process.now + options.deadline : Number.POSITIVE_INFINITY;
    let next = process.now;
    while (process.signal === null && !this.satisfied) {
      // A request that is due with the deadline is still sent.
      if (process.now >= next) {
        if (options.count > 0 && this.sent >= options.count) break;
        this.send();
        // An interval of nothing means once, as a timer of nothing never fires.
        next = options.interval > 0 ? next + options.interval : Number.POSITIVE_INFINITY;
      } else if (process.now >= end) break;
      else yield Math.min(next, end);
    }
    if (process.signal === "SIGTERM") return 143;
    this.print(
      `Sent ${this.sent} probes (${this.broadcasts} broadcast(s))\nReceived ${this.received} response(s)\n`,
    );
    return this.status();
  }

  private get satisfied(): boolean {
    return this.received > 0 && (this.options.firstOnly || this.options.mode === "detect");
  }

  private status(): number {
    const { mode, count, deadline } = this.options;
    const { received, sent } = this;
    if (mode === "detect") return received > 0 ? 1 : 0;
    if (mode !== "ask") return 0;
    if (deadline > 0 && count === 0) return received > 0 ? 0 : 1;
    return received === sent ? 0 : 1;
  }

  private send(): void {
    const { dev, socket, options } = this;
    const bytes = new Uint8Array(ETHERNET_HEADER_SIZE + ARP.ARP_SIZE);
    const at = ETHERNET_HEADER_SIZE;
    const operation = options.mode === "answer" ? ARP.ARP_REPLY : ARP.ARP_REQUEST;
    writeMac(bytes, ETHERNET_DST, this.to);
    writeMac(bytes, ETHERNET_SRC, dev.mac);
    writeU16(bytes, ETHERNET_TYPE, ETHERTYPE_ARP);
    writeU16(bytes, at + ARP.ARP_HARDWARE, ARP.ARP_HARDWARE_ETHERNET);
    writeU16(bytes, at + ARP.ARP_PROTOCOL, ETHERTYPE_IPV4);
    writeU16(bytes, at + ARP.ARP_HARDWARE_SIZE, 0x0604);
    writeU16(bytes, at + ARP.ARP_OPERATION, operation);
    writeMac(bytes, at + ARP.ARP_SENDER_MAC, dev.mac);
    writeU32(bytes, at + ARP.ARP_SENDER_IP, this.source);
    writeMac(bytes, at + ARP.ARP_TARGET_MAC, operation === ARP.ARP_REPLY ? dev.mac : this.to);
    writeU32(bytes, at + ARP.ARP_TARGET_IP, this.target);
    this.lastSent = this.process.now;
    const error = socket.send(bytes);
    if (error !== null) throw failedCall(2, "arping: sendto", error);
    this.process.sent(socket.lastFrame);
    this.sent++;
    if (this.to === BROADCAST_MAC) this.broadcasts++;
  }

  private receive({ bytes, addressed, outgoing }: LinkPacket): void {
    const at = ETHERNET_HEADER_SIZE;
    if (outgoing || addressed === FOR_OTHER || !isArp(bytes, at)) return;
    const operation = readU16(bytes, at + ARP.ARP_OPERATION);
    if (operation !== ARP.ARP_REQUEST && operation !== ARP.ARP_REPLY) return;
    const from = readMac(bytes, at + ARP.ARP_SENDER_MAC);
    const wanted = readMac(bytes, at + ARP.ARP_TARGET_MAC);
    const claimed = ipv4(readI32(bytes, at + ARP.ARP_SENDER_IP));
    const asked = ipv4(readI32(bytes, at + ARP.ARP_TARGET_IP));
    if (claimed !== this.target) return;
    if (this.options.mode === "detect") {
      // RFC 5227 §2.1.1: anybody else who uses the address, whomever they speak to.
      if (from === this.dev.mac) return;
    } else if (asked !== this.source || wanted !== this.dev.mac) return;
    this.received++;
    const how = addressed === FOR_HOST ? "Unicast" : "Broadcast";
    const what = operation === ARP.ARP_REPLY ? "reply" : "request";
    let line = `${how} ${what} from ${formatIpv4(claimed)} [${formatMac(from).toUpperCase()}]`;
    const others = [
      ...(asked === this.source ? [] : [formatIpv4(asked)]),
      ...(wanted === this.dev.mac ? [] : [`[${formatMac(wanted).toUpperCase()}]`]),
    ];
    if (others.length > 0) line += ` for ${others.join(" ")}`;
    const took = Math.floor((this.process.now - this.lastSent) / MICROSECOND);
    this.print(`${line}  ${thousandths(took)}ms\n`);
    if (!this.options.keepBroadcasting) this.to = from;
    this.process.wake();
  }

  private print(text: string): void {
    if (!this.options.quiet) this.process.write(text);
  }
}

function isArp(bytes: Uint8Array, at: number): boolean {
  return (
    bytes.length >= at + ARP.ARP_SIZE &&
    readU16(bytes, at + ARP.ARP_HARDWARE) === ARP.ARP_HARDWARE_ETHERNET &&
    readU16(bytes, at + ARP.ARP_PROTOCOL) === ETHERTYPE_IPV4 &&
    readU16(bytes, at + ARP.ARP_HARDWARE_SIZE) === 0x0604
  );
}

function parse(args: readonly string[]): ArpingOptions {
  const { options, operands, error } = parseOptions(args, "h?bfDUAqc:w:i:s:I:V");
  const parsed: ArpingOptions = {
    target: "",
    device: undefined,
    source: undefined,
    count: 0,
    interval: SECOND,
    deadline: 0,
    mode: "ask",
    firstOnly: false,
    keepBroadcasting: false,
    quiet: false,
  };
  for (const { name, value } of options) take(parsed, name, value);
  if (error !== undefined) throw badOption("arping", 2, error, USAGE);
  const [target, extra] = operands;
  if (target === undefined || extra !== undefined) throw new Exit(2, USAGE);
  return { ...parsed, target };
}

function take(parsed: ArpingOptions, name: string, value: string): void {
  const integer = (least: number): number => integerArgument("arping", value, least, INT_MAX);
  switch (name) {
    case "b":
      parsed.keepBroadcasting = true;
      break;
    case "f":
      parsed.firstOnly = true;
      break;
    case "D":
      parsed.mode = "detect";
      break;
    case "U":
      parsed.mode = "announce";
      break;
    case "A":
      parsed.mode = "answer";
      break;
    case "q":
      parsed.quiet = true;
      break;
    case "c":
      parsed.count = integer(1);
      break;
    case "w":
      parsed.deadline = integer(0) * SECOND;
      break;
    case "i":
      parsed.interval = integer(0) * SECOND;
      break;
    case "I":
      parsed.device = value;
      break;
    case "s":
      parsed.source = value;
      break;
    case "V":
      throw new Exit(0, `arping from ${IPUTILS_VERSION}`, "stdout");
    default:
      throw new Exit(2, USAGE);
  }
}

/** The device named, or the one on the way to the target. */
function deviceFor({ stack }: Process, name: string | undefined, target: Ipv4): NetDevice {
  const dev = name === undefined ? deviceTowards(stack, target) : stack.device(name);
  if (dev === undefined) throw new Exit(2, `arping: Device ${name} not available.`);
  if (!dev.up) throw new Exit(2, `Interface "${dev.name}" is down`, "stdout");
  if (!dev.resolves) throw new Exit(2, `Interface "${dev.name}" is not ARPable`, "stdout");
  return dev;
}

function deviceTowards(stack: Stack, target: Ipv4): NetDevice {
  const path = stack.send4.path(target);
  if (typeof path !== "string") return path.dev;
  throw new Exit(2, "arping: Suitable device could not be determined. Please, use option -I.");
}

function sourceFor({ stack }: Process, { source, mode }: ArpingOptions, target: Ipv4, dev: NetDevice): Ipv4 {
  if (source === undefined && mode === "detect") return ANY_IPV4;
  const own = mode === "announce" || mode === "answer";
  const wished = source === undefined ? (own ? target : undefined) : parseIpv4(source);
  if (source !== undefined && wished === undefined) throw new Exit(2, `arping: invalid source ${source}`);
  if (wished !== undefined) {
    if (mode !== "detect" && !stack.isLocal(wished)) throw failedCall(2, "arping: bind", "EADDRNOTAVAIL");
    return wished;
  }
  const path = stack.send4.path(target, ANY_IPV4, dev);
  if (typeof path === "string") throw failedCall(2, "arping: connect", path);
  return path.src;
}
