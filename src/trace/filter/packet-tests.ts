/**
 * The tests on Ethernet frames that the primitives of the filter language are made of, each in the order in which
 * libpcap reads the bytes, because a read beyond the end of a frame decides.
 */
import type { Direction } from "./expression.js";
import type { FrameView } from "./frame-view.js";
import type { Protocol } from "./names.js";

export type Test = (frame: FrameView) => boolean;

/** Where a frame's type and its payload lie. `vlan` moves both for all that stands behind it in the expression. */
export interface Offsets {
  readonly type: number;
  readonly payload: number;
}

const IPV4 = 0x0800;
const IPV6 = 0x86dd;
/** The largest length that the type field of an 802.3 frame can hold. */
const MAX_LENGTH = 1500;
/** NetBIOS, OSI and IP over LLC carry the same number in both service access points. */
const DOUBLE_SAPS: readonly number[] = [0x06, 0xf0, 0xfe];
const IPV6_FRAGMENT = 44;

export const allOf =
  (first: Test, second: Test): Test =>
  (frame) =>
    first(frame) && second(frame);
export const anyOf =
  (first: Test, second: Test): Test =>
  (frame) =>
    first(frame) || second(frame);
export const noneOf =
  (test: Test): Test =>
  (frame) =>
    !test(frame);

export const u8Is =
  (at: number, value: number): Test =>
  (frame) =>
    frame.u8(at) === value;
export const u16Is =
  (at: number, value: number): Test =>
  (frame) =>
    frame.u16(at) === value;

/** The frame's EtherType, or for numbers that can only be lengths its LLC service access point. */
export function isLinkProtocol(number: number, { type, payload }: Offsets): Test {
  if (number > MAX_LENGTH) return u16Is(type, number);
  const sap = DOUBLE_SAPS.includes(number) ? u16Is(payload, number * 0x101) : u8Is(payload, number);
  return (frame) => frame.u16(type) <= MAX_LENGTH && sap(frame);
}

/** The packet is of that IP version and its header names that protocol; in IPv6 also behind a fragment header. */
export function isIpProtocol(version: 4 | 6, number: number, offsets: Offsets): Test {
  const { payload } = offsets;
  if (version === 4) return allOf(isLinkProtocol(IPV4, offsets), u8Is(payload + 9, number));
  const behindFragment = allOf(u8Is(payload + 6, IPV6_FRAGMENT), u8Is(payload + 40, number));
  return allOf(isLinkProtocol(IPV6, offsets), anyOf(u8Is(payload + 6, number), behindFragment));
}

/** The frame is of that protocol. */
export function isProtocol(protocol: Exclude<Protocol, { layer: "ether" }>, offsets: Offsets): Test {
  if (protocol.layer === "link") return isLinkProtocol(protocol.etherType, offsets);
  if (protocol.layer === "llc") return isLinkProtocol(protocol.sap, offsets);
  return protocol.versions
    .map((version) => isIpProtocol(version, protocol.number, offsets))
    .reduce((first, second) => anyOf(first, second));
}

/** Applies a direction to a test of the source's field and one of the destination's. */
export function inDirection(direction: Direction | undefined, source: Test, destination: Test): Test {
  switch (direction) {
    case "src":
      return source;
    case "dst":
      return destination;
    case "src and dst":
      return allOf(source, destination);
    default:
      return anyOf(source, destination);
  }
}

/** An IPv4 address field under a mask; both numbers unsigned. */
export function addressIs(at: number, address: number, mask: number): Test {
  if (mask === 0xffffffff) return (frame) => frame.u32(at) === address;
  return (frame) => (frame.u32(at) & mask) >>> 0 === address;
}

/** The low four bytes first, as libpcap does. */
export function macIs(at: number, mac: number): Test {
  const high = Math.floor(mac / 0x100000000);
  const low = mac % 0x100000000;
  return (frame) => frame.u32(at + 2) === low && frame.u16(at) === high;
}

/** IPv4 only: later fragments carry no transport header. */
export const isFirstFragment =
  (payload: number): Test =>
  (frame) =>
    (frame.u16(payload + 6) & 0x1fff) === 0;

/** Where the transport header of an IPv4 packet begins. */
export function transportOffset(frame: FrameView, payload: number): number {
  return payload + (frame.u8(payload) & 15) * 4;
}

/** A port in least..most of one of the transports, over IPv6 or IPv4. */
export function portIs(
  direction: Direction | undefined,
  least: number,
  most: number,
  transports: readonly number[],
  offsets: Offsets,
): Test {
  const { payload } = offsets;
  const within = (port: number): boolean => port >= least && port <= most;
  const oneOf =
    (at: number): Test =>
    (frame) =>
      transports.includes(frame.u8(at));
  const ports6 = inDirection(
    direction,
    (frame) => within(frame.u16(payload + 40)),
    (frame) => within(frame.u16(payload + 42)),
  );
  const ports4 = inDirection(
    direction,
    (frame) => within(frame.u16(transportOffset(frame, payload))),
    (frame) => within(frame.u16(transportOffset(frame, payload) + 2)),
  );
  const over6 = allOf(isLinkProtocol(IPV6, offsets), allOf(oneOf(payload + 6), ports6));
  const first4 = allOf(oneOf(payload + 9), isFirstFragment(payload));
  return anyOf(over6, allOf(isLinkProtocol(IPV4, offsets), allOf(first4, ports4)));
}
