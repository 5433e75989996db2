/**
 * Putting IPv4 fragments together again (RFC 791 §3.2, RFC 815), with Linux's bounds: 30 s for each packet, a limit on
 * the memory of all, and no overlaps: a fragment that overlaps others ends the whole packet (RFC 5722 made this the rule
 * for IPv6; Linux applies it to IPv4 too). One that brings nothing new is a duplicate and dropped alone.
 */

import { readI32, readU16, writeU16 } from "../../core/bytes.js";
import { checksum } from "../../core/checksum.js";
import type { DropReason } from "../../core/drop-reason.js";
import { LazyMap } from "../../core/lazy-map.js";
import { SECOND } from "../../core/time.js";
import { Timer } from "../../engine/timer.js";
import type { Frame } from "../../link/frame.js";
import {
  IPV4_CHECKSUM,
  IPV4_DST,
  IPV4_FLAGS,
  IPV4_ID,
  IPV4_MF,
  IPV4_OFFSET_MASK,
  IPV4_PROTOCOL,
  IPV4_SRC,
  IPV4_TOTAL_LENGTH,
} from "../../wire/ipv4.js";
import type { NetDevice } from "../netdev/net-device.js";
import type { Stack } from "../stack.js";

interface Piece {
  readonly frame: Frame;
  readonly from: number;
  readonly to: number;
}

class Assembly {
  /** In order of offset. */
  pieces: Piece[] = [];
  payload = 0;
  /** Where the payload ends; -1 until the last fragment came. */
  total = -1;

  constructor(
    readonly key: string,
    readonly dev: NetDevice,
    readonly timer: Timer,
  ) {}

  /** Pieces never overlap, so they are all here when their sizes add up. */
  get complete(): boolean {
    return this.payload === this.total;
  }

  /** Where a piece that begins at `from` belongs. Fragments mostly come in order, so the search goes backwards. */
  placeFor(from: number): number {
    let place = this.pieces.length;
    while (place > 0 && this.pieces[place - 1]!.from >= from) place--;
    return place;
  }

  /** Are all these bytes here already? `place` is that of a piece that would begin at `from`. */
  covers(from: number, to: number, place: number): boolean {
    let reached = place > 0 ? Math.max(from, this.pieces[place - 1]!.to) : from;
    for (let i = place; i < this.pieces.length && this.pieces[i]!.from <= reached; i++)
      reached = this.pieces[i]!.to;
    return reached >= to;
  }
}

/** What a held fragment counts for: its whole buffer and the bookkeeping, so that many tiny ones are not cheap. */
const weightOf = (frame: Frame): number => frame.bytes.length + 256;

export class Reassembly {
  private readonly assemblies = new LazyMap<string, Assembly>();
  private memory = 0;

  constructor(private readonly stack: Stack) {}

  /** Packets that still wait for fragments. */
  get waiting(): number {
    return this.assemblies.size;
  }

  /** Takes a fragment; returns the whole packet when this was the last piece. The caller owns what is returned. */
  take(dev: NetDevice, frame: Frame): Frame | null {
    const { bytes, network: at } = frame;
    const headerSize = (bytes[at]! & 15) * 4;
    const flags = readU16(bytes, at + IPV4_FLAGS);
    const from = (flags & IPV4_OFFSET_MASK) * 8;
    const to = from + frame.end - at - headerSize;
    const more = (flags & IPV4_MF) !== 0;
    if (to > 0xffff - headerSize) return this.refuse(frame, "fragment-too-big", dev);
    if ((more && (to - from) % 8 !== 0) || to === from) return this.refuse(frame, "fragment-malformed", dev);
    const limit = this.stack.sysctl.value("net.ipv4.ipfrag_high_thresh");
    if (this.memory + weightOf(frame) > limit) return this.refuse(frame, "fragment-limit", dev);

    const assembly = this.assemblyFor(dev, bytes, at);
    const place = assembly.placeFor(from);
    const next = assembly.pieces[place];
    const before = assembly.pieces[place - 1];
    const inconsistent = assembly.total >= 0 && (to > assembly.total || (!more && to !== assembly.total));
    const beyond = !more && (assembly.pieces.at(-1)?.to ?? 0) > to;
    if (!inconsistent && !beyond && assembly.covers(from, to, place))
      return this.refuse(frame, "fragment-duplicate", dev);
    if (
      (before !== undefined && before.to > from) ||
      (next !== undefined && to > next.from) ||
      inconsistent ||
      beyond
    ) {
      this.discard(assembly, "fragment-overlap");
      return this.refuse(frame, "fragment-overlap", dev);
    }
    if (!more) assembly.total = to;
    assembly.pieces.splice(place, 0, { frame, from, to });
    assembly.payload += to - from;
    this.memory += weightOf(frame);
    if (this.stack.host.world.journal !== null)
      this.stack.host.tell(frame, "waiting", dev.name, { what: "fragment", from, to, more });
    return assembly.total >= 0 && assembly.complete ? this.join(assembly) : null;
  }

  /** Drops everything that waits; for a host that is switched off. */
  clear(): void {
    for (const assembly of [...this.assemblies.values()]) this.discard(assembly, "node-down");
  }

  private assemblyFor(dev: NetDevice, bytes: Uint8Array, at: number): Assembly {
    // RFC 791: source, destination, protocol and identification name the packet.
    const key = `${readI32(bytes, at + IPV4_SRC)} ${readI32(bytes, at + IPV4_DST)} ${readU16(bytes, at + IPV4_ID)} ${bytes[at + IPV4_PROTOCOL]}`;
    const known = this.assemblies.get(key);
    if (known !== undefined) return known;
    const timer = new Timer(this.stack.host.world.engine, { handle: () => this.expire(key) });
    timer.setAfter(this.stack.sysctl.value("net.ipv4.ipfrag_time") * SECOND);
    const assembly = new Assembly(key, dev, timer);
    this.assemblies.set(key, assembly);
    return assembly;
  }

  /** The whole packet, behind the link header and the IPv4 header of its first fragment. Null if it is too big. */
  private join(assembly: Assembly): Frame | null {
    const first = assembly.pieces[0]!.frame;
    const { network, start } = first;
    const headerSize = (first.bytes[network]! & 15) * 4;
    const size = headerSize + assembly.total;
    if (size > 0xffff) {
      this.discard(assembly, "fragment-too-big");
      return null;
    }
    const whole = first.pool.take(size);
    const at = whole.start;
    whole.id = first.id;
    whole.cause = first.cause;
    whole.network = at;
    whole.start = at - (network - start);
    whole.bytes.set(first.bytes.subarray(start, network + headerSize), whole.start);
    const count = assembly.pieces.length;
    for (const { frame, from } of assembly.pieces) {
      const payload = frame.network + (frame.bytes[frame.network]! & 15) * 4;
      whole.bytes.set(frame.bytes.subarray(payload, frame.end), at + headerSize + from);
    }
    writeU16(whole.bytes, at + IPV4_TOTAL_LENGTH, size);
    writeU16(whole.bytes, at + IPV4_FLAGS, 0);
    writeU16(whole.bytes, at + IPV4_CHECKSUM, 0);
    writeU16(whole.bytes, at + IPV4_CHECKSUM, checksum(whole.bytes, at, at + headerSize));
    if (this.stack.host.world.journal !== null)
      this.stack.host.tell(whole, "reassembled", assembly.dev.name, {
        fragments: count,
        size,
      });
    for (const { frame } of this.remove(assembly)) frame.free();
    return whole;
  }

  /** RFC 1122 §3.3.2: the source is told, if the first fragment is here to quote. */
  private expire(key: string): void {
    const assembly = this.assemblies.get(key);
    if (assembly === undefined) return;
    for (const { frame, from } of this.remove(assembly))
      if (from === 0) this.stack.icmp.reassemblyTimeExceeded(frame, assembly.dev);
      else this.stack.host.drop(frame, "fragment-timeout", assembly.dev.port);
  }

  private discard(assembly: Assembly, reason: DropReason): void {
    for (const { frame } of this.remove(assembly)) this.stack.host.drop(frame, reason, assembly.dev.port);
  }

  private remove(assembly: Assembly): Piece[] {
    assembly.timer.cancel();
    this.assemblies.delete(assembly.key);
    for (const { frame } of assembly.pieces) this.memory -= weightOf(frame);
    return assembly.pieces;
  }

  private refuse(frame: Frame, reason: DropReason, dev: NetDevice): null {
    this.stack.host.drop(frame, reason, dev.port);
    return null;
  }
}
