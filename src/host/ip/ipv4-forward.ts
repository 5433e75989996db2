/**
 * Forwarding (RFC 1812 §5.2): time to live, redirects, MTU, options, and out to the next hop.
 */
import { readI32, readU16 } from "../../core/bytes.js";
import { formatIpv4, isLinkLocal } from "../../core/ipv4.js";
import type { Frame } from "../../link/frame.js";
import type { World } from "../../link/world.js";
import { ETHERTYPE_IPV4 } from "../../wire/ethernet.js";
import {
  IPV4_CHECKSUM,
  IPV4_DF,
  IPV4_DST,
  IPV4_FLAGS,
  IPV4_HEADER_SIZE,
  IPV4_SRC,
  IPV4_TTL,
} from "../../wire/ipv4.js";
import { FOR_HOST, type NetDevice } from "../netdev/net-device.js";
import type { Stack } from "../stack.js";
import { fragment } from "./fragment.js";
import type { NextHop, Route } from "./route.js";

export class Ipv4Forward {
  /** Packets forwarded. */
  forwarded = 0;

  private readonly world: World;

  constructor(private readonly stack: Stack) {
    this.world = stack.host.world;
  }

  /** Sends a packet that came in by `dev` on its way along a route. Owns the frame. */
  forward(dev: NetDevice, frame: Frame, route: Route, addressed: number): void {
    const { stack } = this;
    const { bytes, view, network: at } = frame;
    if (route.type !== "unicast" && route.type !== "broadcast") {
      this.refuse(dev, frame, route);
      return;
    }
    // RFC 1812 §5.3.4: what came in a link-layer broadcast is not forwarded.
    if (addressed !== FOR_HOST) {
      stack.host.drop(frame, "ip-not-link-unicast", dev.port);
      return;
    }
    const src = view.getInt32(at + IPV4_SRC);
    const dst = view.getInt32(at + IPV4_DST);
    const hop = route.nextHop(src, dst);
    if (this.world.journal !== null) stack.tellRouted(frame, dst, route, hop);
    const ttl = bytes[at + IPV4_TTL]!;
    if (ttl <= 1) {
      stack.icmp.ttlExceeded(frame, dev);
      return;
    }
    const mtu = route.mtu !== 0 && route.mtu < hop.dev.mtu ? route.mtu : hop.dev.mtu;
    const tooBig = frame.end - at > mtu;
    if (tooBig && (readU16(bytes, at + IPV4_FLAGS) & IPV4_DF) !== 0) {
      stack.icmp.fragmentationNeeded(frame, dev, mtu);
      return;
    }
    const headerSize = (bytes[at]! & 15) * 4;
    bytes[at + IPV4_TTL] = ttl - 1;
    // RFC 1624: the TTL is the high byte of its word, so the checksum grows by 0x0100, end around.
    let sum = view.getUint16(at + IPV4_CHECKSUM) + 0x0100;
    sum = (sum & 0xffff) + (sum >>> 16);
    view.setUint16(at + IPV4_CHECKSUM, sum === 0xffff ? 0 : sum);
    if (hop.dev === dev) this.redirect(dev, frame, src, dst, hop);
    if (headerSize > IPV4_HEADER_SIZE) {
      const own = hop.dev.primaryFor(dst)?.address ?? stack.anySource();
      stack.receive4.options.leave(bytes, at, headerSize, own);
    }
    this.forwarded++;
    if (this.world.journal !== null)
      stack.host.tell(frame, "rewritten", hop.dev.name, { field: "TTL", before: ttl, after: ttl - 1 });
    if (tooBig) this.cut(frame, mtu, hop, dst);
    else this.transmit(frame, hop, dst);
  }

  /** Hands a packet to the next hop's device. Owns the frame. */
  transmit(frame: Frame, hop: NextHop, dst: number): void {
    const { dev } = hop;
    if (!dev.resolves) {
      dev.sendTo(frame, 0, 0, ETHERTYPE_IPV4);
      return;
    }
    let neighbour = hop.gateway === 0 ? dev.neighbours.get(dst) : hop.neighbour;
    if (neighbour === undefined || neighbour === null || neighbour.dead) {
      neighbour = this.stack.neighbours.entry(
        dev,
        (hop.gateway === 0 ? dst : hop.gateway) as typeof hop.gateway,
      );
      if (neighbour === undefined) {
        this.stack.host.drop(frame, "neigh-table-full", dev.port);
        return;
      }
      if (hop.gateway !== 0) hop.neighbour = neighbour;
    }
    neighbour.send(frame, ETHERTYPE_IPV4);
  }

  private cut(frame: Frame, mtu: number, hop: NextHop, dst: number): void {
    const { host } = this.stack;
    if (this.world.journal !== null)
      host.tell(frame, "fragmented", hop.dev.name, { mtu, size: frame.end - frame.network });
    fragment(frame, mtu, (piece) => this.transmit(piece, hop, dst));
  }

  /** RFC 1812 §5.2.7.2: out where it came in, and the source is a neighbour of the better gateway. */
  private redirect(dev: NetDevice, frame: Frame, src: number, dst: number, hop: NextHop): void {
    const gateway = hop.gateway === 0 ? dst : hop.gateway;
    const near = dev.addresses.some(
      (own) =>
        ((own.address ^ src) & (-1 << (32 - own.length))) === 0 &&
        ((own.address ^ gateway) & (-1 << (32 - own.length))) === 0,
    );
    if (!near || isLinkLocal(src) || this.stack.sysctl.device(dev.name, "send_redirects") === 0) return;
    this.stack.icmp.redirect(frame, gateway);
  }

  private refuse(dev: NetDevice, frame: Frame, route: Route): void {
    const { stack } = this;
    const facts = {
      route: route.prefixText,
      type: route.type,
      dst: formatIpv4(readI32(frame.bytes, frame.network + IPV4_DST)),
    };
    switch (route.type) {
      case "unreachable":
        stack.icmp.hostUnreachableByRoute(frame, dev, facts);
        break;
      case "prohibit":
        stack.icmp.prohibited(frame, dev, facts);
        break;
      case "blackhole":
        stack.host.drop(frame, "ip-blackhole-route", dev.port, facts);
        break;
      default:
        stack.icmp.netUnreachable(frame, dev);
    }
  }
}
