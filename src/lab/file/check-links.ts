/** The links of a lab: each joins two ports that exist, and no port has two. */
import type { Complaint, LabPath } from "./complaint.js";
import type { Draft } from "./draft.js";
import type { Places } from "./places.js";
import type { PlannedLink, PlannedNode } from "./plan.js";
import { References } from "./references.js";

/** The links that are right; what is wrong with the others goes to `complaints`. */
export function planLinks(
  draft: Draft,
  nodes: ReadonlyMap<string, PlannedNode>,
  places: Places,
  complaints: Complaint[],
): PlannedLink[] {
  const references = new References(nodes, Object.keys(draft.nodes), [], true);
  const taken = new Map<string, number>();
  const planned: PlannedLink[] = [];
  for (const [index, link] of draft.links.entries()) {
    if (link === undefined) continue;
    const { endpoints, ...definition } = link;
    const path: LabPath = ["topology", "links", index];
    const long = places.has([...path, "endpoints"]);
    const ends = endpoints.map((written, i) => {
      const place = long ? [...path, "endpoints", i] : [...path, i];
      const end = references.endpoint(place, written);
      if (end === undefined) return undefined;
      const earlier = taken.get(written);
      taken.set(written, index);
      if (earlier === undefined) return end;
      const found = earlier === index ? "both ends on it" : `another link on it (links[${earlier}])`;
      references.complain(place, `${written} has a link already`, "a free port", found);
      return undefined;
    });
    const [a, b] = ends;
    if (a !== undefined && b !== undefined) planned.push({ a, b, definition });
  }
  complaints.push(...references.complaints);
  return planned;
}
