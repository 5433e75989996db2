/**
 * Orders the steps of a frame into visits to nodes, and the visits into a tree: a flooded frame goes several ways at
 * once, a fragmented one goes the same way several times, and all copies bear one id.
 *
 * A visit begins where a frame is sent or received. Its parent is the visit that put the frame on the link towards that
 * port (the fact `to` of `transmitted`). Other steps belong to the latest visit of their node.
 */
import type { Step } from "../../core/step.js";

export interface Visit {
  readonly node: string;
  readonly steps: Step[];
  readonly parent: Visit | undefined;
  /** Where the copies went from here. */
  readonly children: Visit[];
}

/** What is under way to an endpoint. */
class Link {
  private readonly senders: Visit[] = [];
  private last: Visit | undefined;

  sent(by: Visit): void {
    this.senders.push(by);
  }

  /** Who sent what arrives. A copy that the link itself made has the sender of the one before. */
  arrived(): Visit | undefined {
    this.last = this.senders.shift() ?? this.last;
    return this.last;
  }

  /** What was sent last does not arrive. */
  lost(): void {
    this.senders.pop();
  }
}

/** The visits in the order in which they began. Usually one has no parent; more if early steps are forgotten. */
export function visitsOf(steps: readonly Step[]): Visit[] {
  const visits: Visit[] = [];
  const latest = new Map<string, Visit>();
  /** By the endpoint to which they lead, and by the one from which. */
  const linksTo = new Map<string, Link>();
  const linksFrom = new Map<string, Link>();

  const begin = (step: Step, parent: Visit | undefined): Visit => {
    const visit: Visit = { node: step.node, steps: [step], parent, children: [] };
    parent?.children.push(visit);
    visits.push(visit);
    latest.set(step.node, visit);
    return visit;
  };

  for (const step of steps) {
    const endpoint = `${step.node}:${step.port ?? ""}`;
    const present = latest.get(step.node);
    if (step.verb === "received") begin(step, linksTo.get(endpoint)?.arrived());
    else if (present === undefined) begin(step, undefined);
    else present.steps.push(step);
    const to = step.facts?.["to"];
    if (step.verb === "transmitted" && typeof to === "string") {
      const link = linksTo.get(to) ?? new Link();
      linksTo.set(to, link);
      linksFrom.set(endpoint, link);
      link.sent(latest.get(step.node)!);
    } else if (step.verb === "lost") linksFrom.get(endpoint)?.lost();
  }
  return visits;
}

/** The visits from the first one to this. */
export function pathTo(visit: Visit): Visit[] {
  const path: Visit[] = [];
  for (let at: Visit | undefined = visit; at !== undefined; at = at.parent) path.push(at);
  return path.reverse();
}
