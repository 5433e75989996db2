/**
 * The options of DHCP and BOOTP (RFC 2132; RFC 3046 for 82, RFC 3442 for 121): what they are called and what kind of value
 * they hold, as data. Readers give `undefined` for a value that is not of the kind.
 */
import { readI32, readU16, writeU16, writeU32 } from "../core/bytes.js";
import { type Ipv4, ipv4 } from "../core/ipv4.js";

export const DHCP_PAD = 0;
export const DHCP_SUBNET_MASK = 1;
export const DHCP_ROUTERS = 3;
export const DHCP_NAME_SERVERS = 6;
export const DHCP_HOST_NAME = 12;
export const DHCP_DOMAIN_NAME = 15;
export const DHCP_INTERFACE_MTU = 26;
export const DHCP_BROADCAST = 28;
export const DHCP_REQUESTED_ADDRESS = 50;
export const DHCP_LEASE_TIME = 51;
export const DHCP_OVERLOAD = 52;
export const DHCP_MESSAGE_TYPE = 53;
export const DHCP_SERVER_ID = 54;
export const DHCP_PARAMETER_LIST = 55;
export const DHCP_MESSAGE = 56;
export const DHCP_MAX_SIZE = 57;
export const DHCP_RENEWAL_TIME = 58;
export const DHCP_REBINDING_TIME = 59;
export const DHCP_VENDOR_CLASS = 60;
export const DHCP_CLIENT_ID = 61;
export const DHCP_TFTP_SERVER = 66;
export const DHCP_BOOT_FILE = 67;
export const DHCP_RELAY_INFORMATION = 82;
export const DHCP_END = 255;

export const DHCPDISCOVER = 1;
export const DHCPOFFER = 2;
export const DHCPREQUEST = 3;
export const DHCPDECLINE = 4;
export const DHCPACK = 5;
export const DHCPNAK = 6;
export const DHCPRELEASE = 7;
export const DHCPINFORM = 8;

/** RFC 2132 §9.6: the names of the message types. */
export const DHCP_TYPE_NAMES: Readonly<Record<number, string>> = {
  [DHCPDISCOVER]: "discover",
  [DHCPOFFER]: "offer",
  [DHCPREQUEST]: "request",
  [DHCPDECLINE]: "decline",
  [DHCPACK]: "acknowledgement",
  [DHCPNAK]: "refusal",
  [DHCPRELEASE]: "release",
  [DHCPINFORM]: "inform",
};

/** One option as it stands in the message: at most 255 bytes of data. */
export interface DhcpOption {
  readonly code: number;
  readonly data: Uint8Array;
}

export type DhcpOptionKind = "bytes" | "text" | "addresses" | "seconds" | "u8" | "u16" | "type";

interface OptionDefinition {
  readonly name: string;
  readonly kind: DhcpOptionKind;
}

const define = (name: string, kind: DhcpOptionKind): OptionDefinition => ({ name, kind });

const DEFINITIONS: Readonly<Record<number, OptionDefinition>> = {
  [DHCP_SUBNET_MASK]: define("subnet mask", "addresses"),
  [DHCP_ROUTERS]: define("routers", "addresses"),
  4: define("time servers", "addresses"),
  [DHCP_NAME_SERVERS]: define("domain name servers", "addresses"),
  7: define("log servers", "addresses"),
  [DHCP_HOST_NAME]: define("host name", "text"),
  [DHCP_DOMAIN_NAME]: define("domain name", "text"),
  17: define("root path", "text"),
  [DHCP_INTERFACE_MTU]: define("interface MTU", "u16"),
  [DHCP_BROADCAST]: define("broadcast address", "addresses"),
  33: define("static routes", "addresses"),
  42: define("NTP servers", "addresses"),
  43: define("vendor information", "bytes"),
  44: define("NetBIOS name servers", "addresses"),
  [DHCP_REQUESTED_ADDRESS]: define("requested address", "addresses"),
  [DHCP_LEASE_TIME]: define("lease time", "seconds"),
  [DHCP_OVERLOAD]: define("overload", "u8"),
  [DHCP_MESSAGE_TYPE]: define("message type", "type"),
  [DHCP_SERVER_ID]: define("server identifier", "addresses"),
  [DHCP_PARAMETER_LIST]: define("parameter request list", "bytes"),
  [DHCP_MESSAGE]: define("message", "text"),
  [DHCP_MAX_SIZE]: define("maximum message size", "u16"),
  [DHCP_RENEWAL_TIME]: define("renewal time T1", "seconds"),
  [DHCP_REBINDING_TIME]: define("rebinding time T2", "seconds"),
  [DHCP_VENDOR_CLASS]: define("vendor class", "text"),
  [DHCP_CLIENT_ID]: define("client identifier", "bytes"),
  [DHCP_TFTP_SERVER]: define("TFTP server name", "text"),
  [DHCP_BOOT_FILE]: define("boot file name", "text"),
  [DHCP_RELAY_INFORMATION]: define("relay agent information", "bytes"),
  93: define("client architecture", "u16"),
  119: define("domain search", "bytes"),
  121: define("classless static routes", "bytes"),
};

export const dhcpOptionKind = (code: number): DhcpOptionKind => DEFINITIONS[code]?.kind ?? "bytes";

/** What an option is called; `undefined` for one that is not in the table. */
export function dhcpOptionName(code: number): string | undefined {
  if (code === DHCP_PAD) return "padding";
  return code === DHCP_END ? "end of options" : DEFINITIONS[code]?.name;
}

/** The value of an option of exactly one byte. */
export const byteOption = (data: Uint8Array | undefined): number | undefined =>
  data?.length === 1 ? data[0] : undefined;

export const u16Option = (data: Uint8Array | undefined): number | undefined =>
  data?.length === 2 ? readU16(data, 0) : undefined;

/** Unsigned; lease times with all bits set mean for ever (RFC 2131 §3.3). */
export const u32Option = (data: Uint8Array | undefined): number | undefined =>
  data?.length === 4 ? readI32(data, 0) >>> 0 : undefined;

/** The value of an option of exactly one address. */
export const addressOption = (data: Uint8Array | undefined): Ipv4 | undefined =>
  data?.length === 4 ? ipv4(readI32(data, 0)) : undefined;

/** All addresses of an option; none if the data are no whole addresses. */
export function addressesOption(data: Uint8Array | undefined): Ipv4[] {
  const addresses: Ipv4[] = [];
  if (data === undefined || data.length % 4 !== 0) return addresses;
  for (let at = 0; at < data.length; at += 4) addresses.push(ipv4(readI32(data, at)));
  return addresses;
}

export function addressBytes(...addresses: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * addresses.length);
  for (const [i, address] of addresses.entries()) writeU32(bytes, 4 * i, address);
  return bytes;
}

export function u16Bytes(value: number): Uint8Array {
  const bytes = new Uint8Array(2);
  writeU16(bytes, 0, value);
  return bytes;
}

export const u32Bytes = (value: number): Uint8Array => addressBytes(value);
