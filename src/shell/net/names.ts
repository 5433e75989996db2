/**
 * Names of machines, as far as a machine without a resolver knows them: addresses in any of inet_aton(3)'s forms, and
 * `localhost`.
 */
import { type Ipv4, ipv4, LOOPBACK_IPV4 } from "../../core/ipv4.js";

/** The address that the text names, or `undefined`. */
export function lookUp(text: string): Ipv4 | undefined {
  return text === "localhost" ? LOOPBACK_IPV4 : parseAddress(text);
}

/** The name of an address, if it has one. */
export const nameOf = (address: Ipv4): string | undefined =>
  address === LOOPBACK_IPV4 ? "localhost" : undefined;

/** What getaddrinfo(3) says when nobody can be asked. */
export const UNRESOLVED = "Temporary failure in name resolution";

/**
 * inet_aton(3): one to four numbers, decimal, octal with a leading 0 or hexadecimal with 0x; the last one fills the bytes
 * that are left.
 */
export function parseAddress(text: string): Ipv4 | undefined {
  const parts = text.split(".");
  if (parts.length > 4 || !parts.every((part) => /^(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)$/.test(part)))
    return undefined;
  const numbers = parts.map((part) => Number(/^0[0-7]/.test(part) ? `0o${part.slice(1)}` : part));
  const last = numbers.pop()!;
  const room = 4 - numbers.length;
  if (numbers.some((number) => number > 255) || last >= 2 ** (8 * room)) return undefined;
  return ipv4(numbers.reduce((bits, number, i) => bits + number * 2 ** (24 - 8 * i), last));
}
