/** IGMP (RFC 1112, RFC 2236, RFC 3376) as tcpdump prints it. */
import * as IGMP from "../../wire/igmp.js";
import type { Printout } from "./printout.js";

const RECORD_TYPES = ["", "is_in", "is_ex", "to_in", "to_ex", "allow", "block"] as const;
/** The shortest query of version 3. */
const V3_QUERY_SIZE = 12;

export function printIgmp(out: Printout, at: number, length: number): void {
  out.protocol = "igmp";
  const type = out.u8(at + IGMP.IGMP_TYPE);
  const group = at + IGMP.IGMP_GROUP;
  const oddLength = length === IGMP.IGMP_HEADER_SIZE ? "" : ` [len ${length}]`;
  switch (type) {
    case IGMP.IGMP_QUERY:
      out.add("igmp query");
      if (length >= V3_QUERY_SIZE) printV3Query(out, at, length);
      else printQuery(out, at, oddLength);
      break;
    case IGMP.IGMP_V1_REPORT:
      out.add(`igmp v1 report ${out.ipv4(group)}${oddLength}`);
      break;
    case IGMP.IGMP_V2_REPORT:
      out.add(`igmp v2 report ${out.ipv4(group)}`);
      break;
    case IGMP.IGMP_LEAVE:
      out.add(`igmp leave ${out.ipv4(group)}`);
      break;
    case IGMP.IGMP_V3_REPORT:
      out.add("igmp v3 report");
      printV3Report(out, at, length);
      break;
    default:
      out.add(`igmp-${type}`);
  }
  if (out.verbose > 0 && !out.truncated && out.holds(at, length) && out.checksum(at, at + length) !== 0)
    out.add(` bad igmp cksum ${out.u16(at + IGMP.IGMP_CHECKSUM).toString(16)}!`);
}

function printQuery(out: Printout, at: number, oddLength: string): void {
  const response = out.u8(at + IGMP.IGMP_MAX_RESPONSE);
  out.add(response === 0 ? " v1" : " v2");
  if (response !== 0 && response !== 100) out.add(` [max resp time ${response}]`);
  if (out.u32(at + IGMP.IGMP_GROUP) !== 0) out.add(` [gaddr ${out.ipv4(at + IGMP.IGMP_GROUP)}]`);
  out.add(oddLength);
}

function printV3Query(out: Printout, at: number, length: number): void {
  out.add(" v3");
  if (length % 4 !== 0) {
    out.add(` [invalid len ${length}]`);
    return;
  }
  const code = out.u8(at + IGMP.IGMP_MAX_RESPONSE);
  // RFC 3376 §4.1.1: from 128 on, four bits of mantissa and three of exponent.
  const tenths = code < 128 ? code : ((code & 15) | 16) << (((code >> 4) & 7) + 3);
  if (code !== 100) {
    const time = tenths < 600 ? `${(tenths / 10).toFixed(1)}s` : longTime(Math.floor(tenths / 10));
    out.add(` [max resp time ${time}]`);
  }
  if (out.u32(at + IGMP.IGMP_GROUP) === 0) return;
  out.add(` [gaddr ${out.ipv4(at + IGMP.IGMP_GROUP)}`);
  const sources = out.u16(at + 10);
  if (sources > 0) {
    if (length < V3_QUERY_SIZE + 4 * sources) out.add(" [invalid number of sources]");
    else if (out.verbose > 1) printSources(out, at + V3_QUERY_SIZE, sources);
    else out.add(`, ${sources} source(s)`);
  }
  out.add("]");
}

function printV3Report(out: Printout, at: number, length: number): void {
  if (length < 16 || length % 4 !== 0) {
    out.add(` [invalid len ${length}]`);
    return;
  }
  const records = out.u16(at + 6);
  out.add(`, ${records} group record(s)`);
  if (out.verbose === 0) return;
  let record = at + IGMP.IGMP_HEADER_SIZE;
  for (let i = 0; i < records && !out.truncated; i++) {
    if (record + 8 > at + length) {
      out.add(" [invalid number of groups]");
      return;
    }
    const type = out.u8(record);
    out.add(` [gaddr ${out.ipv4(record + 4)} ${RECORD_TYPES[type] || ` [v3-report-#${type}]`}`);
    const sources = out.u16(record + 2);
    if (record + 8 + 4 * sources > at + length) {
      out.add(` [invalid number of sources ${sources}]`);
      return;
    }
    if (out.verbose > 1) printSources(out, record + 8, sources);
    else out.add(`, ${sources} source(s)`);
    out.add("]");
    record += 8 + 4 * sources;
  }
}

function printSources(out: Printout, at: number, count: number): void {
  out.add(" {");
  for (let i = 0; i < count && !out.truncated; i++) out.add(` ${out.ipv4(at + 4 * i)}`);
  out.add(" }");
}

/** A minute or more, at most the 53 that the field can hold. */
function longTime(seconds: number): string {
  const rest = seconds % 60;
  return `${Math.floor(seconds / 60)}m${rest === 0 ? "" : `${rest}s`}`;
}
