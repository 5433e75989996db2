/**
 * The text that grows while a packet is printed, and the bytes that it is printed from.
 *
 * Reading beyond the end of the packet ends the printing, as in tcpdump: whatever is added from then on is left out, and
 * the text closes with `[|udp]` or whichever protocol was being printed. Loops ask `truncated`.
 */
import { readU16, readU32 } from "../../core/bytes.js";
import { addToSum, foldChecksum } from "../../core/checksum.js";
import { formatIpv4 } from "../../core/ipv4.js";
import { formatMac, readMac } from "../../core/mac.js";
import { hexDump } from "./hex-dump.js";

export interface PrintOptions {
  /** `-e`: the link header in front. */
  readonly link?: boolean;
  /** `-v` is 1, `-vv` is 2: more of each header, and whether its checksum is right. */
  readonly verbose?: 0 | 1 | 2;
  /** `-x`, `-X`, `-xx`, `-XX`: the bytes below the line; doubled with the link header, capital with text. */
  readonly hex?: "x" | "X" | "xx" | "XX";
  /** The size on the wire, if the bytes are only its beginning. */
  readonly originalSize?: number;
}

export class Printout {
  text = "";
  truncated = false;
  /** It ended at a value that was to be printed, not at a check before: tcpdump then forgets where the link header ended. */
  cutShort = false;
  /** What is being printed, in tcpdump's name for it. */
  protocol = "ether";
  /** Where readable bytes end: a protocol that knows its own length moves this. */
  end: number;
  readonly link: boolean;
  readonly verbose: number;
  /** With a dump below the line, unknown data need not be shown in it. */
  private readonly dumped: boolean;

  constructor(
    private readonly bytes: Uint8Array,
    options: PrintOptions,
  ) {
    this.end = bytes.length;
    this.link = options.link ?? false;
    this.verbose = options.verbose ?? 0;
    this.dumped = options.hex !== undefined;
  }

  /** Text whose values were read before; nothing once a read has failed. */
  add(text: string): void {
    if (!this.truncated) this.text += text;
  }

  /** Says that the protocol being printed is cut short. */
  cut(): void {
    this.add(` [|${this.protocol}]`);
  }

  /** The bytes [at, at + size) can be read. */
  holds(at: number, size: number): boolean {
    return at + size <= this.end;
  }

  /** Ends the printing here unless the bytes can be read. */
  need(at: number, size: number): boolean {
    if (!this.truncated && !this.holds(at, size)) {
      this.cut();
      this.truncated = true;
    }
    return !this.truncated;
  }

  /** As `need`, where tcpdump breaks off in the middle. */
  reads(at: number, size: number): boolean {
    if (!this.truncated && !this.holds(at, size)) this.cutShort = true;
    return this.need(at, size);
  }

  u8(at: number): number {
    return this.reads(at, 1) ? this.bytes[at]! : 0;
  }

  u16(at: number): number {
    return this.reads(at, 2) ? readU16(this.bytes, at) : 0;
  }

  u32(at: number): number {
    return this.reads(at, 4) ? readU32(this.bytes, at) : 0;
  }

  ipv4(at: number): string {
    return formatIpv4(this.u32(at));
  }

  mac(at: number): string {
    return this.reads(at, 6) ? formatMac(readMac(this.bytes, at)) : "";
  }

  /** Any number of bytes as a link address is written. */
  linkAddress(at: number, size: number): string {
    if (!this.reads(at, size)) return "";
    const digits = [...this.bytes.subarray(at, at + size)].map((byte) => byte.toString(16).padStart(2, "0"));
    return digits.join(":");
  }

  /** The Internet checksum of readable bytes, on top of a running sum: zero if they hold a correct one. */
  checksum(from: number, to: number, sum = 0): number {
    return foldChecksum(addToSum(this.bytes, from, to, sum));
  }

  /** Bytes that nobody here can read: as a dump, cut at the end of what can be read. */
  dump(from: number, size: number): void {
    this.add(hexDump(this.bytes, from, Math.min(from + size, this.end), true));
  }

  /** The same, for what fills the rest of the frame: a dump that was asked for shows it anyway. */
  dumpRest(from: number, size: number): void {
    if (!this.dumped) this.dump(from, size);
  }
}

/** The checksum field that would be right, from the one that is there and the sum over everything. */
export function rightChecksum(field: number, sum: number): number {
  const wanted = field + sum;
  return (wanted & 0xffff) + (wanted >>> 16);
}
