/**
 * IGMP: RFC 1112 appendix I (v1), RFC 2236 (v2), RFC 3376 (v3). The value holds the 8 bytes that all versions have; what
 * version 3 adds behind them (a query's sources, a report's records) is its payload, which the dissector explains.
 */
import { readI32 } from "../core/bytes.js";
import { addToSum, foldChecksum } from "../core/checksum.js";
import type { Codec } from "./codec/codec.js";
import { checksumFault } from "./codec/fault.js";
import { type FieldSpec, Layout, type ValueOf } from "./codec/layout.js";
import type { LayerBuilder } from "./dissect/dissection.js";
import { IP_PROTO_IGMP } from "./ipv4.js";

export const IGMP_HEADER_SIZE = 8;
export const IGMP_TYPE = 0;
/** In units of a tenth of a second. */
export const IGMP_MAX_RESPONSE = 1;
export const IGMP_CHECKSUM = 2;
export const IGMP_GROUP = 4;

export const IGMP_QUERY = 0x11;
export const IGMP_V1_REPORT = 0x12;
export const IGMP_V2_REPORT = 0x16;
export const IGMP_LEAVE = 0x17;
export const IGMP_V3_REPORT = 0x22;

const TYPE_NAMES: Readonly<Record<number, string>> = {
  [IGMP_QUERY]: "membership query",
  [IGMP_V1_REPORT]: "version 1 report",
  [IGMP_V2_REPORT]: "version 2 report",
  [IGMP_LEAVE]: "leave group",
  [IGMP_V3_REPORT]: "version 3 report",
};

const RECORD_NAMES: Readonly<Record<number, string>> = {
  1: "mode is include",
  2: "mode is exclude",
  3: "change to include mode",
  4: "change to exclude mode",
  5: "allow new sources",
  6: "block old sources",
};

const START = [{ name: "type", bits: 8, label: "Type", kind: "hex", meaning: TYPE_NAMES }] as const;
const CHECKSUM = { name: "checksum", bits: 16, label: "Checksum", kind: "hex", computed: true } as const;

export const IGMP_LAYOUT = new Layout("IGMP header", "RFC 2236 §2", [
  ...START,
  { name: "maxResponse", bits: 8, label: "Max response time", short: "Max resp", meaning: responseTime },
  CHECKSUM,
  { name: "group", bits: 32, label: "Group address", kind: "ipv4" },
]);

/** RFC 3376 §4.1.1: from 128 on, four bits of mantissa and three of exponent. */
function responseTime(code: number): string | undefined {
  if (code === 0) return undefined;
  const tenths = code < 128 ? code : ((code & 15) | 16) << (((code >> 4) & 7) + 3);
  return `${tenths / 10} s`;
}

export const IGMP_V3_QUERY_LAYOUT = new Layout("IGMPv3 query", "RFC 3376 §4.1", [
  { name: "reserved", bits: 4, label: "Reserved", short: "Resv", ignored: true },
  { name: "suppress", bits: 1, label: "Suppress router processing", short: "S", kind: "flag" },
  { name: "robustness", bits: 3, label: "Robustness", short: "QRV" },
  { name: "queryInterval", bits: 8, label: "Query interval code", short: "QQIC" },
  { name: "sources", bits: 16, label: "Number of sources" },
]);

export const IGMP_V3_REPORT_LAYOUT = new Layout("IGMPv3 report", "RFC 3376 §4.2", [
  ...START,
  { name: "reserved1", bits: 8, label: "Reserved", ignored: true },
  CHECKSUM,
  { name: "reserved2", bits: 16, label: "Reserved", ignored: true },
  { name: "records", bits: 16, label: "Number of group records" },
]);

export const IGMP_RECORD_LAYOUT = new Layout("IGMPv3 group record", "RFC 3376 §4.2.4", [
  { name: "recordType", bits: 8, label: "Record type", meaning: RECORD_NAMES },
  { name: "auxiliaryWords", bits: 8, label: "Auxiliary data", short: "Aux Data Len" },
  { name: "sources", bits: 16, label: "Number of sources" },
  { name: "group", bits: 32, label: "Group address", kind: "ipv4" },
]);

const SOURCE_FIELD: FieldSpec = { name: "source", bits: 32, label: "Source address", kind: "ipv4" };

export type IgmpMessage =
  | ({ readonly form: "group"; readonly payload: Uint8Array } & ValueOf<typeof IGMP_LAYOUT>)
  | ({ readonly form: "report"; readonly payload: Uint8Array } & ValueOf<typeof IGMP_V3_REPORT_LAYOUT>);

export const igmpCodec: Codec<IgmpMessage> = {
  name: "igmp",
  title: "IGMP",
  spec: "RFC 2236, RFC 3376",
  layouts: [IGMP_LAYOUT, IGMP_V3_QUERY_LAYOUT, IGMP_V3_REPORT_LAYOUT, IGMP_RECORD_LAYOUT],
  carriedBy: [{ space: "ip", number: IP_PROTO_IGMP }],

  parse(bytes, from, to) {
    const fault =
      IGMP_LAYOUT.check(bytes, from, to) ?? checksumFault(addToSum(bytes, from, to, 0), from + IGMP_CHECKSUM);
    if (fault !== undefined) return fault;
    const payload = bytes.subarray(from + IGMP_HEADER_SIZE, to);
    return bytes[from] === IGMP_V3_REPORT
      ? IGMP_V3_REPORT_LAYOUT.values(bytes, from, { form: "report", payload })
      : IGMP_LAYOUT.values(bytes, from, { form: "group", payload });
  },

  size: (message) => IGMP_HEADER_SIZE + message.payload.length,

  emit(message, bytes, at) {
    const end = at + IGMP_HEADER_SIZE + message.payload.length;
    if (message.form === "report") IGMP_V3_REPORT_LAYOUT.put(bytes, at, message);
    else IGMP_LAYOUT.put(bytes, at, message);
    bytes.set(message.payload, at + IGMP_HEADER_SIZE);
    IGMP_LAYOUT.write(bytes, at, "checksum", foldChecksum(addToSum(bytes, at, end, 0)));
    return end;
  },

  dissect(layer) {
    const { bytes, from, to, surroundings } = layer;
    const report = bytes[from] === IGMP_V3_REPORT;
    if (!layer.add(report ? IGMP_V3_REPORT_LAYOUT : IGMP_LAYOUT)) return;
    if (surroundings.incomplete !== undefined) layer.explain("checksum", "not judged");
    else layer.judgeChecksum("checksum", addToSum(bytes, from, to, 0));
    const start = from + IGMP_HEADER_SIZE;
    if (report) dissectRecords(layer, start);
    else if (bytes[from] === IGMP_QUERY && start < to && layer.add(IGMP_V3_QUERY_LAYOUT, start)) {
      const sources = IGMP_V3_QUERY_LAYOUT.read(bytes, start, "sources");
      dissectSources(layer, start + IGMP_V3_QUERY_LAYOUT.size, sources);
    }
  },
};

function dissectRecords(layer: LayerBuilder, start: number): void {
  const { bytes, from, to } = layer;
  const records = IGMP_V3_REPORT_LAYOUT.read(bytes, from, "records");
  let at = start;
  for (let i = 0; i < records; i++) {
    if (!layer.add(IGMP_RECORD_LAYOUT, at)) return;
    const words = IGMP_RECORD_LAYOUT.read(bytes, at, "auxiliaryWords");
    const sources = IGMP_RECORD_LAYOUT.read(bytes, at, "sources");
    at = dissectSources(layer, at + IGMP_RECORD_LAYOUT.size, sources);
    const next = Math.min(to, at + 4 * words);
    layer.addBytes("auxiliary", "Auxiliary data content", at, next);
    at = next;
  }
}

/** Adds the source addresses from `at` on, as many as there are, and returns where they end. */
function dissectSources(layer: LayerBuilder, at: number, count: number): number {
  const { bytes, from, to } = layer;
  const present = Math.min(count, Math.floor((to - at) / 4));
  if (present < count) layer.blame("sources", `is ${count}, but ${present} are there`);
  for (let i = 0; i < present; i++)
    layer.addValue(SOURCE_FIELD, 8 * (at + 4 * i - from), readI32(bytes, at + 4 * i));
  return at + 4 * present;
}
