/**
 * What every protocol offers: its layouts, the way from bytes to a legal value and back, and its part in a dissection.
 */

import type { LayerBuilder } from "../dissect/dissection.js";
import type { Carrier } from "./carrier.js";
import type { Fault } from "./fault.js";
import type { AnyLayout } from "./layout.js";

export interface Codec<Value = unknown> {
  /** The protocol's short name, lower case. */
  readonly name: string;
  readonly title: string;
  /** Where it is specified. */
  readonly spec: string;
  readonly layouts: readonly AnyLayout[];
  readonly carriedBy: readonly Carrier[];

  /**
   * The message at bytes[from, to); what follows the message's own end, such as padding, is no part of it. Byte arrays in
   * the value are views of `bytes`, not copies. `pseudoSum` is the running sum of the pseudo header's addresses and protocol,
   * for the protocols whose checksum covers one; they add the length.
   */
  parse(bytes: Uint8Array, from: number, to: number, pseudoSum?: number): Value | Fault;

  /** The bytes that `emit` writes. */
  size(value: Value): number;

  /** Writes the message at `at`, with its lengths and checksums, and returns its end. Numbers too large for their field lose their high bits. */
  emit(value: Value, bytes: Uint8Array, at: number, pseudoSum?: number): number;

  /** Adds the fields to the layer and says what comes next. */
  dissect(layer: LayerBuilder): void;
}

/** The message as bytes of its own. */
export function encode<Value>(codec: Codec<Value>, value: Value, pseudoSum?: number): Uint8Array {
  const bytes = new Uint8Array(codec.size(value));
  codec.emit(value, bytes, 0, pseudoSum);
  return bytes;
}
