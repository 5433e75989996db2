/** The VXLAN header (RFC 7348 §5). */

export const VXLAN_HEADER_SIZE = 8;
export const VXLAN_FLAGS = 0;
/** The network identifier: 24 bits, then one reserved byte. */
export const VXLAN_VNI = 4;
/** Flag: the network identifier is valid; always set. */
export const VXLAN_FLAG_VNI = 0x08;
