/** What a capture file says, whichever format it has. */
import type { Nanoseconds } from "../core/time.js";

/** A place where a file departs from its format. */
export interface CaptureFault {
  /** Bytes from the beginning of the file. */
  readonly offset: number;
  readonly message: string;
}

export interface RecordedInterface {
  readonly name: string;
  readonly description: string;
  /** LINKTYPE number; 1 is Ethernet. */
  readonly linkType: number;
}

export interface CapturedPacket {
  /** Index into the capture's `interfaces`. */
  readonly interface: number;
  readonly interfaceName: string;
  readonly linkType: number;
  /** The time of capture, exact: whole seconds since the epoch of the file, and the nanoseconds beyond them. */
  readonly seconds: number;
  readonly nanoseconds: number;
  /** The same as one number, exact up to 2^53 ns (104 days). */
  readonly time: Nanoseconds;
  /** A view into the file, without the FCS. */
  readonly bytes: Uint8Array;
  /** The FCS that was captured behind the frame, as on the wire; empty if none. */
  readonly fcs: Uint8Array;
  /** Its size on the wire without the FCS; more than `bytes` has if the capture cut it. */
  readonly originalSize: number;
  readonly direction: "inbound" | "outbound" | "unknown";
  readonly comments: readonly string[];
}

export interface CaptureFile {
  readonly interfaces: readonly RecordedInterface[];
  readonly packets: readonly CapturedPacket[];
  /** In the order of their offsets. What could be read is in `packets` nevertheless. */
  readonly faults: readonly CaptureFault[];
}
