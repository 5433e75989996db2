/**
 * Big-endian fields in byte arrays, and bytes as hexadecimal text.
 *
 * The readers and writers judge nothing: the caller has checked that the offset lies inside the array.
 * 32-bit reads are signed (the same bits as the unsigned value), because JavaScript engines keep a signed
 * 32-bit number without allocation; `>>> 0` gives the unsigned value for display.
 */

export function readU16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

/** The four bytes at `at` as a signed 32-bit number. */
export function readI32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

export function readU32(bytes: Uint8Array, at: number): number {
  return readI32(bytes, at) >>> 0;
}

export function writeU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

/** Writes the low 32 bits of `value`, signed or unsigned alike. */
export function writeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

const HEX = "0123456789abcdef";

export function toHex(bytes: Uint8Array, from = 0, to = bytes.length): string {
  let text = "";
  for (let i = from; i < to; i++) text += HEX[bytes[i]! >> 4]! + HEX[bytes[i]! & 15]!;
  return text;
}

/** Bytes from hexadecimal text; white space and colons between digits are passed over. Throws on anything else. */
export function fromHex(text: string): Uint8Array {
  const digits = text.replace(/[\s:]/g, "");
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits))
    throw new Error(`not hexadecimal bytes: ${text.length > 40 ? `${text.slice(0, 40)}...` : text}`);
  const bytes = new Uint8Array(digits.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** Text to UTF-8 bytes, without a DOM or Node encoder; half a surrogate pair becomes U+FFFD, as TextEncoder has it. */
export function utf8(text: string): Uint8Array {
  const out: number[] = [];
  for (const character of text) {
    const point = character.codePointAt(0)!;
    const c = point >= 0xd800 && point < 0xe000 ? 0xfffd : point;
    if (c < 0x80) out.push(c);
    else if (c < 0x800) out.push(0xc0 | (c >> 6), 0x80 | (c & 63));
    else if (c < 0x10000) out.push(0xe0 | (c >> 12), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
    else out.push(0xf0 | (c >> 18), 0x80 | ((c >> 12) & 63), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
  }
  return Uint8Array.from(out);
}

/** Bytes to text; malformed UTF-8 becomes U+FFFD, one for each bad byte. */
export function fromUtf8(bytes: Uint8Array, from = 0, to = bytes.length): string {
  let text = "";
  let i = from;
  while (i < to) {
    const b = bytes[i]!;
    const size =
      b < 0x80 ? 1 : b >= 0xc2 && b < 0xe0 ? 2 : b >= 0xe0 && b < 0xf0 ? 3 : b >= 0xf0 && b < 0xf5 ? 4 : 0;
    let code = size === 1 ? b : b & (0x7f >> size);
    let good = size > 0 && i + size <= to;
    for (let k = 1; good && k < size; k++) {
      const next = bytes[i + k]!;
      good = next >> 6 === 2;
      code = (code << 6) | (next & 63);
    }
    const least = size === 3 ? 0x800 : size === 4 ? 0x10000 : 0;
    good &&= code >= least && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000);
    text += good ? String.fromCodePoint(code) : "\ufffd";
    i += good ? size : 1;
  }
  return text;
}
