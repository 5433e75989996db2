/** The VXLAN header (RFC 7348 §5). */
import type { Codec } from "./codec/codec.js";
import { type Headed, headerCodec } from "./codec/header-codec.js";
import { Layout } from "./codec/layout.js";
import { LINKTYPE_ETHERNET } from "./ethernet.js";
import { UDP_PORT_VXLAN } from "./udp.js";

export const VXLAN_HEADER_SIZE = 8;
export const VXLAN_FLAGS = 0;
/** The network identifier: 24 bits, then one reserved byte. */
export const VXLAN_VNI = 4;
/** Flag: the network identifier is valid; always set. */
export const VXLAN_FLAG_VNI = 0x08;

export const VXLAN_LAYOUT = new Layout("VXLAN header", "RFC 7348 §5", [
  { name: "reserved1", bits: 4, label: "Reserved", short: "Res", ignored: true },
  { name: "valid", bits: 1, label: "Identifier is valid", short: "I", kind: "flag", always: 1 },
  { name: "reserved2", bits: 3, label: "Reserved", short: "Res", ignored: true },
  { name: "reserved3", bits: 24, label: "Reserved", ignored: true },
  { name: "vni", bits: 24, label: "VXLAN network identifier" },
  { name: "reserved4", bits: 8, label: "Reserved", ignored: true },
]);

export type VxlanFrame = Headed<typeof VXLAN_LAYOUT>;

export const vxlanCodec: Codec<VxlanFrame> = headerCodec(VXLAN_LAYOUT, {
  name: "vxlan",
  title: "VXLAN",
  carriedBy: [{ space: "udp", number: UDP_PORT_VXLAN }],
  carries: () => [{ space: "link", number: LINKTYPE_ETHERNET }],
});
