/**
 * The ICMP errors that a machine sends (RFC 792; RFC 1122 §3.2.2; RFC 1812 §4.3), rate-limited, and never about an ICMP
 * error, a later fragment, a broadcast, or a packet from nobody in particular. Each method owns the offending frame,
 * counts it as dropped, and answers it if it may.
 */

import { readI32, readU16, writeU16, writeU32 } from "../../core/bytes.js";
import { checksum } from "../../core/checksum.js";
import type { DropReason } from "../../core/drop-reason.js";
import { ANY_IPV4, type Ipv4, ipv4, isLoopback } from "../../core/ipv4.js";
import { firstOf, LazyMap } from "../../core/lazy-map.js";
import { MILLISECOND, type Nanoseconds } from "../../core/time.js";
import type { Frame } from "../../link/frame.js";
import {
  ICMP_ADMIN_PROHIBITED,
  ICMP_CHECKSUM,
  ICMP_CODE,
  ICMP_FRAGMENTATION_NEEDED,
  ICMP_GATEWAY,
  ICMP_HEADER_SIZE,
  ICMP_HOST_UNREACHABLE,
  ICMP_MASK_REPLY,
  ICMP_NET_UNREACHABLE,
  ICMP_PARAMETER_PROBLEM,
  ICMP_PORT_UNREACHABLE,
  ICMP_PROTOCOL_UNREACHABLE,
  ICMP_REASSEMBLY_EXCEEDED,
  ICMP_REDIRECT,
  ICMP_REDIRECT_HOST,
  ICMP_TIME_EXCEEDED,
  ICMP_TTL_EXCEEDED,
  ICMP_TYPE,
  ICMP_UNREACHABLE,
  isIcmpError,
} from "../../wire/icmpv4.js";
import {
  IP_PROTO_ICMP,
  IPV4_DST,
  IPV4_FLAGS,
  IPV4_HEADER_SIZE,
  IPV4_MIN_REASSEMBLY,
  IPV4_OFFSET_MASK,
  IPV4_PROTOCOL,
  IPV4_SRC,
  IPV4_TOS,
} from "../../wire/ipv4.js";
import type { NetDevice } from "../netdev/net-device.js";
import type { Stack } from "../stack.js";
import { IcmpLimit } from "./icmp-limit.js";
import { echoOptions, recorderOf } from "./ip-options.js";
import type { Cast } from "./path.js";

type Facts = Record<string, string | number>;

/** RFC 1812 §4.3.2.5: precedence "internetwork control". */
const PRECEDENCE = 0xc0;
/** Linux: redirects to one source stop after nine that it did not heed, and wait 20 ms, doubled each time. */
const REDIRECTS = 9;
const REDIRECT_LOAD = 20 * MILLISECOND;
const REDIRECT_SILENCE = 20_480 * MILLISECOND;

export class IcmpErrors {
  /** Errors sent, and errors held back by the rate limit. */
  sent = 0;
  limited = 0;
  private limit: IcmpLimit | null = null;
  private readonly redirects = new LazyMap<number, { count: number; at: Nanoseconds }>();

  constructor(private readonly stack: Stack) {}

  /** RFC 1812 §5.2.7.3 and §5.3.1. */
  ttlExceeded(frame: Frame, dev: NetDevice): void {
    this.refuse(frame, dev, "ip-ttl-exceeded", ICMP_TIME_EXCEEDED, ICMP_TTL_EXCEEDED, 0);
  }

  reassemblyTimeExceeded(frame: Frame, dev: NetDevice): void {
    this.refuse(frame, dev, "fragment-timeout", ICMP_TIME_EXCEEDED, ICMP_REASSEMBLY_EXCEEDED, 0);
  }

  netUnreachable(frame: Frame, dev: NetDevice): void {
    this.refuse(frame, dev, "ip-no-route", ICMP_UNREACHABLE, ICMP_NET_UNREACHABLE, 0);
  }

  /** The next hop did not answer ARP. */
  hostUnreachable(frame: Frame, facts: Facts): void {
    this.refuse(frame, null, "neigh-failed", ICMP_UNREACHABLE, ICMP_HOST_UNREACHABLE, 0, facts);
  }

  hostUnreachableByRoute(frame: Frame, dev: NetDevice, facts: Facts): void {
    this.refuse(frame, dev, "ip-unreachable-route", ICMP_UNREACHABLE, ICMP_HOST_UNREACHABLE, 0, facts);
  }

  prohibited(frame: Frame, dev: NetDevice, facts: Facts): void {
    this.refuse(frame, dev, "ip-prohibit-route", ICMP_UNREACHABLE, ICMP_ADMIN_PROHIBITED, 0, facts);
  }

  /** RFC 1191 §4: with the next hop's MTU. */
  fragmentationNeeded(frame: Frame, dev: NetDevice, mtu: number): void {
    this.refuse(frame, dev, "ip-needs-fragmentation", ICMP_UNREACHABLE, ICMP_FRAGMENTATION_NEEDED, mtu, {
      mtu,
      size: frame.end - frame.network,
    });
  }

  /** RFC 1122 §3.2.2.1. */
  protocolUnreachable(frame: Frame, dev: NetDevice, cast: Cast): void {
    const facts = { protocol: frame.bytes[frame.network + IPV4_PROTOCOL]! };
    if (cast !== "local") this.stack.host.drop(frame, "ip-unknown-protocol", dev.port, facts);
    else
      this.refuse(frame, dev, "ip-unknown-protocol", ICMP_UNREACHABLE, ICMP_PROTOCOL_UNREACHABLE, 0, facts);
  }

  /** RFC 1122 §4.1.3.1. */
  portUnreachable(frame: Frame, dev: NetDevice, port: number): void {
    this.refuse(frame, dev, "udp-no-port", ICMP_UNREACHABLE, ICMP_PORT_UNREACHABLE, 0, { port });
  }

  /** RFC 1122 §3.2.2.5; `pointer` is the offset of the bad byte in the header. */
  parameterProblem(frame: Frame, dev: NetDevice, pointer: number): void {
    this.refuse(frame, dev, "ip-options", ICMP_PARAMETER_PROBLEM, 0, pointer << 24, { pointer });
  }

  /** A better first hop exists (RFC 1812 §4.3.3.2). The frame goes on its way and stays the caller's. */
  redirect(frame: Frame, gateway: number): void {
    const src = readI32(frame.bytes, frame.network + IPV4_SRC);
    const { now } = this.stack.host.world.engine;
    let known = this.redirects.get(src);
    if (known === undefined || now > known.at + REDIRECT_SILENCE) {
      if (this.redirects.size >= 1024) this.redirects.delete(firstOf(this.redirects.keys())!);
      known = { count: 0, at: Number.NEGATIVE_INFINITY };
      this.redirects.set(src, known);
    }
    if (known.count >= REDIRECTS) {
      known.at = now;
      return;
    }
    if (known.count > 0 && now < known.at + REDIRECT_LOAD * 2 ** known.count) return;
    known.at = now;
    known.count++;
    const error = this.compose(frame, ICMP_REDIRECT, ICMP_REDIRECT_HOST, gateway);
    if (error !== null) this.transmit(error);
  }

  private refuse(
    frame: Frame,
    dev: NetDevice | null,
    reason: DropReason,
    type: number,
    code: number,
    rest: number,
    facts?: Facts,
  ): void {
    const error = this.compose(frame, type, code, rest);
    this.stack.host.drop(frame, reason, dev === null ? null : dev.port, facts);
    if (error !== null) this.transmit(error);
  }

  /** The ICMP message about a packet, ready to be sent; null if none may be. */
  private compose(frame: Frame, type: number, code: number, rest: number): Frame | null {
    const { bytes, network: at } = frame;
    const { stack } = this;
    const src = readI32(bytes, at + IPV4_SRC);
    const dst = readI32(bytes, at + IPV4_DST);
    if (!this.deservesError(frame, src, dst)) return null;
    // Linux: what stays inside the machine is not limited.
    const limit = (this.limit ??= new IcmpLimit(stack.sysctl));
    if (!stack.isLocal(src) && !limit.allow(type, src, stack.host.world.engine.now)) {
      this.limited++;
      return null;
    }
    // RFC 1812 §4.3.2.3: as much of the packet as fits into 576 bytes of IP.
    const room = IPV4_MIN_REASSEMBLY - IPV4_HEADER_SIZE - ICMP_HEADER_SIZE;
    const quote = Math.min(frame.end - at, room);
    const error = frame.pool.take(ICMP_HEADER_SIZE + quote);
    const to = error.start;
    error.cause = frame.id;
    error.bytes[to + ICMP_TYPE] = type;
    error.bytes[to + ICMP_CODE] = code;
    writeU16(error.bytes, to + ICMP_CHECKSUM, 0);
    writeU32(error.bytes, to + ICMP_GATEWAY, rest);
    error.bytes.set(bytes.subarray(at, at + quote), to + ICMP_HEADER_SIZE);
    writeU16(error.bytes, to + ICMP_CHECKSUM, checksum(error.bytes, to, error.end));
    return error;
  }

  private transmit(error: Frame): void {
    const { stack } = this;
    const quoted = error.start + ICMP_HEADER_SIZE;
    const to = ipv4(readI32(error.bytes, quoted + IPV4_SRC));
    const was = ipv4(readI32(error.bytes, quoted + IPV4_DST));
    const src = stack.isLocal(was) ? was : ANY_IPV4;
    const path = stack.send4.path(to, src as Ipv4);
    if (typeof path === "string") {
      error.free();
      return;
    }
    const tos = (error.bytes[quoted + IPV4_TOS]! & 0x1e) | PRECEDENCE;
    const headerSize = (error.bytes[quoted]! & 15) * 4;
    const sound =
      error.bytes[error.start] === ICMP_PARAMETER_PROBLEM ? error.bytes[error.start + 4]! : headerSize;
    const options = echoOptions(error.bytes, quoted, sound, recorderOf(stack, path.src));
    if (options === null) {
      error.free();
      return;
    }
    this.shorten(error, IPV4_MIN_REASSEMBLY - IPV4_HEADER_SIZE - options.length);
    this.sent++;
    error.trusted = true;
    stack.send4.send(error, path, IP_PROTO_ICMP, { tos, options });
  }

  /** Cuts the quoted packet so that the message has at most that size. */
  private shorten(error: Frame, size: number): void {
    const { bytes, start } = error;
    if (error.end - start <= size) return;
    error.end = start + size;
    writeU16(bytes, start + ICMP_CHECKSUM, 0);
    writeU16(bytes, start + ICMP_CHECKSUM, checksum(bytes, start, error.end));
  }

  /** RFC 1122 §3.2.2: about what no error may be sent. */
  private deservesError(frame: Frame, src: number, dst: number): boolean {
    const { bytes, network: at } = frame;
    if ((readU16(bytes, at + IPV4_FLAGS) & IPV4_OFFSET_MASK) !== 0) return false;
    // It came in a link-layer broadcast or multicast.
    if (frame.start < at && (bytes[frame.start]! & 1) !== 0) return false;
    const own = this.stack.isLocal(src);
    if (src === 0 || src >>> 28 >= 14 || (isLoopback(src) && !own)) return false;
    if (dst >>> 28 >= 14 || this.stack.fib.local.lookup(dst)?.type === "broadcast") return false;
    if (this.stack.fib.local.lookup(src)?.type === "broadcast") return false;
    if (bytes[at + IPV4_PROTOCOL] !== IP_PROTO_ICMP) return true;
    const header = at + (bytes[at]! & 15) * 4;
    // A type that nobody knows may be an error too.
    return frame.end > header && bytes[header]! <= ICMP_MASK_REPLY && !isIcmpError(bytes[header]!);
  }
}
