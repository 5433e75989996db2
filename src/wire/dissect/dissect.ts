/**
 * Dissection of a frame: from the outermost layer inwards, each codec explains its own bytes and names what it carries.
 *
 * It never throws and its work is bounded: every layer is strictly inside the one before, and there are at most
 * MAX_LAYERS of them.
 */

import { LINKTYPE_ETHERNET } from "../ethernet.js";
import { codecFor } from "../registry.js";
import { type DissectedLayer, LayerBuilder } from "./dissection.js";

export interface DissectOptions {
  /** Bytes of frame check sequence at the end of the frame: 0 (if not given) or 4. */
  readonly fcs?: number;
  /** The LINKTYPE of the capture file, which says what the outermost layer is; Ethernet if not given. */
  readonly linkType?: number;
}

const MAX_LAYERS = 24;

/** The layers of the frame at bytes[from, to). */
export function dissect(
  bytes: Uint8Array,
  from = 0,
  to = bytes.length,
  options: DissectOptions = {},
): DissectedLayer {
  const outermost = new LayerBuilder(bytes, 0, 0, "frame", "Frame");
  const end = Math.min(to, bytes.length);
  const link = { space: "link", number: options.linkType ?? LINKTYPE_ETHERNET } as const;
  outermost.carried = { from, to: end, carriers: [link], surroundings: { fcsSize: options.fcs ?? 0 } };

  let outer = outermost;
  for (let depth = 1; outer.carried !== undefined; depth++) {
    const inner = dissectCarried(outer, depth === MAX_LAYERS);
    outer.layer.payload = inner.layer;
    if (outer !== outermost) {
      outer.addBytes("padding", "Padding", inner.layer.to, outer.carried.to);
      outer.finish();
    }
    outer = inner;
  }
  outer.finish();
  return outermost.layer.payload!;
}

function dissectCarried(outer: LayerBuilder, deepest: boolean): LayerBuilder {
  const { from, to, carriers, surroundings } = outer.carried!;
  const codec = deepest ? undefined : codecFor(carriers);
  if (codec !== undefined) {
    const inner = new LayerBuilder(outer.bytes, from, to, codec.name, codec.title, surroundings);
    codec.dissect(inner);
    return inner;
  }
  const data = new LayerBuilder(outer.bytes, from, to, "data", "Data");
  data.addBytes("data", "Data", from, to, printable(outer.bytes, from, to));
  if (deepest) data.layer.fault = "is nested too deeply to look into";
  return data;
}

/** The bytes as quoted text, if they are printable ASCII and not too many. */
function printable(bytes: Uint8Array, from: number, to: number): string | undefined {
  if (to - from > 64) return undefined;
  let text = "";
  for (let i = from; i < to; i++) {
    if (bytes[i]! < 0x20 || bytes[i]! > 0x7e) return undefined;
    text += String.fromCharCode(bytes[i]!);
  }
  return `"${text}"`;
}
