/**
 * The codec of ICMP for IPv4 (RFC 792, RFC 1191 §4, RFC 1256, RFC 4884). A message is of one of a few forms, each with a
 * layout; what follows the layout is its payload: echo data, the packet that an error quotes, router addresses.
 *
 * Left out: guessing at extensions of errors that do not give the quote's length (RFC 4884 §5.5).
 */
import { addToSum, foldChecksum } from "../core/checksum.js";
import type { Codec } from "./codec/codec.js";
import { checksumFault, Fault } from "./codec/fault.js";
import type { AnyLayout, ValueOf } from "./codec/layout.js";
import type { LayerBuilder } from "./dissect/dissection.js";
import { ETHERTYPE_IPV4 } from "./ethernet.js";
import * as icmp from "./icmpv4.js";
import { IP_PROTO_ICMP } from "./ipv4.js";

/** The layout of each form of message. */
export const ICMP_FORMS = {
  echo: icmp.ICMP_ECHO_LAYOUT,
  timestamp: icmp.ICMP_TIMESTAMP_LAYOUT,
  mask: icmp.ICMP_MASK_LAYOUT,
  unreachable: icmp.ICMP_UNREACHABLE_LAYOUT,
  "source-quench": icmp.ICMP_SOURCE_QUENCH_LAYOUT,
  redirect: icmp.ICMP_REDIRECT_LAYOUT,
  "time-exceeded": icmp.ICMP_TIME_EXCEEDED_LAYOUT,
  "parameter-problem": icmp.ICMP_PARAMETER_PROBLEM_LAYOUT,
  "router-advertisement": icmp.ICMP_ROUTER_ADVERTISEMENT_LAYOUT,
  "router-solicitation": icmp.ICMP_ROUTER_SOLICITATION_LAYOUT,
  other: icmp.ICMP_OTHER_LAYOUT,
} as const;

export type IcmpForm = keyof typeof ICMP_FORMS;

/** `type` is one that has the form; `payload` is what follows the form's fixed fields. */
export type Icmpv4Message = {
  readonly [Form in IcmpForm]: { readonly form: Form; readonly payload: Uint8Array } & ValueOf<
    (typeof ICMP_FORMS)[Form]
  >;
}[IcmpForm];

const FORM_OF_TYPE: Readonly<Record<number, IcmpForm>> = {
  [icmp.ICMP_ECHO_REPLY]: "echo",
  [icmp.ICMP_ECHO_REQUEST]: "echo",
  // RFC 792: information messages have the echo form, without data.
  [icmp.ICMP_INFO_REQUEST]: "echo",
  [icmp.ICMP_INFO_REPLY]: "echo",
  [icmp.ICMP_TIMESTAMP_REQUEST]: "timestamp",
  [icmp.ICMP_TIMESTAMP_REPLY]: "timestamp",
  [icmp.ICMP_MASK_REQUEST]: "mask",
  [icmp.ICMP_MASK_REPLY]: "mask",
  [icmp.ICMP_UNREACHABLE]: "unreachable",
  [icmp.ICMP_SOURCE_QUENCH]: "source-quench",
  [icmp.ICMP_REDIRECT]: "redirect",
  [icmp.ICMP_TIME_EXCEEDED]: "time-exceeded",
  [icmp.ICMP_PARAMETER_PROBLEM]: "parameter-problem",
  [icmp.ICMP_ROUTER_ADVERTISEMENT]: "router-advertisement",
  [icmp.ICMP_ROUTER_SOLICITATION]: "router-solicitation",
};

export const icmpFormOf = (type: number): IcmpForm => FORM_OF_TYPE[type] ?? "other";

export const icmpv4Codec: Codec<Icmpv4Message> = {
  name: "icmp",
  title: "ICMP",
  spec: "RFC 792",
  layouts: [
    ...Object.values(ICMP_FORMS),
    icmp.ICMP_ROUTER_ENTRY_LAYOUT,
    icmp.ICMP_EXTENSION_LAYOUT,
    icmp.ICMP_OBJECT_LAYOUT,
  ],
  carriedBy: [{ space: "ip", number: IP_PROTO_ICMP }],

  parse(bytes, from, to) {
    const form = from < to ? icmpFormOf(bytes[from]!) : "other";
    const layout: AnyLayout = ICMP_FORMS[form];
    const start = from + layout.size;
    const fault =
      layout.check(bytes, from, to) ??
      checksumFault(addToSum(bytes, from, to, 0), from + icmp.ICMP_CHECKSUM) ??
      payloadFault(bytes, from, start, to);
    if (fault !== undefined) return fault;
    return layout.values(bytes, from, { form, payload: bytes.subarray(start, to) }) as Icmpv4Message;
  },

  size: (message) => ICMP_FORMS[message.form].size + message.payload.length,

  emit(message, bytes, at) {
    const layout: AnyLayout = ICMP_FORMS[message.form];
    const start = at + layout.size;
    const end = start + message.payload.length;
    layout.put(bytes, at, message);
    bytes.set(message.payload, start);
    icmp.ICMP_ECHO_LAYOUT.write(bytes, at, "checksum", foldChecksum(addToSum(bytes, at, end, 0)));
    return end;
  },

  dissect(layer) {
    const { bytes, from, to, surroundings } = layer;
    const type = bytes[from]!;
    const form = icmpFormOf(type);
    const layout: AnyLayout = ICMP_FORMS[form];
    const whole = layer.add(layout);
    if (to - from > icmp.ICMP_CODE)
      layer.explain("code", icmp.icmpCodeName(type, bytes[from + icmp.ICMP_CODE]!));
    if (!whole) return;
    if (surroundings.incomplete !== undefined) layer.explain("checksum", "not judged");
    else layer.judgeChecksum("checksum", addToSum(bytes, from, to, 0));
    const start = from + layout.size;
    if (form === "router-advertisement") dissectRouters(layer, start);
    else if (icmp.isIcmpError(type)) dissectQuote(layer, start);
    else layer.carry(start, to, []);
  },
};

/** The bytes of an error's payload that are quoted packet; those behind are extensions (RFC 4884 §4). */
function quoteSizeOf(bytes: Uint8Array, from: number, rest: number): number {
  const type = bytes[from]!;
  const extensible =
    type === icmp.ICMP_UNREACHABLE ||
    type === icmp.ICMP_TIME_EXCEEDED ||
    type === icmp.ICMP_PARAMETER_PROBLEM;
  const words = extensible ? bytes[from + icmp.ICMP_QUOTE_LENGTH]! : 0;
  return words === 0 ? rest : 4 * words;
}

/** What keeps the payload at bytes[start, to) from being what the header says it is. */
function payloadFault(bytes: Uint8Array, from: number, start: number, to: number): Fault | undefined {
  const rest = to - start;
  if (quoteSizeOf(bytes, from, rest) > rest)
    return new Fault("Length of the quoted packet goes past the end", from + icmp.ICMP_QUOTE_LENGTH);
  if (bytes[from] === icmp.ICMP_ROUTER_ADVERTISEMENT && routersEnd(bytes, from, start) > to)
    return new Fault("Addresses go past the end", from + 4);
  return undefined;
}

function routersEnd(bytes: Uint8Array, from: number, start: number): number {
  const layout = icmp.ICMP_ROUTER_ADVERTISEMENT_LAYOUT;
  return start + 4 * layout.read(bytes, from, "count") * layout.read(bytes, from, "entryWords");
}

function dissectRouters(layer: LayerBuilder, start: number): void {
  const { bytes, from, to } = layer;
  const step = 4 * icmp.ICMP_ROUTER_ADVERTISEMENT_LAYOUT.read(bytes, from, "entryWords");
  const end = routersEnd(bytes, from, start);
  if (end > to) layer.blame("count", "go past the end");
  const size = icmp.ICMP_ROUTER_ENTRY_LAYOUT.size;
  let at = start;
  for (; step >= size && at + step <= Math.min(end, to); at += step) {
    layer.add(icmp.ICMP_ROUTER_ENTRY_LAYOUT, at);
    layer.addBytes("entryRest", "Rest of entry", at + size, at + step);
  }
}

function dissectQuote(layer: LayerBuilder, start: number): void {
  const { bytes, from, to, surroundings } = layer;
  const size = quoteSizeOf(bytes, from, to - start);
  if (start + size > to && surroundings.incomplete === undefined)
    layer.blame("quoteWords", "goes past the end");
  const end = Math.min(to, start + size);
  // RFC 792: an error quotes the header and the first bytes of the packet that it is about.
  layer.carry(start, end, [{ space: "ethertype", number: ETHERTYPE_IPV4 }], { incomplete: "quoted" });
  if (end < to) dissectExtensions(layer, end);
}

function dissectExtensions(layer: LayerBuilder, start: number): void {
  const { bytes, to } = layer;
  if (!layer.add(icmp.ICMP_EXTENSION_LAYOUT, start)) return;
  // RFC 4884 §7: a checksum of zero was not computed.
  if (icmp.ICMP_EXTENSION_LAYOUT.read(bytes, start, "extensionChecksum") === 0)
    layer.explain("extensionChecksum", "none");
  else layer.judgeChecksum("extensionChecksum", addToSum(bytes, start, to, 0));
  const header = icmp.ICMP_OBJECT_LAYOUT.size;
  let at = start + icmp.ICMP_EXTENSION_LAYOUT.size;
  for (let objects = 0; at < to && objects < MAX_OBJECTS; objects++) {
    if (!layer.add(icmp.ICMP_OBJECT_LAYOUT, at)) return;
    const length = icmp.ICMP_OBJECT_LAYOUT.read(bytes, at, "objectLength");
    if (length < header || at + length > to) {
      layer.blame("objectLength", `is ${length}, which does not fit`);
      return;
    }
    layer.addBytes("objectContent", "Object content", at + header, at + length);
    at += length;
  }
}

/** Extension objects that a dissection shows one by one. */
const MAX_OBJECTS = 64;
