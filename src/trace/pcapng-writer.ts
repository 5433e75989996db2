/**
 * Writes captures as pcapng (draft-ietf-opsawg-pcapng): one section, little-endian, times in nanoseconds.
 *
 * Each block goes to the sink as one chunk, so the same writer feeds a file, a pipe into Wireshark, or a browser download.
 * Left out: name resolution, decryption secrets, and packets of other link types than Ethernet.
 */
import { utf8 } from "../core/bytes.js";
import type { Nanoseconds } from "../core/time.js";
import {
  BYTE_ORDER_MAGIC,
  ENHANCED_PACKET,
  ETHERNET,
  FCS_LENGTH_SHIFT,
  INBOUND,
  INTERFACE_DESCRIPTION,
  INTERFACE_STATISTICS,
  OPTION,
  OUTBOUND,
  SECTION_HEADER,
} from "./pcapng-format.js";

/** Takes the file's bytes in order. The chunk is the sink's to keep. */
export type ChunkSink = (chunk: Uint8Array) => void;

export interface SectionInfo {
  readonly application?: string;
  readonly hardware?: string;
  readonly comment?: string;
}

export interface CaptureInterface {
  readonly name: string;
  readonly description?: string;
  readonly bitsPerSecond?: number;
  /** Packets of this interface end with their FCS: every `packet` call must hand one in. */
  readonly fcs?: boolean;
}

export interface PacketNotes {
  readonly direction?: "inbound" | "outbound";
  /** Shown by Wireshark beside the packet, each on its own line. */
  readonly comments?: readonly string[];
  /** The frame check sequence as a number (crc32 of the frame if it is good); for interfaces with `fcs`. */
  readonly fcs?: number;
  /** The size on the wire (without FCS) if `bytes` were cut short. */
  readonly originalSize?: number;
}

type Option = readonly [code: number, value: Uint8Array];

interface WrittenInterface {
  readonly fcs: boolean;
  packets: number;
}

const UNKNOWN_LENGTH = 0xffffffff;
const FCS_SIZE = 4;

export class PcapngWriter {
  private readonly interfaces: WrittenInterface[] = [];
  private lastTime: Nanoseconds = 0;

  /** Writes the section header at once. */
  constructor(
    private readonly sink: ChunkSink,
    info: SectionInfo = {},
  ) {
    const options: Option[] = [];
    if (info.comment !== undefined) options.push([OPTION.comment, utf8(info.comment)]);
    options.push([OPTION.sectionHardware, utf8(info.hardware ?? "virtual network")]);
    options.push([OPTION.sectionApplication, utf8(info.application ?? "netcosm")]);
    this.block(SECTION_HEADER, 16, options, (view, at) => {
      view.setUint32(at, BYTE_ORDER_MAGIC, true);
      view.setUint16(at + 4, 1, true); // version 1.0
      view.setUint32(at + 8, UNKNOWN_LENGTH, true);
      view.setUint32(at + 12, UNKNOWN_LENGTH, true);
    });
  }

  /** Describes an interface and gives its number, for `packet`. Interfaces may be added between packets. */
  addInterface(description: CaptureInterface): number {
    const options: Option[] = [[OPTION.interfaceName, utf8(description.name)]];
    if (description.description !== undefined)
      options.push([OPTION.interfaceDescription, utf8(description.description)]);
    if (description.bitsPerSecond !== undefined)
      options.push([OPTION.interfaceSpeed, u64(description.bitsPerSecond)]);
    options.push([OPTION.interfaceTimeResolution, Uint8Array.of(9)]);
    const fcs = description.fcs ?? false;
    // The draft speaks of bits, its example and every program of bytes.
    if (fcs) options.push([OPTION.interfaceFcsLength, Uint8Array.of(FCS_SIZE)]);
    this.block(INTERFACE_DESCRIPTION, 8, options, (view, at) => view.setUint16(at, ETHERNET, true));
    return this.interfaces.push({ fcs, packets: 0 }) - 1;
  }

  /** Writes bytes[from, to), which are copied. An interface number that `addInterface` never gave throws. */
  packet(
    interfaceNumber: number,
    time: Nanoseconds,
    bytes: Uint8Array,
    from = 0,
    to = bytes.length,
    notes: PacketNotes = {},
  ): void {
    const port = this.interfaces[interfaceNumber];
    if (port === undefined) throw new RangeError(`the capture has no interface ${interfaceNumber}`);
    port.packets++;
    this.lastTime = time;
    const size = to - from;
    const fcsSize = port.fcs ? FCS_SIZE : 0;
    const options: Option[] = (notes.comments ?? []).map((text) => [OPTION.comment, utf8(text)]);
    const flags = flagsOf(notes.direction, fcsSize);
    if (flags !== 0) options.push([OPTION.packetFlags, u32(flags)]);
    this.block(ENHANCED_PACKET, 20 + padded(size + fcsSize), options, (view, at, out) => {
      view.setUint32(at, interfaceNumber, true);
      view.setUint32(at + 4, Math.floor(time / 0x100000000), true);
      view.setUint32(at + 8, time >>> 0, true);
      view.setUint32(at + 12, size + fcsSize, true);
      view.setUint32(at + 16, (notes.originalSize ?? size) + fcsSize, true);
      out.set(bytes.subarray(from, to), at + 20);
      // IEEE 802.3 §3.2.9: on the wire the FCS goes least significant byte first.
      if (port.fcs) view.setUint32(at + 20 + size, notes.fcs ?? 0, true);
    });
  }

  /** Closes the capture with one statistics block for each interface. */
  end(): void {
    this.interfaces.forEach((port, number) => {
      const options: Option[] = [[OPTION.statisticsReceived, u64(port.packets)]];
      this.block(INTERFACE_STATISTICS, 12, options, (view, at) => {
        view.setUint32(at, number, true);
        view.setUint32(at + 4, Math.floor(this.lastTime / 0x100000000), true);
        view.setUint32(at + 8, this.lastTime >>> 0, true);
      });
    });
  }

  private block(
    type: number,
    bodySize: number,
    options: readonly Option[],
    fill: (view: DataView, at: number, out: Uint8Array) => void,
  ): void {
    let optionsSize = options.length > 0 ? 4 : 0;
    for (const [, value] of options) optionsSize += 4 + padded(value.length);
    const size = 12 + bodySize + optionsSize;
    const out = new Uint8Array(size);
    const view = new DataView(out.buffer);
    view.setUint32(0, type, true);
    view.setUint32(4, size, true);
    fill(view, 8, out);
    let at = 8 + bodySize;
    for (const [code, value] of options) {
      view.setUint16(at, code, true);
      view.setUint16(at + 2, value.length, true);
      out.set(value, at + 4);
      at += 4 + padded(value.length);
    }
    view.setUint32(size - 4, size, true);
    this.sink(out);
  }
}

const padded = (size: number): number => (size + 3) & ~3;

function flagsOf(direction: PacketNotes["direction"], fcsSize: number): number {
  const way = direction === "inbound" ? INBOUND : direction === "outbound" ? OUTBOUND : 0;
  return way | (fcsSize << FCS_LENGTH_SHIFT);
}

function u32(value: number): Uint8Array {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
}

function u64(value: number): Uint8Array {
  const high = Math.floor(value / 0x100000000);
  return Uint8Array.of(...u32(value), ...u32(high));
}
