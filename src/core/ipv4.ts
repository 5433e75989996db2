/**
 * IPv4 addresses and prefixes (RFC 791, RFC 4632), and the ranges with a meaning of their own (RFC 6890).
 *
 * An address is a signed 32-bit number holding the address's bits, so that it never needs allocation; two addresses
 * are equal exactly if the numbers are. Compare order with `>>> 0`.
 */

declare const ipv4Brand: unique symbol;
export type Ipv4 = number & { readonly [ipv4Brand]: true };

/** A prefix: `address` has no bit set beyond `length`. */
export interface Prefix {
  readonly address: Ipv4;
  /** 0..32 */
  readonly length: number;
}

export const ipv4 = (bits: number): Ipv4 => (bits | 0) as Ipv4;
export const ANY_IPV4 = ipv4(0);
export const BROADCAST_IPV4 = ipv4(-1);
export const LOOPBACK_IPV4 = ipv4(0x7f000001);

/** The mask of a prefix length, as address bits. */
export const maskOf = (length: number): number => (length === 0 ? 0 : -1 << (32 - length));

/** The length of a contiguous mask, or `undefined`. */
export function lengthOfMask(mask: number): number | undefined {
  const inverted = ~mask;
  return (inverted & (inverted + 1)) === 0 ? Math.clz32(inverted) : undefined;
}

export const networkOf = (address: number, length: number): Ipv4 => (address & maskOf(length)) as Ipv4;
export const broadcastOf = (address: number, length: number): Ipv4 => (address | ~maskOf(length)) as Ipv4;
export const inPrefix = (address: number, network: number, length: number): boolean =>
  ((address ^ network) & maskOf(length)) === 0;

export const isLoopback = (address: number): boolean => address >> 24 === 127;
export const isMulticast = (address: number): boolean => (address & 0xf0000000) === (0xe0000000 | 0);
/** 224.0.0.0/24: never forwarded by a router (RFC 5771 §4). */
export const isLocalMulticast = (address: number): boolean => (address & 0xffffff00) === (0xe0000000 | 0);
/** 240/4 without the limited broadcast: class E. */
export const isReserved = (address: number): boolean =>
  (address & 0xf0000000) === (0xf0000000 | 0) && address !== -1;
/** 0/8, "this network". */
export const isZeroNet = (address: number): boolean => address >>> 24 === 0;
/** RFC 1918 §3. */
export const isPrivate = (address: number): boolean =>
  address >>> 24 === 10 || address >>> 20 === 0xac1 || address >>> 16 === 0xc0a8;
/** RFC 3927. */
export const isLinkLocal = (address: number): boolean => address >>> 16 === 0xa9fe;

export function formatIpv4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

export const formatPrefix = (prefix: Prefix): string => `${formatIpv4(prefix.address)}/${prefix.length}`;

/** Strict dotted quad (four decimal numbers, no leading zeros, as inet_pton reads it); `undefined` otherwise. */
export function parseIpv4(text: string): Ipv4 | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (parts === null) return undefined;
  let bits = 0;
  for (let i = 1; i <= 4; i++) {
    const part = parts[i]!;
    const value = Number(part);
    if (value > 255 || (part.length > 1 && part[0] === "0")) return undefined;
    bits = (bits << 8) | value;
  }
  return bits as Ipv4;
}

/** An address with a prefix length, `10.0.0.1/24`; the host bits are kept. Without a length it is /32. */
export function parseInterfaceAddress(text: string): { address: Ipv4; length: number } | undefined {
  const [quad, bits, rest] = text.split("/");
  const address = parseIpv4(quad!);
  if (address === undefined || rest !== undefined) return undefined;
  if (bits === undefined) return { address, length: 32 };
  if (/^\d{1,2}$/.test(bits)) return Number(bits) <= 32 ? { address, length: Number(bits) } : undefined;
  const mask = parseIpv4(bits);
  const length = mask === undefined ? undefined : lengthOfMask(mask);
  return length === undefined ? undefined : { address, length };
}

/**
 * A prefix as iproute2 reads it: `10.0.0.0/8`, `default`, a bare address (/32), or a shortened quad (`10.0/16`).
 * Host bits that are set make it no prefix: `undefined`.
 */
export function parsePrefix(text: string): Prefix | undefined {
  if (text === "default" || text === "any" || text === "all") return { address: ANY_IPV4, length: 0 };
  const slash = text.indexOf("/");
  let quad = slash < 0 ? text : text.slice(0, slash);
  for (let dots = quad.split(".").length; slash >= 0 && dots < 4; dots++) quad += ".0";
  const parsed = parseInterfaceAddress(slash < 0 ? quad : quad + text.slice(slash));
  return parsed !== undefined && networkOf(parsed.address, parsed.length) === parsed.address
    ? parsed
    : undefined;
}
