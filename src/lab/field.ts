/** The fields of a kind's configuration as lines for people, read off its JSON Schema. */
import { z } from "zod";

export interface Field {
  /** `interfaces.<name>.mtu`; `[]` marks the elements of a list. */
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  readonly about: string;
}

interface JsonSchema {
  readonly title?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}

/** Every field below an object schema, outer before inner. */
export const fieldsOf = (schema: z.ZodType): Field[] => {
  const fields = below(z.toJSONSchema(schema, { io: "input" }) as unknown as JsonSchema, "");
  return [...new Map(fields.map((field) => [field.path, field])).values()];
};

/** The fields as a Markdown table. */
export function fieldTable(fields: readonly Field[]): string {
  const cell = (text: string): string => text.replaceAll("|", "\\|");
  const rows = fields.map(
    ({ path, type, required, about }) =>
      `| \`${path}\` | ${cell(type)}${required ? ", required" : ""} | ${cell(about)} |`,
  );
  return ["| field | type | meaning |", "|---|---|---|", ...rows].join("\n");
}

function below(schema: JsonSchema, path: string): Field[] {
  const inner = (schema.anyOf ?? []).flatMap((variant) => below(variant, path));
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, field]) => {
    const at = path === "" ? key : `${path}.${key}`;
    const required = schema.required?.includes(key) ?? false;
    return [
      { path: at, type: typeWords(field), required, about: field.description ?? "" },
      ...below(field, at),
    ];
  });
  const named =
    typeof schema.additionalProperties === "object"
      ? below(schema.additionalProperties, `${path}.<name>`)
      : [];
  const items = schema.items === undefined ? [] : below(schema.items, `${path}[]`);
  return [...own, ...named, ...items, ...inner];
}

function typeWords(schema: JsonSchema): string {
  if (schema.title !== undefined) return schema.title;
  if (schema.items?.title !== undefined) return `list: ${schema.items.title}`;
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(typeWords))].join(" or ");
  if (schema.enum !== undefined) return schema.enum.join(" or ");
  if (schema.const !== undefined) return String(schema.const);
  const types = typeof schema.type === "string" ? [schema.type] : (schema.type ?? ["anything"]);
  return types.map((type) => WORDS[type] ?? type).join(" or ");
}

const WORDS: Readonly<Record<string, string>> = {
  string: "text",
  integer: "whole number",
  boolean: "true or false",
  object: "mapping",
  array: "list",
};
