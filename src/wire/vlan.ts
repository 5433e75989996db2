/** The 802.1Q tag (IEEE 802.1Q §9.6), seen as the header that follows EtherType 0x8100 (C-tag) or 0x88a8 (S-tag). */

export const VLAN_TAG_SIZE = 4;
/** Priority (3 bits), drop eligible (1 bit), VLAN identifier (12 bits). */
export const VLAN_TCI = 0;
export const VLAN_TYPE = 2;
export const VLAN_ID_MASK = 0x0fff;
export const VLAN_DEI = 0x1000;
export const VLAN_PRIORITY_SHIFT = 13;
/** Reserved identifier (IEEE 802.1Q table 9-2): never configured, never on the wire. */
export const VLAN_ID_RESERVED = 0x0fff;
