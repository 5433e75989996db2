/** The wire: bytes to fields and back, one file for each protocol. */
export * from "./arp.js";
export * from "./ethernet.js";
export * from "./icmpv4.js";
export * from "./igmp.js";
export * from "./ipv4.js";
export * from "./ipv4-options.js";
export * from "./llc.js";
export * from "./udp.js";
export * from "./vlan.js";
export * from "./vxlan.js";
