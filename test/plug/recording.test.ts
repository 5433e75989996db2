import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { utf8 } from "../../src/core/bytes.js";
import { crc32 } from "../../src/core/crc32.js";
import {
  encodeHeader,
  encodeRecord,
  parseRecording,
  type Recording,
  RecordingError,
  recordSize,
} from "../../src/plug/recording.js";
import { RecordingFile, SessionRecorder } from "../../src/plug/session-recorder.js";
import { MemorySink, smallNetwork } from "./fixture.js";

const network = smallNetwork();
const header = { lab: "small", seed: 7, plugs: ["left", "right"] };

/** Writes what a Recording says with the real recorder. */
function write(recording: Recording): Uint8Array {
  const sink = new MemorySink();
  const recorder = new SessionRecorder(sink, recording.header);
  for (const { direction, plug, time, bytes } of recording.crossings)
    recorder.frame(direction, network.plugs[plug]!, time, bytes, 0, bytes.length);
  if (recording.end === null) recorder.flush();
  else recorder.end(recording.end.time, recording.end.fingerprint);
  return sink.bytes;
}

const recordings: fc.Arbitrary<Recording> = fc
  .array(
    fc.record({
      direction: fc.constantFrom("in", "out"),
      plug: fc.integer({ min: 0, max: 1 }),
      gap: fc.oneof(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 2 ** 48 })),
      bytes: fc.uint8Array({ minLength: 14, maxLength: 3000 }),
    }),
    { maxLength: 20 },
  )
  .chain((items) => {
    let time = 0;
    const crossings = items.map(({ direction, plug, gap, bytes }) => {
      time += gap;
      return { direction, plug, time, bytes };
    });
    const end = fc.option(fc.record({ time: fc.constant(time), fingerprint: fc.string() }));
    return end.map((end) => ({ header, crossings, end }));
  });

const example = write({
  header,
  crossings: [
    { direction: "in", plug: 0, time: 5, bytes: new Uint8Array(14).fill(1) },
    { direction: "out", plug: 1, time: 9, bytes: new Uint8Array(20).fill(2) },
  ],
  end: { time: 10, fingerprint: "0123456789abcdef" },
});
const firstRecord = example.indexOf(10) + 1;
const boundaries = [firstRecord, firstRecord + 33, firstRecord + 72];

const fault = (file: Uint8Array): RecordingError => {
  try {
    parseRecording(file);
  } catch (error) {
    expect(error).toBeInstanceOf(RecordingError);
    return error as RecordingError;
  }
  throw new Error("the file was accepted");
};

describe("a border recording", () => {
  it("reads back exactly as it was written", () => {
    fc.assert(
      fc.property(recordings, (recording) => {
        expect(parseRecording(write(recording))).toEqual(recording);
      }),
    );
  });

  it("begins with a line that people can read", () => {
    expect(new TextDecoder().decode(example.subarray(0, firstRecord))).toBe(
      '{"netcosm":"border","version":1,"lab":"small","seed":7,"plugs":["left","right"]}\n',
    );
  });

  it("holds a frame larger than any Ethernet allows, many times over", () => {
    const bytes = new Uint8Array(65_549).fill(3);
    const crossings = [1, 2, 3, 4, 5, 6].map((time) => ({ direction: "in" as const, plug: 0, time, bytes }));
    const recording = { header, crossings, end: { time: 9, fingerprint: "" } };
    expect(parseRecording(write(recording)).crossings).toHaveLength(6);
  });

  it("is still one when the session was cut off between records", () => {
    for (const [count, boundary] of boundaries.entries()) {
      const recording = parseRecording(example.subarray(0, boundary));
      expect(recording.crossings).toHaveLength(count);
      expect(recording.end).toBeNull();
    }
  });
});

describe("a hostile recording", () => {
  it("is an error at every other cut, with the offset of the record that is cut", () => {
    for (let size = 0; size < example.length; size++) {
      if (boundaries.includes(size)) continue;
      const expected = size < firstRecord ? 0 : boundaries.findLast((boundary) => boundary <= size);
      expect(fault(example.subarray(0, size)).offset, `cut to ${size}`).toBe(expected);
    }
  });

  it("is an error for every bit that is flipped", () => {
    for (let bit = 0; bit < example.length * 8; bit++) {
      const file = example.slice();
      file[bit >> 3]! ^= 0x80 >> (bit & 7);
      expect(fault(file).message, `bit ${bit}`).toMatch(/^byte \d+: /);
    }
  });

  it("is an error for any bytes, and never anything but a RecordingError", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => void fault(bytes)));
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => {
        const file = new Uint8Array(firstRecord + bytes.length);
        file.set(example.subarray(0, firstRecord));
        file.set(bytes, firstRecord);
        fault(file);
      }),
    );
  });

  it("says what is wrong", () => {
    const line = (text: string) => fault(utf8(text)).message;
    expect(line("hello")).toContain("does not begin with a line of JSON");
    expect(line("hello\n")).toContain("its first line is not JSON");
    expect(line('{"netcosm":"border","version":2,"lab":"","seed":1,"plugs":["a"]}\n')).toContain("version");
    expect(line('{"netcosm":"border","version":1,"lab":"","seed":1,"plugs":[]}\n')).toContain("plugs");
    expect(line('{"netcosm":"border","version":1,"lab":"","seed":1,"plugs":["a","a"]}\n')).toContain(
      "two plugs of one name",
    );
    const twice = new Uint8Array([...example, ...example.subarray(firstRecord)]);
    expect(fault(twice)).toMatchObject({ offset: example.length });
    expect(fault(twice).message).toContain("behind the end");
  });

  it("may not let time fall, share an instant with a frame that came in, or name an unknown plug", () => {
    const bytes = new Uint8Array(14);
    const crossing = (direction: "in" | "out", time: number) => ({ direction, plug: 0, time, bytes });
    const faultOf = (...crossings: Recording["crossings"]) =>
      fault(write({ header, crossings, end: null })).message;
    expect(faultOf(crossing("out", 5), crossing("out", 4))).toContain("the time falls from 5 to 4");
    expect(faultOf(crossing("out", 5), crossing("in", 5))).toContain(
      "does not stand alone at its instant, 5",
    );
    expect(faultOf({ ...crossing("in", 5), bytes: new Uint8Array(13) })).toContain(
      "a frame of only 13 bytes",
    );
    const line = encodeHeader(header);
    const file = new Uint8Array(line.length + recordSize(14));
    file.set(line);
    encodeRecord(file, line.length, crc32(line), "in", 2, 5, bytes, 0, 14);
    expect(fault(file).message).toContain("a frame of plug 2, but the header names 2");
    encodeRecord(file, line.length, crc32(line), "in", 0, 2 ** 53, bytes, 0, 14);
    expect(fault(file).message).toContain("a time beyond 104 days");
  });
});

describe("a recording's file", () => {
  it("holds what was recorded", () => {
    const folder = mkdtempSync(join(tmpdir(), "netcosm-"));
    try {
      const path = join(folder, "session");
      const file = new RecordingFile(path);
      file.write(example);
      file.close();
      expect(new Uint8Array(readFileSync(path))).toEqual(example);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("says that the disk is full, and that a folder is missing", () => {
    const full = new RecordingFile("/dev/full");
    expect(() => full.write(example)).toThrow("cannot record to /dev/full: the disk is full");
    full.close();
    expect(() => new RecordingFile("/nowhere/session")).toThrow(
      "cannot record to /nowhere/session: the folder does not exist",
    );
  });
});
