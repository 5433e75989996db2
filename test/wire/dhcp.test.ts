import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toHex, utf8 } from "../../src/core/bytes.js";
import { ANY_IPV4, ipv4 } from "../../src/core/ipv4.js";
import {
  arrangeOptions,
  type DhcpMessage,
  dhcpCodec,
  dissect,
  encode,
  encodeDhcp,
  Fault,
  gatherOptions,
} from "../../src/wire/index.js";

type Rest = Pick<DhcpMessage & { form: "options" }, "form" | "options" | "serverName" | "bootFile">;

const message = (rest: Partial<Rest> = {}): DhcpMessage => ({
  operation: 1,
  hardwareType: 1,
  hardwareSize: 6,
  hops: 0,
  transaction: 0x12345678,
  seconds: 3,
  broadcast: true,
  clientAddress: ANY_IPV4,
  yourAddress: ipv4(0x0a030064),
  serverAddress: ANY_IPV4,
  relayAddress: ANY_IPV4,
  hardware: Uint8Array.of(2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
  serverName: new Uint8Array(64),
  bootFile: new Uint8Array(128),
  form: "options",
  options: [{ code: 53, data: Uint8Array.of(1) }],
  ...rest,
});

const parsed = (bytes: Uint8Array): DhcpMessage => {
  const result = dhcpCodec.parse(bytes, 0, bytes.length);
  if (result instanceof Fault) throw new Error(result.message);
  return result;
};

describe("RFC 2131 §2 message", () => {
  it("has its fields where the diagram has them", () => {
    const bytes = encode(dhcpCodec, message());
    expect(toHex(bytes, 0, 34)).toBe(
      "01010600" +
        "12345678" +
        "00038000" +
        "00000000" +
        "0a030064" +
        "00000000" +
        "00000000" +
        "020000000001",
    );
    expect(toHex(bytes, 236)).toBe("63825363" + "350101" + "ff");
  });

  it("is padded to the 300 bytes of BOOTP (RFC 1542 §2.1), which the receiver passes over", () => {
    const bytes = encodeDhcp(message());
    expect(bytes.length).toBe(300);
    expect(parsed(bytes)).toEqual(message());
  });

  it("is refused without an end of its options", () => {
    const bytes = encode(dhcpCodec, message());
    expect(dhcpCodec.parse(bytes, 0, bytes.length - 1)).toMatchObject({ message: "Options have no end" });
  });
});

describe("RFC 2131 §4.1, RFC 2132 §9.3 option overload", () => {
  const long = [53, 12, 15, 60, 66].map((code) => ({
    code,
    data: new Uint8Array(code === 53 ? 1 : 60).fill(code),
  }));

  it("uses the fields of the names when the message has no room", () => {
    const arranged = arrangeOptions(long, 320);
    expect(240 + arranged.options.reduce((sum, { data }) => sum + 2 + data.length, 1)).toBeLessThanOrEqual(
      320,
    );
    expect(arranged.options.map(({ code }) => code)).toEqual([53, 52, 12]);
    expect(arranged.options[1]!.data).toEqual(Uint8Array.of(3));
    const gathered = gatherOptions(parsed(encode(dhcpCodec, message(arranged))));
    for (const { code, data } of long) expect(gathered.get(code), String(code)).toEqual(data);
  });

  it("leaves a name in its field alone", () => {
    const bootFile = new Uint8Array(128);
    bootFile.set(utf8("pxe.0"));
    const arranged = arrangeOptions(long, 320, undefined, bootFile);
    expect(arranged.bootFile).toEqual(bootFile);
    expect(gatherOptions(message(arranged)).get(67)).toEqual(utf8("pxe.0"));
  });
});

describe("RFC 3396 long options", () => {
  it("go in pieces of at most 255 bytes, and come together again", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 250, maxLength: 900 }), (data) => {
        const arranged = arrangeOptions([{ code: 121, data }], 1400);
        expect(arranged.options.length).toBe(Math.ceil(data.length / 255));
        expect(gatherOptions(parsed(encode(dhcpCodec, message(arranged)))).get(121)).toEqual(data);
      }),
    );
  });
});

describe("dissection", () => {
  it("names the options and their values", () => {
    const options = [
      { code: 53, data: Uint8Array.of(2) },
      { code: 51, data: Uint8Array.of(0, 0, 14, 16) },
      { code: 12, data: utf8("pc1") },
    ];
    const payload = encodeDhcp(message({ options }));
    const frame = new Uint8Array(42 + payload.length);
    frame.set([0x08, 0x00, 0x45, 0, 328 >> 8, 328 & 255, 0, 0, 0, 0, 64, 17], 12);
    frame.set([0, 67, 0, 68, 308 >> 8, 308 & 255, 0, 0], 34);
    frame.set(payload, 42);
    const layer = dissect(frame).payload!.payload!.payload!;
    expect(layer.protocol).toBe("dhcp");
    const shown = layer.fields.map(({ text, meaning }) => `${text} ${meaning ?? ""}`);
    expect(shown).toContain("2 offer");
    expect(shown).toContain("3600 seconds");
    expect(shown).toContain('70 63 31 "pc1"');
  });
});
