/**
 * A lab's twin, made of the kernel's own parts: a namespace for each node, a bridge for a switch, a pair of virtual cards for a
 * link. Plugs are namespaces that exist already.
 */
import { formatIpv4, formatPrefix } from "../../src/core/ipv4.js";
import { formatMac } from "../../src/core/mac.js";
import type { LabPlan, PlannedEndpoint } from "../../src/lab/file/plan.js";
import type { HostConfig } from "../../src/lab/kinds/host-config.js";
import { joinNamespaces, Namespace } from "./peer.js";

export interface Guest {
  readonly namespace: Namespace;
  /** The name of its interface that leads to the lab. */
  readonly interface: string;
}

export class LinuxTwin {
  readonly nodes = new Map<string, Namespace>();

  /** Builds it; it is gone when the test ends. */
  constructor(
    private readonly plan: LabPlan,
    private readonly guests: Readonly<Record<string, Guest>>,
  ) {
    for (const { name, kind } of plan.nodes.values()) {
      const namespace = guests[name]?.namespace ?? new Namespace();
      this.nodes.set(name, namespace);
      writeSettings(namespace, PLAIN);
      if (kind.name !== "switch") continue;
      namespace.ip("link", "add", "br0", "type", "bridge", "mcast_snooping", "0");
      namespace.ip("link", "set", "br0", "up");
    }
    for (const { a, b } of plan.links)
      joinNamespaces(this.nodes.get(a.node)!, this.cardOf(a), this.nodes.get(b.node)!, this.cardOf(b));
    for (const { name, kind, config } of plan.nodes.values())
      if (kind.name === "host" || kind.name === "router")
        this.configure(this.nodes.get(name)!, config as HostConfig, kind.name === "router");
    for (const { a, b } of plan.links)
      for (const end of [a, b])
        if (plan.nodes.get(end.node)!.kind.name === "switch")
          this.nodes.get(end.node)!.ip("link", "set", this.cardOf(end), "master", "br0");
  }

  private cardOf({ node, port }: PlannedEndpoint): string {
    const guest = this.guests[node];
    if (guest !== undefined) return guest.interface;
    return this.plan.nodes.get(node)!.kind.name === "switch" ? `p${port}` : port;
  }

  private configure(on: Namespace, config: HostConfig, isRouter: boolean): void {
    const { interfaces = {}, gateway, routes = [], forwarding = isRouter, sysctls = {} } = config;
    for (const [name, { address = [], mac, mtu }] of Object.entries(interfaces)) {
      if (mac !== undefined) on.ip("link", "set", name, "address", formatMac(mac));
      if (mtu !== undefined) on.ip("link", "set", name, "mtu", String(mtu));
      for (const own of address)
        on.ip("addr", "add", `${formatIpv4(own.address)}/${own.length}`, "brd", "+", "dev", name);
    }
    if (gateway !== undefined) on.ip("route", "add", "default", "via", formatIpv4(gateway));
    for (const { to, via, type = "unicast" } of routes) {
      const hop = via === undefined ? [] : ["via", formatIpv4(via)];
      on.ip("route", "add", type, formatPrefix(to), ...hop);
    }
    writeSettings(on, { "net.ipv4.ip_forward": Number(forwarding), ...sysctls });
  }
}

/** Linux's own defaults, which a namespace does not take from there but from the machine; and no IPv6. */
const PLAIN: Readonly<Record<string, number>> = {
  "net.ipv6.conf.all.disable_ipv6": 1,
  ...Object.fromEntries(
    ["all", "default"].flatMap((dev) =>
      Object.entries({ rp_filter: 0, accept_redirects: 1, send_redirects: 1, accept_source_route: 0 }).map(
        ([key, value]) => [`net.ipv4.conf.${dev}.${key}`, value],
      ),
    ),
  ),
};

function writeSettings(on: Namespace, settings: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(settings)) on.set(name, value);
}
