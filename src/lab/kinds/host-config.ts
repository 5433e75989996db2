/** What a lab file may say about a host or router. */
import { z } from "zod";
import {
  broadcastOf,
  formatIpv4,
  formatPrefix,
  type Ipv4,
  inPrefix,
  networkOf,
  parseIpv4,
} from "../../core/ipv4.js";
import { Sysctl } from "../../host/sysctl.js";
import { address, count, flag, interfaceAddress, mac, prefix, text } from "../file/words.js";
import type { ConfigFault, Names } from "../kind.js";
import { dhcpFaults, dhcpRelay, dhcpServer } from "./dhcp-config.js";

/** Linux: at most 15 characters, no slash, no white space; and a colon separates a node from its interface. */
const isInterfaceName = (name: string): boolean =>
  /^[A-Za-z][A-Za-z0-9._-]{0,14}$/.test(name) && name !== "lo";

const interfaceName = text("an interface name, such as eth0", isInterfaceName);

const addresses = z
  .union([interfaceAddress, z.array(interfaceAddress)])
  .transform((written) => (Array.isArray(written) ? written : [written]));

/** RFC 791 §3.2: every link carries 68 bytes. */
const mtu = z
  .int({ error: "expected a whole number" })
  .min(68, { error: "expected an MTU of 68 to 65535" })
  .max(65_535, { error: "expected an MTU of 68 to 65535" });

const byDhcp = z.literal("dhcp", { error: "expected dhcp" });

const fullInterface = z.strictObject({
  address: z
    .union([addresses, byDhcp])
    .describe("IPv4 addresses with their prefix lengths, one or a list; or dhcp")
    .exactOptional(),
  mac: mac.describe("Its MAC address; made from the names unless given").exactOptional(),
  mtu: mtu.describe("Its MTU, 1500 unless given").exactOptional(),
  up: flag.describe("Is it switched on? true unless given").exactOptional(),
  acd: flag
    .describe(
      "Are the addresses probed for before they are used, and given up in a conflict (RFC 5227)? false unless given",
    )
    .exactOptional(),
});

export interface Assignment {
  readonly address?: z.output<typeof addresses>;
  /** A client asks for an address when the machine boots. */
  readonly dhcp?: true;
}

const networkInterface = z
  .union([addresses, byDhcp, fullInterface])
  .transform((written): Omit<z.output<typeof fullInterface>, "address"> & Assignment => {
    if (written === "dhcp") return { dhcp: true };
    if (Array.isArray(written)) return { address: written };
    const { address, ...rest } = written;
    if (address === "dhcp") return { ...rest, dhcp: true };
    return address === undefined ? rest : { ...rest, address };
  })
  .describe("Its addresses, dhcp, or a mapping");

const route = z.strictObject({
  to: prefix.describe("The destination, such as 10.0.0.0/8 or default"),
  via: address.describe("The next hop").exactOptional(),
  dev: z.string().describe("The interface; that on whose link the next hop is, unless given").exactOptional(),
  metric: count.describe("The lowest wins; 0 unless given").exactOptional(),
  type: z
    .enum(["unicast", "blackhole", "unreachable", "prohibit", "throw"])
    .describe("unicast unless given; the others lead nowhere, each in its own way")
    .exactOptional(),
});

const staticNeighbour = z
  .union([
    mac,
    z.strictObject({
      mac: mac.describe("Its MAC address"),
      dev: z.string().describe("The interface").exactOptional(),
    }),
  ])
  .transform((written) => (typeof written === "object" ? written : { mac: written }))
  .describe("Its MAC address, or a mapping of `mac` and `dev`");

const isSysctl = (name: string): boolean => {
  try {
    new Sysctl().value(name);
    return true;
  } catch {
    return false;
  }
};

const sysctlName = z
  .string()
  .refine(isSysctl, { error: "expected a setting that the host has, such as net.ipv4.ip_forward" });

export const hostConfig = z.strictObject({
  interfaces: z
    .record(interfaceName, networkInterface)
    .describe("Network cards by name. One that only a link names is there as well, without an address")
    .exactOptional(),
  gateway: address.describe("The next hop of the default route").exactOptional(),
  routes: z.array(route).describe("Static routes").exactOptional(),
  forwarding: flag
    .describe("Does it pass on packets that are for others? false on a host, true on a router, unless given")
    .exactOptional(),
  sysctls: z
    .record(sysctlName, z.int({ error: "expected a whole number" }))
    .describe("Kernel settings by their Linux names, such as net.ipv4.ip_forward")
    .exactOptional(),
  neighbours: z
    .record(
      text("an IPv4 address, such as 10.0.0.1", (written) => parseIpv4(written) !== undefined),
      staticNeighbour,
    )
    .describe("Permanent neighbour entries: IPv4 addresses and their MAC addresses")
    .exactOptional(),
  dhcp: dhcpServer.describe("A DHCP server runs here").exactOptional(),
  dhcpRelay: dhcpRelay.describe("A DHCP relay agent runs here").exactOptional(),
  exec: z.array(z.string()).describe("Commands that run, one after the other, when it boots").exactOptional(),
});

export type HostConfig = z.output<typeof hostConfig>;
export type InterfaceConfig = NonNullable<HostConfig["interfaces"]>[string];

export const hostPorts: Names<HostConfig> = {
  expected: "an interface name, such as eth0",
  accepts: isInterfaceName,
  names: (config) => Object.keys(config.interfaces ?? {}),
};

/** `eth0.up`, `eth0.mtu`, `eth0.mac`. */
export const INTERFACE_SETTING = /^([^\s/:]+)\.(up|mtu|mac)$/;

export const hostSettings: Names<HostConfig> = {
  expected: "a kernel setting, such as net.ipv4.ip_forward, or <interface>.up, .mtu or .mac",
  accepts: (setting) => isSysctl(setting) || INTERFACE_SETTING.test(setting),
  names: (config) => [
    ...Object.keys(config.interfaces ?? {}).flatMap((name) =>
      ["up", "mtu", "mac"].map((key) => `${name}.${key}`),
    ),
    ...new Sysctl().names(),
  ],
};

/** What would make a command that configures the machine fail: names, next hops and rows that do not fit together. */
export function hostFaults(config: HostConfig): ConfigFault[] {
  return [
    ...addressFaults(config),
    ...routeFaults(config),
    ...neighbourFaults(config),
    ...dhcpFaults(config),
  ];
}

function addressFaults({ interfaces = {} }: HostConfig): ConfigFault[] {
  return Object.entries(interfaces).flatMap(([name, { address: own = [] }]) => {
    const seen = new Set<string>();
    return own.flatMap(({ address: ip, length }) => {
      const written = `${formatIpv4(ip)}/${length}`;
      if (!seen.has(written)) {
        seen.add(written);
        return [];
      }
      const path = ["interfaces", name];
      return [{ path, problem: "an address is there twice", expected: "each address once", found: written }];
    });
  });
}

function routeFaults({ interfaces = {}, gateway, routes = [] }: HostConfig): ConfigFault[] {
  const faults: ConfigFault[] = [];
  // The kernel has a route to each connected network already.
  const rows = new Set(
    upInterfaces(interfaces)
      .flatMap(networksOf)
      .map((network) => `${network} metric 0`),
  );
  if (gateway !== undefined && rows.has(DEFAULT_ROW)) faults.push(routeTwice(["gateway"], DEFAULT_ROW));
  if (gateway !== undefined) rows.add(DEFAULT_ROW);
  if (gateway !== undefined) faults.push(...hopFaults(interfaces, ["gateway"], gateway));
  for (const [index, { to, via, dev, metric = 0, type = "unicast" }] of routes.entries()) {
    const path = ["routes", index];
    if (dev !== undefined) faults.push(...deviceFaults(interfaces, [...path, "dev"], dev));
    if (via !== undefined) faults.push(...hopFaults(interfaces, [...path, "via"], via, dev));
    if (type !== "unicast" && (via !== undefined || dev !== undefined))
      faults.push({
        path: [...path, via === undefined ? "dev" : "via"],
        problem: `a route of type ${type} leads to no interface`,
        expected: "neither `via` nor `dev`",
        found: via === undefined ? dev! : formatIpv4(via),
      });
    if (via === undefined && dev === undefined && type === "unicast")
      faults.push({
        path,
        problem: "the route leads nowhere",
        expected: "`via`, `dev` or a `type`",
        found: "none of them",
      });
    const row = `${formatPrefix(to)} metric ${metric}`;
    if (rows.has(row)) faults.push(routeTwice(path, row));
    rows.add(row);
  }
  return faults;
}

const DEFAULT_ROW = "0.0.0.0/0 metric 0";

const routeTwice = (path: ConfigFault["path"], found: string): ConfigFault => ({
  path,
  problem: "the route is there already",
  expected: "another prefix or metric",
  found,
});

const upInterfaces = (interfaces: Interfaces): InterfaceConfig[] =>
  Object.values(interfaces).filter(({ up }) => up !== false);

/** The prefixes of an interface's addresses, those of single addresses left out. */
const networksOf = ({ address: own = [] }: InterfaceConfig): string[] =>
  own
    .filter(({ length }) => length < 32)
    .map(({ address: ip, length }) => formatPrefix({ address: networkOf(ip, length), length }));

function neighbourFaults({ interfaces = {}, neighbours = {} }: HostConfig): ConfigFault[] {
  return Object.entries(neighbours).flatMap(([written, { dev }]) => {
    const path = ["neighbours", written];
    return dev === undefined
      ? hopFaults(interfaces, path, parseIpv4(written)!)
      : deviceFaults(interfaces, path, dev);
  });
}

/** The device must be there and up. */
function deviceFaults(interfaces: Interfaces, path: ConfigFault["path"], dev: string): ConfigFault[] {
  if (dev === "lo") return [];
  const names = Object.keys(interfaces).filter((name) => interfaces[name]!.up !== false);
  if (names.includes(dev)) return [];
  const problem = Object.hasOwn(interfaces, dev) ? "the interface is not up" : "no such interface";
  const expected = names.length === 0 ? "one that `interfaces` names" : names.join(" or ");
  return [{ path, problem, expected, found: JSON.stringify(dev) }];
}

/** Linux takes a next hop only if it is on the link, and not the machine itself ("Nexthop has invalid gateway."). */
function hopFaults(
  interfaces: Interfaces,
  path: ConfigFault["path"],
  via: Ipv4,
  dev?: string,
): ConfigFault[] {
  const own = Object.values(interfaces).flatMap(({ address: addresses = [] }) => addresses);
  const isOwn = own.some(({ address: ip }) => ip === via);
  const isBroadcast = own.some(({ address: ip, length }) => length < 31 && broadcastOf(ip, length) === via);
  if (!isOwn && !isBroadcast && deviceNameTowards(interfaces, via, dev) !== undefined) return [];
  // A device that is missing has a complaint of its own.
  if (dev !== undefined && deviceFaults(interfaces, path, dev).length > 0) return [];
  const networks = Object.values(interfaces).flatMap(networksOf);
  const expected =
    networks.length === 0 ? "an interface with an address" : `an address in ${networks.join(" or ")}`;
  const problem = isOwn
    ? "the next hop is this host itself"
    : isBroadcast
      ? "the next hop is a broadcast address"
      : "the next hop is on no link of this host";
  return [{ path, problem, expected, found: formatIpv4(via) }];
}

type Interfaces = NonNullable<HostConfig["interfaces"]>;

/** The interface on whose link an address is, by the configured addresses (and only `dev`, if given). */
export function deviceNameTowards(interfaces: Interfaces, ip: Ipv4, dev?: string): string | undefined {
  return Object.keys(interfaces).find(
    (name) =>
      (dev === undefined || dev === name) &&
      interfaces[name]!.up !== false &&
      (interfaces[name]!.address ?? []).some(
        (own) => own.length < 32 && inPrefix(ip, own.address, own.length),
      ),
  );
}
