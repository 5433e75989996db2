/**
 * What happens to an IPv4 packet that comes in (RFC 791, RFC 1122 §3.2, RFC 1812 §5): header checks, martians, the
 * routing decision, and delivery to the protocols of this machine. The order of checks is Linux's.
 */

import { readI32, readU16 } from "../../core/bytes.js";
import { addViewToSum, foldChecksum } from "../../core/checksum.js";
import type { DropReason } from "../../core/drop-reason.js";
import {
  BROADCAST_IPV4,
  formatIpv4,
  isLocalMulticast,
  isLoopback,
  isMulticast,
  isZeroNet,
} from "../../core/ipv4.js";
import type { Frame } from "../../link/frame.js";
import type { World } from "../../link/world.js";
import {
  IP_PROTO_IGMP,
  IPV4_DST,
  IPV4_FLAGS,
  IPV4_HEADER_SIZE,
  IPV4_MF,
  IPV4_OFFSET_MASK,
  IPV4_PROTOCOL,
  IPV4_SRC,
  IPV4_TOTAL_LENGTH,
} from "../../wire/ipv4.js";
import type { NetDevice } from "../netdev/net-device.js";
import type { Stack } from "../stack.js";
import { PacketOptions, recorderOf } from "./ip-options.js";
import type { Cast } from "./path.js";
import type { Route } from "./route.js";

/** A protocol above IPv4. The packet stands at `frame.network`, the protocol's header at `at`; ownership passes. */
export interface IpProtocol {
  /** The IP protocol number. */
  readonly number: number;
  receive(frame: Frame, at: number, dev: NetDevice, cast: Cast): void;
  /**
   * An ICMP error about a packet of ours; the quoted packet's IPv4 header is at `quoted`, with eight bytes behind it. The
   * frame stays the caller's. False if nothing here can have sent that packet: then the error is not to be believed.
   */
  error?(frame: Frame, quoted: number, type: number, code: number, rest: number): boolean;
}

export class Ipv4Receive {
  /** Those of the packet that came last. */
  readonly options = new PacketOptions();
  private readonly world: World;

  constructor(private readonly stack: Stack) {
    this.world = stack.host.world;
  }

  receive(dev: NetDevice, frame: Frame, addressed: number): void {
    const { bytes, view, network: at } = frame;
    const size = frame.end - at;
    const headerSize = (bytes[at]! & 15) * 4;
    if (
      size < IPV4_HEADER_SIZE ||
      bytes[at]! >> 4 !== 4 ||
      headerSize < IPV4_HEADER_SIZE ||
      headerSize > size
    ) {
      this.refuse(frame, dev, "ip-malformed");
      return;
    }
    if (!headerIsSound(view, at, headerSize)) {
      this.refuse(frame, dev, "ip-checksum");
      return;
    }
    const total = view.getUint16(at + IPV4_TOTAL_LENGTH);
    if (total > size || total < headerSize) {
      this.refuse(frame, dev, total > size ? "ip-truncated" : "ip-malformed");
      return;
    }
    frame.end = at + total;
    const src = view.getInt32(at + IPV4_SRC);
    const dst = view.getInt32(at + IPV4_DST);

    // RFC 1122 §3.2.1.3, RFC 1812 §5.3.7: sources that name no single machine.
    if (src >>> 28 >= 14 || (isLoopback(src) && dev.kind !== "loopback")) {
      this.refuse(frame, dev, "ip-martian-source");
      return;
    }
    if (headerSize > IPV4_HEADER_SIZE && !this.acceptOptions(frame, dev, headerSize)) return;
    if (dst === BROADCAST_IPV4) {
      // RFC 1122 §3.2.1.3 a: who has no address yet may speak to everybody, as DHCP clients do.
      if (isZeroNet(src) || dev.kind === "loopback" || this.sourceIsSound(frame, dev, src, dst))
        this.deliver(frame, dev, "broadcast");
      return;
    }
    if (isMulticast(dst)) {
      this.receiveMulticast(frame, dev, src, dst);
      return;
    }
    if (isZeroNet(src)) {
      this.refuse(frame, dev, "ip-martian-source");
      return;
    }
    if (isZeroNet(dst) || (isLoopback(dst) && dev.kind !== "loopback")) {
      this.refuse(frame, dev, "ip-martian-destination");
      return;
    }
    const { fib } = this.stack;
    const route = fib.lookup(dst);
    if (route === null) {
      this.refuseUnrouted(frame, dev);
      return;
    }
    if (dev.kind !== "loopback" && !this.sourceIsSound(frame, dev, src, dst)) return;
    if (route.type === "local") this.deliver(frame, dev, "local");
    else if (route.type === "broadcast" && !this.passesBroadcast(dev, route))
      this.deliver(frame, dev, "broadcast");
    else if (!this.stack.forwarding) this.refuse(frame, dev, "ip-forwarding-off");
    else this.stack.forward.forward(dev, frame, route, addressed);
  }

  /** The packet is for this machine. */
  deliver(frame: Frame, dev: NetDevice, cast: Cast): void {
    const { network } = frame;
    const flags = readU16(frame.bytes, network + IPV4_FLAGS);
    if ((flags & (IPV4_MF | IPV4_OFFSET_MASK)) !== 0) {
      const whole = this.stack.reassembly.take(dev, frame);
      if (whole === null) return;
      frame = whole;
    }
    const { bytes, network: at } = frame;
    const headerSize = (bytes[at]! & 15) * 4;
    const number = bytes[at + IPV4_PROTOCOL]!;
    const taken = this.stack.rawSockets.length > 0 && this.offerRaw(frame, number, dev);
    const protocol = this.stack.protocols.find(number);
    if (protocol !== undefined) protocol.receive(frame, at + headerSize, dev, cast);
    else if (taken) frame.free();
    else this.stack.icmp.protocolUnreachable(frame, dev, cast);
  }

  private offerRaw(frame: Frame, protocol: number, dev: NetDevice): boolean {
    let taken = false;
    for (const socket of this.stack.rawSockets) if (socket.offer(frame, protocol, dev)) taken = true;
    return taken;
  }

  private receiveMulticast(frame: Frame, dev: NetDevice, src: number, dst: number): void {
    if (!this.stack.groups.has(dev, dst)) this.refuse(frame, dev, "ip-multicast-forward");
    else if (isZeroNet(src)) {
      // Linux: without an address only on the link, or to join a group.
      if (isLocalMulticast(dst) || frame.bytes[frame.network + IPV4_PROTOCOL] === IP_PROTO_IGMP)
        this.deliver(frame, dev, "multicast");
      else this.refuse(frame, dev, "ip-martian-source");
    } else if (dev.kind === "loopback" || this.sourceIsSound(frame, dev, src, dst))
      this.deliver(frame, dev, "multicast");
  }

  private acceptOptions(frame: Frame, dev: NetDevice, headerSize: number): boolean {
    const { bytes, network: at } = frame;
    const { stack, options } = this;
    const dst = readI32(bytes, at + IPV4_DST);
    const facing = dev.primaryFor(readI32(bytes, at + IPV4_SRC))?.address ?? stack.anySource();
    const recorder = recorderOf(stack, stack.isLocal(dst) ? dst : facing);
    const wrong = options.arrive(bytes, at, headerSize, recorder);
    if (wrong > 0) stack.icmp.parameterProblem(frame, dev, wrong);
    else if (options.sourceRouted) this.refuse(frame, dev, "ip-options");
    else return true;
    return false;
  }

  /** Linux's fib_validate_source: a packet from outside may not carry one of our addresses; rp_filter where it is on. */
  private sourceIsSound(frame: Frame, dev: NetDevice, src: number, dst: number): boolean {
    const { stack } = this;
    const back = stack.fib.lookup(src);
    if (
      back?.type === "local" &&
      !(stack.acceptLocal && stack.sysctl.device(dev.name, "accept_local") !== 0)
    ) {
      if (this.world.journal !== null)
        stack.host.drop(frame, "ip-martian-source", dev.port, { src: formatIpv4(src), dst: formatIpv4(dst) });
      else stack.host.drop(frame, "ip-martian-source", dev.port);
      return false;
    }
    if (stack.reversePathFilter === 0) return true;
    const mode = stack.sysctl.device(dev.name, "rp_filter");
    if (mode === 0) return true;
    // RFC 3704 §2.2 strict, §2.4 loose.
    if (
      back !== null &&
      back.type === "unicast" &&
      (mode === 2 || back.nextHops.some((hop) => hop.dev === dev))
    )
      return true;
    stack.host.drop(frame, "ip-source-filtered", dev.port, { src: formatIpv4(src) });
    return false;
  }

  /** RFC 2644: a directed broadcast to another link is ours, unless it is to be passed on there (bc_forwarding). */
  private passesBroadcast(dev: NetDevice, route: Route): boolean {
    const { stack } = this;
    return (
      stack.broadcastForwarding &&
      stack.forwarding &&
      route.nextHops[0]!.dev !== dev &&
      stack.sysctl.value(`net.ipv4.conf.${dev.name}.bc_forwarding`) !== 0
    );
  }

  private refuseUnrouted(frame: Frame, dev: NetDevice): void {
    if (this.stack.forwarding) this.stack.icmp.netUnreachable(frame, dev);
    else this.refuse(frame, dev, "ip-forwarding-off");
  }

  private refuse(frame: Frame, dev: NetDevice, reason: DropReason): void {
    this.stack.host.drop(frame, reason, dev.port);
  }
}

/** Does the header's checksum hold? Summed in words of 32 bits: the ones' complement sum is the same (RFC 1071 §2). */
function headerIsSound(view: DataView, at: number, headerSize: number): boolean {
  const a = view.getInt32(at);
  const b = view.getInt32(at + 4);
  const c = view.getInt32(at + 8);
  const d = view.getInt32(at + 12);
  const e = view.getInt32(at + 16);
  let sum = (a >>> 16) + (b >>> 16) + (c >>> 16) + (d >>> 16) + (e >>> 16);
  sum += (a & 0xffff) + (b & 0xffff) + (c & 0xffff) + (d & 0xffff) + (e & 0xffff);
  if (headerSize > IPV4_HEADER_SIZE) sum = addViewToSum(view, at + IPV4_HEADER_SIZE, at + headerSize, sum);
  return foldChecksum(sum) === 0;
}
