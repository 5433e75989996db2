/** Link addresses as iproute2 reads them: hexadecimal bytes between colons, or an IPv4 address for its four bytes. */
import { type Mac, macOf } from "../../core/mac.js";
import { fail } from "../failure.js";
import { readAddress } from "./prefixes.js";

/** The bytes of a link address; six of them make a MAC address. */
export function readLinkAddress(word: string): readonly number[] {
  if (word.includes(".")) {
    const address = readAddress(word, "any valid");
    return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255);
  }
  return word.split(":").map((part) => {
    const value = /^[0-9a-fA-F]+/.exec(part) === null ? 256 : Number.parseInt(part, 16);
    return value > 255 ? fail(1, `"${part}" is invalid lladdr.`) : value;
  });
}

export function macFromBytes(bytes: readonly number[]): Mac {
  const [a, b, c, d, e, f] = bytes as [number, number, number, number, number, number];
  return macOf((a << 8) | b, (c << 24) | (d << 16) | (e << 8) | f);
}

/** A MAC address; another number of bytes is what `ip link set` complains of. */
export function readMac(word: string): Mac {
  const bytes = readLinkAddress(word);
  if (bytes.length !== 6) fail(1, `Invalid address length ${bytes.length} - must be 6 bytes`);
  return macFromBytes(bytes);
}
