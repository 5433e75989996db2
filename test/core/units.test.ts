import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatRate, parseRate } from "../../src/core/rate.js";
import { formatDuration, formatInstant, parseDuration, SECOND } from "../../src/core/time.js";

describe("durations", () => {
  it.each([
    ["250ns", 250],
    ["200us", 200_000],
    ["1.5ms", 1_500_000],
    ["2s", 2e9],
    ["2", 2e9],
    ["0.25", 25e7],
    ["1h30m", 5400e9],
    ["1m 30s", 90e9],
    ["5min", 300e9],
    [" 3 s ", 3e9],
    ["0.3ns", 0],
  ])("read %s", (text, time) => {
    expect(parseDuration(text)).toBe(time);
  });

  it.each(["", "s", "1 fortnight", "-1s", "1s2", "1..5s", "1e3", "ms5", "Infinity"])("refuse %j", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it("print in the largest unit and read back within what is printed", () => {
    expect([250, 1500, 1_500_000, 2e9, 90e9, 0].map(formatDuration)).toEqual([
      "250 ns",
      "1.5 us",
      "1.5 ms",
      "2 s",
      "90 s",
      "0 ns",
    ]);
    expect(formatDuration(Number.POSITIVE_INFINITY)).toBe("never");
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e15 }), (time) => {
        const back = parseDuration(formatDuration(time))!;
        expect(Math.abs(back - time)).toBeLessThanOrEqual(time >= SECOND ? 500 : 0);
      }),
    );
  });

  it("print as a moment with nine places", () => {
    expect(formatInstant(2_000_010_240)).toBe("2.000010240");
    expect(formatInstant(5)).toBe("0.000000005");
  });
});

describe("rates", () => {
  it.each([
    ["10Mbps", 10e6],
    ["1Gbit", 1e9],
    ["2.5 Gbit/s", 2.5e9],
    ["64kbit", 64e3],
    ["9600", 9600],
    ["1tbit", 1e12],
    ["100 Mbit/s", 100e6],
  ])("read %s", (text, rate) => {
    expect(parseRate(text)).toBe(rate);
  });

  it.each(["", "0", "fast", "-1Mbit", "10Mib", "1e9", "10 M bit"])("refuse %j", (text) => {
    expect(parseRate(text)).toBeUndefined();
  });

  it("print in the largest unit and read back", () => {
    expect([1e12, 2.5e9, 100e6, 64e3, 300].map(formatRate)).toEqual([
      "1 Tbit/s",
      "2.5 Gbit/s",
      "100 Mbit/s",
      "64 kbit/s",
      "300 bit/s",
    ]);
    for (const rate of [1e12, 2.5e9, 100e6, 64e3, 300]) expect(parseRate(formatRate(rate))).toBe(rate);
  });
});
