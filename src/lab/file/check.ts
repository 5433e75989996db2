/** Checks a value against a zod schema and says in the words of a lab's author what is wrong with it. */
import type { z } from "zod";
import { nearest } from "../../core/nearest.js";
import { anyOf, type Complaint, describeValue, type LabPath } from "./complaint.js";
import { keysOf, keyWordsOf, meantVariants, schemaAt, typeOf, variantsOf } from "./schema-walk.js";

type Schema = z.core.$ZodType;
type Issue = z.core.$ZodIssue;

export type Checked<T> = { readonly value: T } | { readonly complaints: readonly Complaint[] };

/** The value as the schema gives it, or every complaint. `path` is where the value stands in the lab. */
export function check<S extends z.ZodType>(schema: S, value: unknown, path: LabPath): Checked<z.output<S>> {
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data };
  const complaints = result.error.issues.flatMap((issue) => complaintsOf(schema, value, issue, path));
  if (complaints.length > 0) return { complaints };
  const found = describeValue(value);
  return { complaints: [{ path, problem: "wrong value", expected: result.error.message, found }] };
}

function complaintsOf(schema: Schema, root: unknown, issue: Issue, base: LabPath): Complaint[] {
  const keys = issue.path.filter((key) => typeof key !== "symbol");
  const path = [...base, ...keys];
  const value = valueAt(root, keys);
  const own = issue.message.startsWith("expected ") ? issue.message.slice("expected ".length) : undefined;
  const problem = value === undefined ? missing(path) : wrong(path);
  const found = describeValue(value);
  switch (issue.code) {
    case "unrecognized_keys":
      return unknownKeys(schemaAt(schema, keys, root), value, issue.keys, path);
    case "invalid_key": {
      const name = String(keys.at(-1) ?? "");
      const expected = issue.issues[0]?.message.replace(/^expected /, "") ?? "another word";
      return [{ path, aboutKey: true, problem: "not a valid name", expected, found: JSON.stringify(name) }];
    }
    case "invalid_union":
      if (own === undefined) return variantComplaints(schemaAt(schema, keys, root), value, path, problem);
      break;
    case "invalid_value": {
      const words = issue.values.map(String);
      const suggestion = typeof value === "string" ? nearest(value, words) : undefined;
      const expected = own ?? anyOf(words);
      return [{ path, problem, expected, found, ...(suggestion === undefined ? {} : { suggestion }) }];
    }
    case "invalid_type":
      return [{ path, problem, expected: own ?? typeWords(issue.expected), found }];
  }
  return [{ path, problem, expected: own ?? issue.message, found }];
}

function unknownKeys(
  schema: Schema | undefined,
  value: unknown,
  keys: readonly string[],
  path: LabPath,
): Complaint[] {
  const variants = schema === undefined ? [] : meantVariants(schema, value);
  const valid = [...new Set(variants.flatMap(keyWordsOf))];
  return keys.map((key) => unknownKey(key, valid, path));
}

/** The complaint about a key that nobody knows. */
export function unknownKey(key: string, valid: readonly string[], path: LabPath): Complaint {
  const suggestion = nearest(key, valid);
  return {
    path: [...path, key],
    aboutKey: true,
    problem: "unknown key",
    expected: anyOf(valid),
    found: JSON.stringify(key),
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

/** A value that fits no variant is judged by the variant that it seems to mean. */
function variantComplaints(
  schema: Schema | undefined,
  value: unknown,
  path: LabPath,
  problem: string,
): Complaint[] {
  const variants = schema === undefined ? [] : meantVariants(schema, value);
  const judged = variants.map((variant) => {
    const result = (variant as z.ZodType).safeParse(value);
    return result.success
      ? []
      : result.error.issues.flatMap((issue) => complaintsOf(variant, value, issue, path));
  });
  const [first, ...others] = judged;
  if (first === undefined) {
    const kinds =
      schema === undefined
        ? []
        : [...new Set(variantsOf(schema).map((variant) => typeWords(typeOf(variant))))];
    return [{ path, problem, expected: anyOf(kinds), found: describeValue(value) }];
  }
  if (others.length === 0 || value === null || typeof value !== "object") return first;
  // Several variants know equally many keys: a key is unknown only if all say so, and may be a slip for any of theirs.
  const valid = [...new Set(variants.flatMap(keysOf))];
  const strangers = Object.keys(value).filter((key) => !valid.includes(key));
  if (strangers.length > 0) return strangers.map((key) => unknownKey(key, valid, path));
  const lacking = [...new Set(judged.flatMap((complaints) => complaints.flatMap(missingKey)))];
  if (judged.every((complaints) => complaints.some((complaint) => missingKey(complaint).length > 0)))
    return [
      {
        path,
        problem: "something is missing",
        expected: `also ${anyOf(lacking)}`,
        found: describeValue(value),
      },
    ];
  return judged.reduce((least, complaints) => (complaints.length < least.length ? complaints : least));
}

/** The key that a complaint finds missing. */
function missingKey({ path, found }: Complaint): string[] {
  const key = path.at(-1);
  return found === "nothing" && typeof key === "string" ? [key] : [];
}

function typeWords(type: string): string {
  switch (type) {
    case "string":
      return "text";
    case "int":
      return "a whole number";
    case "number":
      return "a number";
    case "boolean":
      return "true or false";
    case "array":
    case "tuple":
      return "a list";
    case "object":
    case "record":
      return "a mapping";
    default:
      return type;
  }
}

const lastName = (keys: readonly PropertyKey[]): string | undefined =>
  keys.findLast((key): key is string => typeof key === "string");

const wrong = (keys: readonly PropertyKey[]): string => {
  const name = lastName(keys);
  return name === undefined ? "wrong value" : `wrong value for "${name}"`;
};

const missing = (keys: readonly PropertyKey[]): string => {
  const last = keys.at(-1);
  return typeof last === "string" ? `"${last}" is missing` : "a value is missing";
};

function valueAt(value: unknown, keys: readonly PropertyKey[]): unknown {
  for (const key of keys) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}
