/**
 * ICMP as received (RFC 792, RFC 1122 §3.2.2): echo and timestamp are answered; errors go to the protocol that they are
 * about, teach smaller path MTUs (RFC 1191) and better gateways.
 */

import { readI32, readU16, writeU16, writeU32 } from "../../core/bytes.js";
import { checksum, updateChecksum } from "../../core/checksum.js";
import type { DropReason } from "../../core/drop-reason.js";
import { ANY_IPV4, formatIpv4, ipv4, networkOf } from "../../core/ipv4.js";
import { DAY, MILLISECOND, SECOND } from "../../core/time.js";
import type { Frame } from "../../link/frame.js";
import type { World } from "../../link/world.js";
import {
  ICMP_CHECKSUM,
  ICMP_ECHO_REPLY,
  ICMP_ECHO_REQUEST,
  ICMP_FRAGMENTATION_NEEDED,
  ICMP_GATEWAY,
  ICMP_HEADER_SIZE,
  ICMP_ID,
  ICMP_REDIRECT,
  ICMP_ROUTER_ADVERTISEMENT,
  ICMP_ROUTER_SOLICITATION,
  ICMP_SOURCE_QUENCH,
  ICMP_TIMESTAMP_REPLY,
  ICMP_TIMESTAMP_REQUEST,
  ICMP_UNREACHABLE,
  isIcmpError,
} from "../../wire/icmpv4.js";
import {
  IP_PROTO_ICMP,
  IPV4_DST,
  IPV4_FLAGS,
  IPV4_HEADER_SIZE,
  IPV4_MIN_MTU,
  IPV4_OFFSET_MASK,
  IPV4_PROTOCOL,
  IPV4_SRC,
  IPV4_TOS,
  IPV4_TOTAL_LENGTH,
} from "../../wire/ipv4.js";
import type { NetDevice } from "../netdev/net-device.js";
import type { Stack } from "../stack.js";
import { echoOptions, recorderOf } from "./ip-options.js";
import type { IpProtocol } from "./ipv4-receive.js";
import type { Cast } from "./path.js";

/** Linux's ip_rt_gc_timeout. */
const REDIRECT_LASTS = 300 * SECOND;

export class Icmp implements IpProtocol {
  private readonly world: World;

  constructor(private readonly stack: Stack) {
    this.world = stack.host.world;
  }

  get number(): number {
    return IP_PROTO_ICMP;
  }

  receive(frame: Frame, at: number, dev: NetDevice, cast: Cast): void {
    const { bytes } = frame;
    if (frame.end - at < ICMP_HEADER_SIZE) {
      this.refuse(frame, dev, "icmp-malformed");
      return;
    }
    if (!frame.trusted && checksum(bytes, at, frame.end) !== 0) {
      this.refuse(frame, dev, "icmp-checksum");
      return;
    }
    const type = bytes[at]!;
    if (type === ICMP_ECHO_REQUEST) this.echo(frame, at, dev, cast);
    else if (type === ICMP_TIMESTAMP_REQUEST) this.timestamp(frame, at, dev, cast);
    // RFC 1122 §3.2.2: nothing else has any business in a broadcast.
    else if (cast !== "local") this.refuse(frame, dev, "icmp-ignored");
    else if (type === ICMP_REDIRECT) this.redirected(frame, at, dev);
    else if (isIcmpError(type)) this.reported(frame, at, dev);
    // Replies are for raw sockets, which have had their copy.
    else if (type === ICMP_ECHO_REPLY || type === ICMP_TIMESTAMP_REPLY) this.take(frame, dev, type);
    else if (type === ICMP_ROUTER_ADVERTISEMENT || type === ICMP_ROUTER_SOLICITATION)
      this.refuse(frame, dev, "icmp-ignored");
    else this.refuse(frame, dev, "icmp-unknown-type");
  }

  /** RFC 1122 §3.2.2.6: the data comes back unchanged, from the address that was asked. */
  private echo(frame: Frame, at: number, dev: NetDevice, cast: Cast): void {
    const { sysctl } = this.stack;
    const group = cast !== "local";
    if (
      sysctl.value("net.ipv4.icmp_echo_ignore_all") !== 0 ||
      (group && sysctl.value("net.ipv4.icmp_echo_ignore_broadcasts") !== 0)
    ) {
      this.refuse(frame, dev, "icmp-ignored");
      return;
    }
    const { bytes } = frame;
    const field = readU16(bytes, at + ICMP_CHECKSUM);
    const word = readU16(bytes, at);
    bytes[at] = ICMP_ECHO_REPLY;
    writeU16(bytes, at + ICMP_CHECKSUM, updateChecksum(field, word, word & 0xff));
    this.answer(frame, at, dev, group, "ICMP echo reply");
  }

  /** RFC 1122 §3.2.2.8: three times in milliseconds since midnight. */
  private timestamp(frame: Frame, at: number, dev: NetDevice, cast: Cast): void {
    if (frame.end - at < 20) {
      this.refuse(frame, dev, "icmp-malformed");
      return;
    }
    if (cast !== "local") {
      this.refuse(frame, dev, "icmp-ignored");
      return;
    }
    const { bytes } = frame;
    const ms = Math.floor((this.world.engine.now % DAY) / MILLISECOND);
    frame.end = at + 20;
    bytes[at] = ICMP_TIMESTAMP_REPLY;
    writeU32(bytes, at + 12, ms);
    writeU32(bytes, at + 16, ms);
    writeU16(bytes, at + ICMP_CHECKSUM, 0);
    writeU16(bytes, at + ICMP_CHECKSUM, checksum(bytes, at, frame.end));
    this.answer(frame, at, dev, false, "ICMP timestamp reply");
  }

  /** Sends the frame back to whom it came from, as a new frame that names the old one as its cause. */
  private answer(frame: Frame, at: number, dev: NetDevice, group: boolean, what: string): void {
    const { stack } = this;
    const { bytes, network } = frame;
    const to = ipv4(readI32(bytes, network + IPV4_SRC));
    const asked = ipv4(readI32(bytes, network + IPV4_DST));
    const request = frame.id;
    const tos = bytes[network + IPV4_TOS]!;
    if (this.world.journal !== null) {
      const facts = { protocol: "icmp", id: readU16(bytes, at + ICMP_ID), from: formatIpv4(to) };
      stack.host.tell(frame, "delivered", dev.name, facts);
    }
    const path = stack.send4.path(to, group ? ANY_IPV4 : asked);
    if (typeof path === "string") {
      this.refuse(frame, dev, "ip-no-route");
      return;
    }
    const options =
      at - network === IPV4_HEADER_SIZE
        ? undefined
        : echoOptions(bytes, network, at - network, recorderOf(stack, path.src));
    if (options === null) {
      this.refuse(frame, dev, "ip-options");
      return;
    }
    frame.id = frame.pool.nextId();
    frame.cause = request;
    frame.start = at;
    if (this.world.journal !== null)
      stack.host.tell(frame, "answered", dev.name, { what, to: formatIpv4(to), cause: request });
    stack.send4.send(frame, path, IP_PROTO_ICMP, options === undefined ? { tos } : { tos, options });
  }

  private reported(frame: Frame, at: number, dev: NetDevice): void {
    const { bytes } = frame;
    const quoted = at + ICMP_HEADER_SIZE;
    if (!this.quotesPacket(frame, quoted)) {
      this.refuse(frame, dev, "icmp-malformed");
      return;
    }
    const type = bytes[at]!;
    const code = bytes[at + 1]!;
    const rest = readI32(bytes, at + ICMP_GATEWAY);
    // RFC 6633: source quench is ignored.
    if (type === ICMP_SOURCE_QUENCH) {
      this.refuse(frame, dev, "icmp-ignored");
      return;
    }
    if (!this.isOurs(frame, quoted, type, code, rest)) {
      this.refuse(frame, dev, "icmp-no-socket");
      return;
    }
    if (type === ICMP_UNREACHABLE && code === ICMP_FRAGMENTATION_NEEDED)
      this.learnMtu(frame, quoted, rest & 0xffff);
    this.take(frame, dev, type);
  }

  /** An error about a reply of ours, which the machine itself has sent, or about a raw socket's message. */
  error(frame: Frame, quoted: number): boolean {
    const type = frame.bytes[quoted + (frame.bytes[quoted]! & 15) * 4]!;
    return type === ICMP_ECHO_REPLY || type === ICMP_TIMESTAMP_REPLY;
  }

  /**
   * RFC 5927 §4: only what quotes a packet that this machine can have sent is believed: from one of its addresses, by a
   * socket that is there.
   */
  private isOurs(frame: Frame, quoted: number, type: number, code: number, rest: number): boolean {
    const { bytes } = frame;
    const { stack } = this;
    if (!stack.isLocal(readI32(bytes, quoted + IPV4_SRC))) return false;
    if ((readU16(bytes, quoted + IPV4_FLAGS) & IPV4_OFFSET_MASK) !== 0) return false;
    const protocol = bytes[quoted + IPV4_PROTOCOL]!;
    const raw = stack.rawSockets.some((socket) => socket.protocol === protocol);
    return stack.protocols.find(protocol)?.error?.(frame, quoted, type, code, rest) === true || raw;
  }

  /**
   * RFC 1191 §3 and §7.1: believe the MTU, unless it is greater than the one that holds; an old router that names none
   * gives the next plateau below. Below min_pmtu it is not followed: packets then go without DF.
   */
  private learnMtu(frame: Frame, quoted: number, mtu: number): void {
    const { stack } = this;
    const dst = readI32(frame.bytes, quoted + IPV4_DST);
    if (stack.sysctl.value("net.ipv4.ip_no_pmtu_disc") !== 0) return;
    const size = readU16(frame.bytes, quoted + IPV4_TOTAL_LENGTH);
    const named = mtu === 0 ? plateauBelow(size) : mtu;
    const least = stack.sysctl.value("net.ipv4.route.min_pmtu");
    const path = stack.send4.path(ipv4(dst));
    if (typeof path === "string" || path.cast !== "unicast" || path.mtuLocked || named > path.mtu) return;
    const learned = Math.min(path.mtu, Math.max(named, least));
    stack.exceptions.learn(dst, {
      mtu: learned,
      mtuLocked: named < least,
      mtuExpires: this.world.engine.now + stack.sysctl.value("net.ipv4.route.mtu_expires") * SECOND,
      learnedFrom: frame.id,
    });
    stack.fib.generation++;
    if (this.world.journal !== null)
      stack.host.tell(frame, "learned", undefined, {
        table: "route exceptions",
        dst: formatIpv4(dst),
        mtu: learned,
      });
  }

  /**
   * RFC 1122 §3.2.2.2: only from the present gateway, only to a neighbour on the same link, only about what we sent; and as
   * in Linux only once the new gateway has answered ARP, and for five minutes.
   */
  private redirected(frame: Frame, at: number, dev: NetDevice): void {
    const { stack } = this;
    const { bytes } = frame;
    const quoted = at + ICMP_HEADER_SIZE;
    if (!this.quotesPacket(frame, quoted)) {
      this.refuse(frame, dev, "icmp-malformed");
      return;
    }
    const from = readI32(bytes, frame.network + IPV4_SRC);
    const gateway = ipv4(readI32(bytes, at + ICMP_GATEWAY));
    const dst = ipv4(readI32(bytes, quoted + IPV4_DST));
    if (!this.isOurs(frame, quoted, ICMP_REDIRECT, bytes[at + 1]!, gateway)) {
      this.refuse(frame, dev, "icmp-no-socket");
      return;
    }
    const path = stack.send4.path(dst);
    const own = dev.addresses.some((a) => networkOf(a.address, a.length) === networkOf(gateway, a.length));
    const accepted =
      stack.sysctl.device(dev.name, "accept_redirects") !== 0 &&
      !stack.forwarding &&
      typeof path !== "string" &&
      path.dev === dev &&
      path.nextHop === from &&
      own &&
      stack.fib.lookup(gateway)?.type === "unicast";
    if (!accepted || stack.neighbours.entry(dev, gateway)?.resolve(frame) !== true) {
      this.refuse(frame, dev, "icmp-ignored");
      return;
    }
    stack.exceptions.learn(dst, {
      gateway,
      gatewayExpires: this.world.engine.now + REDIRECT_LASTS,
      learnedFrom: frame.id,
    });
    stack.fib.generation++;
    if (this.world.journal !== null)
      stack.host.tell(frame, "learned", dev.name, {
        table: "route exceptions",
        dst: formatIpv4(dst),
        via: formatIpv4(gateway),
      });
    this.take(frame, dev, ICMP_REDIRECT);
  }

  private quotesPacket(frame: Frame, quoted: number): boolean {
    const { bytes, end } = frame;
    if (end - quoted < IPV4_HEADER_SIZE || bytes[quoted]! >> 4 !== 4) return false;
    const headerSize = (bytes[quoted]! & 15) * 4;
    return headerSize >= IPV4_HEADER_SIZE && end - quoted >= headerSize + 8;
  }

  private take(frame: Frame, dev: NetDevice, type: number): void {
    if (this.world.journal !== null)
      this.stack.host.tell(frame, "delivered", dev.name, { protocol: "icmp", type });
    frame.free();
  }

  private refuse(frame: Frame, dev: NetDevice, reason: DropReason): void {
    this.stack.host.drop(frame, reason, dev.port);
  }
}

/** RFC 1191 §7, table 7-1. */
const PLATEAUS = [32_000, 17_914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68];

function plateauBelow(size: number): number {
  return PLATEAUS.find((plateau) => plateau < size) ?? IPV4_MIN_MTU;
}
