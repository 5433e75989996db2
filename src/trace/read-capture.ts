/** Reads a capture file of either format. */
import type { CaptureFile } from "./capture-file.js";
import { isPcap, readPcap } from "./pcap-reader.js";
import { PcapngReader } from "./pcapng-reader.js";

/**
 * What the file holds, with packets that are views into it. A file that departs from its format never throws: the
 * faults say where and how, and everything before them has been read.
 */
export function readCapture(file: Uint8Array): CaptureFile {
  return isPcap(file) ? readPcap(file) : new PcapngReader(file);
}
