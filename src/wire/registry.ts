/** All protocols that the wire knows: a new one is its file and one line here. */
import { arpCodec } from "./arp.js";
import type { Carrier } from "./codec/carrier.js";
import type { Codec } from "./codec/codec.js";
import { dhcpCodec } from "./dhcp.js";
import { ethernetCodec } from "./ethernet.js";
import { icmpv4Codec } from "./icmpv4-codec.js";
import { igmpCodec } from "./igmp.js";
import { ipv4Codec } from "./ipv4.js";
import { llcCodec, snapCodec } from "./llc.js";
import { udpCodec } from "./udp.js";
import { vlanCodec } from "./vlan.js";
import { vxlanCodec } from "./vxlan.js";

export const CODECS: readonly Codec[] = [
  ethernetCodec,
  vlanCodec,
  llcCodec,
  snapCodec,
  arpCodec,
  ipv4Codec,
  icmpv4Codec,
  igmpCodec,
  udpCodec,
  vxlanCodec,
  dhcpCodec,
];

const keyOf = (carrier: Carrier): string => `${carrier.space} ${carrier.number}`;

const BY_CARRIER: ReadonlyMap<string, Codec> = new Map(
  CODECS.flatMap((codec) => codec.carriedBy.map((carrier) => [keyOf(carrier), codec] as const)),
);

/** The codec of the first carrier that has one. */
export function codecFor(carriers: readonly Carrier[]): Codec | undefined {
  for (const carrier of carriers) {
    const codec = BY_CARRIER.get(keyOf(carrier));
    if (codec !== undefined) return codec;
  }
  return undefined;
}
