import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SECOND } from "../../src/core/time.js";
import { MacTable } from "../../src/device/mac-table.js";

const AGEING = 300 * SECOND;
/** Station `n`: two halves that differ from those of its neighbours. */
const station = (n: number): [number, number] => [0x0200 + (n & 3), (n * 0x10001 - 5) | 0];

describe("IEEE 802.1Q §8.8: filtering database", () => {
  it("knows no one at first", () => {
    const table = new MacTable(AGEING);
    expect(table.lookup(0x0200, 1, 0, 0)).toBe(-1);
    expect(table.rows(0)).toEqual([]);
  });

  it("learns where a station is, from which frame, and notices when it moves", () => {
    const table = new MacTable(AGEING);
    expect(table.learn(0x0200, 1, 0, 3, 10, 77)).toBe(true);
    expect(table.learn(0x0200, 1, 0, 3, 20, 78)).toBe(false);
    expect(table.lookup(0x0200, 1, 0, 20)).toBe(3);
    expect(table.origin(0x0200, 1, 0)).toEqual({ by: "frame", frame: 77, time: 10 });
    expect(table.learn(0x0200, 1, 0, 5, 30, 79)).toBe(true);
    expect(table.lookup(0x0200, 1, 0, 30)).toBe(5);
    expect(table.origin(0x0200, 1, 0)).toEqual({ by: "frame", frame: 79, time: 30 });
    expect(table.rows(30)).toHaveLength(1);
  });

  it("keeps VLANs apart (§8.8.1)", () => {
    const table = new MacTable(AGEING);
    table.learn(0x0200, 1, 1, 1, 0, 1);
    table.learn(0x0200, 1, 4094, 2, 0, 2);
    expect([1, 4094, 2].map((vlan) => table.lookup(0x0200, 1, vlan, 0))).toEqual([1, 2, -1]);
    expect(table.rows(0).map(({ vlan, port }) => [vlan, port])).toEqual([
      [1, 1],
      [4094, 2],
    ]);
  });

  it("ages a row out that was not refreshed for the ageing time, to the nanosecond (§8.8.3)", () => {
    const table = new MacTable(AGEING);
    table.learn(0x0200, 1, 0, 3, 1000, 1);
    expect(table.lookup(0x0200, 1, 0, 1000 + AGEING)).toBe(3);
    expect(table.lookup(0x0200, 1, 0, 1001 + AGEING)).toBe(-1);
    expect(table.rows(1001 + AGEING)).toEqual([]);
    expect(table.learn(0x0200, 1, 0, 3, 1000 + AGEING, 2)).toBe(false);
    expect(table.lookup(0x0200, 1, 0, 1000 + 2 * AGEING)).toBe(3);
    expect(table.learn(0x0200, 1, 0, 3, 1001 + 2 * AGEING, 9)).toBe(true);
    expect(table.origin(0x0200, 1, 0)).toEqual({ by: "frame", frame: 9, time: 1001 + 2 * AGEING });
  });

  it("takes a new ageing time for the rows that it holds", () => {
    const table = new MacTable(AGEING);
    table.learn(0x0200, 1, 0, 3, 0, 1);
    table.ageing = 15 * SECOND;
    expect(table.lookup(0x0200, 1, 0, 16 * SECOND)).toBe(-1);
  });

  it("lets no frame move or age a static row (§8.8.1)", () => {
    const table = new MacTable(AGEING);
    table.learn(0x0200, 1, 0, 3, 0, 1);
    table.addStatic(0x0200, 1, 0, 7);
    table.addStatic(0x0200, 2, 0, 8);
    expect(table.learn(0x0200, 1, 0, 3, 10, 2)).toBe(false);
    expect(table.lookup(0x0200, 1, 0, 1000 * AGEING)).toBe(7);
    table.flush();
    table.flush(7);
    expect(table.rows(0).map((row) => [row.lo, row.port, row.static])).toEqual([
      [1, 7, true],
      [2, 8, true],
    ]);
    expect(table.remove(0x0200, 1, 0)).toBe(true);
    expect(table.remove(0x0200, 1, 0)).toBe(false);
    expect(table.lookup(0x0200, 1, 0, 0)).toBe(-1);
    expect(table.lookup(0x0200, 2, 0, 0)).toBe(8);
    expect(table.origin(0x0200, 2, 0)).toEqual({ by: "config" });
  });

  it("forgets what was learned on one port, or everything learned", () => {
    const table = new MacTable(AGEING);
    for (let n = 0; n < 40; n++) table.learn(...station(n), 0, n % 4, 0, n);
    table.flush(2);
    expect(table.rows(0)).toHaveLength(30);
    expect(table.rows(0).every(({ port }) => port !== 2)).toBe(true);
    table.flush();
    expect(table.rows(0)).toEqual([]);
  });

  it("is bounded: a newcomer to a full table is counted and not learned, until a row has expired", () => {
    const table = new MacTable(AGEING, 100);
    for (let n = 0; n < 100; n++) expect(table.learn(...station(n), 0, 1, n, n)).toBe(true);
    expect(table.learn(...station(100), 0, 1, 100, 100)).toBe(false);
    expect(table.notLearned).toBe(1);
    expect(table.learn(...station(5), 0, 2, 200, 101)).toBe(true); // who is known may move
    expect(table.learn(...station(100), 0, 1, AGEING + 50, 102)).toBe(true);
    expect(table.rows(AGEING + 50).length).toBeLessThanOrEqual(100);
    expect(table.lookup(...station(100), 0, AGEING + 50)).toBe(1);
    expect(table.lookup(...station(99), 0, AGEING + 50)).toBe(1);
  });

  it("lists its rows by VLAN and address, as unsigned numbers", () => {
    const table = new MacTable(AGEING);
    for (const [hi, lo] of [
      [0xfe00, 1],
      [0x0200, -1],
      [0x0200, 5],
    ] as const)
      table.learn(hi, lo, 0, 1, 0, 1);
    expect(table.rows(0).map(({ hi, lo }) => [hi, lo])).toEqual([
      [0x0200, 5],
      [0x0200, -1],
      [0xfe00, 1],
    ]);
  });

  it("agrees with a Map under any sequence of moves", () => {
    const n = fc.nat(60);
    const move = fc.oneof(
      { weight: 8, arbitrary: fc.record({ kind: fc.constant("learn" as const), n, port: fc.nat(3) }) },
      fc.record({ kind: fc.constant("static" as const), n, port: fc.nat(3) }),
      fc.record({ kind: fc.constant("remove" as const), n }),
      fc.record({ kind: fc.constant("flush" as const), port: fc.option(fc.nat(3), { nil: undefined }) }),
      { weight: 3, arbitrary: fc.record({ kind: fc.constant("wait" as const), time: fc.nat(60) }) },
    );
    fc.assert(
      fc.property(fc.array(move, { maxLength: 200 }), (moves) => {
        const table = new MacTable(100);
        const reference = new Map<number, { port: number; seen: number }>();
        let now = 0;
        for (const move of moves) {
          const row = "n" in move ? reference.get(move.n) : undefined;
          if (move.kind === "wait") now += move.time;
          else if (move.kind === "learn") {
            const expired = row === undefined || row.seen + 100 < now;
            const news = row?.seen !== Number.POSITIVE_INFINITY && (expired || row.port !== move.port);
            expect(table.learn(...station(move.n), 1, move.port, now, 1)).toBe(news);
            if (row?.seen !== Number.POSITIVE_INFINITY) reference.set(move.n, { port: move.port, seen: now });
          } else if (move.kind === "static") {
            table.addStatic(...station(move.n), 1, move.port);
            reference.set(move.n, { port: move.port, seen: Number.POSITIVE_INFINITY });
          } else if (move.kind === "remove")
            expect(table.remove(...station(move.n), 1)).toBe(reference.delete(move.n));
          else {
            table.flush(move.port);
            for (const [key, { port, seen }] of [...reference])
              if (seen !== Number.POSITIVE_INFINITY && (move.port ?? port) === port) reference.delete(key);
          }
          for (let n = 0; n <= 60; n++) {
            const row = reference.get(n);
            expect(table.lookup(...station(n), 1, now)).toBe(
              row !== undefined && row.seen + 100 >= now ? row.port : -1,
            );
          }
        }
        const valid = [...reference.values()].filter(({ seen }) => seen + 100 >= now);
        expect(table.rows(now)).toHaveLength(valid.length);
      }),
    );
  });
});
