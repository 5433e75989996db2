/**
 * A map that costs nothing until something is put in. A lab may hold a million machines with a dozen tables each, nearly
 * all of them empty.
 */
export class LazyMap<K, V> {
  private map: Map<K, V> | null = null;

  get size(): number {
    return this.map === null ? 0 : this.map.size;
  }

  get(key: K): V | undefined {
    return this.map === null ? undefined : this.map.get(key);
  }

  has(key: K): boolean {
    return this.map?.has(key) === true;
  }

  set(key: K, value: V): this {
    this.map ??= new Map();
    this.map.set(key, value);
    return this;
  }

  delete(key: K): boolean {
    return this.map?.delete(key) === true;
  }

  clear(): void {
    this.map = null;
  }

  /** In the order of insertion, as with Map. */
  keys(): Iterable<K> {
    return this.map?.keys() ?? [];
  }

  values(): Iterable<V> {
    return this.map?.values() ?? [];
  }

  [Symbol.iterator](): Iterator<[K, V]> {
    return this.entries()[Symbol.iterator]();
  }

  entries(): Iterable<[K, V]> {
    return this.map ?? [];
  }
}

/** The first of what an iterable gives: of a map's keys, the oldest. */
export function firstOf<T>(values: Iterable<T>): T | undefined {
  for (const value of values) return value;
  return undefined;
}
