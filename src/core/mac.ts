/**
 * 48-bit MAC addresses (IEEE 802 §8). An address is one number (a 48-bit integer is exact in a JavaScript number);
 * hot paths take its two halves apart: `hi` the first 16 bits, `lo` the last 32 as a signed number.
 */
import { readI32, readU16, writeU16, writeU32 } from "./bytes.js";

declare const macBrand: unique symbol;
export type Mac = number & { readonly [macBrand]: true };

export const BROADCAST_MAC = 0xffffffffffff as Mac;
export const ZERO_MAC = 0 as Mac;

export const macHi = (mac: number): number => Math.floor(mac / 0x100000000);
export const macLo = (mac: number): number => mac | 0;
export const macOf = (hi: number, lo: number): Mac => (hi * 0x100000000 + (lo >>> 0)) as Mac;

/** The group bit: the address names several stations (multicast or broadcast). */
export const isGroupMac = (mac: number): boolean => (macHi(mac) & 0x0100) !== 0;

export function readMac(bytes: Uint8Array, at: number): Mac {
  return macOf(readU16(bytes, at), readI32(bytes, at + 2));
}

export function writeMac(bytes: Uint8Array, at: number, mac: number): void {
  writeU16(bytes, at, macHi(mac));
  writeU32(bytes, at + 2, mac | 0);
}

/** `02:00:00:00:00:01`, as Linux prints it. */
export function formatMac(mac: number): string {
  const digits = mac.toString(16).padStart(12, "0");
  return digits.replace(/(..)(?=.)/g, "$1:");
}

/** A MAC address from colon, dash or Cisco dotted notation; `undefined` if the text is none. */
export function parseMac(text: string): Mac | undefined {
  if (
    /^([0-9a-fA-F]{1,2}:){5}[0-9a-fA-F]{1,2}$/.test(text) ||
    /^([0-9a-fA-F]{1,2}-){5}[0-9a-fA-F]{1,2}$/.test(text)
  ) {
    const digits = text.split(/[:-]/).map((part) => part.padStart(2, "0"));
    return Number.parseInt(digits.join(""), 16) as Mac;
  }
  if (/^([0-9a-fA-F]{4}\.){2}[0-9a-fA-F]{4}$/.test(text))
    return Number.parseInt(text.replaceAll(".", ""), 16) as Mac;
  return undefined;
}

/** RFC 1112 §6.4: 01:00:5e and the low 23 bits of the group address. */
export function multicastMac(group: number): Mac {
  return macOf(0x0100, 0x5e000000 | (group & 0x7fffff));
}
