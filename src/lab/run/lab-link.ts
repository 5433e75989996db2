/** A link of a running lab: what steps and programs do to it. */
import type { z } from "zod";
import { Cable, type CableDirection } from "../../link/cable.js";
import type { Port } from "../../link/port.js";
import { check } from "../file/check.js";
import { LabError } from "../file/complaint.js";
import { type DirectionDefinition, impairmentsOf } from "../file/links.js";
import { endsAt, linkName, type PlannedEndpoint, type PlannedLink } from "../file/plan.js";
import { changes, type LinkChanges, WHOLE_CABLE } from "../file/steps.js";

/** Changes to a link, as a lab file writes them: `{ loss: "5%", rate: "10Mbps" }`. */
export type LinkChangesInput = z.input<typeof changes>;

export class LabLink {
  readonly a: PlannedEndpoint;
  readonly b: PlannedEndpoint;
  readonly cable: Cable;

  constructor(planned: PlannedLink, portA: Port, portB: Port) {
    this.a = planned.a;
    this.b = planned.b;
    const { rate, delay, mtu, queue, there, back, up, flap } = planned.definition;
    this.cable = new Cable(portA, portB, {
      ...(rate !== undefined && { bitsPerSecond: rate }),
      ...(delay !== undefined && { delay }),
      ...(mtu !== undefined && { mtu }),
      ...(queue !== undefined && { queueFrames: queue }),
    });
    this.cable.impair(impairmentsOf(planned.definition));
    if (there !== undefined) setDirection(this.cable.ab, there);
    if (back !== undefined) setDirection(this.cable.ba, back);
    if (up === false) this.cut();
    if (flap !== undefined) this.cable.flap(flap);
  }

  /** `pc1:eth0--sw1:1` */
  get name(): string {
    return linkName(this);
  }

  get up(): boolean {
    return this.cable.up;
  }

  /** Both ends lose their carrier, and what is on the way is lost. */
  cut(): void {
    this.cable.setUp(false);
  }

  restore(): void {
    this.cable.setUp(true);
  }

  /** Changes what the link is like, in both directions or towards one end (a node or endpoint). Throws what is wrong. */
  change(written: LinkChangesInput, towards?: string): void {
    const checked = check(changes, written, []);
    if ("complaints" in checked)
      throw new LabError(checked.complaints.map((complaint) => ({ ...complaint, place: this.name })));
    const whole = WHOLE_CABLE.find((key) => checked.value[key] !== undefined);
    if (towards !== undefined && whole !== undefined)
      throw new RangeError(`${this.name}: ${whole} is the same in both directions`);
    this.apply(checked.value, towards);
  }

  /** The same, for changes that were checked. */
  apply(change: LinkChanges, towards?: string): void {
    const { flap, delay, mtu, queue } = change;
    for (const direction of this.directions(towards)) setDirection(direction, change);
    if (delay !== undefined) this.cable.delay = delay;
    if (mtu !== undefined) this.cable.setMtu(mtu);
    if (queue !== undefined) this.cable.queueFrames = queue;
    if (flap !== undefined) this.cable.flap(flap === false ? null : flap);
  }

  /** The directions that lead to a node or endpoint; both without one. */
  directions(towards?: string): CableDirection[] {
    const { ab, ba } = this.cable;
    if (towards === undefined) return [ab, ba];
    return [...(endsAt(this.b, towards) ? [ab] : []), ...(endsAt(this.a, towards) ? [ba] : [])];
  }
}

function setDirection(direction: CableDirection, written: DirectionDefinition): void {
  if (written.rate !== undefined) direction.setRate(written.rate);
  direction.impair(impairmentsOf(written));
}
