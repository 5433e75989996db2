/**
 * Longest prefix match over IPv4 prefixes.
 *
 * Up to SMALL prefixes stand in one list, longest first, and are compared one by one: that is the common case, costs a
 * few dozen bytes, and is faster than anything else. Beyond that they stand in a stride-8 trie with leaf pushing: one to
 * four array reads for a lookup, however many prefixes there are.
 */
import { maskOf, networkOf, type Prefix } from "../../core/ipv4.js";

const SMALL = 16;
const NODE = 256;
/** Shared by all tables that are empty; never written. */
const NOTHING: never[] = [];

/** Values that carry their own prefix. Each is the only one of its prefix in the table. */
export class Lpm<T extends Prefix> {
  /** While small: in order, longest prefix first. Later by place, with gaps. */
  private values: (T | null)[] = NOTHING;
  /** While large: by prefix, the place of its value. */
  private exact: Map<number, number> | null = null;
  private freeValues: number[] = NOTHING;
  /** The trie: per entry 0 nothing, above 0 the place of a value + 1, below 0 the number of a child node, negated. */
  private entries: Int32Array | null = null;
  private nodes = 0;

  get size(): number {
    return this.exact === null ? this.values.length : this.exact.size;
  }

  /** The value of the longest prefix that holds the address, or null. */
  lookup(address: number): T | null {
    const { entries } = this;
    if (entries === null) {
      for (const value of this.values)
        if (((address ^ value!.address) & maskOf(value!.length)) === 0) return value;
      return null;
    }
    let entry = entries[address >>> 24]!;
    if (entry < 0) entry = entries[-entry * NODE + ((address >>> 16) & 255)]!;
    if (entry < 0) entry = entries[-entry * NODE + ((address >>> 8) & 255)]!;
    if (entry < 0) entry = entries[-entry * NODE + (address & 255)]!;
    return entry === 0 ? null : this.values[entry - 1]!;
  }

  find(address: number, length: number): T | undefined {
    const place = this.placeOf(address, length);
    return place < 0 ? undefined : this.values[place]!;
  }

  /** Puts a value at its prefix, in place of an earlier one. */
  set(value: T): void {
    const { address, length } = value;
    const old = this.placeOf(address, length);
    if (old >= 0) {
      this.values[old] = value;
      return;
    }
    if (this.exact === null && this.values.length < SMALL) {
      const at = this.values.findIndex((other) => other!.length < length);
      // A copy of just the right size: tables are small, and there are many of them.
      this.values = this.values.toSpliced(at < 0 ? this.values.length : at, 0, value);
      return;
    }
    if (this.exact === null) this.buildTrie();
    const place = this.freeValues.pop() ?? this.values.length;
    this.values[place] = value;
    this.exact!.set(key(address, length), place);
    this.insert(address, length, place);
  }

  delete(address: number, length: number): boolean {
    const place = this.placeOf(address, length);
    if (place < 0) return false;
    if (this.exact === null) {
      this.values = this.values.toSpliced(place, 1);
      return true;
    }
    this.exact.delete(key(address, length));
    this.replaceRange(address, length, place + 1, this.coveringPlace(address, length) + 1);
    this.values[place] = null;
    this.freeValues.push(place);
    if (this.exact.size === 0) {
      this.values = NOTHING;
      this.exact = null;
      this.entries = null;
    }
    return true;
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (const value of this.values) if (value !== null) yield value;
  }

  private placeOf(address: number, length: number): number {
    if (this.exact !== null) return this.exact.get(key(address, length)) ?? -1;
    return this.values.findIndex((value) => value!.address === address && value!.length === length);
  }

  /** The list becomes a trie; the places of the values stay. */
  private buildTrie(): void {
    this.entries = new Int32Array(NODE * 8);
    this.nodes = 1;
    this.values = [...this.values];
    this.freeValues = [];
    this.exact = new Map(this.values.map((value, place) => [key(value!.address, value!.length), place]));
    for (const [place, value] of this.values.entries()) this.insert(value!.address, value!.length, place);
  }

  private insert(address: number, length: number, place: number): void {
    let node = 0;
    let level = 0;
    while (length > 8 * (level + 1)) {
      const at = node * NODE + ((address >>> (24 - 8 * level)) & 255);
      const entry = this.entries![at]!;
      node = entry < 0 ? -entry : this.newNode(at, entry);
      level++;
    }
    this.paint(node, level, address, length, (old) =>
      old === 0 || this.values[old - 1]!.length <= length ? place + 1 : old,
    );
  }

  private replaceRange(address: number, length: number, from: number, to: number): void {
    let node = 0;
    let level = 0;
    while (length > 8 * (level + 1)) {
      node = -this.entries![node * NODE + ((address >>> (24 - 8 * level)) & 255)]!;
      level++;
    }
    this.paint(node, level, address, length, (old) => (old === from ? to : old));
  }

  /** Rewrites the leaves of a prefix's range, and those of all nodes below it. */
  private paint(
    node: number,
    level: number,
    address: number,
    length: number,
    leaf: (old: number) => number,
  ): void {
    const first = (address >>> (24 - 8 * level)) & 255;
    const count = 1 << (8 * (level + 1) - length);
    for (let i = first; i < first + count; i++) this.paintEntry(node * NODE + i, leaf);
  }

  private paintEntry(at: number, leaf: (old: number) => number): void {
    const entry = this.entries![at]!;
    if (entry >= 0) this.entries![at] = leaf(entry);
    else for (let i = 0; i < NODE; i++) this.paintEntry(-entry * NODE + i, leaf);
  }

  private newNode(at: number, leaf: number): number {
    const node = this.nodes++;
    if ((node + 1) * NODE > this.entries!.length)
      this.entries = enlarge(this.entries!, this.entries!.length * 2);
    this.entries!.fill(leaf, node * NODE, (node + 1) * NODE);
    this.entries![at] = -node;
    return node;
  }

  /** The place of the longest prefix around this one; -1 if there is none. */
  private coveringPlace(address: number, length: number): number {
    for (let shorter = length - 1; shorter >= 0; shorter--) {
      const place = this.exact!.get(key(networkOf(address, shorter), shorter));
      if (place !== undefined) return place;
    }
    return -1;
  }
}

const key = (address: number, length: number): number => (address >>> 0) * 64 + length;

function enlarge(from: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const to = new Int32Array(size);
  to.set(from);
  return to;
}
