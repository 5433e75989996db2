/** The options of an IPv4 header (RFC 791 §3.1, RFC 2113) as tcpdump prints them. */
import type { Printout } from "./printout.js";

const END = 0;
const NOP = 1;
const RECORD_ROUTE = 7;
const TIMESTAMP = 68;
const LOOSE_ROUTE = 131;
const STRICT_ROUTE = 137;
const ROUTER_ALERT = 148;

const NAMES: ReadonlyMap<number, string> = new Map([
  [END, "EOL"],
  [NOP, "NOP"],
  [RECORD_ROUTE, "RR"],
  [TIMESTAMP, "timestamp"],
  [82, "traceroute"],
  [130, "security"],
  [LOOSE_ROUTE, "LSRR"],
  [STRICT_ROUTE, "SSRR"],
  [ROUTER_ALERT, "RA"],
]);

/** False if the frame ends inside an option. */
export function printIpv4Options(out: Printout, at: number, length: number): boolean {
  const end = at + length;
  for (let separator = ""; at < end && !out.truncated; separator = ",") {
    const code = out.u8(at);
    out.add(`${separator}${NAMES.get(code) ?? `unknown ${code}`}`);
    if (code === END) return true;
    const size = code === NOP ? 1 : out.u8(at + 1);
    if ((code !== NOP && size < 2) || size > end - at) {
      out.add(` [bad length ${size}]`);
      return true;
    }
    if (!out.holds(at, size)) return false;
    if (code === TIMESTAMP) printTimestamps(out, at, size);
    else if (code === RECORD_ROUTE || code === LOOSE_ROUTE || code === STRICT_ROUTE)
      printRoute(out, at, size);
    else if (code === ROUTER_ALERT) printRouterAlert(out, at, size);
    at += size;
  }
  return true;
}

function printRouterAlert(out: Printout, at: number, size: number): void {
  if (size < 4) out.add(` [bad length ${size}]`);
  else if (out.u16(at + 2) !== 0) out.add(` value ${out.u16(at + 2)}`);
}

function printRoute(out: Printout, at: number, size: number): void {
  if (size < 3 || (size + 1) % 4 !== 0) out.add(` [bad length ${size}]`);
  if (size < 3) return;
  const pointer = out.u8(at + 2);
  if (pointer < 4 || pointer % 4 !== 0) out.add(` [bad ptr ${pointer}]`);
  for (let hop = 3; hop < size && !out.truncated; hop += 4)
    out.add(` ${out.ipv4(at + hop)}${pointer > hop + 1 || pointer === 0 ? "," : ""}`);
}

function printTimestamps(out: Printout, at: number, size: number): void {
  if (size < 4) {
    out.add(`[bad length ${size}]`);
    return;
  }
  out.add(" TS{");
  const flags = out.u8(at + 3) & 15;
  const overflow = out.u8(at + 3) >> 4;
  const hopSize = flags === 0 ? 4 : 8;
  if ((size - 4) % hopSize !== 0) out.add(`[bad length ${size}]`);
  const pointer = out.u8(at + 2) - 1;
  if (pointer < 4 || (pointer - 4) % hopSize !== 0 || pointer > size + 1) out.add(`[bad ptr ${pointer + 1}]`);
  const kind = flags === 0 ? "TSONLY" : flags === 1 ? "TS+ADDR" : flags === 3 ? "PRESPEC" : undefined;
  out.add(kind ?? `[bad ts type ${flags}]`);
  let hop = kind === undefined ? 0 : 4;
  for (; hop > 0 && hop < size && !out.truncated; hop += hopSize) {
    if (!out.need(at + hop, hopSize)) return;
    const address = hopSize === 8 ? out.ipv4(at + hop) : "";
    out.add(`${pointer === hop ? " ^ " : " "}${out.u32(at + hop + hopSize - 4)}@${address}`);
  }
  out.add(pointer === hop ? " ^ " : "");
  out.add(overflow > 0 ? ` [${overflow} hops not recorded]} ` : "}");
}
