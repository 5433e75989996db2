/** A lab that was checked: every name in it is known, every value understood. */
import type { Kind } from "../kind.js";
import type { LabDocument } from "./document.js";
import type { LinkDefinition, LinkReference } from "./links.js";
import type { Places } from "./places.js";

export interface PlannedNode {
  readonly name: string;
  readonly kind: Kind;
  /** As the kind's definition gives it, defaults included. */
  readonly config: Record<string, unknown>;
}

export interface PlannedEndpoint {
  readonly node: string;
  readonly port: string;
}

export interface PlannedLink {
  readonly a: PlannedEndpoint;
  readonly b: PlannedEndpoint;
  readonly definition: Omit<LinkDefinition, "endpoints">;
}

export interface LabPlan {
  /** The file that the lab was read from, or its name. For messages. */
  readonly source: string;
  readonly document: LabDocument;
  readonly nodes: ReadonlyMap<string, PlannedNode>;
  readonly links: readonly PlannedLink[];
  readonly places: Places;
}

/** `pc1:eth0` in its two parts; without a colon, a node and no port. */
export function splitEndpoint(endpoint: string): { node: string; port?: string } {
  const colon = endpoint.indexOf(":");
  return colon < 0 ? { node: endpoint } : { node: endpoint.slice(0, colon), port: endpoint.slice(colon + 1) };
}

export const linkName = (link: Pick<PlannedLink, "a" | "b">): string =>
  `${link.a.node}:${link.a.port}--${link.b.node}:${link.b.port}`;

/** Does an endpoint, or a node by its name, lie at one end of a link? */
export function endsAt(end: PlannedEndpoint, reference: string): boolean {
  const { node, port } = splitEndpoint(reference);
  return end.node === node && (port === undefined || end.port === port);
}

/** The links that a reference may mean: exactly one if it is a good one. */
export function meantLinks<L extends Pick<PlannedLink, "a" | "b">>(
  links: readonly L[],
  reference: LinkReference,
): L[] {
  const [first, second] = typeof reference === "string" ? [reference] : reference;
  return links.filter(
    ({ a, b }) =>
      (endsAt(a, first) && (second === undefined || endsAt(b, second))) ||
      (endsAt(b, first) && (second === undefined || endsAt(a, second))),
  );
}
