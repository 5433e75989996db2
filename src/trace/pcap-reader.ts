/**
 * Reads classic pcap files (draft-ietf-opsawg-pcap): microseconds and nanoseconds, both byte orders.
 *
 * A record whose length cannot be believed ends the reading, because nothing tells where the next one begins.
 */
import type { CapturedPacket, CaptureFault, CaptureFile, RecordedInterface } from "./capture-file.js";

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
/** The largest record that libpcap takes from a file. */
const MAX_RECORD = 262_144;

/** The magic number as it reads big-endian, for each of the four forms. */
const FORMS: ReadonlyMap<number, { readonly little: boolean; readonly nanosecondsPerUnit: number }> = new Map(
  [
    [0xa1b2c3d4, { little: false, nanosecondsPerUnit: 1000 }],
    [0xd4c3b2a1, { little: true, nanosecondsPerUnit: 1000 }],
    [0xa1b23c4d, { little: false, nanosecondsPerUnit: 1 }],
    [0x4d3cb2a1, { little: true, nanosecondsPerUnit: 1 }],
  ],
);

/** Whether the file begins with one of pcap's magic numbers. */
export function isPcap(file: Uint8Array): boolean {
  return file.length >= 4 && FORMS.has(viewOf(file).getUint32(0));
}

/** Reads the whole file, which `isPcap` knows. */
export function readPcap(file: Uint8Array): CaptureFile {
  const view = viewOf(file);
  const packets: CapturedPacket[] = [];
  const faults: CaptureFault[] = [];
  const interfaces: RecordedInterface[] = [];
  const fail = (offset: number, message: string): CaptureFile => {
    faults.push({ offset, message });
    return { interfaces, packets, faults };
  };
  const form = FORMS.get(view.getUint32(0));
  if (form === undefined || file.length < FILE_HEADER) return fail(0, "the file header is cut short");
  const { little, nanosecondsPerUnit } = form;
  const word = view.getUint32(20, little);
  const linkType = word & 0xffff;
  // §4: bit 26 says that the four bits above hold the FCS length, in units of 16 bits.
  const fcsLength = word & 0x04000000 ? (word >>> 28) * 2 : 0;
  interfaces.push({ name: "", description: "", linkType });
  let at = FILE_HEADER;
  while (at < file.length) {
    if (file.length - at < RECORD_HEADER) return fail(at, "the file ends inside a record header");
    const captured = view.getUint32(at + 8, little);
    const original = view.getUint32(at + 12, little);
    const from = at + RECORD_HEADER;
    if (captured > MAX_RECORD) return fail(at + 8, `${captured} is no possible record length`);
    if (from + captured > file.length)
      return fail(at + 8, `the record's ${captured} bytes reach beyond the end of the file`);
    const fraction = view.getUint32(at + 4, little) * nanosecondsPerUnit;
    const seconds = view.getUint32(at, little) + Math.floor(fraction / 1e9);
    const nanoseconds = fraction % 1e9;
    const originalSize = Math.max(original - fcsLength, 0);
    const size = Math.min(captured, originalSize);
    packets.push({
      interface: 0,
      interfaceName: "",
      linkType,
      seconds,
      nanoseconds,
      time: seconds * 1e9 + nanoseconds,
      bytes: file.subarray(from, from + size),
      fcs: file.subarray(from + size, from + captured),
      originalSize,
      direction: "unknown",
      comments: [],
    });
    at = from + captured;
  }
  return { interfaces, packets, faults };
}

const viewOf = (file: Uint8Array): DataView => new DataView(file.buffer, file.byteOffset, file.byteLength);
