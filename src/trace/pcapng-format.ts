/**
 * The numbers of the pcapng file format (draft-ietf-opsawg-pcapng §4) that the reader and the writer share.
 */

export const SECTION_HEADER = 0x0a0d0d0a;
export const INTERFACE_DESCRIPTION = 1;
/** Obsolete (appendix A); only read. */
export const PACKET = 2;
export const SIMPLE_PACKET = 3;
export const INTERFACE_STATISTICS = 5;
export const ENHANCED_PACKET = 6;

export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

/** LINKTYPE_ETHERNET: frames from the destination address on, without preamble. */
export const ETHERNET = 1;

/** Option codes; some numbers mean different things in different blocks. */
export const OPTION = {
  end: 0,
  comment: 1,
  sectionHardware: 2,
  sectionApplication: 4,
  interfaceName: 2,
  interfaceDescription: 3,
  interfaceSpeed: 8,
  interfaceTimeResolution: 9,
  interfaceFcsLength: 13,
  interfaceTimeOffset: 14,
  packetFlags: 2,
  statisticsReceived: 4,
} as const;

/** epb_flags bits 0-1. */
export const INBOUND = 1;
export const OUTBOUND = 2;
/** epb_flags bits 5-8: octets of FCS at the end of the packet. */
export const FCS_LENGTH_SHIFT = 5;
