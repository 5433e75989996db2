/**
 * A dissection: bytes as a chain of layers with named fields, each with its place in bits, its value, what that means and
 * what is wrong with it. The tree is plain data, fit for JSON. A codec fills its layer through a `LayerBuilder`.
 */

import { toHex } from "../../core/bytes.js";
import { foldChecksum } from "../../core/checksum.js";
import type { Carrier } from "../codec/carrier.js";
import {
  type AnyLayout,
  type FieldSpec,
  faultOf,
  formatHex,
  meaningOf,
  readField,
  showField,
} from "../codec/layout.js";

export interface DissectedField {
  readonly name: string;
  readonly label: string;
  /** From the first bit of the layer. */
  readonly bitOffset: number;
  readonly bitLength: number;
  /** The number that the bits hold; for a run of bytes, its hexadecimal digits. */
  readonly value: number | string;
  /** The value as people write it, shortened if it is long. */
  readonly text: string;
  /** What the value stands for. */
  meaning?: string | undefined;
  /** What is wrong with it, as the end of a sentence that begins with the label. */
  fault?: string | undefined;
}

export interface DissectedLayer {
  /** The codec's name; "data" for bytes that no codec explains. */
  readonly protocol: string;
  readonly title: string;
  /** The message, payload included, is at bytes[from, to). */
  readonly from: number;
  to: number;
  readonly fields: DissectedField[];
  /** What is wrong with the layer as a whole. */
  fault?: string | undefined;
  payload?: DissectedLayer;
}

/** What a layer is told by the one that carries it. */
export interface Surroundings {
  /** The running sum of the pseudo header's addresses and protocol; without it, a checksum that covers one is not judged. */
  readonly pseudoSum?: number;
  /** Why bytes may be missing at the end, which is then no fault: nor is a checksum over them judged. */
  readonly incomplete?: "fragment" | "quoted" | undefined;
  /** The bytes of frame check sequence at the end: 0 or 4. */
  readonly fcsSize?: number;
}

export interface Carried {
  readonly from: number;
  readonly to: number;
  /** The first that has a codec is taken. */
  readonly carriers: readonly Carrier[];
  readonly surroundings: Surroundings;
}

const SHOWN_BYTES = 24;

export class LayerBuilder {
  readonly layer: DissectedLayer;
  carried: Carried | undefined;

  constructor(
    readonly bytes: Uint8Array,
    readonly from: number,
    /** The end of the bytes that are there. */
    readonly to: number,
    protocol: string,
    title: string,
    readonly surroundings: Surroundings = {},
  ) {
    this.layer = { protocol, title, from, to, fields: [] };
  }

  /** Adds the fields of a layout; false, with a fault, if it does not lie wholly before `end`. */
  add(layout: AnyLayout, at = this.from, end = this.to): boolean {
    const firstBit = 8 * (at - this.from);
    const cut = layout.fields.find((field) => field.bitOffset + field.bits > 8 * (end - at));
    // Of the byte in which the first missing field begins, no field is shown.
    const endBit = cut === undefined ? 8 * layout.size : cut.bitOffset - (cut.bitOffset % 8);
    for (const field of layout.fields)
      if (field.bitOffset + field.bits <= endBit)
        this.addValue(field, firstBit + field.bitOffset, readField(this.bytes, at, field));
    if (cut === undefined) return true;
    if (this.surroundings.incomplete === undefined)
      this.layer.fault = `${layout.title} is cut short: ${Math.max(0, end - at)} of ${layout.size} bytes`;
    return false;
  }

  addValue(field: FieldSpec, bitOffset: number, value: number): void {
    this.layer.fields.push({
      name: field.name,
      label: field.label,
      bitOffset,
      bitLength: field.bits,
      value,
      text: showField(field, value),
      meaning: field.ignored && value !== 0 ? "reserved, should be zero" : meaningOf(field, value),
      fault: faultOf(field, value),
    });
  }

  /** Adds bytes[from, to) as one field, if there are any. */
  addBytes(name: string, label: string, from: number, to: number, meaning?: string): void {
    if (from >= to) return;
    const size = to - from;
    const shown = toHex(this.bytes, from, Math.min(to, from + SHOWN_BYTES)).replace(/(..)(?=.)/g, "$1 ");
    this.layer.fields.push({
      name,
      label,
      bitOffset: 8 * (from - this.from),
      bitLength: 8 * size,
      value: toHex(this.bytes, from, to),
      text: size > SHOWN_BYTES ? `${shown} ... (${size} bytes)` : shown,
      meaning,
    });
  }

  /** Says what the value of the last field called `name` stands for. */
  explain(name: string, meaning: string | undefined): void {
    const field = this.last(name);
    if (field !== undefined && meaning !== undefined) field.meaning = meaning;
  }

  /** Says what is wrong with the last field called `name`. */
  blame(name: string, fault: string): void {
    const field = this.last(name);
    if (field !== undefined) field.fault = fault;
  }

  /** Judges the 16-bit Internet checksum in the field `name`; `sum` is the running sum of all that it covers and itself. */
  judgeChecksum(name: string, sum: number): void {
    const value = Number(this.last(name)?.value);
    if (foldChecksum(sum) === 0) this.explain(name, "good");
    else this.blame(name, `should be ${formatHex(foldChecksum(sum - value), 16)}`);
  }

  /** What the layer carries at bytes[from, to): found by the first of the carriers that has a codec. What is incomplete here is so within. */
  carry(from: number, to: number, carriers: readonly Carrier[], surroundings: Surroundings = {}): void {
    if (from >= to) return;
    const { incomplete } = this.surroundings;
    this.carried = { from, to, carriers, surroundings: { incomplete, ...surroundings } };
  }

  /** Puts the fields in order; the bytes of the layer that no field and no payload has become fields too. */
  finish(): void {
    const { fields, to } = this.layer;
    const taken = fields.map((field) => [field.bitOffset, field.bitOffset + field.bitLength] as const);
    if (this.carried !== undefined)
      taken.push([8 * (this.carried.from - this.from), 8 * (this.carried.to - this.from)]);
    taken.push([8 * (to - this.from), 8 * (to - this.from)]);
    taken.sort((a, b) => a[0] - b[0]);
    let covered = 0;
    for (const [begin, end] of taken) {
      this.addBytes("rest", "Rest", this.from + covered / 8, this.from + begin / 8);
      covered = end;
    }
    fields.sort((a, b) => a.bitOffset - b.bitOffset);
  }

  private last(name: string): DissectedField | undefined {
    return this.layer.fields.findLast((field) => field.name === name);
  }
}
