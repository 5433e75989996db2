/** What a lab file may say about a DHCP server or relay agent, and how the server gets it. */
import { z } from "zod";
import { utf8 } from "../../core/bytes.js";
import { formatIpv4, formatPrefix, type Ipv4, inPrefix, parseIpv4 } from "../../core/ipv4.js";
import { SECOND } from "../../core/time.js";
import type { Host } from "../../host/index.js";
import type { DhcpServerConfig, LeaseFile, Pool, SubnetConfig } from "../../service/dhcp/index.js";
import * as O from "../../wire/dhcp-options.js";
import { address, duration, flag, mac, prefix, word } from "../file/words.js";
import type { ConfigFault } from "../kind.js";

const pool = word<Pool>("a range of addresses, such as 10.0.0.100-10.0.0.200", (written) => {
  const [from, to, rest] = written.split("-").map((part) => parseIpv4(part.trim()));
  if (from === undefined || to === undefined || rest !== undefined) return undefined;
  return from >>> 0 <= to >>> 0 ? { from, to } : undefined;
});

const reservation = z.strictObject({
  mac: mac.describe("The client's MAC address"),
  address: address.describe("The address that it gets, and nobody else"),
  name: z.string().describe("A host name for it").exactOptional(),
});

const subnet = z.strictObject({
  prefix: prefix.describe("The subnet, such as 10.0.0.0/24"),
  pools: z.array(pool).describe("Ranges of addresses for everybody").exactOptional(),
  reservations: z.array(reservation).describe("Addresses for certain clients").exactOptional(),
  routers: z.array(address).describe("Default routers for the clients").exactOptional(),
  nameServers: z.array(address).describe("Name servers for the clients").exactOptional(),
  domain: z.string().describe("The clients' domain name").exactOptional(),
  mtu: z.int().min(68).max(65_535).describe("The clients' MTU").exactOptional(),
  lease: duration.describe("How long a lease lasts, 10m unless given").exactOptional(),
  maxLease: duration.describe("The most that a client may ask for, 2h unless given").exactOptional(),
  renew: duration.describe("T1, half of the lease unless given").exactOptional(),
  rebind: duration.describe("T2, seven eighths of the lease unless given").exactOptional(),
  tftpServer: z.string().describe("The boot server's name (option 66)").exactOptional(),
  bootFile: z.string().describe("The boot file's name").exactOptional(),
  nextServer: address.describe("The boot server's address").exactOptional(),
  bootp: flag
    .describe("May BOOTP clients have addresses of the pools, for ever? false unless given")
    .exactOptional(),
});

export const dhcpServer = z.strictObject({
  subnets: z.array(subnet).describe("The subnets that it serves, on its own links and behind relay agents"),
  probe: flag
    .describe("Is an address pinged before it is offered to a new client? true unless given")
    .exactOptional(),
});

export const dhcpRelay = z.strictObject({
  servers: z.array(address).describe("The servers to which it passes requests"),
  interfaces: z.array(z.string()).describe("The interfaces with clients, all unless given").exactOptional(),
});

type Server = z.output<typeof dhcpServer>;
type SubnetSection = Server["subnets"][number];

/** ISC's server waits a second for the answer to its ping. */
const PROBE_TIME = SECOND;
const LEASE = 600 * SECOND;
const MAX_LEASE = 7200 * SECOND;

export function serverConfig({ subnets, probe = true }: Server): DhcpServerConfig {
  return { subnets: subnets.map(subnetConfig), probe: probe ? PROBE_TIME : 0 };
}

const seconds = (time: number): number => Math.floor(time / SECOND);

function subnetConfig(section: SubnetSection): SubnetConfig {
  const { lease = LEASE, renew, rebind, nextServer, bootFile, reservations = [] } = section;
  return {
    prefix: section.prefix,
    pools: section.pools ?? [],
    reservations: reservations.map((row) => ({
      client: `hw:1:${row.mac.toString(16).padStart(12, "0")}`,
      address: row.address,
      ...(row.name !== undefined && { hostName: row.name }),
    })),
    leaseSeconds: seconds(lease),
    maxLeaseSeconds: seconds(Math.max(section.maxLease ?? MAX_LEASE, lease)),
    ...(renew !== undefined && { renewalSeconds: seconds(renew) }),
    ...(rebind !== undefined && { rebindingSeconds: seconds(rebind) }),
    options: optionsOf(section),
    ...(nextServer !== undefined && { nextServer }),
    ...(bootFile !== undefined && { bootFile }),
    bootp: section.bootp ?? false,
  };
}

function optionsOf({ routers, nameServers, domain, mtu, tftpServer }: SubnetSection): O.DhcpOption[] {
  const addresses = (code: number, list: readonly Ipv4[] = []): O.DhcpOption[] =>
    list.length === 0 ? [] : [{ code, data: O.addressBytes(...list) }];
  const text = (code: number, value: string | undefined): O.DhcpOption[] =>
    value === undefined ? [] : [{ code, data: utf8(value) }];
  return [
    ...addresses(O.DHCP_ROUTERS, routers),
    ...addresses(O.DHCP_NAME_SERVERS, nameServers),
    ...text(O.DHCP_DOMAIN_NAME, domain),
    ...(mtu === undefined ? [] : [{ code: O.DHCP_INTERFACE_MTU, data: O.u16Bytes(mtu) }]),
    ...text(O.DHCP_TFTP_SERVER, tftpServer),
  ];
}

const LEASE_PATH = "/var/lib/dhcp/dhcpd.leases";

/** On the machine's disk, so that leases outlast a restart. */
export const leaseFile = ({ files }: Host): LeaseFile => ({
  read: () => files.get(LEASE_PATH) ?? "",
  write: (text) => void files.set(LEASE_PATH, text),
  append: (text) => void files.set(LEASE_PATH, (files.get(LEASE_PATH) ?? "") + text),
});

/** Addresses that are not in their subnet, and two programs for one port. */
export function dhcpFaults(config: { readonly dhcp?: Server; readonly dhcpRelay?: unknown }): ConfigFault[] {
  const { dhcp, dhcpRelay: relay } = config;
  const faults: ConfigFault[] = [];
  if (dhcp !== undefined && relay !== undefined)
    faults.push({
      path: ["dhcpRelay"],
      problem: "a machine has one UDP port 67",
      expected: "either `dhcp` or `dhcpRelay`",
      found: "both",
    });
  for (const [index, { prefix: network, pools = [], reservations = [] }] of (dhcp?.subnets ?? []).entries()) {
    const check = (own: Ipv4, ...path: (string | number)[]): void => {
      if (inPrefix(own, network.address, network.length)) return;
      faults.push({
        path: ["dhcp", "subnets", index, ...path],
        problem: "the address is not in the subnet",
        expected: `an address in ${formatPrefix(network)}`,
        found: formatIpv4(own),
      });
    };
    for (const [i, { from, to }] of pools.entries()) for (const end of [from, to]) check(end, "pools", i);
    for (const [i, row] of reservations.entries()) check(row.address, "reservations", i, "address");
  }
  return faults;
}
