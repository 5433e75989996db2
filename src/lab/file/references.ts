/** Checks the names by which parts of a lab speak of each other: nodes, ports, links, steps, tables, columns. */

import { nearest } from "../../core/nearest.js";
import type { Names } from "../kind.js";
import { anyOf, type Complaint, type LabPath } from "./complaint.js";
import type { LinkReference } from "./links.js";
import { linkName, meantLinks, type PlannedLink, type PlannedNode, splitEndpoint } from "./plan.js";

export class References {
  constructor(
    private readonly nodes: ReadonlyMap<string, PlannedNode>,
    /** All nodes, those with faults included: nobody shall hear that such a node does not exist. */
    private readonly nodeNames: readonly string[],
    private readonly links: readonly PlannedLink[],
    /** Some links have faults of their own, so that a link which is not found may be one of those. */
    private readonly linksIncomplete: boolean,
    readonly complaints: Complaint[] = [],
    private readonly aboutKey = false,
  ) {}

  /** The same checks, for names that stand as keys. */
  get keys(): References {
    return new References(
      this.nodes,
      this.nodeNames,
      this.links,
      this.linksIncomplete,
      this.complaints,
      true,
    );
  }

  complain(path: LabPath, problem: string, expected: string, found: string, suggestion?: string): void {
    this.complaints.push({
      path,
      aboutKey: this.aboutKey,
      problem,
      expected,
      found,
      ...(suggestion === undefined ? {} : { suggestion }),
    });
  }

  /** One word out of a list. */
  word(path: LabPath, what: string, found: string, words: readonly string[]): boolean {
    if (words.includes(found)) return true;
    const expected = words.length === 0 ? `one that exists (there is none)` : anyOf(words);
    this.complain(path, `unknown ${what}`, expected, JSON.stringify(found), nearest(found, words));
    return false;
  }

  /** The node of that name; `undefined` if there is none (complained about) or if it has faults of its own. */
  node(path: LabPath, name: string): PlannedNode | undefined {
    return this.word(path, "node", name, this.nodeNames) ? this.nodes.get(name) : undefined;
  }

  /** A name by a kind's own rule. */
  name(path: LabPath, what: string, found: string, names: Names<unknown>, node: PlannedNode): boolean {
    if (names.accepts(found, node.config)) return true;
    const suggestion = nearest(found, names.names(node.config));
    const problem = `${node.name} (${node.kind.name}) has no such ${what}`;
    this.complain(path, problem, names.expected, JSON.stringify(found), suggestion);
    return false;
  }

  /** `node:port`, both good. */
  endpoint(path: LabPath, written: string): { node: string; port: string } | undefined {
    const { node: nodeName, port } = splitEndpoint(written);
    const node = this.node(path, nodeName);
    if (node === undefined) return undefined;
    if (port === undefined) {
      this.complain(
        path,
        "no port is named",
        `an endpoint, such as ${nodeName}:eth0`,
        JSON.stringify(written),
      );
      return undefined;
    }
    return this.name(path, "port", port, node.kind.ports, node) ? { node: nodeName, port } : undefined;
  }

  /** Exactly one link. */
  link(path: LabPath, reference: LinkReference): PlannedLink | undefined {
    const ends = typeof reference === "string" ? [reference] : reference;
    for (const [i, end] of ends.entries()) {
      const place = typeof reference === "string" ? path : [...path, i];
      if (!this.word(place, "node", splitEndpoint(end).node, this.nodeNames)) return undefined;
    }
    const meant = meantLinks(this.links, reference);
    if (meant.length === 1) return meant[0];
    if (meant.length === 0 && this.linksIncomplete) return undefined;
    const found = ends.map((end) => JSON.stringify(end)).join(" and ");
    if (meant.length > 1)
      this.complain(path, "several links are meant", `one of ${meant.map(linkName).join(", ")}`, found);
    else this.complain(path, "no such link", anyOf(this.links.map(linkName)), found, this.nearEndpoint(ends));
    return undefined;
  }

  /** A node or endpoint at one end of the link. */
  end(path: LabPath, written: string, link: PlannedLink): void {
    const ends = [link.a, link.b].flatMap(({ node, port }) => [node, `${node}:${port}`]);
    this.word(path, "end of the link", written, ends);
  }

  private nearEndpoint(ends: readonly string[]): string | undefined {
    const endpoints = this.links.flatMap(({ a, b }) => [`${a.node}:${a.port}`, `${b.node}:${b.port}`]);
    return ends.length === 1 ? nearest(ends[0]!, endpoints) : undefined;
  }
}
