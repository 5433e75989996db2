/** The IGMP header: RFC 1112 appendix I (v1), RFC 2236 (v2), RFC 3376 (v3). */

export const IGMP_HEADER_SIZE = 8;
export const IGMP_TYPE = 0;
/** In units of a tenth of a second. */
export const IGMP_MAX_RESPONSE = 1;
export const IGMP_CHECKSUM = 2;
export const IGMP_GROUP = 4;

export const IGMP_QUERY = 0x11;
export const IGMP_V1_REPORT = 0x12;
export const IGMP_V2_REPORT = 0x16;
export const IGMP_LEAVE = 0x17;
export const IGMP_V3_REPORT = 0x22;
