/** ICMP (RFC 792) as tcpdump prints it. Left out: the extensions of RFC 4884. */
import * as ICMP from "../../wire/icmpv4.js";
import { IP_PROTO_TCP, IP_PROTO_UDP, IPV4_DST, IPV4_PROTOCOL } from "../../wire/ipv4.js";
import { UDP_DST_PORT } from "../../wire/udp.js";
import { type Printout, rightChecksum } from "./printout.js";

/** Prints the packet that an error quotes. */
type PrintQuoted = (at: number, size: number) => void;

/** `X` stands for the address that could not be reached. */
const UNREACHABLE: readonly (string | undefined)[] = [
  "net X unreachable",
  "host X unreachable",
  undefined,
  undefined,
  undefined,
  "X unreachable - source route failed",
  "net X unreachable - unknown",
  "host X unreachable - unknown",
  "X unreachable - source host isolated",
  "net X unreachable - admin prohibited",
  "host X unreachable - admin prohibited",
  "net X unreachable - tos prohibited",
  "host X unreachable - tos prohibited",
  "host X unreachable - admin prohibited filter",
  "host X unreachable - host precedence violation",
  "host X unreachable - precedence cutoff",
];

const REDIRECT = [
  "redirect X to net",
  "redirect X to host",
  "redirect-tos X to net",
  "redirect-tos X to host",
];

const PLAIN: ReadonlyMap<number, string> = new Map([
  [ICMP.ICMP_SOURCE_QUENCH, "source quench"],
  [ICMP.ICMP_ROUTER_SOLICITATION, "router solicitation"],
  [ICMP.ICMP_INFO_REQUEST, "information request"],
  [ICMP.ICMP_INFO_REPLY, "information reply"],
  [ICMP.ICMP_MASK_REQUEST, "address mask request"],
]);

export function printIcmp(
  out: Printout,
  at: number,
  length: number,
  fragmented: boolean,
  printQuoted: PrintQuoted,
): void {
  out.protocol = "icmp";
  const type = out.u8(at + ICMP.ICMP_TYPE);
  const message = describe(out, at, type, out.u8(at + ICMP.ICMP_CODE));
  out.add(`ICMP ${message}, length ${length}`);
  if (out.verbose === 0 || out.truncated) return;
  if (!fragmented && out.holds(at, length)) {
    const sum = out.checksum(at, at + length);
    const field = out.u16(at + ICMP.ICMP_CHECKSUM);
    if (sum !== 0)
      out.add(` (wrong icmp cksum ${field.toString(16)} (->${rightChecksum(field, sum).toString(16)})!)`);
  }
  if (!ICMP.isIcmpError(type)) return;
  out.add("\n\t");
  const quoted = at + ICMP.ICMP_PAYLOAD;
  const quotedSize = out.u16(quoted + 2);
  const { end } = out;
  out.end = Math.min(end, quoted + quotedSize);
  printQuoted(quoted, quotedSize);
  out.end = end;
}

function describe(out: Printout, at: number, type: number, code: number): string {
  const quoted = at + ICMP.ICMP_PAYLOAD;
  const id = at + ICMP.ICMP_ID;
  const sequence = at + ICMP.ICMP_SEQUENCE;
  switch (type) {
    case ICMP.ICMP_ECHO_REQUEST:
      return `echo request, id ${out.u16(id)}, seq ${out.u16(sequence)}`;
    case ICMP.ICMP_ECHO_REPLY:
      return `echo reply, id ${out.u16(id)}, seq ${out.u16(sequence)}`;
    case ICMP.ICMP_UNREACHABLE:
      return describeUnreachable(out, at, code);
    case ICMP.ICMP_REDIRECT: {
      const form = REDIRECT[code] ?? `redirect-#${code} X to`;
      return `${form.replace("X", out.ipv4(quoted + IPV4_DST))} ${out.ipv4(at + ICMP.ICMP_GATEWAY)}`;
    }
    case ICMP.ICMP_ROUTER_ADVERTISEMENT:
      return describeAdvertisement(out, at);
    case ICMP.ICMP_TIME_EXCEEDED:
      if (code === ICMP.ICMP_TTL_EXCEEDED) return "time exceeded in-transit";
      if (code === ICMP.ICMP_REASSEMBLY_EXCEEDED) return "ip reassembly time exceeded";
      return `time exceeded-#${code}`;
    case ICMP.ICMP_PARAMETER_PROBLEM:
      return code === 0
        ? `parameter problem - octet ${out.u8(at + ICMP.ICMP_POINTER)}`
        : `parameter problem - code ${code}`;
    case ICMP.ICMP_MASK_REPLY:
      return `address mask is 0x${out.u32(quoted).toString(16).padStart(8, "0")}`;
    case ICMP.ICMP_TIMESTAMP_REQUEST:
      return `time stamp query id ${out.u16(id)} seq ${out.u16(sequence)}`;
    case ICMP.ICMP_TIMESTAMP_REPLY: {
      const [original, received, sent] = [0, 4, 8].map((field) => timeOfDay(out.u32(quoted + field)));
      return (
        `time stamp reply id ${out.u16(id)} seq ${out.u16(sequence)}: ` +
        `org ${original}, recv ${received}, xmit ${sent}`
      );
    }
    default:
      return PLAIN.get(type) ?? `type-#${type}`;
  }
}

function describeUnreachable(out: Printout, at: number, code: number): string {
  const quoted = at + ICMP.ICMP_PAYLOAD;
  const target = out.ipv4(quoted + IPV4_DST);
  const protocol = (): number => out.u8(quoted + IPV4_PROTOCOL);
  switch (code) {
    case ICMP.ICMP_PROTOCOL_UNREACHABLE:
      return `${target} protocol ${protocol()} unreachable`;
    case ICMP.ICMP_PORT_UNREACHABLE: {
      const port = out.u16(quoted + (out.u8(quoted) & 15) * 4 + UDP_DST_PORT);
      if (protocol() === IP_PROTO_TCP) return `${target} tcp port ${port} unreachable`;
      if (protocol() === IP_PROTO_UDP) return `${target} udp port ${port} unreachable`;
      return `${target} protocol ${protocol()} port ${port} unreachable`;
    }
    case ICMP.ICMP_FRAGMENTATION_NEEDED: {
      const mtu = out.u16(at + ICMP.ICMP_NEXT_HOP_MTU);
      return `${target} unreachable - need to frag${mtu === 0 ? "" : ` (mtu ${mtu})`}`;
    }
    default:
      return (UNREACHABLE[code] ?? `X unreachable - #${code}`).replace("X", target);
  }
}

function describeAdvertisement(out: Printout, at: number): string {
  const count = out.u8(at + 4);
  const size = out.u8(at + 5);
  const lifetime = out.u16(at + 6);
  const two = (value: number): string => String(value).padStart(2, "0");
  const [hours, minutes, seconds] = [
    Math.floor(lifetime / 3600),
    Math.floor(lifetime / 60) % 60,
    lifetime % 60,
  ];
  const shown =
    lifetime < 60
      ? `${lifetime}`
      : lifetime < 3600
        ? `${minutes}:${two(seconds)}`
        : `${hours}:${two(minutes)}:${two(seconds)}`;
  let text = `router advertisement lifetime ${shown} ${count}:`;
  if (size !== 2) return `${text} [size ${size}]`;
  for (let i = 0; i < count && !out.truncated; i++) {
    const entry = at + ICMP.ICMP_PAYLOAD + i * 8;
    text += ` {${out.ipv4(entry)} ${out.u32(entry + 4)}}`;
  }
  return text;
}

/** Milliseconds since midnight. */
function timeOfDay(milliseconds: number): string {
  const part = (unit: number, modulus: number): string =>
    String(Math.floor(milliseconds / unit) % modulus).padStart(2, "0");
  const rest = String(milliseconds % 1000).padStart(3, "0");
  return `${part(3_600_000, 2 ** 32)}:${part(60_000, 60)}:${part(1000, 60)}.${rest}`;
}
