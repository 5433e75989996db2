/** The network that a plan describes: a world with its nodes, and the links that join their ports. */
import type { DropReason } from "../../core/drop-reason.js";
import { nearest } from "../../core/nearest.js";
import type { Port } from "../../link/port.js";
import { World, type WorldOptions } from "../../link/world.js";
import { type LabPlan, meantLinks, splitEndpoint } from "../file/plan.js";
import type { LabNode } from "../kind.js";
import { LabLink } from "./lab-link.js";
import { TapSet } from "./tap-set.js";

export class Network {
  readonly world: World;
  readonly taps: TapSet;
  readonly nodes: ReadonlyMap<string, LabNode>;
  readonly links: readonly LabLink[];

  constructor(plan: LabPlan, options: WorldOptions) {
    this.world = new World({ seed: plan.document.seed ?? 1, ...options });
    this.taps = new TapSet(this.world);
    const nodes = new Map<string, LabNode>();
    this.nodes = nodes;
    for (const { name, kind, config } of plan.nodes.values())
      nodes.set(name, kind.build(this.world, name, config));
    this.links = plan.links.map(
      (link) =>
        new LabLink(link, this.portOf(link.a.node, link.a.port), this.portOf(link.b.node, link.b.port)),
    );
  }

  /** The node of that name; throws, with the nearest name, if there is none. */
  node(name: string): LabNode {
    const node = this.nodes.get(name);
    if (node === undefined)
      throw new RangeError(`the lab has no node ${name}${hint(name, [...this.nodes.keys()])}`);
    return node;
  }

  /** The port of an endpoint, `pc1:eth0`; throws if there is none. */
  port(endpoint: string): Port {
    const { node, port = "" } = splitEndpoint(endpoint);
    return this.portOf(node, port);
  }

  /** The link at an endpoint, or the one between two nodes; throws if not exactly one is meant. */
  link(end: string, otherEnd?: string): LabLink {
    const meant = meantLinks(this.links, otherEnd === undefined ? end : [end, otherEnd]);
    if (meant.length === 1) return meant[0]!;
    const between = otherEnd === undefined ? `at ${end}` : `between ${end} and ${otherEnd}`;
    if (meant.length === 0) throw new RangeError(`the lab has no link ${between}`);
    throw new RangeError(`several links are ${between}: ${meant.map((link) => link.name).join(", ")}`);
  }

  /** Everything that was dropped so far, on nodes and on links, by reason. */
  drops(): Map<DropReason, number> {
    const total = new Map<DropReason, number>();
    const holders = [
      ...[...this.world.nodes.values()],
      ...this.links.flatMap(({ cable }) => [cable.ab, cable.ba]),
    ];
    for (const { drops } of holders)
      for (const [reason, count] of drops) total.set(reason, (total.get(reason) ?? 0) + count);
    return new Map([...total].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  close(): void {
    for (const node of this.nodes.values()) node.close?.();
  }

  private portOf(node: string, name: string): Port {
    const port = this.node(node).port(name);
    if (port === undefined) throw new RangeError(`${node} has no port ${name}`);
    return port;
  }
}

function hint(name: string, names: readonly string[]): string {
  const near = nearest(name, names);
  return near === undefined ? "" : `; did you mean ${near}?`;
}
