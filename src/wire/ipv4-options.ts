/** Options of the IPv4 header (RFC 791 §3.1): end, no operation, record route, source routes, timestamp, security (RFC 1108), router alert (RFC 2113). */

export const IPV4_OPTION_END = 0;
export const IPV4_OPTION_NOP = 1;
export const IPV4_OPTION_RECORD_ROUTE = 7;
export const IPV4_OPTION_TIMESTAMP = 68;
export const IPV4_OPTION_SECURITY = 130;
export const IPV4_OPTION_LOOSE_ROUTE = 131;
export const IPV4_OPTION_STRICT_ROUTE = 137;
export const IPV4_OPTION_ROUTER_ALERT = 148;
/** Set in an option's type: every fragment carries the option. */
export const IPV4_OPTION_COPIED = 0x80;
