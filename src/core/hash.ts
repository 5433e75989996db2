/** Non-cryptographic hashing: names to seeds, and the running fingerprint of a lab. */

/** A well-mixed 32-bit hash of text (MurmurHash3's mixing steps over UTF-16 units). */
export function hashText(text: string, seed = 0): number {
  let h = seed | 0;
  for (let i = 0; i < text.length; i++) h = mix(h, text.charCodeAt(i));
  return finish(h ^ text.length);
}

function mix(h: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  h ^= Math.imul(k, 0x1b873593);
  h = (h << 13) | (h >>> 19);
  return (Math.imul(h, 5) + 0xe6546b64) | 0;
}

function finish(h: number): number {
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A running 64-bit hash of numbers and bytes: two independent 32-bit lanes. */
export class RunningHash {
  private a = 0x9747b28c | 0;
  private b = 0x3c6ef372 | 0;

  /** Takes in any safe integer. */
  number(value: number): void {
    const low = value | 0;
    this.a = mix(mix(this.a, low), Math.floor(value / 0x100000000) | 0);
    this.b = mix(this.b, ~low);
  }

  bytes(bytes: Uint8Array, from: number, to: number): void {
    let { a, b } = this;
    let i = from;
    for (; i + 3 < to; i += 4) {
      const word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
      a = mix(a, word);
      b = (Math.imul(b ^ word, 0x01000193) + 0x7feb352d) | 0;
    }
    for (; i < to; i++) {
      a = mix(a, bytes[i]!);
      b = Math.imul(b ^ bytes[i]!, 0x01000193);
    }
    this.a = mix(a, to - from);
    this.b = mix(b, to - from);
  }

  /** Sixteen hexadecimal digits. */
  digest(): string {
    return finish(this.a).toString(16).padStart(8, "0") + finish(this.b).toString(16).padStart(8, "0");
  }
}
