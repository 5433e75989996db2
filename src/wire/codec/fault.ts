import { foldChecksum } from "../../core/checksum.js";

/** Why bytes are not a legal message. Codecs return it in place of the value; nothing is thrown. */
export class Fault {
  constructor(
    /** A sentence for people. */
    readonly message: string,
    /** The offset, in the array that was parsed, of the byte that is wrong. */
    readonly at: number,
  ) {}
}

/** The fault of a checksum field at `at`, if `sum`, the running sum of all that it covers and itself, is not the right one. */
export function checksumFault(sum: number, at: number): Fault | undefined {
  return foldChecksum(sum) === 0 ? undefined : new Fault("Checksum is wrong", at);
}
