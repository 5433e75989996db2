/**
 * Ethernet frames: the Ethernet II header, the IEEE 802.3 length form, and the frame check sequence (IEEE 802.3 §3).
 * Preamble and start delimiter are the link's business and are not in a frame's bytes.
 */

export const ETHERNET_HEADER_SIZE = 14;
export const ETHERNET_DST = 0;
export const ETHERNET_SRC = 6;
/** EtherType, or the length of the data in an 802.3 frame. */
export const ETHERNET_TYPE = 12;

export const FCS_SIZE = 4;
/** The least frame without FCS (IEEE 802.3 §3.2.8: the data is padded to 46 bytes). */
export const ETHERNET_MIN_SIZE = 60;
export const ETHERNET_MTU = 1500;
/** Type/length values from here on are EtherTypes (IEEE 802.3 §3.2.6). */
export const ETHERTYPE_MIN = 0x0600;
/** The largest type/length value that is a length. */
export const ETHERNET_LENGTH_MAX = 1500;

export const ETHERTYPE_IPV4 = 0x0800;
export const ETHERTYPE_ARP = 0x0806;
export const ETHERTYPE_RARP = 0x8035;
/** Transparent Ethernet bridging (RFC 1701), as GRE and Geneve carry frames. */
export const ETHERTYPE_TEB = 0x6558;
export const ETHERTYPE_VLAN = 0x8100;
export const ETHERTYPE_IPV6 = 0x86dd;
export const ETHERTYPE_FLOW_CONTROL = 0x8808;
export const ETHERTYPE_SLOW = 0x8809;
export const ETHERTYPE_MPLS = 0x8847;
export const ETHERTYPE_PPPOE_DISCOVERY = 0x8863;
export const ETHERTYPE_PPPOE_SESSION = 0x8864;
export const ETHERTYPE_EAPOL = 0x888e;
/** Service tag, IEEE 802.1ad. */
export const ETHERTYPE_QINQ = 0x88a8;
export const ETHERTYPE_LLDP = 0x88cc;
