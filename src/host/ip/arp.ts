/**
 * ARP on an Ethernet device (RFC 826), as Linux's arp.c plays it: requests are answered for any address of the machine,
 * senders that speak to us are remembered, unknown ones are not (arp_accept = 0); announcements and, where an address is
 * claimed with care, the conflict detection of RFC 5227.
 */
import { readI32, readU16, writeU16, writeU32 } from "../../core/bytes.js";
import {
  ANY_IPV4,
  BROADCAST_IPV4,
  formatIpv4,
  type Ipv4,
  ipv4,
  isLoopback,
  isMulticast,
  isZeroNet,
} from "../../core/ipv4.js";
import {
  BROADCAST_MAC,
  formatMac,
  isGroupMac,
  type Mac,
  macHi,
  macLo,
  readMac,
  writeMac,
  ZERO_MAC,
} from "../../core/mac.js";
import { SECOND } from "../../core/time.js";
import type { Frame } from "../../link/frame.js";
import {
  ARP_HARDWARE,
  ARP_HARDWARE_ETHERNET,
  ARP_HARDWARE_IEEE802,
  ARP_HARDWARE_SIZE,
  ARP_OPERATION,
  ARP_PROTOCOL,
  ARP_REPLY,
  ARP_REQUEST,
  ARP_SENDER_IP,
  ARP_SENDER_MAC,
  ARP_SIZE,
  ARP_TARGET_IP,
  ARP_TARGET_MAC,
} from "../../wire/arp.js";
import { ETHERTYPE_ARP, ETHERTYPE_IPV4 } from "../../wire/ethernet.js";
import { IPV4_SRC } from "../../wire/ipv4.js";
import { FOR_HOST, type NetDevice } from "../netdev/net-device.js";
import type { Stack } from "../stack.js";
import type { Neighbour } from "./neighbour.js";

/** Linux's locktime: within a second of an entry's last change, a different answer for it is not believed. */
const LOCK = SECOND;

/** Somebody who wants to know of every ARP packet that concerns an address: conflict detection. */
export type ArpWatcher = (
  dev: NetDevice,
  senderMac: Mac,
  senderIp: Ipv4,
  targetIp: Ipv4,
  operation: number,
) => void;

export class Arp {
  private watchers: readonly ArpWatcher[] = [];

  constructor(private readonly stack: Stack) {}

  get number(): number {
    return ETHERTYPE_ARP;
  }

  /** From now on every ARP packet is shown to the watcher; the answer ends that. */
  watch(watcher: ArpWatcher): () => void {
    this.watchers = [...this.watchers, watcher];
    return () => {
      this.watchers = this.watchers.filter((other) => other !== watcher);
    };
  }

  /** Takes an ARP frame; the packet is at `frame.network`. */
  receive(dev: NetDevice, frame: Frame, addressed: number): void {
    const { host } = this.stack;
    const { bytes, network: at } = frame;
    if (!dev.resolves || dev.noArp) {
      host.drop(frame, "arp-ignored", dev.port);
      return;
    }
    const operation = frame.end - at < ARP_SIZE ? 0 : readU16(bytes, at + ARP_OPERATION);
    if (
      (operation !== ARP_REQUEST && operation !== ARP_REPLY) ||
      !isEthernet(readU16(bytes, at + ARP_HARDWARE)) ||
      readU16(bytes, at + ARP_PROTOCOL) !== ETHERTYPE_IPV4 ||
      readU16(bytes, at + ARP_HARDWARE_SIZE) !== 0x0604
    ) {
      host.drop(frame, "arp-malformed", dev.port);
      return;
    }
    const senderMac = readMac(bytes, at + ARP_SENDER_MAC);
    const senderIp = ipv4(readI32(bytes, at + ARP_SENDER_IP));
    const targetIp = ipv4(readI32(bytes, at + ARP_TARGET_IP));
    if (
      isMulticast(targetIp) ||
      isLoopback(targetIp) ||
      !maySend(senderIp) ||
      // RFC 1812 §3.3.2: nobody's link address is a group's.
      isGroupMac(senderMac)
    ) {
      host.drop(frame, "arp-malformed", dev.port);
      return;
    }
    for (const watch of this.watchers) watch(dev, senderMac, senderIp, targetIp, operation);
    if (senderIp !== ANY_IPV4 && this.stack.isLocal(senderIp)) {
      this.noteConflict(dev, senderMac, senderIp, frame.id);
      host.drop(frame, this.stack.isOwnMac(senderMac) ? "own-frame" : "arp-conflict", dev.port);
      return;
    }
    if (operation === ARP_REQUEST) this.receiveRequest(dev, frame, senderMac, senderIp, targetIp);
    else {
      // Linux: a gratuitous reply names one station, and one address, twice.
      const gratuitous = senderIp === targetIp && readMac(bytes, at + ARP_TARGET_MAC) === senderMac;
      this.receiveReply(dev, frame, senderMac, senderIp, addressed === FOR_HOST, gratuitous);
    }
  }

  /** The neighbour cache asks for an address: everybody, or in PROBE the station that is believed to have it. */
  solicit(neighbour: Neighbour, waiting: Frame | null): void {
    const { dev, ip } = neighbour;
    const to = neighbour.state === "PROBE" ? neighbour.mac : BROADCAST_MAC;
    const source = this.sourceFor(dev, ip, waiting);
    this.send(dev, ARP_REQUEST, source, ip, to, ZERO_MAC, waiting === null ? 0 : waiting.id);
  }

  /** RFC 5227 §2.3: sender and target are the address itself. */
  announce(dev: NetDevice, address: Ipv4): void {
    this.send(dev, ARP_REQUEST, address, address, BROADCAST_MAC, ZERO_MAC, 0);
  }

  /** RFC 5227 §2.1.1: a request whose sender address is all zero, so that it fills nobody's cache. */
  probe(dev: NetDevice, address: Ipv4): void {
    this.send(dev, ARP_REQUEST, ANY_IPV4, address, BROADCAST_MAC, ZERO_MAC, 0);
  }

  /** Sends one ARP packet. */
  send(
    dev: NetDevice,
    operation: number,
    senderIp: Ipv4,
    targetIp: Ipv4,
    to: Mac,
    targetMac: Mac,
    cause: number,
    senderMac: Mac = dev.mac,
  ): void {
    const frame = this.stack.host.world.frames.take(ARP_SIZE);
    const { bytes, start: at } = frame;
    writeU16(bytes, at + ARP_HARDWARE, ARP_HARDWARE_ETHERNET);
    writeU16(bytes, at + ARP_PROTOCOL, ETHERTYPE_IPV4);
    writeU16(bytes, at + ARP_HARDWARE_SIZE, 0x0604);
    writeU16(bytes, at + ARP_OPERATION, operation);
    writeMac(bytes, at + ARP_SENDER_MAC, senderMac);
    writeU32(bytes, at + ARP_SENDER_IP, senderIp);
    writeMac(bytes, at + ARP_TARGET_MAC, targetMac);
    writeU32(bytes, at + ARP_TARGET_IP, targetIp);
    frame.network = at;
    frame.cause = cause;
    if (this.stack.host.world.journal !== null) {
      const what = operation === ARP_REQUEST ? "ARP request" : "ARP reply";
      const facts = { what, sender: formatIpv4(senderIp), target: formatIpv4(targetIp), cause };
      this.stack.host.tell(frame, operation === ARP_REQUEST ? "sent" : "answered", dev.name, facts);
    }
    dev.sendTo(frame, macHi(to), macLo(to), ETHERTYPE_ARP);
  }

  private receiveRequest(dev: NetDevice, frame: Frame, senderMac: Mac, senderIp: Ipv4, targetIp: Ipv4): void {
    const { host } = this.stack;
    const ours = this.stack.isLocal(targetIp);
    if (!ours && !this.proxies(dev, senderIp, targetIp)) {
      const gratuitous = senderIp === targetIp;
      this.learn(
        dev,
        senderMac,
        senderIp,
        "STALE",
        frame,
        gratuitous && this.acceptsAnybody(dev),
        gratuitous,
      );
      host.drop(frame, "arp-not-ours", dev.port);
      return;
    }
    if (ours && this.ignores(dev, senderIp, targetIp)) {
      host.drop(frame, "arp-ignored", dev.port);
      return;
    }
    // RFC 826: who asks for us is remembered at once, since we shall speak to it. Linux lets this override the lock.
    // RFC 5227 §2.1.1: a probe (sender 0.0.0.0) is answered, but nothing is learned from it.
    this.learn(dev, senderMac, senderIp, "STALE", frame, true, true);
    const { id } = frame;
    if (host.world.journal !== null)
      host.tell(frame, "delivered", dev.name, {
        protocol: "arp",
        what: "ARP request",
        target: formatIpv4(targetIp),
      });
    frame.free();
    this.send(dev, ARP_REPLY, targetIp, senderIp, senderMac, senderMac, id);
  }

  private receiveReply(
    dev: NetDevice,
    frame: Frame,
    senderMac: Mac,
    senderIp: Ipv4,
    toUs: boolean,
    gratuitous: boolean,
  ): void {
    const { host } = this.stack;
    // A broadcast reply is no proof that the way back to us works.
    const state = toUs ? "REACHABLE" : "STALE";
    this.learn(dev, senderMac, senderIp, state, frame, this.acceptsAnybody(dev), gratuitous);
    if (host.world.journal !== null)
      host.tell(frame, "delivered", dev.name, {
        protocol: "arp",
        what: "ARP reply",
        sender: formatIpv4(senderIp),
      });
    frame.free();
  }

  /** Updates the entry of a sender, within its lock only if `override`; makes one only if `create`. */
  private learn(
    dev: NetDevice,
    mac: Mac,
    ip: Ipv4,
    state: "REACHABLE" | "STALE",
    frame: Frame,
    create: boolean,
    override: boolean,
  ): void {
    if (ip === ANY_IPV4) return;
    const table = this.stack.neighbours;
    const entry = create ? table.entry(dev, ip) : table.find(dev, ip);
    if (entry === undefined || entry.state === "PERMANENT" || entry.state === "NOARP") return;
    const { now } = table;
    if (entry.valid && entry.mac !== mac && !override && now <= entry.updated + LOCK) return;
    if (this.stack.host.world.journal !== null)
      this.stack.host.tell(frame, "learned", dev.name, {
        ip: formatIpv4(ip),
        mac: formatMac(mac),
        state,
        table: "neighbours",
      });
    entry.update(mac, state, { by: "frame", frame: frame.id, time: now });
  }

  /** arp_accept: neighbours are made of what we did not ask for. */
  private acceptsAnybody(dev: NetDevice): boolean {
    return this.stack.sysctl.device(dev.name, "arp_accept") !== 0;
  }

  /** arp_announce: 0 the waiting packet's own source, 1 only if the target knows it, 2 always the best for the target. */
  private sourceFor(dev: NetDevice, target: Ipv4, waiting: Frame | null): Ipv4 {
    const announce = this.stack.sysctl.device(dev.name, "arp_announce");
    if (waiting !== null && announce < 2) {
      const own = ipv4(readI32(waiting.bytes, waiting.network + IPV4_SRC));
      if (this.stack.isLocal(own) && (announce === 0 || dev.sharesPrefix(own, target))) return own;
    }
    return dev.primaryFor(target)?.address ?? this.stack.anySource();
  }

  /**
   * arp_ignore: 0 any address of the machine is answered for; 1 only the device's own; 2 only to senders in its prefix as
   * well; 3 none of host scope; 8 none at all.
   */
  private ignores(dev: NetDevice, senderIp: Ipv4, targetIp: Ipv4): boolean {
    switch (this.stack.sysctl.device(dev.name, "arp_ignore")) {
      case 1:
        return !dev.addresses.some((own) => own.address === targetIp);
      case 2:
        return !(
          dev.addresses.some((own) => own.address === targetIp) && dev.sharesPrefix(senderIp, targetIp)
        );
      case 3:
        return this.stack.devices.every((each) =>
          each.addresses.every((own) => own.address !== targetIp || own.scope === "host"),
        );
      case 8:
        return true;
      default:
        return false;
    }
  }

  /** proxy_arp: answer for a target that is reached through another device. */
  private proxies(dev: NetDevice, senderIp: Ipv4, targetIp: Ipv4): boolean {
    if (
      !this.stack.forwarding ||
      senderIp === ANY_IPV4 ||
      senderIp === targetIp ||
      this.stack.sysctl.device(dev.name, "proxy_arp") === 0
    )
      return false;
    const route = this.stack.fib.lookup(targetIp);
    return route !== null && route.type === "unicast" && route.nextHops[0]!.dev !== dev;
  }

  /** RFC 5227 §2.4: somebody else uses one of our addresses. */
  private noteConflict(dev: NetDevice, senderMac: Mac, senderIp: Ipv4, frame: number): void {
    if (this.stack.isOwnMac(senderMac) || !dev.addresses.some((own) => own.address === senderIp)) return;
    this.stack.addressConflict(dev, senderIp, senderMac, frame);
  }
}

/** May a machine have the address? Zero means that it has none yet. */
function maySend(ip: Ipv4): boolean {
  return ip === ANY_IPV4 || !(isZeroNet(ip) || isLoopback(ip) || isMulticast(ip) || ip === BROADCAST_IPV4);
}

/** RFC 1042, RFC 1122 §2.3.3: a station may call Ethernet "IEEE 802 networks" as well, and Linux listens to both. */
const isEthernet = (hardware: number): boolean =>
  hardware === ARP_HARDWARE_ETHERNET || hardware === ARP_HARDWARE_IEEE802;
