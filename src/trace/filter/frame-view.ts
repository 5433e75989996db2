/**
 * The frame that a filter looks at. A read beyond its end does what it does in libpcap's machine: the whole filter says
 * no, even if the read stands behind `not`.
 */
export class FrameView {
  /** The size on the wire, which `len`, `less` and `greater` mean. */
  length = 0;
  /** Something was read beyond the end, or divided by zero. */
  failed = false;
  private bytes: Uint8Array = NO_BYTES;
  private from = 0;
  private size = 0;

  show(bytes: Uint8Array, from: number, to: number, length: number): void {
    this.bytes = bytes;
    this.from = from;
    this.size = to - from;
    this.length = length;
    this.failed = false;
  }

  u8(at: number): number {
    return this.holds(at, 1) ? this.bytes[this.from + at]! : 0;
  }

  u16(at: number): number {
    if (!this.holds(at, 2)) return 0;
    const first = this.from + at;
    return (this.bytes[first]! << 8) | this.bytes[first + 1]!;
  }

  /** Unsigned. */
  u32(at: number): number {
    return this.holds(at, 4) ? this.u16(at) * 0x10000 + this.u16(at + 2) : 0;
  }

  private holds(at: number, size: number): boolean {
    if (at + size <= this.size) return true;
    this.failed = true;
    return false;
  }
}

const NO_BYTES = new Uint8Array(0);
