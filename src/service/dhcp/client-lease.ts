/** A lease as the client has it, and as the text of its lease file. */
import { ANY_IPV4, formatIpv4, type Ipv4, lengthOfMask, parseIpv4 } from "../../core/ipv4.js";
import { type Nanoseconds, SECOND } from "../../core/time.js";
import { textOf } from "../../wire/dhcp.js";
import * as O from "../../wire/dhcp-options.js";
import type { Received } from "./message.js";

export interface ClientLease {
  readonly address: Ipv4;
  readonly length: number;
  /** Undefined for the last address of the prefix. */
  readonly broadcast: Ipv4 | undefined;
  readonly server: Ipv4;
  readonly routers: readonly Ipv4[];
  readonly nameServers: readonly Ipv4[];
  readonly domain: string;
  readonly mtu: number | undefined;
  readonly bootServer: string;
  readonly bootFile: string;
  /** As granted; all bits set mean for ever. */
  readonly seconds: number;
  /** T1, T2 and the end, counted from when the request was sent (RFC 2131 §4.4.1). Infinity for never. */
  readonly renewAt: Nanoseconds;
  readonly rebindAt: Nanoseconds;
  readonly expires: Nanoseconds;
  /** The message that granted it. */
  readonly frame: number;
}

const FOR_EVER = 0xffffffff;

/** The lease in an OFFER or ACK; `undefined` if that is missing something or makes no sense. */
export function leaseFrom(
  { message, options }: Received,
  server: Ipv4,
  asked: Nanoseconds,
  frame: number,
): ClientLease | undefined {
  const address = message.yourAddress;
  const seconds = O.u32Option(options.get(O.DHCP_LEASE_TIME));
  const mask = O.addressOption(options.get(O.DHCP_SUBNET_MASK));
  const length = mask === undefined ? classLength(address) : lengthOfMask(mask);
  if (address === ANY_IPV4 || seconds === undefined || length === undefined || length === 0) return undefined;
  const t2 = Math.min(
    O.u32Option(options.get(O.DHCP_REBINDING_TIME)) ?? Math.floor(seconds * 0.875),
    seconds,
  );
  const t1 = Math.min(O.u32Option(options.get(O.DHCP_RENEWAL_TIME)) ?? Math.floor(seconds / 2), t2);
  const at = (after: number): Nanoseconds =>
    seconds === FOR_EVER ? Number.POSITIVE_INFINITY : asked + after * SECOND;
  const text = (code: number): string => textOf(options.get(code) ?? new Uint8Array());
  return {
    address,
    length,
    broadcast: O.addressOption(options.get(O.DHCP_BROADCAST)),
    server,
    routers: O.addressesOption(options.get(O.DHCP_ROUTERS)),
    nameServers: O.addressesOption(options.get(O.DHCP_NAME_SERVERS)),
    domain: text(O.DHCP_DOMAIN_NAME),
    mtu: O.u16Option(options.get(O.DHCP_INTERFACE_MTU)),
    bootServer: text(O.DHCP_TFTP_SERVER),
    bootFile: text(O.DHCP_BOOT_FILE),
    seconds,
    renewAt: at(t1),
    rebindAt: at(t2),
    expires: at(seconds),
    frame,
  };
}

/** Without a mask, the class of the address tells (RFC 950 §2.1). */
function classLength(address: Ipv4): number {
  return address >>> 31 === 0 ? 8 : address >>> 30 === 2 ? 16 : 24;
}

/** What INIT-REBOOT and RELEASE need, in one line: address, prefix length, server, end. */
export function formatClientLease({ address, length, server, expires }: ClientLease): string {
  const end = expires === Number.POSITIVE_INFINITY ? "never" : String(expires);
  return `${formatIpv4(address)}/${length} ${formatIpv4(server)} ${end}\n`;
}

/** A lease of which only that is known; `undefined` if the text is none. */
export function parseClientLease(line: string): ClientLease | undefined {
  const [, quad, bits, by, end] = /^([\d.]+)\/(\d+) ([\d.]+) (never|\d+)\n?$/.exec(line) ?? [];
  const address = parseIpv4(quad ?? "");
  const server = parseIpv4(by ?? "");
  if (address === undefined || server === undefined || Number(bits) > 32) return undefined;
  const expires = end === "never" ? Number.POSITIVE_INFINITY : Number(end);
  return {
    address,
    length: Number(bits),
    broadcast: undefined,
    server,
    routers: [],
    nameServers: [],
    domain: "",
    mtu: undefined,
    bootServer: "",
    bootFile: "",
    seconds: 0,
    renewAt: expires,
    rebindAt: expires,
    expires,
    frame: 0,
  };
}
