/**
 * One run of ping: requests at their interval, what comes back, and when it is over. The rules of when to send and when to
 * stop are those of iputils; the clock is the lab's.
 */
import { readI32, readU16 } from "../../../core/bytes.js";
import { checksum } from "../../../core/checksum.js";
import { formatIpv4, type Ipv4, isMulticast } from "../../../core/ipv4.js";
import type { Nanoseconds } from "../../../core/time.js";
import { MICROSECOND, MILLISECOND, SECOND } from "../../../core/time.js";
import { type ErrnoName, strerror } from "../../../host/errno.js";
import type { SendOptions } from "../../../host/ip/ipv4-send.js";
import type { Path } from "../../../host/ip/path.js";
import type { NetDevice } from "../../../host/netdev/net-device.js";
import type { Process } from "../../../host/process.js";
import { type RawPacket, RawSocket } from "../../../host/socket/raw-socket.js";
import {
  ICMP_ECHO_REPLY,
  ICMP_ECHO_REQUEST,
  ICMP_HEADER_SIZE,
  ICMP_ID,
  ICMP_REDIRECT,
  ICMP_SEQUENCE,
  ICMP_SOURCE_QUENCH,
  isIcmpError,
} from "../../../wire/icmpv4.js";
import { IP_PROTO_ICMP, IPV4_DST, IPV4_HEADER_SIZE, IPV4_PROTOCOL, IPV4_TTL } from "../../../wire/ipv4.js";
import { nameOf } from "../names.js";
import {
  EchoRequest,
  microsecondsSince,
  recordRouteOption,
  TIMEVAL_SIZE,
  timestampOption,
} from "./echo-request.js";
import { icmpText } from "./icmp-text.js";
import { OptionPrinter } from "./option-text.js";
import type { PingOptions } from "./ping-options.js";
import { PingStatistics } from "./ping-statistics.js";

/** A flood that nobody answers is slowed to this. */
const FLOOD_GAP = 10 * MILLISECOND;
/** No machine sends in no time: what a flood or an adaptive run takes for each request at least. */
const LEAST_GAP = 10 * MICROSECOND;
const SIZE_MAX = 0xffff - IPV4_HEADER_SIZE - ICMP_HEADER_SIZE;
const DAY = 86_400_000;

export class PingSession {
  private readonly statistics = new PingStatistics();
  private readonly socket: RawSocket;
  private readonly request: EchoRequest;
  private readonly printer = new OptionPrinter();
  private readonly ident: number;
  private readonly group: boolean;
  private readonly began: Nanoseconds;
  private lastSent: Nanoseconds;
  private nextSend: Nanoseconds;
  private preloaded = 1;
  /** When it is over, whatever is still missing. */
  private end: Nanoseconds;

  constructor(
    private readonly process: Process,
    private readonly options: PingOptions,
    private readonly destination: Ipv4,
    private readonly source: Ipv4,
    dev: NetDevice | null,
    cast: Path["cast"],
  ) {
    this.ident = options.ident ?? process.pid & 0xffff;
    this.group = cast === "broadcast" || isMulticast(destination);
    this.request = new EchoRequest(this.ident, Math.min(options.size, SIZE_MAX + 1), options.pattern);
    this.socket = new RawSocket(process.stack, IP_PROTO_ICMP);
    this.socket.dev = dev;
    this.socket.onPacket = (packet) => this.receive(packet);
    process.defer(() => this.socket.close());
    this.began = process.now;
    this.lastSent = process.now;
    this.nextSend = process.now;
    this.end = options.deadline > 0 ? process.now + options.deadline : Number.POSITIVE_INFINITY;
  }

  /** Runs to the end; the answer is the exit status. */
  *run(): Generator<Nanoseconds, number, void> {
    const { process, options, statistics } = this;
    while (!this.over()) {
      if (this.maySend && process.now >= this.nextSend) this.send();
      else yield Math.min(this.maySend ? this.nextSend : Number.POSITIVE_INFINITY, this.end);
    }
    if (process.signal === "SIGTERM") return 143;
    const lasted = Math.floor((this.lastSent - this.began) / MICROSECOND);
    const gaps = options.interval === 0 || options.flood || options.adaptive;
    process.write(statistics.summary(options.destination, lasted, this.request.timed, gaps));
    const missing = options.deadline > 0 && statistics.received < options.count;
    return statistics.received === 0 || missing ? 1 : 0;
  }

  private over(): boolean {
    const { options, process, statistics } = this;
    if (process.signal !== null || process.now >= this.end) return true;
    if (options.count > 0 && statistics.received + statistics.errors >= options.count) return true;
    return options.deadline > 0 && statistics.errors > 0;
  }

  /** With a deadline, requests go on until enough answers are there. */
  private get maySend(): boolean {
    const { count, deadline } = this.options;
    return count === 0 || deadline > 0 || this.statistics.transmitted < count;
  }

  private send(): void {
    const { options, process, statistics, request, socket } = this;
    if (options.outstanding && statistics.transmitted > 0 && !statistics.hasAnswer(statistics.transmitted))
      this.print(`no answer yet for icmp_seq=${statistics.transmitted & 0xffff}\n`);
    this.lastSent = process.now;
    request.stamp((statistics.transmitted + 1) & 0xffff, process.now);
    const error = socket.send(request.bytes, this.destination, this.sendOptions());
    if (error === null) process.sent(socket.lastFrame);
    statistics.transmit();
    if (error === null) {
      if (options.flood && !options.quiet) process.write(".");
    } else this.refused(error);
    this.nextSend = this.lastSent + this.gap();
    if (!this.maySend && this.end === Number.POSITIVE_INFINITY) this.end = this.lastSent + this.patience();
  }

  /** Until the next request, if no answer changes it. */
  private gap(): Nanoseconds {
    const { interval, preload, adaptive } = this.options;
    if (this.preloaded < preload) {
      this.preloaded++;
      return 0;
    }
    if (adaptive) {
      const expected = this.statistics.received > 0 ? this.statistics.smoothed * MICROSECOND : SECOND;
      return Math.max(interval, expected, LEAST_GAP);
    }
    return interval > 0 ? interval : FLOOD_GAP;
  }

  /** How long to wait for the last answer: twice the slowest so far, or as long as -W says. */
  private patience(): Nanoseconds {
    const { interval, linger } = this.options;
    if (this.statistics.received === 0) return linger;
    return Math.max(2 * this.statistics.slowest * MICROSECOND, interval) || linger;
  }

  private sendOptions(): SendOptions {
    const { discover, loop, tos, ttl, record } = this.options;
    return {
      loop,
      tos,
      ...(this.options.from.length > 0 && { src: this.source }),
      ...(discover !== undefined && { discover }),
      ...(ttl !== undefined && ttl > 0 && { ttl }),
      ...(record !== undefined && { options: this.recordOption(record) }),
    };
  }

  private recordOption(record: NonNullable<PingOptions["record"]>): Uint8Array {
    if (record === "route") return recordRouteOption(this.source);
    const now = Math.floor(this.process.now / MILLISECOND) % DAY;
    return timestampOption(this.source, record === "times-and-addresses", now);
  }

  /** The machine itself would not send it. */
  private refused(error: ErrnoName): void {
    const { options, process, statistics } = this;
    if (error === "EMSGSIZE") statistics.errors++;
    if (options.quiet) return;
    if (options.flood) process.write("E");
    else if (error === "EMSGSIZE") {
      const path = process.stack.send4.path(this.destination, this.source, this.socket.dev);
      const mtu = typeof path === "string" ? 0 : path.mtu;
      process.writeError(`ping: local error: message too long, mtu=${mtu}\n`);
    } else process.writeError(`ping: sendmsg: ${strerror(error)}\n`);
  }

  private receive(packet: RawPacket): void {
    const { bytes } = packet;
    const at = (bytes[0]! & 15) * 4;
    if (bytes.length < at + ICMP_HEADER_SIZE) return;
    const type = bytes[at]!;
    if (type === ICMP_ECHO_REPLY) this.receiveReply(packet, at);
    else if (isIcmpError(type)) this.receiveError(packet, at);
  }

  private receiveReply(packet: RawPacket, at: number): void {
    const { options, process, request, statistics } = this;
    const { bytes, src } = packet;
    if (readU16(bytes, at + ICMP_ID) !== this.ident) return;
    const size = bytes.length - at;
    const sequence = readU16(bytes, at + ICMP_SEQUENCE);
    const sound = checksum(bytes, at, bytes.length) === 0;
    const timed = request.timed && size >= ICMP_HEADER_SIZE + TIMEVAL_SIZE;
    const took = timed ? Math.max(0, microsecondsSince(bytes, at, process.now)) : 0;
    if (timed && sound) statistics.time(took);
    const repeated = sound && statistics.receive(sequence);
    if (!sound) statistics.corrupted++;
    this.hasten();
    process.wake();
    if (options.quiet) return;
    if (options.flood) {
      process.write(sound ? "\b \b" : "\bC");
      return;
    }
    let line = `${size} bytes from ${this.address(src)}: icmp_seq=${sequence}`;
    if (options.verbose) line += ` ident=${this.ident}`;
    line += ` ttl=${bytes[IPV4_TTL]}`;
    if (size < ICMP_HEADER_SIZE + request.size) line += " (truncated)";
    else {
      if (timed) line += ` time=${roundTripText(took)} ms`;
      if (repeated && (!this.group || options.verbose)) line += " (DUP!)";
      if (!sound) line += " (BAD CHECKSUM!)";
      if (!this.group && src !== this.destination) line += " (DIFFERENT ADDRESS!)";
      line += this.printer.print(bytes);
    }
    this.print(`${options.audible ? "\x07" : ""}${line}\n`);
  }

  /** Floods and adaptive runs go on as soon as an answer is there. */
  private hasten(): void {
    const { adaptive, interval } = this.options;
    if (adaptive) this.nextSend = Math.min(this.nextSend, this.lastSent + this.gap());
    else if (interval === 0)
      this.nextSend = Math.min(this.nextSend, Math.max(this.process.now, this.lastSent + LEAST_GAP));
  }

  private receiveError(packet: RawPacket, at: number): void {
    const { options, process, statistics } = this;
    const { bytes, src } = packet;
    const sequence = this.quotedSequence(bytes, at + ICMP_HEADER_SIZE);
    if (sequence === undefined) return;
    const type = bytes[at]!;
    const advice = type === ICMP_REDIRECT || type === ICMP_SOURCE_QUENCH;
    if (!advice) {
      statistics.acknowledge(sequence);
      statistics.errors++;
    }
    process.wake();
    if (options.quiet) return;
    if (options.flood) {
      if (!advice) process.write("\bE");
      return;
    }
    const text = icmpText(type, bytes[at + 1]!, readI32(bytes, at + 4));
    this.print(`From ${this.address(src)}${advice ? ":" : ""} icmp_seq=${sequence} ${text}\n`);
  }

  /** The sequence number of the request of ours that an ICMP error quotes; `undefined` if it is none of ours. */
  private quotedSequence(bytes: Uint8Array, quoted: number): number | undefined {
    if (bytes.length < quoted + IPV4_HEADER_SIZE) return undefined;
    const icmp = quoted + (bytes[quoted]! & 15) * 4;
    const ours =
      bytes.length >= icmp + ICMP_HEADER_SIZE &&
      bytes[quoted + IPV4_PROTOCOL] === IP_PROTO_ICMP &&
      readI32(bytes, quoted + IPV4_DST) === this.destination &&
      bytes[icmp] === ICMP_ECHO_REQUEST &&
      readU16(bytes, icmp + ICMP_ID) === this.ident;
    return ours ? readU16(bytes, icmp + ICMP_SEQUENCE) : undefined;
  }

  private address(address: Ipv4): string {
    const name = this.options.numeric ? undefined : nameOf(address);
    return name === undefined ? formatIpv4(address) : `${name} (${formatIpv4(address)})`;
  }

  private print(text: string): void {
    const { now } = this.process;
    const second = Math.floor(now / SECOND);
    const stamp = `[${second}.${String(Math.floor((now % SECOND) / MICROSECOND)).padStart(6, "0")}] `;
    this.process.write(this.options.timestamps ? stamp + text : text);
  }
}

/** Microseconds as milliseconds, with three significant digits, and never more than three places. */
function roundTripText(took: number): string {
  if (took >= 99_950) return String(Math.floor((took + 500) / 1000));
  if (took >= 9995) return fixed(Math.floor((took + 50) / 100), 1);
  if (took >= 1000) return fixed(Math.floor((took + 5) / 10), 2);
  return fixed(took, 3);
}

/** A count of units of 10^-places, written with that many places. */
function fixed(units: number, places: number): string {
  const digits = String(units).padStart(places + 1, "0");
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}
