/**
 * Layouts: the box diagrams of the specifications, as data. From one list of fields come the raw view (read and write any
 * field of any bytes, judging nothing), the type and the reading of a parsed value's fixed part, the dissector's fields
 * and the diagrams of the documentation.
 *
 * A field lies in at most six bytes.
 */
import { BROADCAST_IPV4, formatIpv4, type Ipv4, isMulticast } from "../../core/ipv4.js";
import { BROADCAST_MAC, formatMac, isGroupMac, type Mac } from "../../core/mac.js";
import { Fault } from "./fault.js";

/** How a field's number is shown: decimal, hexadecimal, as an address, or as a single bit that is set or not. */
export type FieldKind = "unsigned" | "hex" | "mac" | "ipv4" | "flag";

/** What a value stands for: a table of the known values, or a function of the value. */
export type Meaning = Readonly<Record<number, string>> | ((value: number) => string | undefined);

export interface FieldSpec {
  readonly name: string;
  readonly bits: number;
  readonly label: string;
  /** Stands for the label in boxes that are too narrow for it. */
  readonly short?: string;
  /** "unsigned" if not given. */
  readonly kind?: FieldKind;
  readonly meaning?: Meaning;
  /** The only legal value: it is checked, written, and no part of the parsed value. */
  readonly always?: number;
  /** Reserved: sent as zero, whatever arrives is accepted; no part of the parsed value. */
  readonly ignored?: true;
  /** A length or checksum, which the codec checks and works out; no part of the parsed value. */
  readonly computed?: true;
  /** What is wrong with the value by itself: the end of a sentence that begins with the label. */
  readonly fault?: (value: number) => string | undefined;
}

export interface Field extends FieldSpec {
  /** From the first bit of the layout. */
  readonly bitOffset: number;
  /** The bytes of the layout that hold bits of the field: [byteOffset, byteEnd). */
  readonly byteOffset: number;
  readonly byteEnd: number;
}

type Kept<S extends FieldSpec> = S extends { always: number } | { ignored: true } | { computed: true }
  ? never
  : S["name"];
type ValueOfField<S extends FieldSpec> = S extends { kind: "mac" }
  ? Mac
  : S extends { kind: "ipv4" }
    ? Ipv4
    : S extends { kind: "flag" }
      ? boolean
      : number;

type ValueOfFields<F extends readonly FieldSpec[]> = {
  readonly [S in F[number] as Kept<S>]: ValueOfField<S>;
};

/** The parsed value of a layout: its fields without the constant, reserved and computed ones. */
export type ValueOf<L> = L extends Layout<infer F> ? ValueOfFields<F> : never;

/** A layout of any fields. */
export interface AnyLayout {
  readonly title: string;
  readonly spec: string;
  readonly fields: readonly Field[];
  readonly size: number;
  read(bytes: Uint8Array, base: number, name: string): number;
  write(bytes: Uint8Array, base: number, name: string, value: number): void;
  check(bytes: Uint8Array, from: number, to: number): Fault | undefined;
  values<More extends object>(bytes: Uint8Array, base: number, more: More): More;
  put(bytes: Uint8Array, base: number, values: object): void;
}

export class Layout<const F extends readonly FieldSpec[]> {
  readonly fields: readonly Field[];
  /** In bytes. */
  readonly size: number;
  private readonly byName = new Map<string, Field>();
  /** The fields of the parsed value. */
  private readonly kept: readonly Field[];

  /** `title` as in "the UDP header", `spec` where its diagram stands. Throws if the fields do not make whole bytes. */
  constructor(
    readonly title: string,
    readonly spec: string,
    specs: F,
  ) {
    let bitOffset = 0;
    this.fields = specs.map((field) => {
      const byteOffset = bitOffset >> 3;
      const byteEnd = (bitOffset + field.bits + 7) >> 3;
      const placed = { ...field, bitOffset, byteOffset, byteEnd };
      bitOffset += field.bits;
      if (byteEnd - byteOffset > 6) throw new Error(`${title}: ${field.name} is too wide`);
      if (this.byName.has(field.name)) throw new Error(`${title}: two fields are called ${field.name}`);
      this.byName.set(field.name, placed);
      return placed;
    });
    if (bitOffset % 8 !== 0) throw new Error(`${title}: ${bitOffset} bits are not whole bytes`);
    this.size = bitOffset / 8;
    this.kept = this.fields.filter(
      (field) => field.always === undefined && !field.ignored && !field.computed,
    );
  }

  field(name: F[number]["name"]): Field {
    return this.byName.get(name)!;
  }

  /** The byte, from the layout's first one, in which the field begins. */
  byteOf(name: F[number]["name"]): number {
    return this.field(name).byteOffset;
  }

  /**
   * The raw value of a field of the layout that begins at `base`: unsigned, but an address of kind "ipv4" as an `Ipv4`.
   * The caller has checked that the layout lies inside the array.
   */
  read(bytes: Uint8Array, base: number, name: F[number]["name"]): number {
    return readField(bytes, base, this.field(name));
  }

  /** Writes the low bits of `value` into the field and leaves all other bits alone. */
  write(bytes: Uint8Array, base: number, name: F[number]["name"], value: number): void {
    writeField(bytes, base, this.field(name), value);
  }

  /** What forbids reading the layout at bytes[from, to): too few bytes, or a field with an illegal value. */
  check(bytes: Uint8Array, from: number, to: number): Fault | undefined {
    if (to - from < this.size)
      return new Fault(`${this.title} is cut short: ${Math.max(0, to - from)} of ${this.size} bytes`, from);
    for (const field of this.fields) {
      const wrong = faultOf(field, readField(bytes, from, field));
      if (wrong !== undefined) return new Fault(`${field.label} ${wrong}`, from + field.byteOffset);
    }
    return undefined;
  }

  /** The parsed value of bytes that `check` has found good, together with the properties of `more`. */
  values<More extends object>(bytes: Uint8Array, base: number, more: More): ValueOfFields<F> & More {
    const values: Record<string, number | boolean> = {};
    for (const field of this.kept) {
      const value = readField(bytes, base, field);
      values[field.name] = field.kind === "flag" ? value === 1 : value;
    }
    // Faster by far than spreading the values into an object of more properties.
    return Object.assign(values, more) as ValueOfFields<F> & More;
  }

  /** Writes the whole layout; computed fields are left zero for the codec to fill. */
  put(bytes: Uint8Array, base: number, values: ValueOfFields<F>): void {
    bytes.fill(0, base, base + this.size);
    for (const field of this.fields)
      if (field.always !== undefined) writeField(bytes, base, field, field.always);
    for (const field of this.kept)
      writeField(bytes, base, field, Number((values as Record<string, number | boolean>)[field.name]));
  }
}

export function readField(bytes: Uint8Array, base: number, field: Field): number {
  const { bits, byteOffset, byteEnd } = field;
  const spare = 8 * byteEnd - field.bitOffset - bits;
  if (byteEnd - byteOffset <= 4) {
    let word = 0;
    for (let i = byteOffset; i < byteEnd; i++) word = (word << 8) | bytes[base + i]!;
    if (bits === 32) return field.kind === "ipv4" ? word : word >>> 0;
    return (word >>> spare) & ((1 << bits) - 1);
  }
  let value = 0;
  for (let i = byteOffset; i < byteEnd; i++) value = value * 256 + bytes[base + i]!;
  value = Math.floor(value / 2 ** spare) % 2 ** bits;
  return field.kind === "ipv4" ? value | 0 : value;
}

export function writeField(bytes: Uint8Array, base: number, field: Field, value: number): void {
  const { bitOffset, byteOffset, bits } = field;
  let rest = bits < 32 ? value : value - Math.floor(value / 2 ** bits) * 2 ** bits;
  let end = bitOffset + bits;
  for (let i = field.byteEnd - 1; i >= byteOffset; i--) {
    const spare = (8 - (end & 7)) & 7;
    const width = Math.min(8 - spare, end - bitOffset);
    const mask = ((1 << width) - 1) << spare;
    bytes[base + i] = (bytes[base + i]! & ~mask) | ((rest << spare) & mask);
    rest = Math.floor(rest / (1 << width));
    end -= width;
  }
}

/** What is wrong with the value of a field, as the end of a sentence that begins with its label. */
export function faultOf(field: FieldSpec, value: number): string | undefined {
  if (field.always !== undefined && value !== field.always)
    return `is ${showField(field, value)}, must be ${showField(field, field.always)}`;
  return field.fault?.(value);
}

/** The value of a field as people write it. */
export function showField(field: FieldSpec, value: number): string {
  switch (field.kind) {
    case "mac":
      return formatMac(value);
    case "ipv4":
      return formatIpv4(value);
    case "hex":
      return formatHex(value, field.bits);
    case "flag":
      return value === 1 ? "set" : "not set";
    default:
      return String(value);
  }
}

/** `0x0800`: as many digits as the width has. */
export const formatHex = (value: number, bits: number): string =>
  `0x${value.toString(16).padStart(Math.ceil(bits / 4), "0")}`;

/** What the value of a field stands for. */
export function meaningOf(field: FieldSpec, value: number): string | undefined {
  if (field.meaning === undefined) return kindMeaning(field.kind, value);
  return typeof field.meaning === "function" ? field.meaning(value) : field.meaning[value];
}

function kindMeaning(kind: FieldKind | undefined, value: number): string | undefined {
  if (kind === "mac")
    return value === BROADCAST_MAC ? "broadcast" : isGroupMac(value) ? "multicast" : undefined;
  if (kind === "ipv4")
    return value === BROADCAST_IPV4 ? "broadcast" : isMulticast(value) ? "multicast" : undefined;
  return undefined;
}
