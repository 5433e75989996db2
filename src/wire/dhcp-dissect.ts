/** The options of a DHCP message in a dissection: each with its name and its value as people write it. */
import { readI32, readU16 } from "../core/bytes.js";
import { type FieldSpec, Layout } from "./codec/layout.js";
import { DHCP_END, DHCP_PAD, DHCP_TYPE_NAMES, dhcpOptionKind, dhcpOptionName } from "./dhcp-options.js";
import type { LayerBuilder } from "./dissect/dissection.js";

const CODE = { name: "option", bits: 8, label: "Option", meaning: dhcpOptionName } as const;
const MARK_LAYOUT = new Layout("DHCP option", "RFC 2132 §3", [CODE]);
const OPTION_LAYOUT = new Layout("DHCP option", "RFC 2132 §2", [
  CODE,
  { name: "optionLength", bits: 8, label: "Option length", computed: true },
]);

const ADDRESS: FieldSpec = { name: "address", bits: 32, label: "Address", kind: "ipv4" };
const SECONDS: FieldSpec = {
  name: "time",
  bits: 32,
  label: "Time",
  meaning: (value) => (value === 0xffffffff ? "for ever" : "seconds"),
};
const NUMBER: FieldSpec = { name: "number", bits: 16, label: "Number" };
const BYTE: FieldSpec = { name: "number", bits: 8, label: "Number" };
const TYPE: FieldSpec = { name: "messageType", bits: 8, label: "Message type", meaning: DHCP_TYPE_NAMES };

/** Adds the options from `from` to the end of the layer, and returns where they end. */
export function dissectDhcpOptions(layer: LayerBuilder, from: number): number {
  const { bytes, to } = layer;
  let at = from;
  while (at < to) {
    const code = bytes[at]!;
    if (code === DHCP_PAD || code === DHCP_END) {
      layer.add(MARK_LAYOUT, at);
      at++;
      if (code === DHCP_END) return at;
      continue;
    }
    if (!layer.add(OPTION_LAYOUT, at)) return to;
    const start = at + OPTION_LAYOUT.size;
    const end = start + bytes[at + 1]!;
    if (end > to) {
      layer.blame("optionLength", `goes past the end: ${to - start} bytes are there`);
      return to;
    }
    addValue(layer, code, start, end);
    at = end;
  }
  if (layer.surroundings.incomplete === undefined) layer.layer.fault = "has options without an end";
  return to;
}

function addValue(layer: LayerBuilder, code: number, from: number, to: number): void {
  const { bytes } = layer;
  const bit = (at: number): number => 8 * (at - layer.from);
  const size = to - from;
  const kind = dhcpOptionKind(code);
  if (kind === "addresses" && size % 4 === 0)
    for (let at = from; at < to; at += 4) layer.addValue(ADDRESS, bit(at), readI32(bytes, at));
  else if (kind === "seconds" && size === 4) layer.addValue(SECONDS, bit(from), readI32(bytes, from) >>> 0);
  else if (kind === "u16" && size === 2) layer.addValue(NUMBER, bit(from), readU16(bytes, from));
  else if (kind === "u8" && size === 1) layer.addValue(BYTE, bit(from), bytes[from]!);
  else if (kind === "type" && size === 1) layer.addValue(TYPE, bit(from), bytes[from]!);
  else
    layer.addBytes(
      "optionContent",
      "Option content",
      from,
      to,
      kind === "text" ? quoted(bytes, from, to) : undefined,
    );
}

function quoted(bytes: Uint8Array, from: number, to: number): string | undefined {
  let text = "";
  for (let at = from; at < to; at++) {
    if (bytes[at]! < 0x20 || bytes[at]! > 0x7e) return undefined;
    text += String.fromCharCode(bytes[at]!);
  }
  return `"${text}"`;
}
