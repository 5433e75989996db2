/** ARP (RFC 826) and RARP (RFC 903) for IPv4 over Ethernet: one packet form, told apart by EtherType and operation. */
import type { Codec } from "./codec/codec.js";
import { Layout, type ValueOf } from "./codec/layout.js";
import { ETHERTYPE_ARP, ETHERTYPE_IPV4, ETHERTYPE_RARP } from "./ethernet.js";

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
export const ARP_HARDWARE_IEEE802 = 6;
export const ARP_REQUEST = 1;
export const ARP_REPLY = 2;
export const RARP_REQUEST = 3;
export const RARP_REPLY = 4;

const OPERATION_NAMES: Readonly<Record<number, string>> = {
  [ARP_REQUEST]: "request",
  [ARP_REPLY]: "reply",
  [RARP_REQUEST]: "reverse request",
  [RARP_REPLY]: "reverse reply",
};

export const ARP_LAYOUT = new Layout("ARP packet", "RFC 826", [
  { name: "hardware", bits: 16, label: "Hardware type", meaning: { 1: "Ethernet" }, always: 1 },
  {
    name: "protocol",
    bits: 16,
    label: "Protocol type",
    kind: "hex",
    meaning: { 2048: "IPv4" },
    always: ETHERTYPE_IPV4,
  },
  { name: "hardwareSize", bits: 8, label: "Hardware size", always: 6 },
  { name: "protocolSize", bits: 8, label: "Protocol size", always: 4 },
  {
    name: "operation",
    bits: 16,
    label: "Operation",
    meaning: OPERATION_NAMES,
    // RFC 5494 §3: operations 0 and 65535 are reserved.
    fault: (operation) =>
      operation === 0 || operation === 0xffff ? `is ${operation}, which is reserved` : undefined,
  },
  { name: "senderMac", bits: 48, label: "Sender hardware address", kind: "mac" },
  { name: "senderIp", bits: 32, label: "Sender protocol address", kind: "ipv4" },
  { name: "targetMac", bits: 48, label: "Target hardware address", kind: "mac" },
  { name: "targetIp", bits: 32, label: "Target protocol address", kind: "ipv4" },
]);

export type ArpPacket = ValueOf<typeof ARP_LAYOUT>;

export const arpCodec: Codec<ArpPacket> = {
  name: "arp",
  title: "ARP",
  spec: "RFC 826, RFC 903",
  layouts: [ARP_LAYOUT],
  carriedBy: [
    { space: "ethertype", number: ETHERTYPE_ARP },
    { space: "ethertype", number: ETHERTYPE_RARP },
  ],

  parse: (bytes, from, to) => ARP_LAYOUT.check(bytes, from, to) ?? ARP_LAYOUT.values(bytes, from, {}),

  size: () => ARP_SIZE,

  emit(packet, bytes, at) {
    ARP_LAYOUT.put(bytes, at, packet);
    return at + ARP_SIZE;
  },

  dissect(layer) {
    if (layer.add(ARP_LAYOUT)) layer.layer.to = layer.from + ARP_SIZE;
  },
};
