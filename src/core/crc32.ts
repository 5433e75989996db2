/**
 * CRC-32 as Ethernet's frame check sequence uses it (IEEE 802.3 §3.2.9): polynomial 0x04C11DB7, bits reflected,
 * initial value and final complement all ones. Slicing by eight; the tables are computed once, on first load, and never change.
 */

const TABLES: readonly Uint32Array[] = makeTables();

function makeTables(): Uint32Array[] {
  const tables = Array.from({ length: 8 }, () => new Uint32Array(256));
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    tables[0]![n] = c;
  }
  for (let n = 0; n < 256; n++)
    for (let t = 1; t < 8; t++) {
      const c = tables[t - 1]![n]!;
      tables[t]![n] = (c >>> 8) ^ tables[0]![c & 255]!;
    }
  return tables;
}

/**
 * The CRC-32 of bytes[from, to), as an unsigned 32-bit number. `previous` continues an earlier range.
 * On the wire the FCS goes least significant byte first.
 */
export function crc32(bytes: Uint8Array, from = 0, to = bytes.length, previous = 0): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = TABLES as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ];
  let c = ~previous;
  let i = from;
  const eight = to - 7;
  while (i < eight) {
    c ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    c =
      t7[c & 255]! ^
      t6[(c >>> 8) & 255]! ^
      t5[(c >>> 16) & 255]! ^
      t4[c >>> 24]! ^
      t3[bytes[i + 4]!]! ^
      t2[bytes[i + 5]!]! ^
      t1[bytes[i + 6]!]! ^
      t0[bytes[i + 7]!]!;
    i += 8;
  }
  while (i < to) c = (c >>> 8) ^ t0[(c ^ bytes[i++]!) & 255]!;
  return ~c >>> 0;
}
