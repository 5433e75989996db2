/**
 * The messages of ICMP for IPv4 (RFC 792), with router discovery (RFC 1256), next-hop MTU (RFC 1191 §4) and multi-part
 * messages (RFC 4884): numbers, names and layouts. The codec is in icmpv4-codec.ts.
 */
import { type FieldSpec, Layout } from "./codec/layout.js";

/** The fixed part of every message. */
export const ICMP_HEADER_SIZE = 8;
export const ICMP_TYPE = 0;
export const ICMP_CODE = 1;
export const ICMP_CHECKSUM = 2;
/** Echo, timestamp, information and address mask messages. */
export const ICMP_ID = 4;
export const ICMP_SEQUENCE = 6;
/** RFC 4884 §4.1: length of the quoted packet in 32-bit words, in unreachable, time exceeded and parameter problem. */
export const ICMP_QUOTE_LENGTH = 5;
/** RFC 1191 §4: in "fragmentation needed". */
export const ICMP_NEXT_HOP_MTU = 6;
/** Redirect: the better gateway. */
export const ICMP_GATEWAY = 4;
/** Parameter problem: the byte at which the error was found. */
export const ICMP_POINTER = 4;
/** Errors quote the packet that caused them from here on; echo data begins here too. */
export const ICMP_PAYLOAD = 8;

export const ICMP_ECHO_REPLY = 0;
export const ICMP_UNREACHABLE = 3;
export const ICMP_SOURCE_QUENCH = 4;
export const ICMP_REDIRECT = 5;
export const ICMP_ECHO_REQUEST = 8;
export const ICMP_ROUTER_ADVERTISEMENT = 9;
export const ICMP_ROUTER_SOLICITATION = 10;
export const ICMP_TIME_EXCEEDED = 11;
export const ICMP_PARAMETER_PROBLEM = 12;
export const ICMP_TIMESTAMP_REQUEST = 13;
export const ICMP_TIMESTAMP_REPLY = 14;
export const ICMP_INFO_REQUEST = 15;
export const ICMP_INFO_REPLY = 16;
export const ICMP_MASK_REQUEST = 17;
export const ICMP_MASK_REPLY = 18;

/** Codes of ICMP_UNREACHABLE (RFC 792; RFC 1122 §3.2.2.1; RFC 1812 §5.2.7.1). */
export const ICMP_NET_UNREACHABLE = 0;
export const ICMP_HOST_UNREACHABLE = 1;
export const ICMP_PROTOCOL_UNREACHABLE = 2;
export const ICMP_PORT_UNREACHABLE = 3;
export const ICMP_FRAGMENTATION_NEEDED = 4;
export const ICMP_SOURCE_ROUTE_FAILED = 5;
export const ICMP_NET_UNKNOWN = 6;
export const ICMP_HOST_UNKNOWN = 7;
export const ICMP_HOST_ISOLATED = 8;
export const ICMP_NET_PROHIBITED = 9;
export const ICMP_HOST_PROHIBITED = 10;
export const ICMP_NET_UNREACHABLE_TOS = 11;
export const ICMP_HOST_UNREACHABLE_TOS = 12;
export const ICMP_ADMIN_PROHIBITED = 13;
export const ICMP_PRECEDENCE_VIOLATION = 14;
export const ICMP_PRECEDENCE_CUTOFF = 15;

/** Codes of ICMP_REDIRECT. */
export const ICMP_REDIRECT_NET = 0;
export const ICMP_REDIRECT_HOST = 1;
export const ICMP_REDIRECT_TOS_NET = 2;
export const ICMP_REDIRECT_TOS_HOST = 3;

/** Codes of ICMP_TIME_EXCEEDED. */
export const ICMP_TTL_EXCEEDED = 0;
export const ICMP_REASSEMBLY_EXCEEDED = 1;

/** Codes of ICMP_PARAMETER_PROBLEM. */
export const ICMP_POINTER_INDICATES = 0;
export const ICMP_OPTION_MISSING = 1;
export const ICMP_BAD_LENGTH = 2;

/** RFC 1122 §3.2.2: whether the type is one of the errors (about which no error may be sent). */
export const isIcmpError = (type: number): boolean =>
  type === ICMP_UNREACHABLE ||
  type === ICMP_SOURCE_QUENCH ||
  type === ICMP_REDIRECT ||
  type === ICMP_TIME_EXCEEDED ||
  type === ICMP_PARAMETER_PROBLEM;

const TYPE_NAMES: Readonly<Record<number, string>> = {
  [ICMP_ECHO_REPLY]: "echo reply",
  [ICMP_UNREACHABLE]: "destination unreachable",
  [ICMP_SOURCE_QUENCH]: "source quench",
  [ICMP_REDIRECT]: "redirect",
  [ICMP_ECHO_REQUEST]: "echo request",
  [ICMP_ROUTER_ADVERTISEMENT]: "router advertisement",
  [ICMP_ROUTER_SOLICITATION]: "router solicitation",
  [ICMP_TIME_EXCEEDED]: "time exceeded",
  [ICMP_PARAMETER_PROBLEM]: "parameter problem",
  [ICMP_TIMESTAMP_REQUEST]: "timestamp request",
  [ICMP_TIMESTAMP_REPLY]: "timestamp reply",
  [ICMP_INFO_REQUEST]: "information request",
  [ICMP_INFO_REPLY]: "information reply",
  [ICMP_MASK_REQUEST]: "address mask request",
  [ICMP_MASK_REPLY]: "address mask reply",
};

const CODE_NAMES: Readonly<Record<number, readonly string[]>> = {
  [ICMP_UNREACHABLE]: [
    "network unreachable",
    "host unreachable",
    "protocol unreachable",
    "port unreachable",
    "fragmentation needed",
    "source route failed",
    "network unknown",
    "host unknown",
    "source host isolated",
    "network prohibited",
    "host prohibited",
    "network unreachable for this service",
    "host unreachable for this service",
    "administratively prohibited",
    "precedence violation",
    "precedence cutoff",
  ],
  [ICMP_REDIRECT]: ["for the network", "for the host", "for service and network", "for service and host"],
  [ICMP_TIME_EXCEEDED]: ["in transit", "in reassembly"],
  [ICMP_PARAMETER_PROBLEM]: ["the pointer shows the error", "an option is missing", "bad length"],
};

/** What the code of a message of this type stands for. */
export const icmpCodeName = (type: number, code: number): string | undefined => CODE_NAMES[type]?.[code];

const START = [
  { name: "type", bits: 8, label: "Type", meaning: TYPE_NAMES },
  { name: "code", bits: 8, label: "Code" },
  { name: "checksum", bits: 16, label: "Checksum", kind: "hex", computed: true },
] as const satisfies readonly FieldSpec[];

const ID_AND_SEQUENCE = [
  { name: "id", bits: 16, label: "Identifier" },
  { name: "sequence", bits: 16, label: "Sequence number" },
] as const satisfies readonly FieldSpec[];

const unused = <const N extends string>(name: N, bits: number) =>
  ({ name, bits, label: "Unused", ignored: true }) as const;

/** RFC 4884 §4.1. Zero: the whole rest of the message is quoted packet. */
const QUOTE_WORDS = {
  name: "quoteWords",
  bits: 8,
  label: "Length",
  meaning: (words: number) => (words === 0 ? undefined : `${4 * words} bytes quoted`),
} as const;

export const ICMP_ECHO_LAYOUT = new Layout("ICMP echo", "RFC 792", [...START, ...ID_AND_SEQUENCE]);

export const ICMP_TIMESTAMP_LAYOUT = new Layout("ICMP timestamp", "RFC 792", [
  ...START,
  ...ID_AND_SEQUENCE,
  { name: "originate", bits: 32, label: "Originate timestamp" },
  { name: "receive", bits: 32, label: "Receive timestamp" },
  { name: "transmit", bits: 32, label: "Transmit timestamp" },
]);

export const ICMP_MASK_LAYOUT = new Layout("ICMP address mask", "RFC 950 appendix I", [
  ...START,
  ...ID_AND_SEQUENCE,
  { name: "mask", bits: 32, label: "Address mask", kind: "ipv4", meaning: {} },
]);

export const ICMP_UNREACHABLE_LAYOUT = new Layout("ICMP destination unreachable", "RFC 792, RFC 1191 §4", [
  ...START,
  unused("unused", 8),
  QUOTE_WORDS,
  { name: "nextHopMtu", bits: 16, label: "Next-hop MTU" },
]);

export const ICMP_TIME_EXCEEDED_LAYOUT = new Layout("ICMP time exceeded", "RFC 792, RFC 4884 §4.2", [
  ...START,
  unused("unused1", 8),
  QUOTE_WORDS,
  unused("unused2", 16),
]);

export const ICMP_PARAMETER_PROBLEM_LAYOUT = new Layout("ICMP parameter problem", "RFC 792, RFC 4884 §4.3", [
  ...START,
  { name: "pointer", bits: 8, label: "Pointer" },
  QUOTE_WORDS,
  unused("unused", 16),
]);

export const ICMP_SOURCE_QUENCH_LAYOUT = new Layout("ICMP source quench", "RFC 792", [
  ...START,
  unused("unused", 32),
]);

export const ICMP_REDIRECT_LAYOUT = new Layout("ICMP redirect", "RFC 792", [
  ...START,
  { name: "gateway", bits: 32, label: "Gateway", kind: "ipv4" },
]);

export const ICMP_ROUTER_SOLICITATION_LAYOUT = new Layout("ICMP router solicitation", "RFC 1256 §3", [
  ...START,
  unused("reserved", 32),
]);

/** Followed by `count` entries. */
export const ICMP_ROUTER_ADVERTISEMENT_LAYOUT = new Layout("ICMP router advertisement", "RFC 1256 §3", [
  ...START,
  { name: "count", bits: 8, label: "Addresses" },
  { name: "entryWords", bits: 8, label: "Address entry size", short: "Entry size", fault: entryFault },
  { name: "lifetime", bits: 16, label: "Lifetime", meaning: (seconds) => `${seconds} s` },
]);

/** RFC 1256 §5: entries of at least two words are accepted. */
function entryFault(words: number): string | undefined {
  return words < 2 ? `is ${words}, must be at least 2 words` : undefined;
}

export const ICMP_ROUTER_ENTRY_LAYOUT = new Layout("ICMP router address", "RFC 1256 §3", [
  { name: "router", bits: 32, label: "Router address", kind: "ipv4" },
  { name: "preference", bits: 32, label: "Preference level" },
]);

/** Any type that is not listed here. */
export const ICMP_OTHER_LAYOUT = new Layout("ICMP message", "RFC 792", [
  ...START,
  { name: "restOfHeader", bits: 32, label: "Rest of header", kind: "hex" },
]);

/** RFC 4884 §7: follows the quoted packet. */
export const ICMP_EXTENSION_LAYOUT = new Layout("ICMP extension header", "RFC 4884 §7", [
  { name: "extensionVersion", bits: 4, label: "Extension version", short: "Ver", always: 2 },
  unused("extensionReserved", 12),
  { name: "extensionChecksum", bits: 16, label: "Extension checksum", kind: "hex", computed: true },
]);

export const ICMP_OBJECT_LAYOUT = new Layout("ICMP extension object", "RFC 4884 §8", [
  { name: "objectLength", bits: 16, label: "Object length" },
  {
    name: "objectClass",
    bits: 8,
    label: "Object class",
    meaning: { 1: "MPLS label stack", 2: "interface information", 3: "interface identification" },
  },
  { name: "objectType", bits: 8, label: "Object type", short: "C-Type" },
]);
