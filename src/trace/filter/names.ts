/**
 * The names that the filter language knows: protocols, byte offsets and values (pcap-filter(7)), and the services and
 * IP protocols that a Debian machine's /etc/services and /etc/protocols hold and people filter for.
 */

/** How a protocol's name is tested for, and what its byte offsets count from. */
export type Protocol =
  | { readonly layer: "ether" }
  | { readonly layer: "link"; readonly etherType: number }
  | { readonly layer: "llc"; readonly sap: number }
  | { readonly layer: "ip"; readonly number: number; readonly versions: readonly (4 | 6)[] };

const link = (etherType: number): Protocol => ({ layer: "link", etherType });
const overIp = (number: number, ...versions: (4 | 6)[]): Protocol => ({ layer: "ip", number, versions });

export const PROTOCOLS: ReadonlyMap<string, Protocol> = new Map<string, Protocol>([
  ["ether", { layer: "ether" }],
  ["link", { layer: "ether" }],
  ["ip", link(0x0800)],
  ["arp", link(0x0806)],
  ["rarp", link(0x8035)],
  ["ip6", link(0x86dd)],
  ["mopdl", link(0x6001)],
  ["moprc", link(0x6002)],
  ["decnet", link(0x6003)],
  ["lat", link(0x6004)],
  ["sca", link(0x6007)],
  ["stp", { layer: "llc", sap: 0x42 }],
  ["icmp", overIp(1, 4)],
  ["igmp", overIp(2, 4)],
  ["tcp", overIp(6, 4, 6)],
  ["igrp", overIp(9, 4)],
  ["udp", overIp(17, 4, 6)],
  ["esp", overIp(50, 4, 6)],
  ["ah", overIp(51, 4, 6)],
  ["icmp6", overIp(58, 6)],
  ["pim", overIp(103, 4, 6)],
  ["carp", overIp(112, 4)],
  ["vrrp", overIp(112, 4)],
  ["sctp", overIp(132, 4, 6)],
]);

/** Words of the language that stand for numbers. */
export const CONSTANTS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    icmptype: 0,
    icmpcode: 1,
    "icmp-echoreply": 0,
    "icmp-unreach": 3,
    "icmp-sourcequench": 4,
    "icmp-redirect": 5,
    "icmp-echo": 8,
    "icmp-routeradvert": 9,
    "icmp-routersolicit": 10,
    "icmp-timxceed": 11,
    "icmp-paramprob": 12,
    "icmp-tstamp": 13,
    "icmp-tstampreply": 14,
    "icmp-ireq": 15,
    "icmp-ireqreply": 16,
    "icmp-maskreq": 17,
    "icmp-maskreply": 18,
    icmp6type: 0,
    icmp6code: 1,
    "icmp6-destinationrunreach": 1,
    "icmp6-packettoobig": 2,
    "icmp6-timeexceeded": 3,
    "icmp6-parameterproblem": 4,
    "icmp6-echo": 128,
    "icmp6-echoreply": 129,
    "icmp6-multicastlistenerquery": 130,
    "icmp6-multicastlistenerreportv1": 131,
    "icmp6-multicastlistenerdone": 132,
    "icmp6-routersolicit": 133,
    "icmp6-routeradvert": 134,
    "icmp6-neighborsolicit": 135,
    "icmp6-neighboradvert": 136,
    "icmp6-redirect": 137,
    tcpflags: 13,
    "tcp-fin": 0x01,
    "tcp-syn": 0x02,
    "tcp-rst": 0x04,
    "tcp-push": 0x08,
    "tcp-ack": 0x10,
    "tcp-urg": 0x20,
    "tcp-ece": 0x40,
    "tcp-cwr": 0x80,
  }),
);

/** EtherTypes by the names that `ether proto` takes. */
export const ETHER_TYPE_NAMES: ReadonlyMap<string, number> = new Map(
  [...PROTOCOLS].flatMap(([name, protocol]) =>
    protocol.layer === "link" ? [[name, protocol.etherType] as const] : [],
  ),
);

/** IP protocol numbers by the names that `ip proto` takes. */
export const IP_PROTOCOL_NAMES: ReadonlyMap<string, number> = new Map(
  Object.entries({
    icmp: 1,
    igmp: 2,
    ipencap: 4,
    tcp: 6,
    egp: 8,
    igp: 9,
    udp: 17,
    ipv6: 41,
    gre: 47,
    esp: 50,
    ah: 51,
    "ipv6-icmp": 58,
    eigrp: 88,
    ospf: 89,
    pim: 103,
    vrrp: 112,
    l2tp: 115,
    sctp: 132,
    udplite: 136,
  }),
);

export interface Service {
  readonly port: number;
  /** The only transport that has the service; absent if TCP and UDP both do. */
  readonly transport?: "tcp" | "udp";
}

const both = (port: number): Service => ({ port });
const tcp = (port: number): Service => ({ port, transport: "tcp" });
const udp = (port: number): Service => ({ port, transport: "udp" });

export const SERVICES: ReadonlyMap<string, Service> = new Map(
  Object.entries({
    echo: both(7),
    discard: both(9),
    daytime: both(13),
    chargen: both(19),
    ftp: tcp(21),
    ssh: tcp(22),
    telnet: tcp(23),
    smtp: tcp(25),
    time: both(37),
    domain: both(53),
    bootps: udp(67),
    bootpc: udp(68),
    tftp: udp(69),
    http: tcp(80),
    pop3: tcp(110),
    sunrpc: both(111),
    ntp: udp(123),
    imap2: tcp(143),
    snmp: both(161),
    "snmp-trap": both(162),
    bgp: tcp(179),
    https: both(443),
    syslog: udp(514),
    route: udp(520),
  }),
);
