/**
 * A frame: real bytes in a buffer with headroom, so that an outer header is written in front without copying.
 *
 * A frame has exactly one owner. Who receives one passes it on, keeps it, or frees it; flooding clones. The bytes are
 * those between `start` and `end`: for Ethernet from the destination address to the end of the payload. The FCS is not
 * among them: a frame that nobody corrupted is known to be good, and its FCS is computed when somebody looks (`fcs()`).
 */
import { crc32 } from "../core/crc32.js";
import type { FramePool } from "./frame-pool.js";

/** `sentFcs` of a frame whose FCS is the right one for its bytes. */
export const FCS_GOOD = -1;

export class Frame {
  start = 0;
  end = 0;
  /** Survives forwarding, cloning and fragmentation: the name of this journey. */
  id = 0;
  /** The id of the frame that this one answers, wraps or was caused by; 0 for none. */
  cause = 0;
  /** FCS_GOOD, or the FCS that travels with the frame although the bytes no longer match it. */
  sentFcs = FCS_GOOD;
  /** Where the network-layer header begins; set by the host that works on it. */
  network = 0;
  /** Bytes known to be as a sender here computed their checksums: receivers may skip verification (like a card's offload). */
  trusted = false;

  /** The same bytes, for big-endian words in hot paths. */
  readonly view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    /** The pool's size class; for the pool only. */
    readonly sizeClass: number,
    readonly pool: FramePool,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get size(): number {
    return this.end - this.start;
  }

  /** The frame check sequence that travels with the frame. */
  fcs(): number {
    return this.sentFcs === FCS_GOOD ? crc32(this.bytes, this.start, this.end) : this.sentFcs;
  }

  /** What a receiving card finds when it checks the FCS. */
  hasGoodFcs(): boolean {
    return this.sentFcs === FCS_GOOD || this.sentFcs === crc32(this.bytes, this.start, this.end);
  }

  /** A copy with the same id in a buffer of its own; the caller owns it. */
  clone(): Frame {
    const copy = this.pool.take(this.end - this.start, this.start);
    // The same offset in a buffer of the same class or larger keeps the headroom.
    copy.bytes.set(this.bytes.subarray(this.start, this.end), copy.start);
    copy.id = this.id;
    copy.cause = this.cause;
    copy.sentFcs = this.sentFcs;
    copy.trusted = this.trusted;
    copy.network = this.network - this.start + copy.start;
    return copy;
  }

  /** Gives the frame back. Whoever calls this must be its owner and must not touch it afterwards. */
  free(): void {
    this.pool.give(this);
  }
}
