import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crc32 } from "../../src/core/crc32.js";
import { fromHex, toHex } from "../../src/core/index.js";
import { type PacketNotes, PcapngWriter, readCapture } from "../../src/trace/index.js";

function written(use: (writer: PcapngWriter) => void): Uint8Array {
  const chunks: Uint8Array[] = [];
  const writer = new PcapngWriter((chunk) => chunks.push(chunk));
  use(writer);
  return Uint8Array.from(chunks.flatMap((chunk) => [...chunk]));
}

const FRAME = fromHex("ffffffffffff 020000000001 0806 0001");

describe("pcapng writer: draft-ietf-opsawg-pcapng §4", () => {
  it("begins with a section header that names the program", () => {
    expect(toHex(written(() => {}))).toBe(
      toHex(
        fromHex(`0a0d0d0a 40000000 4d3c2b1a 0100 0000 ffffffffffffffff
          0200 0f00 7669727475616c206e6574776f726b 00
          0400 0700 6e6574636f736d 00
          0000 0000 40000000`),
      ),
    );
  });

  it("describes an interface with name, speed and nanoseconds", () => {
    const file = written((writer) =>
      writer.addInterface({ name: "pc1:eth0", description: "to sw1:1", bitsPerSecond: 10e9 }),
    );
    expect(toHex(file, 64)).toBe(
      toHex(
        fromHex(`01000000 44000000 0100 0000 00000000
          0200 0800 7063313a65746830 0300 0800 746f207377313a31
          0800 0800 00e40b5402000000 0900 0100 09000000 0000 0000 44000000`),
      ),
    );
  });

  it("writes a packet with a 64-bit time, comments and flags", () => {
    const file = written((writer) => {
      const at = writer.addInterface({ name: "a" });
      writer.packet(at, 0x100000000 * 3 + 7, FRAME, 0, 14, {
        direction: "outbound",
        comments: ["hi", "you"],
      });
    });
    const packet = file.length - 76;
    expect(toHex(file, packet)).toBe(
      toHex(
        fromHex(`06000000 4c000000 00000000 03000000 07000000 0e000000 0e000000
          ffffffffffff 020000000001 0806 0000
          0100 0200 68690000 0100 0300 796f7500 0200 0400 02000000 0000 0000 4c000000`),
      ),
    );
  });

  it("appends the FCS least significant byte first and says so", () => {
    const file = written((writer) => {
      const at = writer.addInterface({ name: "a", fcs: true });
      writer.packet(at, 1, FRAME, 0, 14, { fcs: 0x11223344 });
    });
    expect(toHex(file, file.length - 36)).toBe(
      "ffffffffffff0200000000010806" + "44332211" + "0000" + "0200040080000000" + "00000000" + "40000000",
    );
  });

  it("refuses an interface that it was never given", () => {
    expect(() => written((writer) => writer.packet(0, 0, FRAME))).toThrow(RangeError);
  });
});

describe("pcapng: what is written is read again", () => {
  const packetValue = fc.record({
    time: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    bytes: fc.uint8Array({ maxLength: 100 }),
    cut: fc.integer({ min: 0, max: 2000 }),
    direction: fc.constantFrom("inbound", "outbound", undefined),
    comments: fc.array(fc.string({ unit: "grapheme", maxLength: 20 }), { maxLength: 3 }),
    port: fc.integer({ min: 0, max: 1 }),
  });

  it("every packet, with its time to the nanosecond", () => {
    fc.assert(
      fc.property(fc.array(packetValue, { maxLength: 6 }), (values) => {
        const file = written((writer) => {
          writer.addInterface({ name: "plain", description: "d" });
          writer.addInterface({ name: "with fcs", fcs: true });
          for (const value of values) {
            const notes: PacketNotes = {
              comments: value.comments,
              originalSize: value.bytes.length + value.cut * (1 - value.port),
              fcs: crc32(value.bytes),
              ...(value.direction === undefined ? {} : { direction: value.direction }),
            };
            writer.packet(value.port, value.time, value.bytes, 0, value.bytes.length, notes);
          }
          writer.end();
        });
        const capture = readCapture(file);
        expect(capture.faults).toEqual([]);
        expect(capture.interfaces.map((port) => port.name)).toEqual(["plain", "with fcs"]);
        expect(capture.packets).toEqual(
          values.map((value) => ({
            interface: value.port,
            interfaceName: value.port === 0 ? "plain" : "with fcs",
            linkType: 1,
            seconds: Math.floor(value.time / 1e9),
            nanoseconds: value.time % 1e9,
            time: value.time,
            bytes: value.bytes,
            fcs: value.port === 0 ? new Uint8Array(0) : fromHex(littleEndian(crc32(value.bytes))),
            originalSize: value.bytes.length + value.cut * (1 - value.port),
            direction: value.direction ?? "unknown",
            comments: value.comments,
          })),
        );
      }),
    );
  });

  function littleEndian(value: number): string {
    return value.toString(16).padStart(8, "0").match(/../g)!.reverse().join("");
  }
});

describe("capture reader: other writers' files", () => {
  it("reads a big-endian section with microseconds behind a little-endian one", () => {
    const little = written((writer) => writer.addInterface({ name: "one" }));
    const big = fromHex(`0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ffffffffffffffff 0000001c
      00000001 00000014 0001 0000 00000000 00000014
      00000006 00000024 00000000 0005f5e1 00000001 00000002 00000040 aabb0000 00000024`);
    const capture = readCapture(Uint8Array.from([...little, ...big]));
    expect(capture.faults).toEqual([]);
    const units = 0x0005f5e1n * 0x100000000n + 1n;
    expect(capture.packets).toMatchObject([
      { interface: 1, seconds: Number(units / 1_000_000n), nanoseconds: Number(units % 1_000_000n) * 1000 },
    ]);
    expect(toHex(capture.packets[0]!.bytes)).toBe("aabb");
    expect(capture.packets[0]!.originalSize).toBe(64);
  });

  it("keeps times of today exact, beyond what one number holds", () => {
    const file = written((writer) => writer.addInterface({ name: "one" }));
    const time = 1_700_000_000_123_456_789n;
    const block = new DataView(new ArrayBuffer(32));
    [6, 32, 0, Number(time >> 32n), Number(time & 0xffffffffn), 0, 0, 32].forEach((word, i) => {
      block.setUint32(4 * i, word, true);
    });
    const capture = readCapture(Uint8Array.from([...file, ...new Uint8Array(block.buffer)]));
    expect(capture.packets).toMatchObject([{ seconds: 1_700_000_000, nanoseconds: 123_456_789 }]);
  });

  it("reads simple and obsolete packets, powers of two, time offsets, and passes over custom blocks", () => {
    const file = fromHex(`0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000
      01000000 30000000 0100 0000 02000000
      0900 0100 8a000000 0e00 0800 6400000000000000 0d00 0000 0000 0000 30000000
      ad0b0000 10000000 01020304 10000000
      03000000 14000000 05000000 aabb0000 14000000
      02000000 24000000 0000 ffff 00000000 01040000 01000000 01000000 cc000000 24000000`);
    const capture = readCapture(file);
    expect(capture.faults).toEqual([]);
    expect(capture.packets.map((packet) => toHex(packet.bytes))).toEqual(["aabb", "cc"]);
    expect(capture.packets[0]!.originalSize).toBe(5);
    expect(capture.packets[1]).toMatchObject({ seconds: 101, nanoseconds: 976_562 });
  });

  it.each([
    ["microseconds, little-endian", "d4c3b2a1 02000400 0000000000000000 00000400 01000000", true, 2000],
    ["nanoseconds, little-endian", "4d3cb2a1 02000400 0000000000000000 00000400 01000000", true, 2],
    ["microseconds, big-endian", "a1b2c3d4 00020004 0000000000000000 00040000 00000001", false, 2000],
    ["nanoseconds, big-endian", "a1b23c4d 00020004 0000000000000000 00040000 00000001", false, 2],
  ])("reads classic pcap: %s", (_form, header, little, nanoseconds) => {
    const record = new DataView(new ArrayBuffer(16));
    [1_700_000_000, 2, 3, 60].forEach((word, i) => {
      record.setUint32(4 * i, word, little);
    });
    const file = Uint8Array.from([...fromHex(header), ...new Uint8Array(record.buffer), 1, 2, 3]);
    expect(readCapture(file).packets).toMatchObject([
      { seconds: 1_700_000_000, nanoseconds, bytes: Uint8Array.of(1, 2, 3), originalSize: 60, linkType: 1 },
    ]);
  });
});

describe("capture reader: hostile files", () => {
  const good = written((writer) => {
    const at = writer.addInterface({ name: "a", fcs: true });
    for (let i = 0; i < 3; i++) writer.packet(at, i, FRAME, 0, 16, { comments: ["c"] });
    writer.end();
  });

  it("gives the packets before a cut and says where the file ends", () => {
    for (let size = 0; size < good.length; size++) {
      const capture = readCapture(good.slice(0, size));
      const whole = readCapture(good).packets.slice(0, capture.packets.length);
      expect(capture.packets).toEqual(whole);
      for (const fault of capture.faults) expect(fault.offset).toBeLessThanOrEqual(size);
    }
    expect(readCapture(good.slice(0, -2)).faults).toHaveLength(1);
    expect(readCapture(new Uint8Array(0)).faults).toEqual([{ offset: 0, message: "the file is empty" }]);
  });

  it("names the offset of a length that cannot be", () => {
    const bad = good.slice();
    bad[64 + 4] = 13;
    expect(readCapture(bad).faults).toEqual([{ offset: 68, message: "13 is no possible block length" }]);
  });

  it("never throws and never loops, whatever the bytes", () => {
    const flips = fc.array(fc.tuple(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 })), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(flips, (changes) => {
        const bad = good.slice();
        for (const [at, value] of changes) bad[at] = value;
        const capture = readCapture(bad);
        expect(capture.packets.length + capture.faults.length).toBeLessThanOrEqual(bad.length);
      }),
      { numRuns: 1000 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void readCapture(bytes)));
    const magic = fc.constantFrom(..."a1b2c3d4 d4c3b2a1 a1b23c4d 4d3cb2a1".split(" "));
    fc.assert(
      fc.property(magic, fc.uint8Array({ maxLength: 200 }), (hex, bytes) => {
        readCapture(Uint8Array.from([...fromHex(hex), ...bytes]));
      }),
    );
  });
});
