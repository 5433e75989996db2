/** The JSON Schema of lab files, for editors: written from the same definitions that check them. */
import { z } from "zod";
import { labDocument } from "./file/document.js";
import type { Registry } from "./registry.js";

type Json = Record<string, unknown>;

/** JSON Schema (2020-12) of a lab file that may use these kinds. */
export function labSchema(registry: Registry): Json {
  const schema = z.toJSONSchema(labDocument, { io: "input" }) as Json;
  const topology = at(schema, "properties", "topology", "properties");
  const kinds = registry.all.map((kind) => ({
    name: kind.name,
    description: kind.about.en,
    schema: withoutDialect(z.toJSONSchema(kind.config, { io: "input" }) as Json),
  }));
  at(topology, "nodes")["additionalProperties"] = {
    anyOf: kinds.map(({ name, description, schema: config }) => ({
      ...config,
      description,
      properties: {
        kind: { const: name, description: "The node's kind" },
        ...(config["properties"] as Json),
      },
    })),
  };
  at(topology, "kinds")["additionalProperties"] = false;
  at(topology, "kinds")["properties"] = Object.fromEntries(
    kinds.map(({ name, schema: config }) => [name, { ...config, required: [] }]),
  );
  at(topology, "defaults")["properties"] = {
    kind: { enum: registry.names, description: "The kind of nodes that name none" },
    ...Object.assign({}, ...kinds.map(({ schema: config }) => config["properties"])),
  };
  return { ...schema, title: "netcosm lab" };
}

const at = (json: Json, ...keys: readonly string[]): Json =>
  keys.reduce((inner, key) => inner[key] as Json, json);

function withoutDialect({ $schema: _, ...rest }: Json): Json {
  return rest;
}
