/**
 * Seeded random streams by name. A stream depends on the lab's seed and its own name only, so a new node, link or
 * protocol disturbs nobody else's numbers. The generator is sfc32 (Doty-Humphrey, PractRand), 128 bits of state.
 */
import { hashText } from "./hash.js";

export class RandomStream {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(seed: number, name: string) {
    this.a = hashText(name, seed) | 0;
    this.b = hashText(name, seed ^ 0x5bd1e995) | 0;
    this.c = hashText(name, ~seed) | 0;
    for (let i = 0; i < 12; i++) this.u32();
  }

  /** 0 .. 2^32-1. */
  u32(): number {
    const t = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (this.c << 21) | (this.c >>> 11);
    this.c = (this.c + t) | 0;
    return t >>> 0;
  }

  /** A number in [0, 1). */
  fraction(): number {
    return this.u32() / 0x100000000;
  }

  /** An integer in [0, bound), for 1 <= bound <= 2^32. */
  below(bound: number): number {
    return Math.floor(this.fraction() * bound);
  }

  /** True with the given probability (0 never, 1 always). */
  chance(probability: number): boolean {
    return this.fraction() < probability;
  }
}
