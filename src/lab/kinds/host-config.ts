/** What a lab file may say about a host or router. */
import { z } from "zod";
import { formatIpv4, formatPrefix, type Ipv4, inPrefix, networkOf, parseIpv4 } from "../../core/ipv4.js";
import { Sysctl } from "../../host/sysctl.js";
import { address, count, flag, interfaceAddress, mac, positive, prefix, text } from "../file/words.js";
import type { ConfigFault, Names } from "../kind.js";

/** Linux: at most 15 characters, no slash, no white space; and a colon separates a node from its interface. */
const isInterfaceName = (name: string): boolean =>
  /^[A-Za-z][A-Za-z0-9._-]{0,14}$/.test(name) && name !== "lo";

const interfaceName = text("an interface name, such as eth0", isInterfaceName);

const addresses = z
  .union([interfaceAddress, z.array(interfaceAddress)])
  .transform((written) => (Array.isArray(written) ? written : [written]));

const fullInterface = z.strictObject({
  address: addresses.describe("IPv4 addresses with their prefix lengths, one or a list").exactOptional(),
  mac: mac.describe("Its MAC address; made from the names unless given").exactOptional(),
  mtu: positive.describe("Its MTU, 1500 unless given").exactOptional(),
  up: flag.describe("Is it switched on? true unless given").exactOptional(),
});

const networkInterface = z
  .union([addresses, fullInterface])
  .transform((written) => (Array.isArray(written) ? { address: written } : written))
  .describe("Its addresses, or a mapping");

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

/** Interfaces that are named but not there, and next hops that are on no link. */
export function hostFaults(config: HostConfig): ConfigFault[] {
  const { interfaces = {}, gateway, routes = [], neighbours = {} } = config;
  const faults: ConfigFault[] = [];
  const names = Object.keys(interfaces);
  const checkDev = (path: ConfigFault["path"], dev: string | undefined) => {
    if (dev === undefined || names.includes(dev) || dev === "lo") return;
    const expected = names.length === 0 ? "one that `interfaces` names" : names.join(" or ");
    faults.push({ path, problem: "no such interface", expected, found: JSON.stringify(dev) });
  };
  const checkHop = (path: ConfigFault["path"], via: Ipv4 | undefined, dev?: string) => {
    if (via === undefined || deviceNameTowards(interfaces, via, dev) !== undefined) return;
    const networks = linkNetworks(interfaces);
    faults.push({
      path,
      problem: "the next hop is on no link of this host",
      expected: networks === "" ? "an interface with an address" : `an address in ${networks}`,
      found: formatIpv4(via),
    });
  };
  checkHop(["gateway"], gateway);
  for (const [index, { via, dev }] of routes.entries()) {
    checkDev(["routes", index, "dev"], dev);
    if (dev === undefined || names.includes(dev)) checkHop(["routes", index, "via"], via, dev);
    if (via === undefined && dev === undefined && (routes[index]!.type ?? "unicast") === "unicast")
      faults.push({
        path: ["routes", index],
        problem: "the route leads nowhere",
        expected: "`via`, `dev` or a `type`",
        found: "none of them",
      });
  }
  for (const [written, { dev }] of Object.entries(neighbours)) {
    const path = ["neighbours", written];
    if (dev !== undefined) checkDev(path, dev);
    else checkHop(path, parseIpv4(written));
  }
  return faults;
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

const linkNetworks = (interfaces: Interfaces): string =>
  Object.values(interfaces)
    .flatMap(({ address: own = [] }) =>
      own.map(({ address: ip, length }) => formatPrefix({ address: networkOf(ip, length), length })),
    )
    .join(" or ");
