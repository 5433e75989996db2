/** ICMP for IPv4 (RFC 792): router discovery (RFC 1256), next-hop MTU (RFC 1191 §4), multi-part messages (RFC 4884). */

/** The fixed part of every message. */
export const ICMP_HEADER_SIZE = 8;
export const ICMP_TYPE = 0;
export const ICMP_CODE = 1;
export const ICMP_CHECKSUM = 2;
/** Echo, timestamp, information and address mask messages. */
export const ICMP_ID = 4;
export const ICMP_SEQUENCE = 6;
/** RFC 4884 §4.1: length of the quoted packet in 32-bit words, in unreachable, time exceeded and parameter problem. */
export const ICMP_QUOTE_LENGTH = 5;
/** RFC 1191 §4: in "fragmentation needed". */
export const ICMP_NEXT_HOP_MTU = 6;
/** Redirect: the better gateway. */
export const ICMP_GATEWAY = 4;
/** Parameter problem: the byte at which the error was found. */
export const ICMP_POINTER = 4;
/** Errors quote the packet that caused them from here on; echo data begins here too. */
export const ICMP_PAYLOAD = 8;

export const ICMP_ECHO_REPLY = 0;
export const ICMP_UNREACHABLE = 3;
export const ICMP_SOURCE_QUENCH = 4;
export const ICMP_REDIRECT = 5;
export const ICMP_ECHO_REQUEST = 8;
export const ICMP_ROUTER_ADVERTISEMENT = 9;
export const ICMP_ROUTER_SOLICITATION = 10;
export const ICMP_TIME_EXCEEDED = 11;
export const ICMP_PARAMETER_PROBLEM = 12;
export const ICMP_TIMESTAMP_REQUEST = 13;
export const ICMP_TIMESTAMP_REPLY = 14;
export const ICMP_INFO_REQUEST = 15;
export const ICMP_INFO_REPLY = 16;
export const ICMP_MASK_REQUEST = 17;
export const ICMP_MASK_REPLY = 18;

/** Codes of ICMP_UNREACHABLE (RFC 792; RFC 1122 §3.2.2.1; RFC 1812 §5.2.7.1). */
export const ICMP_NET_UNREACHABLE = 0;
export const ICMP_HOST_UNREACHABLE = 1;
export const ICMP_PROTOCOL_UNREACHABLE = 2;
export const ICMP_PORT_UNREACHABLE = 3;
export const ICMP_FRAGMENTATION_NEEDED = 4;
export const ICMP_SOURCE_ROUTE_FAILED = 5;
export const ICMP_NET_UNKNOWN = 6;
export const ICMP_HOST_UNKNOWN = 7;
export const ICMP_HOST_ISOLATED = 8;
export const ICMP_NET_PROHIBITED = 9;
export const ICMP_HOST_PROHIBITED = 10;
export const ICMP_NET_UNREACHABLE_TOS = 11;
export const ICMP_HOST_UNREACHABLE_TOS = 12;
export const ICMP_ADMIN_PROHIBITED = 13;
export const ICMP_PRECEDENCE_VIOLATION = 14;
export const ICMP_PRECEDENCE_CUTOFF = 15;

/** Codes of ICMP_REDIRECT. */
export const ICMP_REDIRECT_NET = 0;
export const ICMP_REDIRECT_HOST = 1;
export const ICMP_REDIRECT_TOS_NET = 2;
export const ICMP_REDIRECT_TOS_HOST = 3;

/** Codes of ICMP_TIME_EXCEEDED. */
export const ICMP_TTL_EXCEEDED = 0;
export const ICMP_REASSEMBLY_EXCEEDED = 1;

/** Codes of ICMP_PARAMETER_PROBLEM. */
export const ICMP_POINTER_INDICATES = 0;
export const ICMP_OPTION_MISSING = 1;
export const ICMP_BAD_LENGTH = 2;

/** RFC 1122 §3.2.2: whether the type is one of the errors (about which no error may be sent). */
export const isIcmpError = (type: number): boolean =>
  type === ICMP_UNREACHABLE ||
  type === ICMP_SOURCE_QUENCH ||
  type === ICMP_REDIRECT ||
  type === ICMP_TIME_EXCEEDED ||
  type === ICMP_PARAMETER_PROBLEM;
