/** The LLC header of an 802.3 frame (IEEE 802.2 §3) and its SNAP extension (IEEE 802 §10.3, RFC 1042). */

export const LLC_SIZE = 3;
export const LLC_DSAP = 0;
export const LLC_SSAP = 1;
export const LLC_CONTROL = 2;
export const LLC_SAP_SNAP = 0xaa;
/** Bridge spanning tree (IEEE 802.1D). */
export const LLC_SAP_STP = 0x42;
/** Unnumbered information. */
export const LLC_UI = 0x03;

/** SNAP follows LLC: a 3-byte organisation code and a 2-byte protocol. */
export const SNAP_SIZE = 5;
export const SNAP_OUI = 0;
export const SNAP_TYPE = 3;
