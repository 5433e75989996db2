/** A kind told to people: as text for the terminal, and as a page of the documentation. Both come from its definition. */
import { fieldsOf, fieldTable } from "./field.js";
import type { Kind } from "./kind.js";

/** What `netcosm kinds <kind>` prints. */
export function describeKind(kind: Kind): string {
  const fields = fieldsOf(kind.config);
  const width = Math.max(0, ...fields.map(({ path }) => path.length)) + 2;
  const lines = [
    `${kind.name}: ${kind.about.en}`,
    ...(kind.about.zh === undefined ? [] : [`${" ".repeat(kind.name.length + 2)}${kind.about.zh}`]),
    "",
    fields.length === 0 ? "configuration: none" : "configuration:",
    ...fields.map(
      ({ path, type, required, about }) =>
        `  ${path.padEnd(width)}${about} (${type}${required ? ", required" : ""})`,
    ),
    "",
    `ports: ${kind.ports.expected}`,
    ...(kind.settings === undefined ? [] : [`set: ${kind.settings.expected}`]),
    ...Object.entries(kind.tables ?? {}).map(
      ([name, { about, columns }]) => `table ${name}: ${about.en} Columns: ${columns.join(", ")}.`,
    ),
    ...(kind.commands === true ? ["takes commands (run steps)"] : []),
    ...(kind.realTime === true ? ["joined to the outside: its lab runs paced to the wall clock"] : []),
  ];
  return `${lines.join("\n")}\n`;
}

/** The kind's page in the documentation, in Markdown. */
export function kindPage(kind: Kind): string {
  const fields = fieldsOf(kind.config);
  const tables = Object.entries(kind.tables ?? {}).map(
    ([name, { about, columns }]) =>
      `- \`${name}\`: ${about.en} Columns: ${columns.map((c) => `\`${c}\``).join(", ")}.`,
  );
  const sections = [
    `# ${kind.name}`,
    kind.about.en,
    ...(kind.about.zh === undefined ? [] : [kind.about.zh]),
    "## Configuration",
    fields.length === 0 ? "None." : fieldTable(fields),
    "## Ports",
    `An endpoint names ${kind.ports.expected}.`,
    ...(kind.settings === undefined
      ? []
      : ["## Settings", `A \`set\` step may change ${kind.settings.expected}.`]),
    ...(tables.length === 0 ? [] : ["## Tables", tables.join("\n")]),
    ...(kind.commands === true
      ? ["## Commands", "It takes [commands](../commands.md) in `run` steps and in `netcosm shell`."]
      : []),
    ...(kind.realTime === true
      ? [
          "## The outside",
          "Its lab runs paced to the wall clock: see [The real world joins](../real-world.md).",
        ]
      : []),
  ];
  return `${sections.join("\n\n")}\n`;
}
