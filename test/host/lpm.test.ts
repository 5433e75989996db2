import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Ipv4, inPrefix, networkOf, type Prefix } from "../../src/core/index.js";
import { Lpm } from "../../src/host/ip/lpm.js";

interface Row extends Prefix {
  readonly name: number;
}

/** Looks at every prefix. */
class Reference {
  private readonly rows = new Map<string, Row>();
  private readonly key = ({ address, length }: Prefix) => `${address}/${length}`;

  set(row: Row): void {
    this.rows.set(this.key(row), row);
  }

  delete(address: Ipv4, length: number): boolean {
    return this.rows.delete(this.key({ address, length }));
  }

  lookup(address: number): Row | null {
    let best: Row | null = null;
    for (const row of this.rows.values())
      if (inPrefix(address, row.address, row.length) && (best === null || row.length > best.length))
        best = row;
    return best;
  }

  get all(): number[] {
    return [...this.rows.values()].map(({ name }) => name).sort((x, y) => x - y);
  }
}

/** Addresses that share their beginnings, so that prefixes lie inside each other. */
const address = fc
  .tuple(
    fc.constantFrom(10, 10, 10, 192, 0, 255),
    fc.constantFrom(0, 1, 128, 255),
    fc.constantFrom(0, 1, 127, 255),
    fc.nat(255),
  )
  .map(([a, b, c, d]) => ((a << 24) | (b << 16) | (c << 8) | d) as Ipv4);
const length = fc.oneof(fc.integer({ min: 0, max: 32 }), fc.constantFrom(0, 8, 16, 24, 31, 32));
const change = fc.record({ remove: fc.boolean(), address, length });

function compare(
  changes: readonly { remove: boolean; address: Ipv4; length: number }[],
  probes: readonly Ipv4[],
) {
  const table = new Lpm<Row>();
  const reference = new Reference();
  for (const [name, { remove, address: at, length: bits }] of changes.entries()) {
    const prefix = networkOf(at, bits);
    if (remove) expect(table.delete(prefix, bits)).toBe(reference.delete(prefix, bits));
    else {
      const row = { address: prefix, length: bits, name };
      table.set(row);
      reference.set(row);
    }
    for (const probe of [...probes, at, (at ^ 1) as Ipv4, (prefix - 1) as Ipv4]) {
      const wanted = reference.lookup(probe);
      if (table.lookup(probe) !== wanted) expect([probe, table.lookup(probe)]).toEqual([probe, wanted]);
    }
  }
  expect([...table].map(({ name }) => name).sort((x, y) => x - y)).toEqual(reference.all);
  expect(table.size).toBe(reference.all.length);
}

describe("longest prefix match", () => {
  it("finds what a search through all prefixes finds, in small tables", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 16 }), fc.array(address, { maxLength: 8 }), compare),
      { seed: 1519, numRuns: 200 },
    );
  });

  it("finds it in large ones too, while prefixes come and go", () => {
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 60, maxLength: 160 }),
        fc.array(address, { maxLength: 6 }),
        compare,
      ),
      { seed: 1519, numRuns: 60 },
    );
  });

  it("returns to the small form when it has been emptied", () => {
    const table = new Lpm<Row>();
    const rows = Array.from({ length: 40 }, (_, i) => ({ address: (i << 24) as Ipv4, length: 8, name: i }));
    for (let round = 0; round < 3; round++) {
      for (const row of rows) table.set(row);
      expect(table.lookup((39 << 24) | 5)?.name).toBe(39);
      for (const row of rows) expect(table.delete(row.address, row.length)).toBe(true);
      expect(table.size).toBe(0);
      expect(table.lookup(5 << 24)).toBeNull();
    }
  });

  it("does not let one table's changes show in another", () => {
    const one = new Lpm<Row>();
    const other = new Lpm<Row>();
    for (let i = 0; i < 40; i++) one.set({ address: (i << 24) as Ipv4, length: 8, name: i });
    for (let i = 0; i < 39; i++) one.delete((i << 24) as Ipv4, 8);
    expect(other.size).toBe(0);
    other.set({ address: 0 as Ipv4, length: 0, name: 1 });
    expect([...other].length).toBe(1);
    expect(one.size).toBe(1);
  });

  it("replaces the value of a prefix", () => {
    for (const count of [1, 30]) {
      const table = new Lpm<Row>();
      for (let i = 0; i < count; i++) table.set({ address: (i << 24) as Ipv4, length: 8, name: i });
      table.set({ address: 0 as Ipv4, length: 8, name: 99 });
      expect([table.lookup(5)?.name, table.size]).toEqual([99, count]);
    }
  });
});
