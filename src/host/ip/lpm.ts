/**
 * Longest prefix match over IPv4 prefixes.
 *
 * Up to SMALL prefixes stand in one list, longest first, and are compared one by one: that is the common case, costs a
 * few dozen bytes, and is faster than anything else. Beyond that they stand in a stride-8 trie with leaf pushing: one to
 * four array reads for a lookup, however many prefixes there are.
 */
import { maskOf, networkOf } from "../../core/ipv4.js";

const SMALL = 16;
const NODE = 256;

export class Lpm<T> {
  private readonly exact = new Map<number, number>();
  private values: (T | null)[] = [];
  private lengths: number[] = [];
  private readonly freeValues: number[] = [];
  /** The small list; nets, masks and places of values. */
  private nets = new Int32Array(4);
  private masks = new Int32Array(4);
  private places = new Int32Array(4);
  private listed = 0;
  /** The trie: per entry 0 nothing, above 0 the place of a value + 1, below 0 the number of a child node, negated. */
  private entries: Int32Array | null = null;
  private nodes = 0;

  get size(): number {
    return this.exact.size;
  }

  /** The value of the longest prefix that holds the address, or null. */
  lookup(address: number): T | null {
    const { entries } = this;
    if (entries === null) {
      const { nets, masks, listed } = this;
      for (let i = 0; i < listed; i++)
        if ((address & masks[i]!) === nets[i]!) return this.values[this.places[i]!]!;
      return null;
    }
    let entry = entries[address >>> 24]!;
    if (entry < 0) entry = entries[-entry * NODE + ((address >>> 16) & 255)]!;
    if (entry < 0) entry = entries[-entry * NODE + ((address >>> 8) & 255)]!;
    if (entry < 0) entry = entries[-entry * NODE + (address & 255)]!;
    return entry === 0 ? null : this.values[entry - 1]!;
  }

  find(address: number, length: number): T | undefined {
    const place = this.exact.get(key(address, length));
    return place === undefined ? undefined : this.values[place]!;
  }

  /** Puts a value at a prefix, in place of an earlier one. */
  set(address: number, length: number, value: T): void {
    const old = this.exact.get(key(address, length));
    if (old !== undefined) {
      this.values[old] = value;
      return;
    }
    const place = this.freeValues.pop() ?? this.values.length;
    this.values[place] = value;
    this.lengths[place] = length;
    this.exact.set(key(address, length), place);
    if (this.entries === null && this.exact.size <= SMALL) this.list(address, length, place);
    else if (this.entries === null) this.buildTrie();
    else this.insert(address, length, place);
  }

  delete(address: number, length: number): boolean {
    const place = this.exact.get(key(address, length));
    if (place === undefined) return false;
    this.exact.delete(key(address, length));
    if (this.entries === null) this.unlist(place);
    else {
      const cover = this.coveringPlace(address, length);
      this.replaceRange(address, length, place + 1, cover === undefined ? 0 : cover + 1);
      if (this.exact.size === 0) {
        this.entries = null;
        this.listed = 0;
      }
    }
    this.values[place] = null;
    this.freeValues.push(place);
    return true;
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (const place of this.exact.values()) yield this.values[place]!;
  }

  private list(address: number, length: number, place: number): void {
    if (this.listed === this.nets.length) {
      const size = this.listed * 2;
      this.nets = enlarge(this.nets, size);
      this.masks = enlarge(this.masks, size);
      this.places = enlarge(this.places, size);
    }
    let at = this.listed++;
    for (; at > 0 && this.lengths[this.places[at - 1]!]! < length; at--) this.move(at - 1, at);
    this.nets[at] = networkOf(address, length);
    this.masks[at] = maskOf(length);
    this.places[at] = place;
  }

  private unlist(place: number): void {
    const at = this.places.indexOf(place);
    this.listed--;
    for (let i = at; i < this.listed; i++) this.move(i + 1, i);
  }

  private move(from: number, to: number): void {
    this.nets[to] = this.nets[from]!;
    this.masks[to] = this.masks[from]!;
    this.places[to] = this.places[from]!;
  }

  private buildTrie(): void {
    this.entries = new Int32Array(NODE * 8);
    this.nodes = 1;
    const all = [...this.exact].map(([k, place]) => ({ address: Math.floor(k / 64) | 0, place }));
    for (const { address, place } of all) this.insert(address, this.lengths[place]!, place);
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
      old === 0 || this.lengths[old - 1]! <= length ? place + 1 : old,
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

  private coveringPlace(address: number, length: number): number | undefined {
    for (let shorter = length - 1; shorter >= 0; shorter--) {
      const place = this.exact.get(key(networkOf(address, shorter), shorter));
      if (place !== undefined) return place;
    }
    return undefined;
  }
}

const key = (address: number, length: number): number => (address >>> 0) * 64 + length;

function enlarge(from: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const to = new Int32Array(size);
  to.set(from);
  return to;
}
