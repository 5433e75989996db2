/**
 * Options of the IPv4 header (RFC 791 §3.1): end, no operation, record route, source routes, timestamp; and router alert
 * (RFC 2113). The security options (RFC 1108) and all others are carried as bytes.
 */
import { readI32, writeU32 } from "../core/bytes.js";
import { type Ipv4, ipv4 } from "../core/ipv4.js";
import { Fault } from "./codec/fault.js";
import { type AnyLayout, Layout } from "./codec/layout.js";
import type { LayerBuilder } from "./dissect/dissection.js";

export const IPV4_OPTION_END = 0;
export const IPV4_OPTION_NOP = 1;
export const IPV4_OPTION_RECORD_ROUTE = 7;
export const IPV4_OPTION_TIMESTAMP = 68;
export const IPV4_OPTION_SECURITY = 130;
export const IPV4_OPTION_LOOSE_ROUTE = 131;
export const IPV4_OPTION_EXTENDED_SECURITY = 133;
export const IPV4_OPTION_STRICT_ROUTE = 137;
export const IPV4_OPTION_ROUTER_ALERT = 148;
/** Set in an option's type: every fragment carries the option. */
export const IPV4_OPTION_COPIED = 0x80;

/** Flag of the timestamp option: times only; each address and its time; times of the addresses given. */
export const TIMESTAMP_ONLY = 0;
export const TIMESTAMP_ADDRESS = 1;
export const TIMESTAMP_PRESPECIFIED = 3;

const OPTION_NAMES: Readonly<Record<number, string>> = {
  [IPV4_OPTION_END]: "end of options",
  [IPV4_OPTION_NOP]: "no operation",
  [IPV4_OPTION_RECORD_ROUTE]: "record route",
  [IPV4_OPTION_TIMESTAMP]: "timestamp",
  [IPV4_OPTION_SECURITY]: "basic security",
  [IPV4_OPTION_LOOSE_ROUTE]: "loose source route",
  [IPV4_OPTION_EXTENDED_SECURITY]: "extended security",
  [IPV4_OPTION_STRICT_ROUTE]: "strict source route",
  [IPV4_OPTION_ROUTER_ALERT]: "router alert",
};

const TYPE = { name: "type", bits: 8, label: "Option", meaning: OPTION_NAMES } as const;
const LENGTH = { name: "length", bits: 8, label: "Option length", short: "Length", computed: true } as const;

const SINGLE_LAYOUT = new Layout("IPv4 option", "RFC 791 §3.1", [TYPE]);
const START_LAYOUT = new Layout("IPv4 option", "RFC 791 §3.1", [TYPE, LENGTH]);
const POINTER = { name: "pointer", bits: 8, label: "Pointer" } as const;

export const IPV4_ROUTE_LAYOUT = new Layout("IPv4 route option", "RFC 791 §3.1", [TYPE, LENGTH, POINTER]);

export const IPV4_TIMESTAMP_LAYOUT = new Layout("IPv4 timestamp option", "RFC 791 §3.1", [
  { ...TYPE, always: IPV4_OPTION_TIMESTAMP },
  LENGTH,
  POINTER,
  { name: "overflow", bits: 4, label: "Overflow", short: "oflw" },
  {
    name: "flag",
    bits: 4,
    label: "Flag",
    meaning: { 0: "times only", 1: "addresses and times", 3: "times of given addresses" },
    fault: (flag) => (flag > 3 || flag === 2 ? `is ${flag}, must be 0, 1 or 3` : undefined),
  },
]);

export const IPV4_ROUTER_ALERT_LAYOUT = new Layout("IPv4 router alert option", "RFC 2113 §2.1", [
  { ...TYPE, always: IPV4_OPTION_ROUTER_ALERT },
  { ...LENGTH, always: 4 },
  { name: "value", bits: 16, label: "Value", meaning: { 0: "every router examines the packet" } },
]);

/** The end of the options and the padding after it are not among the values: `emitOptions` adds them as needed. */
export type Ipv4Option =
  | { readonly kind: "nop" }
  /** Record route, loose and strict source route. `pointer` counts from 1 at the option's type; the first address is 4. */
  | {
      readonly kind: "route";
      readonly type: number;
      readonly pointer: number;
      readonly route: readonly Ipv4[];
    }
  | {
      readonly kind: "timestamp";
      /** The first entry is 5. */
      readonly pointer: number;
      /** How many hops found no room. */
      readonly overflow: number;
      readonly flag: number;
      /** Milliseconds since midnight UT; for flag 1 and 3, the address comes before each time, as a number. */
      readonly words: readonly number[];
    }
  | { readonly kind: "router-alert"; readonly value: number }
  | { readonly kind: "other"; readonly type: number; readonly data: Uint8Array };

const isRoute = (type: number): boolean =>
  type === IPV4_OPTION_RECORD_ROUTE || type === IPV4_OPTION_LOOSE_ROUTE || type === IPV4_OPTION_STRICT_ROUTE;

/** Where a source route that is not at its end leads to in the end. */
export function sourceRouteEnd(options: readonly Ipv4Option[]): Ipv4 | undefined {
  for (const option of options)
    if (option.kind === "route" && option.type !== IPV4_OPTION_RECORD_ROUTE)
      return option.pointer <= 4 * option.route.length ? option.route.at(-1) : undefined;
  return undefined;
}

/** The bytes of the options, padded to whole 32-bit words. */
export function optionsSize(options: readonly Ipv4Option[]): number {
  const size = options.reduce((sum, option) => sum + optionSize(option), 0);
  return (size + 3) & ~3;
}

function optionSize(option: Ipv4Option): number {
  switch (option.kind) {
    case "nop":
      return 1;
    case "route":
      return 3 + 4 * option.route.length;
    case "timestamp":
      return 4 + 4 * option.words.length;
    case "router-alert":
      return 4;
    case "other":
      return 2 + option.data.length;
  }
}

/** Writes the options, padded with zeros to whole 32-bit words, and returns their end. */
export function emitOptions(options: readonly Ipv4Option[], bytes: Uint8Array, at: number): number {
  const end = at + optionsSize(options);
  for (const option of options) {
    const size = optionSize(option);
    emitOption(option, bytes, at, size);
    at += size;
  }
  bytes.fill(0, at, end);
  return end;
}

function emitOption(option: Ipv4Option, bytes: Uint8Array, at: number, size: number): void {
  switch (option.kind) {
    case "nop":
      bytes[at] = IPV4_OPTION_NOP;
      return;
    case "route":
      IPV4_ROUTE_LAYOUT.put(bytes, at, option);
      writeWords(bytes, at + IPV4_ROUTE_LAYOUT.size, option.route);
      break;
    case "timestamp":
      IPV4_TIMESTAMP_LAYOUT.put(bytes, at, option);
      writeWords(bytes, at + IPV4_TIMESTAMP_LAYOUT.size, option.words);
      break;
    case "router-alert":
      IPV4_ROUTER_ALERT_LAYOUT.put(bytes, at, option);
      break;
    case "other":
      START_LAYOUT.put(bytes, at, option);
      bytes.set(option.data, at + START_LAYOUT.size);
      break;
  }
  START_LAYOUT.write(bytes, at, "length", size);
}

function writeWords(bytes: Uint8Array, at: number, words: readonly number[]): void {
  for (let i = 0; i < words.length; i++) writeU32(bytes, at + 4 * i, words[i]!);
}

function readWords(bytes: Uint8Array, from: number, to: number): number[] {
  const words: number[] = [];
  for (let at = from; at < to; at += 4) words.push(readI32(bytes, at));
  return words;
}

/** The options at bytes[from, to). */
export function parseOptions(bytes: Uint8Array, from: number, to: number): Ipv4Option[] | Fault {
  const options: Ipv4Option[] = [];
  let at = from;
  while (at < to && bytes[at] !== IPV4_OPTION_END) {
    const end = optionEnd(bytes, at, to);
    if (end instanceof Fault) return end;
    const option = parseOption(bytes, at, end);
    if (option instanceof Fault) return option;
    options.push(option);
    at = end;
  }
  // RFC 791 §3.1: what pads the header behind the end of the options is zero.
  for (; at < to; at++) if (bytes[at] !== 0) return new Fault("Padding of the options is not zero", at);
  return options;
}

/** Where the option at `at` ends, which is not later than `to`. */
function optionEnd(bytes: Uint8Array, at: number, to: number): number | Fault {
  if (bytes[at]! <= IPV4_OPTION_NOP) return at + 1;
  if (at + 1 >= to) return new Fault("Option has no room for its length", at);
  const length = bytes[at + 1]!;
  if (length < 2) return new Fault(`Option length is ${length}, must be at least 2`, at + 1);
  if (at + length > to) return new Fault("Option length goes past the end of the header", at + 1);
  return at + length;
}

function parseOption(bytes: Uint8Array, at: number, end: number): Ipv4Option | Fault {
  const type = bytes[at]!;
  if (type === IPV4_OPTION_NOP) return { kind: "nop" };
  if (isRoute(type)) return parseRoute(bytes, at, end);
  if (type === IPV4_OPTION_TIMESTAMP) return parseTimestamp(bytes, at, end);
  if (type === IPV4_OPTION_ROUTER_ALERT)
    return (
      IPV4_ROUTER_ALERT_LAYOUT.check(bytes, at, end) ??
      IPV4_ROUTER_ALERT_LAYOUT.values(bytes, at, { kind: "router-alert" })
    );
  return { kind: "other", type, data: bytes.subarray(at + START_LAYOUT.size, end) };
}

function parseRoute(bytes: Uint8Array, at: number, end: number): Ipv4Option | Fault {
  const start = at + IPV4_ROUTE_LAYOUT.size;
  const fault = IPV4_ROUTE_LAYOUT.check(bytes, at, end) ?? entriesFault(bytes, at, start, end, 4);
  if (fault !== undefined) return fault;
  const route = readWords(bytes, start, end).map(ipv4);
  return IPV4_ROUTE_LAYOUT.values(bytes, at, { kind: "route", route });
}

function parseTimestamp(bytes: Uint8Array, at: number, end: number): Ipv4Option | Fault {
  const start = at + IPV4_TIMESTAMP_LAYOUT.size;
  const fault = IPV4_TIMESTAMP_LAYOUT.check(bytes, at, end);
  if (fault !== undefined) return fault;
  const entrySize = IPV4_TIMESTAMP_LAYOUT.read(bytes, at, "flag") === TIMESTAMP_ONLY ? 4 : 8;
  const wrong = entriesFault(bytes, at, start, end, entrySize);
  if (wrong !== undefined) return wrong;
  return IPV4_TIMESTAMP_LAYOUT.values(bytes, at, { kind: "timestamp", words: readWords(bytes, start, end) });
}

/** RFC 791 §3.1: whole entries, and the pointer at one of them or just past the last. */
function entriesFault(
  bytes: Uint8Array,
  at: number,
  start: number,
  end: number,
  entrySize: number,
): Fault | undefined {
  if ((end - start) % entrySize !== 0) return new Fault("Option length leaves a part of an entry", at + 1);
  const next = at + IPV4_ROUTE_LAYOUT.read(bytes, at, "pointer") - 1;
  if (next < start || next > end || (next - start) % entrySize !== 0)
    return new Fault("Pointer is not at an entry", at + IPV4_ROUTE_LAYOUT.byteOf("pointer"));
  return undefined;
}

/** Adds the options at bytes[from, to) to the layer, those in front of a fault in any case. */
export function dissectOptions(layer: LayerBuilder, from: number, to: number): void {
  const { bytes } = layer;
  let at = from;
  while (at < to && bytes[at] !== IPV4_OPTION_END) {
    const end = optionEnd(bytes, at, to);
    if (end instanceof Fault) {
      layer.addBytes("options", "Options", at, to);
      layer.blame("options", `are broken: ${end.message}`);
      return;
    }
    dissectOption(layer, at, end);
    at = end;
  }
  if (at >= to) return;
  layer.add(SINGLE_LAYOUT, at);
  layer.addBytes("optionPadding", "Padding of options", at + 1, to);
}

function dissectOption(layer: LayerBuilder, at: number, end: number): void {
  const { bytes } = layer;
  const type = bytes[at]!;
  const layout = optionLayout(type);
  if (!layer.add(layout, at, end)) return;
  const option = parseOption(bytes, at, end);
  if (option instanceof Fault) layer.blame("type", `is broken: ${option.message}`);
  const rest = at + layout.size;
  if (option instanceof Fault || option.kind === "other") {
    layer.addBytes("optionContent", "Option content", rest, end);
    return;
  }
  const words = option.kind === "route" ? option.route : option.kind === "timestamp" ? option.words : [];
  const isTime = (i: number) =>
    option.kind === "timestamp" && (option.flag === TIMESTAMP_ONLY || i % 2 === 1);
  words.forEach((word, i) => {
    const place = 8 * (rest + 4 * i - layer.from);
    if (isTime(i)) layer.addValue(TIME_FIELD, place, word >>> 0);
    else layer.addValue(ADDRESS_FIELD, place, word);
  });
}

const ADDRESS_FIELD = { name: "address", bits: 32, label: "Address", kind: "ipv4" } as const;
const TIME_FIELD = {
  name: "time",
  bits: 32,
  label: "Time",
  meaning: (time: number) => (time < 0x80000000 ? "ms since midnight UT" : "not in standard form"),
} as const;

function optionLayout(type: number): AnyLayout {
  if (type === IPV4_OPTION_NOP) return SINGLE_LAYOUT;
  if (isRoute(type)) return IPV4_ROUTE_LAYOUT;
  if (type === IPV4_OPTION_TIMESTAMP) return IPV4_TIMESTAMP_LAYOUT;
  return type === IPV4_OPTION_ROUTER_ALERT ? IPV4_ROUTER_ALERT_LAYOUT : START_LAYOUT;
}
