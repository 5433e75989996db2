/** The kinds `host` and `router`: a machine with a Linux-shaped stack. A router is a host that forwards. */
import { ANY_IPV4, formatIpv4, formatPrefix, parseIpv4 } from "../../core/ipv4.js";
import { formatMac, parseMac } from "../../core/mac.js";
import { formatInstant } from "../../core/time.js";
import {
  type AddMode,
  type EthernetDevice,
  Host,
  type NetDevice,
  NextHop,
  type Stack,
  SystemError,
} from "../../host/index.js";
import type { World } from "../../link/world.js";
import { DhcpRelay, DhcpServer, leaseRow } from "../../service/dhcp/index.js";
import { bootClient, runCommand } from "../../shell/index.js";
import {
  type BootCommand,
  defineKind,
  type LabNode,
  type Row,
  type RunningCommand,
  type TableDefinition,
} from "../kind.js";
import { leaseFile, serverConfig } from "./dhcp-config.js";
import {
  deviceNameTowards,
  type HostConfig,
  hostConfig,
  hostFaults,
  hostPorts,
  hostSettings,
  INTERFACE_SETTING,
  type InterfaceConfig,
} from "./host-config.js";
import { HostDatagrams } from "./host-datagrams.js";

const tables: Readonly<Record<string, TableDefinition>> = {
  interfaces: {
    about: { en: "Network interfaces.", zh: "网络接口。" },
    columns: [
      "dev",
      "up",
      "carrier",
      "mtu",
      "mac",
      "rxPackets",
      "txPackets",
      "rxErrors",
      "rxDropped",
      "txDropped",
    ],
  },
  addresses: {
    about: { en: "IPv4 addresses of the interfaces.", zh: "接口的 IPv4 地址。" },
    columns: ["dev", "address", "broadcast", "scope"],
  },
  routes: {
    about: { en: "The main routing table.", zh: "主路由表。" },
    columns: ["to", "via", "dev", "metric", "type", "protocol", "src"],
  },
  neighbours: {
    about: { en: "The neighbour (ARP) cache.", zh: "邻居（ARP）缓存。" },
    columns: ["ip", "dev", "mac", "state"],
  },
  leases: {
    about: { en: "Leases of the DHCP server.", zh: "DHCP 服务器的租约。" },
    columns: ["address", "mac", "client", "hostName", "state"],
  },
  log: {
    about: { en: "The kernel log.", zh: "内核日志。" },
    columns: ["time", "text"],
  },
};

const shared = {
  config: hostConfig,
  ports: hostPorts,
  settings: hostSettings,
  tables,
  commands: true,
  sockets: true,
  check: hostFaults,
} as const;

export const hostKind = defineKind({
  ...shared,
  name: "host",
  about: {
    en: "A machine with a Linux-shaped IPv4 stack: interfaces, neighbours, routes, sockets, and commands to type.",
    zh: "主机：具有与 Linux 相似的 IPv4 协议栈，有接口、邻居表、路由表、套接字，可以输入命令。",
  },
  build: (world, name, config) => new LabHost(world, name, config, false),
});

export const routerKind = defineKind({
  ...shared,
  name: "router",
  about: {
    en: "A host that forwards packets between its interfaces.",
    zh: "路由器：在接口之间转发分组的主机。",
  },
  build: (world, name, config) => new LabHost(world, name, config, true),
});

class LabHost implements LabNode {
  readonly node: Host;
  readonly datagrams: HostDatagrams;
  boot: readonly BootCommand[] = [];
  /** Interfaces that only links name. */
  private readonly extra: string[] = [];
  private server: DhcpServer | null = null;
  private relay: DhcpRelay | null = null;

  constructor(
    world: World,
    name: string,
    private readonly config: HostConfig,
    private readonly isRouter: boolean,
  ) {
    this.node = new Host(world, name);
    this.datagrams = new HostDatagrams(this.node);
    this.configure();
  }

  port(name: string) {
    const { node } = this;
    if (node.port(name) === undefined && hostPorts.accepts(name, this.config)) {
      this.extra.push(name);
      this.addCard(name, {});
    }
    return node.port(name);
  }

  exec(commandLine: string): RunningCommand {
    if (!this.node.powered) throw new Error(`${this.node.name} is switched off`);
    return runCommand(this.node, commandLine);
  }

  kill(): void {
    this.server?.stop();
    this.relay?.stop();
    this.node.powerOff();
  }

  restart(): void {
    this.kill();
    this.node.powerOn();
    this.configure();
    for (const name of this.extra) this.addCard(name, {});
    this.datagrams.reopen();
  }

  set(setting: string, value: string): string | undefined {
    const { stack } = this.node;
    try {
      const [, devName, key] = INTERFACE_SETTING.exec(setting) ?? [];
      const dev = devName === undefined ? undefined : stack.device(devName);
      if (dev === undefined) {
        stack.sysctl.set(setting, Number(value));
        return undefined;
      }
      return setInterface(dev, key!, value);
    } catch (error) {
      if (error instanceof SystemError) return `${setting} cannot be ${value}: ${error.message}`;
      throw error;
    }
  }

  table(name: string): readonly Row[] {
    const { stack, messages } = this.node;
    switch (name) {
      case "interfaces":
        return stack.devices.map((dev) => ({
          dev: dev.name,
          up: dev.up,
          carrier: dev.carrier,
          mtu: dev.mtu,
          mac: formatMac(dev.mac),
          rxPackets: dev.rxPackets,
          txPackets: dev.txPackets,
          rxErrors: dev.rxErrors,
          rxDropped: dev.rxDropped,
          txDropped: dev.txDropped,
        }));
      case "addresses":
        return stack.devices.flatMap((dev) =>
          dev.addresses.map(({ address, length, broadcast, scope }) => ({
            dev: dev.name,
            address: `${formatIpv4(address)}/${length}`,
            broadcast: formatIpv4(broadcast),
            scope,
          })),
        );
      case "routes":
        return stack.fib.main.routes().flatMap((route) => {
          const { prefixText: to, metric, type, protocol, prefSrc } = route;
          const row = { to, metric, type, protocol, ...(prefSrc !== 0 && { src: formatIpv4(prefSrc) }) };
          if (route.nextHops.length === 0) return [row];
          return route.nextHops.map((hop) => ({
            ...row,
            dev: hop.dev.name,
            ...(hop.gateway !== 0 && { via: formatIpv4(hop.gateway) }),
          }));
        });
      case "neighbours":
        return stack.neighbours.entries().map((entry) => ({
          ip: formatIpv4(entry.ip),
          dev: entry.dev.name,
          ...(entry.valid && { mac: formatMac(entry.mac) }),
          state: entry.state,
        }));
      case "leases":
        return (this.server?.leases() ?? []).map((lease) => leaseRow(lease, this.node.world.engine.now));
      default:
        return messages.map(({ time, text }) => ({ time: formatInstant(time), text }));
    }
  }

  /** Everything that the configuration says, on a machine that has just started. */
  private configure(): void {
    const { config, node } = this;
    const { stack } = node;
    const { interfaces = {}, sysctls = {}, neighbours = {} } = config;
    stack.sysctl.set("net.ipv4.ip_forward", (config.forwarding ?? this.isRouter) ? 1 : 0);
    for (const [name, value] of Object.entries(sysctls)) stack.sysctl.set(name, value);
    for (const [name, settings] of Object.entries(interfaces)) this.addCard(name, settings);
    for (const route of this.routes) if (!this.awaitsAddress(route)) this.addRoute(route);
    for (const [written, { mac, dev }] of Object.entries(neighbours)) {
      const ip = parseIpv4(written)!;
      const on = stack.device(deviceNameTowards(interfaces, ip, dev) ?? dev ?? "");
      if (on !== undefined) stack.neighbours.entry(on, ip)?.update(mac, "PERMANENT", { by: "config" });
    }
    if (config.dhcp !== undefined)
      this.server = new DhcpServer(stack, serverConfig(config.dhcp), leaseFile(node));
    if (config.dhcpRelay !== undefined) this.relay = new DhcpRelay(stack, config.dhcpRelay);
    const clients = Object.entries(interfaces).filter(([, { dhcp }]) => dhcp === true);
    if (clients.length > 0)
      node.world.engine.after(0, () => {
        for (const [name, { acd = false }] of clients) this.startClient(name, stack, acd);
      });
    const boot = (config.exec ?? []).map(
      (commandLine, index): Boot => ({ path: ["exec", index], commandLine }),
    );
    this.boot = boot;
    if (boot.length > 0) node.world.engine.after(0, () => this.bootFrom(boot, 0));
  }

  /** Starts the boot commands, each when the one before it has ended, unless the machine has been switched off since. */
  private bootFrom(boot: readonly Boot[], index: number): void {
    const next = boot[index];
    if (next === undefined || boot !== this.boot || !this.node.powered) return;
    next.command = this.exec(next.commandLine);
    next.command.onExit(() => this.bootFrom(boot, index + 1));
  }

  /** A DHCP client starts when the machine boots, unless the machine has been switched off since. */
  private startClient(name: string, stack: Stack, probe: boolean): void {
    const dev = stack.device(name);
    if (this.node.powered && stack === this.node.stack && dev !== undefined)
      bootClient(this.node, dev, probe);
  }

  private get routes(): readonly RouteConfig[] {
    const { gateway, routes = [] } = this.config;
    return gateway === undefined
      ? routes
      : [{ to: { address: ANY_IPV4, length: 0 }, via: gateway }, ...routes];
  }

  /** The next hop is on an interface that gets its addresses only when nobody else has them; that interface, if given. */
  private awaitsAddress({ via, dev }: RouteConfig, on?: string): boolean {
    const { interfaces = {} } = this.config;
    const name = via === undefined ? undefined : deviceNameTowards(interfaces, via, dev);
    return name !== undefined && interfaces[name]!.acd === true && (on ?? name) === name;
  }

  /** An interface has got an address that it had to wait for: so did the routes. */
  private addRoutesBy(name: string): void {
    const { stack } = this.node;
    for (const route of this.routes)
      if (this.awaitsAddress(route, name) && stack.fib.deviceTowards(route.via!)?.name === name)
        this.addRoute(route, "replace");
  }

  private addCard(name: string, config: InterfaceConfig): EthernetDevice {
    const { address = [], mac, mtu, up = true, acd = false } = config;
    const { stack } = this.node;
    const card = this.node.addCard(name, {
      ...(mac !== undefined && { mac }),
      ...(mtu !== undefined && { mtu }),
    });
    for (const own of address)
      if (acd) stack.claimAddress(card, own.address, own.length, {}, () => this.addRoutesBy(name));
      else stack.addAddress(card, own.address, own.length);
    if (up) card.setUp(true);
    return card;
  }

  private addRoute({ to, via, dev, metric, type }: RouteConfig, mode: AddMode = "add"): void {
    const { stack } = this.node;
    const towards = via === undefined ? null : stack.fib.deviceTowards(via);
    const on = dev === undefined ? towards : (stack.device(dev) ?? null);
    try {
      stack.fib.add(
        {
          ...to,
          nextHops: on === null ? [] : [new NextHop(on, via ?? ANY_IPV4)],
          scope: via === undefined && on !== null ? "link" : "global",
          ...(metric !== undefined && { metric }),
          ...(type !== undefined && { type }),
        },
        mode,
      );
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      throw new Error(`${this.node.name}: the route to ${formatPrefix(to)} is refused: ${error.message}`);
    }
  }
}

interface Boot extends BootCommand {
  command?: RunningCommand;
}

type RouteConfig = NonNullable<HostConfig["routes"]>[number];

function setInterface(dev: NetDevice, key: string, value: string): string | undefined {
  if (key === "up") {
    if (value !== "true" && value !== "false")
      return `expected true or false, found ${JSON.stringify(value)}`;
    dev.setUp(value === "true");
  } else if (key === "mac") {
    const mac = parseMac(value);
    if (mac === undefined) return `expected a MAC address, found ${JSON.stringify(value)}`;
    dev.setMac(mac);
  } else {
    const mtu = Number(value);
    if (!Number.isInteger(mtu) || mtu < 68 || mtu > 65_535)
      return `expected an MTU of 68 to 65535, found ${value}`;
    dev.setMtu(mtu);
  }
  return undefined;
}
