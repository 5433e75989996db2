/** What the identifiers of a filter stand for: addresses, ports, protocol numbers. All throw FilterError. */
import { maskOf } from "../../core/ipv4.js";
import { type Mac, parseMac } from "../../core/mac.js";
import type { Id } from "./expression.js";
import { FilterError } from "./filter-error.js";
import { SERVICES } from "./names.js";

/** Address and mask, both unsigned. */
export type MaskedAddress = readonly [address: number, mask: number];

export interface PortRange {
  readonly least: number;
  readonly most: number;
  /** The only transport that has the named service. */
  readonly transport: "tcp" | "udp" | undefined;
}

/** An IPv4 address, or behind `net` a network. */
export function addressOf(id: Id, isNet: boolean): MaskedAddress {
  const { column } = id;
  if (id.kind === "mac") throw new FilterError("a MAC address needs 'ether' in front", column);
  if (id.kind === "name")
    throw new FilterError(`unknown host '${id.text}': only IPv4 addresses are known`, column);
  if (id.kind === "number") return isNet ? promoted(id.value) : [id.value, 0xffffffff];
  const [bits, length] = quadOf(id.text, column);
  const { prefixLength, mask: maskText } = id;
  if (prefixLength === undefined && maskText === undefined)
    return isNet ? promoted(bits) : aligned(bits, length);
  if (!isNet) throw new FilterError("a mask needs 'net' in front", column);
  if (prefixLength !== undefined && prefixLength > 32)
    throw new FilterError("a prefix length is at most 32", column);
  const [address] = aligned(bits, length);
  const mask = maskText === undefined ? maskOf(prefixLength!) >>> 0 : aligned(...quadOf(maskText, column))[0];
  if ((address & ~mask) !== 0) throw new FilterError(`${id.text} has bits beyond its mask`, column);
  return [address, mask];
}

export function macOfId(id: Id): Mac {
  const mac = id.kind === "mac" ? (parseMac(id.text) ?? parseMac(id.text.replaceAll(".", ":"))) : undefined;
  if (mac === undefined) throw new FilterError("expected a MAC address behind 'ether'", id.column);
  return mac;
}

/** A port by number or service, or behind `portrange` also two of them: `1000-2000`. */
export function portsOf(id: Id, isRange: boolean): PortRange {
  const { column } = id;
  if (id.kind === "number") return portOf(String(id.value), column);
  if (id.kind !== "name") throw new FilterError(`expected a port, found '${id.text}'`, column);
  const range = isRange ? /^([^-]+)-([^-]+)$/.exec(id.text) : null;
  if (range === null) return portOf(id.text, column);
  const [first, last] = [portOf(range[1]!, column), portOf(range[2]!, column)];
  return {
    least: Math.min(first.least, last.least),
    most: Math.max(first.least, last.least),
    transport: first.transport === last.transport ? first.transport : undefined,
  };
}

/** A protocol's number, given as such or by one of the names. */
export function protocolNumberOf(id: Id, names: ReadonlyMap<string, number>): number {
  const number = id.kind === "number" ? id.value : names.get(id.text);
  if (number === undefined)
    throw new FilterError(`unknown protocol '${(id as { text: string }).text}'`, id.column);
  return number;
}

function portOf(text: string, column: number): PortRange {
  const service = SERVICES.get(text);
  const port = service?.port ?? (/^\d+$/.test(text) ? Number(text) : undefined);
  if (port === undefined) throw new FilterError(`unknown port '${text}'`, column);
  if (port > 65_535) throw new FilterError(`port ${port} is above 65535`, column);
  return { least: port, most: port, transport: service?.transport };
}

/** The numbers of a dotted address put together, and how many bits they are. */
function quadOf(text: string, column: number): [bits: number, length: number] {
  const parts = text.split(".").map(Number);
  if (parts.some((part) => part > 255)) throw new FilterError(`${text} is no IPv4 address`, column);
  return [parts.reduce((bits, part) => bits * 256 + part, 0), 8 * parts.length];
}

/** `10.1` as a host: the bits moved to the front, and the mask of as many. */
function aligned(bits: number, length: number): MaskedAddress {
  return [(bits << (32 - length)) >>> 0, maskOf(length) >>> 0];
}

/** `10.1` as a network: zero bytes in front are taken away, and what that leaves open behind is not compared. */
function promoted(bits: number): MaskedAddress {
  let mask = 0xffffffff;
  while (bits !== 0 && bits < 0x1000000) {
    bits = (bits << 8) >>> 0;
    mask = (mask << 8) >>> 0;
  }
  return [bits, mask];
}
