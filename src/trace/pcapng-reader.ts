/**
 * Reads pcapng (draft-ietf-opsawg-pcapng): both byte orders, several sections, enhanced, simple and obsolete packet
 * blocks. Blocks of other types (custom, name resolution, statistics, secrets, ...) are passed over.
 *
 * A block that contradicts itself becomes a fault and reading goes on behind it; a block whose length cannot be
 * believed ends the reading, because nothing tells where the next one begins.
 */
import { fromUtf8 } from "../core/bytes.js";
import type { CapturedPacket, CaptureFault, CaptureFile, RecordedInterface } from "./capture-file.js";
import {
  BYTE_ORDER_MAGIC,
  ENHANCED_PACKET,
  FCS_LENGTH_SHIFT,
  INBOUND,
  INTERFACE_DESCRIPTION,
  OPTION,
  OUTBOUND,
  PACKET,
  SECTION_HEADER,
  SIMPLE_PACKET,
} from "./pcapng-format.js";

interface SectionInterface extends RecordedInterface {
  /** Index into the whole file's list. */
  readonly index: number;
  readonly snapLength: number;
  readonly fcsLength: number;
  /** Units of its time stamps in a second, and the seconds to add. */
  readonly perSecond: bigint;
  readonly offsetSeconds: bigint;
}

/** What a packet block says, in the words of all three of its kinds. */
interface PacketBlock {
  readonly interface: SectionInterface;
  readonly time: bigint;
  readonly dataAt: number;
  readonly captured: number;
  readonly original: number;
  readonly optionsAt: number;
  readonly bodyEnd: number;
}

const NANOSECONDS = 1_000_000_000n;
const NO_INTERFACE = "the packet names an interface that the section has not described";

export class PcapngReader implements CaptureFile {
  readonly interfaces: RecordedInterface[] = [];
  readonly packets: CapturedPacket[] = [];
  readonly faults: CaptureFault[] = [];
  private readonly view: DataView;
  private section: SectionInterface[] = [];
  private little = true;
  /** The section is of a version that is not known: pass over it (§4.1). */
  private foreign = false;

  /** Reads the whole file. */
  constructor(private readonly file: Uint8Array) {
    this.view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    if (file.length === 0) this.fail(0, "the file is empty");
    let at = 0;
    while (at < file.length) {
      const size = this.blockSize(at);
      if (size === 0) return;
      this.block(at, size);
      at += size;
    }
  }

  /** The size of the block at `at`, or 0 if it cannot be believed. Learns the byte order from a section header. */
  private blockSize(at: number): number {
    const { view, file } = this;
    const left = file.length - at;
    if (left < 12) return this.fail(at, `${left} bytes remain, too few for a block`);
    if (view.getUint32(at, true) === SECTION_HEADER) {
      if (left < 28) return this.fail(at, "the file ends inside a section header");
      const magic = view.getUint32(at + 8, true);
      if (magic !== BYTE_ORDER_MAGIC && view.getUint32(at + 8, false) !== BYTE_ORDER_MAGIC)
        return this.fail(at + 8, "the section header has no byte-order magic");
      this.little = magic === BYTE_ORDER_MAGIC;
    } else if (at === 0) return this.fail(0, "the file does not begin with a section header");
    const size = this.u32(at + 4);
    if (size < 12 || size % 4 !== 0) return this.fail(at + 4, `${size} is no possible block length`);
    if (size > left) return this.fail(at + 4, `the block's ${size} bytes reach beyond the end of the file`);
    const again = this.u32(at + size - 4);
    if (again !== size)
      return this.fail(at + size - 4, `the block ends with length ${again}, and began with ${size}`);
    return size;
  }

  private block(at: number, size: number): void {
    const type = this.u32(at);
    const end = at + size - 4;
    if (type === SECTION_HEADER) this.sectionHeader(at, end);
    else if (this.foreign) return;
    else if (type === INTERFACE_DESCRIPTION) this.interfaceDescription(at, end);
    else if (type === ENHANCED_PACKET) this.enhancedPacket(at, end);
    else if (type === SIMPLE_PACKET) this.simplePacket(at, end);
    else if (type === PACKET) this.obsoletePacket(at, end);
  }

  private sectionHeader(at: number, end: number): void {
    this.section = [];
    this.foreign = end - at < 24 || this.u16(at + 12) !== 1;
    if (this.foreign) this.fail(at + 12, "the section is of an unknown version, and passed over");
  }

  private interfaceDescription(at: number, end: number): void {
    if (end - at < 16) {
      this.fail(at, "the interface description is too short");
      return;
    }
    let name = "";
    let description = "";
    let fcsLength = 0;
    let perSecond = 1_000_000n;
    let offsetSeconds = 0n;
    this.eachOption(at + 16, end, (code, from, to) => {
      if (code === OPTION.interfaceName) name = fromUtf8(this.file, from, to);
      else if (code === OPTION.interfaceDescription) description = fromUtf8(this.file, from, to);
      else if (code === OPTION.interfaceFcsLength && to > from) fcsLength = this.file[from]!;
      else if (code === OPTION.interfaceTimeResolution && to > from)
        perSecond = unitsPerSecond(this.file[from]!);
      else if (code === OPTION.interfaceTimeOffset && to - from >= 8)
        offsetSeconds = this.view.getBigInt64(from, this.little);
    });
    const linkType = this.u16(at + 8);
    const index = this.interfaces.push({ name, description, linkType }) - 1;
    const snapLength = this.u32(at + 12);
    this.section.push({
      name,
      description,
      linkType,
      index,
      snapLength,
      fcsLength,
      perSecond,
      offsetSeconds,
    });
  }

  private enhancedPacket(at: number, end: number): void {
    if (end - at < 28) {
      this.fail(at, "the enhanced packet block is too short");
      return;
    }
    this.packetWithTime(at, end, this.u32(at + 8));
  }

  /** Appendix A: as the enhanced one, but with a 16-bit interface number and a drop count. */
  private obsoletePacket(at: number, end: number): void {
    if (end - at < 28) {
      this.fail(at, "the packet block is too short");
      return;
    }
    this.packetWithTime(at, end, this.u16(at + 8));
  }

  private packetWithTime(at: number, end: number, interfaceNumber: number): void {
    const port = this.section[interfaceNumber];
    if (port === undefined) {
      this.fail(at + 8, NO_INTERFACE);
      return;
    }
    const captured = this.u32(at + 20);
    this.packet(at, {
      interface: port,
      time: (BigInt(this.u32(at + 12)) << 32n) | BigInt(this.u32(at + 16)),
      dataAt: at + 28,
      captured,
      original: this.u32(at + 24),
      optionsAt: at + 28 + padded(captured),
      bodyEnd: end,
    });
  }

  /** §4.4: always of the section's first interface, without a time; the snapshot length tells what was captured. */
  private simplePacket(at: number, end: number): void {
    const port = this.section[0];
    if (port === undefined || end - at < 12) {
      this.fail(at, port === undefined ? NO_INTERFACE : "the simple packet block is too short");
      return;
    }
    const original = this.u32(at + 8);
    const captured = port.snapLength > 0 ? Math.min(original, port.snapLength) : original;
    this.packet(at, {
      interface: port,
      time: 0n,
      dataAt: at + 12,
      captured,
      original,
      optionsAt: end,
      bodyEnd: end,
    });
  }

  private packet(at: number, block: PacketBlock): void {
    const { interface: port, dataAt, captured, original } = block;
    if (dataAt + captured > block.bodyEnd) {
      this.fail(at, `the packet's ${captured} bytes reach beyond the end of its block`);
      return;
    }
    const comments: string[] = [];
    let flags = 0;
    this.eachOption(block.optionsAt, block.bodyEnd, (code, from, to) => {
      if (code === OPTION.comment) comments.push(fromUtf8(this.file, from, to));
      else if (code === OPTION.packetFlags && to - from >= 4) flags = this.u32(from);
    });
    const fcsLength = (flags >>> FCS_LENGTH_SHIFT) & 15 || port.fcsLength;
    // The FCS is the last of what was sent: a packet that was cut short has lost some of it or all.
    const fcsStart = Math.max(original - fcsLength, 0);
    const fcsHere = Math.max(captured - fcsStart, 0);
    const seconds = block.time / port.perSecond + port.offsetSeconds;
    const nanoseconds = ((block.time % port.perSecond) * NANOSECONDS) / port.perSecond;
    this.packets.push({
      interface: port.index,
      interfaceName: port.name,
      linkType: port.linkType,
      seconds: Number(seconds),
      nanoseconds: Number(nanoseconds),
      time: Number(seconds * NANOSECONDS + nanoseconds),
      bytes: this.file.subarray(dataAt, dataAt + captured - fcsHere),
      fcs: this.file.subarray(dataAt + captured - fcsHere, dataAt + captured),
      originalSize: fcsStart,
      direction: directionOf(flags & 3),
      comments,
    });
  }

  private eachOption(at: number, end: number, take: (code: number, from: number, to: number) => void): void {
    while (at + 4 <= end) {
      const code = this.u16(at);
      const from = at + 4;
      const to = from + this.u16(at + 2);
      if (code === OPTION.end) return;
      if (to > end) {
        this.fail(at, "the option reaches beyond the end of its block");
        return;
      }
      take(code, from, to);
      at = from + padded(to - from);
    }
  }

  private fail(offset: number, message: string): 0 {
    this.faults.push({ offset, message });
    return 0;
  }

  private u16(at: number): number {
    return this.view.getUint16(at, this.little);
  }

  private u32(at: number): number {
    return this.view.getUint32(at, this.little);
  }
}

const padded = (size: number): number => Math.ceil(size / 4) * 4;

/** if_tsresol: a power of ten, or of two if the highest bit is set. */
function unitsPerSecond(resolution: number): bigint {
  const power = resolution & 0x7f;
  return resolution & 0x80 ? 1n << BigInt(power) : BigInt(`1${"0".repeat(power)}`);
}

function directionOf(bits: number): CapturedPacket["direction"] {
  return bits === INBOUND ? "inbound" : bits === OUTBOUND ? "outbound" : "unknown";
}
