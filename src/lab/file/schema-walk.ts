/** Questions about zod schemas: what lies under a wrapper, which keys an object knows, which variant a value means. */
import type { z } from "zod";

type Schema = z.core.$ZodType;

interface Def {
  readonly type: string;
  readonly innerType?: Schema;
  readonly in?: Schema;
  readonly options?: readonly Schema[];
  readonly element?: Schema;
  readonly keyType?: Schema;
  readonly valueType?: Schema;
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly entries?: Readonly<Record<string, string | number>>;
}

const defOf = (schema: Schema): Def => schema._zod.def as unknown as Def;

/** The schema under optional, default and transform wrappers: what a person writes. */
export function bare(schema: Schema): Schema {
  for (;;) {
    const def = defOf(schema);
    const inner = def.innerType ?? def.in;
    if (inner === undefined) return schema;
    schema = inner;
  }
}

/** The keys that an object schema knows, and their schemas; `undefined` if the schema is no object. */
export const shapeOf = (schema: Schema): Readonly<Record<string, Schema>> | undefined =>
  defOf(bare(schema)).shape;

/** The keys of an object schema, or of all variants of a union. */
export function keysOf(schema: Schema): string[] {
  const variants = variantsOf(schema);
  const keys = variants[0] === schema ? Object.keys(shapeOf(schema) ?? {}) : variants.flatMap(keysOf);
  return [...new Set(keys)];
}

/** The keys that a mapping may have: an object's own, or the words to which a record's keys are limited. */
export function keyWordsOf(schema: Schema): string[] {
  const { keyType } = defOf(bare(schema));
  return keyType === undefined
    ? keysOf(schema)
    : Object.values(defOf(bare(keyType)).entries ?? {}).map(String);
}

/** The variants of a union, or the schema itself. */
export const variantsOf = (schema: Schema): readonly Schema[] => defOf(bare(schema)).options ?? [schema];

/** The schema's kind in zod's words: string, number, object, record, array, enum, ... */
export const typeOf = (schema: Schema): string => defOf(bare(schema)).type;

type Shape = "list" | "mapping" | "scalar";

const shapeOfValue = (value: unknown): Shape =>
  Array.isArray(value) ? "list" : value !== null && typeof value === "object" ? "mapping" : "scalar";

function canBe(schema: Schema, shape: Shape): boolean {
  const variants = variantsOf(schema);
  if (variants[0] !== schema) return variants.some((variant) => canBe(variant, shape));
  const type = typeOf(schema);
  if (type === "array" || type === "tuple") return shape === "list";
  if (type === "object" || type === "record") return shape === "mapping";
  return shape === "scalar";
}

/**
 * The variants that a value seems to mean: those of its own shape (text, list, mapping), and of the mappings those that
 * know most of its keys.
 */
export function meantVariants(schema: Schema, value: unknown): readonly Schema[] {
  const shape = shapeOfValue(value);
  const alike = variantsOf(schema).filter((variant) => canBe(variant, shape));
  if (shape !== "mapping") return alike;
  const present = Object.keys(value as object);
  const scores = alike.map((variant) => {
    const known = new Set(keysOf(variant));
    return present.filter((key) => known.has(key)).length;
  });
  const most = Math.max(...scores);
  return alike.filter((_, i) => scores[i] === most);
}

/** The schema for what stands at `path` below a value of `schema`; `undefined` where the schema has no word for it. */
export function schemaAt(schema: Schema, path: readonly PropertyKey[], value: unknown): Schema | undefined {
  let at: Schema | undefined = bare(schema);
  for (const key of path) {
    if (at === undefined) return undefined;
    while (at !== undefined && typeOf(at) === "union") at = meantVariants(at, value)[0];
    if (at === undefined) return undefined;
    const def = defOf(bare(at));
    const next: Schema | undefined = def.shape?.[String(key)] ?? def.element ?? def.valueType;
    at = next === undefined ? undefined : bare(next);
    value =
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined;
  }
  return at;
}
