/** The 802.1Q tag (IEEE 802.1Q §9.6), seen as the header that follows EtherType 0x8100 (C-tag) or 0x88a8 (S-tag). */
import type { Codec } from "./codec/codec.js";
import { type Headed, headerCodec } from "./codec/header-codec.js";
import { Layout } from "./codec/layout.js";
import { ETHERTYPE_NAMES, ETHERTYPE_QINQ, ETHERTYPE_VLAN } from "./ethernet.js";

export const VLAN_TAG_SIZE = 4;
/** Priority (3 bits), drop eligible (1 bit), VLAN identifier (12 bits). */
export const VLAN_TCI = 0;
export const VLAN_TYPE = 2;
export const VLAN_ID_MASK = 0x0fff;
export const VLAN_DEI = 0x1000;
export const VLAN_PRIORITY_SHIFT = 13;
/** Reserved identifier (IEEE 802.1Q table 9-2): never configured, never on the wire. */
export const VLAN_ID_RESERVED = 0x0fff;

export const VLAN_LAYOUT = new Layout("802.1Q tag", "IEEE 802.1Q §9.6", [
  { name: "priority", bits: 3, label: "Priority", short: "PCP" },
  { name: "dropEligible", bits: 1, label: "Drop eligible", short: "DEI", kind: "flag" },
  {
    name: "vid",
    bits: 12,
    label: "VLAN identifier",
    meaning: { 0: "priority tag, no VLAN" },
    // IEEE 802.1Q table 9-2: 0xfff is reserved and never sent.
    fault: (vid) => (vid === VLAN_ID_RESERVED ? "is 4095, which is reserved" : undefined),
  },
  { name: "type", bits: 16, label: "EtherType", kind: "hex", meaning: ETHERTYPE_NAMES },
]);

export type VlanTag = Headed<typeof VLAN_LAYOUT>;

export const vlanCodec: Codec<VlanTag> = headerCodec(VLAN_LAYOUT, {
  name: "vlan",
  title: "802.1Q tag",
  carriedBy: [
    { space: "ethertype", number: ETHERTYPE_VLAN },
    { space: "ethertype", number: ETHERTYPE_QINQ },
  ],
  carries: (bytes, at) => [{ space: "ethertype", number: VLAN_LAYOUT.read(bytes, at, "type") }],
});
