import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/core/bytes.js";
import { checksum } from "../../src/core/checksum.js";
import { echoOptions, PacketOptions, type Recorder } from "../../src/host/ip/ip-options.js";
import { ip } from "./network.js";

const OWN = ip("10.1.0.14");
const recorder: Recorder = { address: OWN, milliseconds: 0x1234, isForeign: (address) => address !== OWN };

/** A header with these options, the checksum right. */
function header(options: string): Uint8Array {
  const padded = options.padEnd(Math.ceil(options.length / 8) * 8, "0");
  const bytes = fromHex(`4000001400000000400100000a0100010a020001${padded}`);
  bytes[0] = 0x40 | (bytes.length / 4);
  const sum = checksum(bytes, 0, bytes.length);
  bytes[10] = sum >> 8;
  bytes[11] = sum & 255;
  return bytes;
}

/** The options after the packet arrived, and where it is wrong (0 if it is sound). */
function arrived(options: string): { readonly options: string; readonly wrong: number } {
  const bytes = header(options);
  const wrong = new PacketOptions().arrive(bytes, 0, bytes.length, recorder);
  return { options: toHex(bytes, 20), wrong };
}

function echoed(options: string): string | null {
  const bytes = header(options);
  const echo = echoOptions(bytes, 0, bytes.length, recorder);
  return echo === null ? null : toHex(echo);
}

describe("RFC 791 §3.1: record route", () => {
  it("gets this machine's address on arrival, and that of the outgoing interface when the packet leaves", () => {
    const bytes = header("070b040000000000000000");
    const options = new PacketOptions();
    expect(options.arrive(bytes, 0, bytes.length, recorder)).toBe(0);
    expect(toHex(bytes, 20)).toBe("070b080a01000e0000000000");
    options.leave(bytes, 0, bytes.length, ip("10.12.0.1"));
    expect(toHex(bytes, 20)).toBe("070b080a0c00010000000000");
    expect(checksum(bytes, 0, bytes.length)).toBe(0);
  });

  it("is left as it is when it is full, on leaving as well", () => {
    const bytes = header("0707080a010203");
    const before = toHex(bytes);
    const options = new PacketOptions();
    expect(options.arrive(bytes, 0, bytes.length, recorder)).toBe(0);
    options.leave(bytes, 0, bytes.length, ip("10.12.0.1"));
    expect(toHex(bytes)).toBe(before);
  });

  it("is wrong at the byte that a parameter problem names", () => {
    expect(arrived("07070300000000").wrong).toBe(22); // the pointer points into the option's head
    expect(arrived("0702").wrong).toBe(21); // the size has no room for a pointer
    expect(arrived("0709080000000000").wrong).toBe(20); // it is longer than the header
    expect(arrived("07090800000000000000").wrong).toBe(22); // there is room for half an address
    expect(arrived("0707040000000007070400000000").wrong).toBe(27); // there may be one
  });
});

describe("RFC 791 §3.1: internet timestamp", () => {
  it("gets the time, or the address and the time", () => {
    expect(arrived("440c05000000000000000000").options).toBe("440c09000000123400000000");
    expect(arrived("440c05010000000000000000").options).toBe("440c0d010a01000e00001234");
  });

  it("gets the time of a machine that is named, only from that machine", () => {
    expect(arrived("440c05030a01000e00000000").options).toBe("440c0d030a01000e00001234");
    expect(arrived("440c05030a02000100000000").options).toBe("440c05030a02000100000000");
  });

  it("counts the machines that found no room, up to fifteen", () => {
    expect(arrived("4408090000000000")).toEqual({ options: "4408091000000000", wrong: 0 });
    expect(arrived("440809f000000000").wrong).toBe(23);
  });
});

describe("RFC 1122 §3.2.2.6: the options of an answer", () => {
  it("are the records of the request, with the one who answers", () => {
    expect(echoed("070b080a0c00010000000000")).toBe("070b0c0a0c00010a01000e00");
    expect(echoed("440c09000000000100000000")).toBe("440c0d000000000100001234");
    expect(echoed("0707080a010203")).toBe("0707080a01020300");
  });

  it("are no others: no padding, no router alert, nothing unknown", () => {
    expect(echoed("01010100")).toBe("");
    expect(echoed("94040000")).toBe("");
    expect(echoed("5e040102")).toBe("");
  });

  it("cannot be given when half a slot is left", () => {
    expect(echoed("0709080a01020300000000")).toBeNull();
  });
});

describe("hostile options", () => {
  it("never throw, never loop, and never change anything but the options and the checksum", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 40 }), fc.boolean(), (options, leave) => {
        const bytes = header(toHex(options.subarray(0, options.length & ~3)));
        const fixed = toHex(bytes, 0, 10) + toHex(bytes, 12, 20);
        const state = new PacketOptions();
        const wrong = state.arrive(bytes, 0, bytes.length, recorder);
        expect(wrong === 0 || (wrong >= 20 && wrong < bytes.length)).toBe(true);
        if (leave) state.leave(bytes, 0, bytes.length, 7);
        echoOptions(bytes, 0, bytes.length, recorder);
        expect(toHex(bytes, 0, 10) + toHex(bytes, 12, 20)).toBe(fixed);
      }),
      { numRuns: 2000 },
    );
  });
});
