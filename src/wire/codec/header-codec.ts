/** The codec of the simplest protocols: a header of fixed form, and all that follows is its payload. */
import type { Carrier } from "./carrier.js";
import type { Codec } from "./codec.js";
import type { FieldSpec, Layout, ValueOf } from "./layout.js";

export type Headed<L> = ValueOf<L> & { readonly payload: Uint8Array };

interface HeaderCodecParts {
  readonly name: string;
  readonly title: string;
  readonly carriedBy: readonly Carrier[];
  /** Where to look for the codec of the payload of the header at `at`. */
  carries(bytes: Uint8Array, at: number): readonly Carrier[];
}

export function headerCodec<const F extends readonly FieldSpec[]>(
  layout: Layout<F>,
  parts: HeaderCodecParts,
): Codec<Headed<Layout<F>>> {
  return {
    name: parts.name,
    title: parts.title,
    spec: layout.spec,
    layouts: [layout],
    carriedBy: parts.carriedBy,

    parse(bytes, from, to) {
      const fault = layout.check(bytes, from, to);
      return fault ?? layout.values(bytes, from, { payload: bytes.subarray(from + layout.size, to) });
    },

    size: (message) => layout.size + message.payload.length,

    emit(message, bytes, at) {
      layout.put(bytes, at, message);
      bytes.set(message.payload, at + layout.size);
      return at + layout.size + message.payload.length;
    },

    dissect(layer) {
      if (!layer.add(layout)) return;
      layer.carry(layer.from + layout.size, layer.to, parts.carries(layer.bytes, layer.from));
    },
  };
}
