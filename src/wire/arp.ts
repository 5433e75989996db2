/** ARP (RFC 826) and RARP (RFC 903) for IPv4 over Ethernet: one packet form, told apart by EtherType and operation. */

export const ARP_SIZE = 28;
export const ARP_HARDWARE = 0;
export const ARP_PROTOCOL = 2;
export const ARP_HARDWARE_SIZE = 4;
export const ARP_PROTOCOL_SIZE = 5;
export const ARP_OPERATION = 6;
export const ARP_SENDER_MAC = 8;
export const ARP_SENDER_IP = 14;
export const ARP_TARGET_MAC = 18;
export const ARP_TARGET_IP = 24;

export const ARP_HARDWARE_ETHERNET = 1;
export const ARP_REQUEST = 1;
export const ARP_REPLY = 2;
export const RARP_REQUEST = 3;
export const RARP_REPLY = 4;
