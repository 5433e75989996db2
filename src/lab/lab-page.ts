/** The reference of lab files for the documentation, in Markdown, from the definitions that check them. */
import type { z } from "zod";
import { type Field, fieldsOf, fieldTable } from "./field.js";
import { labDocument } from "./file/document.js";
import { expectation } from "./file/expectations.js";
import { link } from "./file/links.js";
import { step } from "./file/steps.js";

export function labFilePage(): string {
  const top = fieldsOf(labDocument).filter(
    ({ path }) => !/^(steps|expect|topology\.links)\[\]|\.<name>/.test(path),
  );
  return `${[
    "# Lab files",
    "A lab file, `*.lab.yaml`, says what there is, what is done, and what must hold. A program writes the same words as an object.",
    fieldTable(top),
    "## Links",
    `${link.description}.`,
    fieldTable(fieldsOf(link)),
    "## Steps",
    ...variants("A step", step.options),
    "## Expectations",
    ...variants("An expectation", expectation.options),
  ].join("\n\n")}\n`;
}

/** What all variants have, said once, and what each has of its own. */
function variants(what: string, schemas: readonly z.ZodType[]): string[] {
  const each = schemas.map(fieldsOf);
  const inAll = ({ path, about }: Field): boolean =>
    each.every((fields) => fields.some((field) => field.path === path && field.about === about));
  return [
    `${what} is one of these; its keys tell which. Any may have:`,
    fieldTable(each[0]!.filter(inAll)),
    ...schemas.flatMap((schema, i) => [
      `### ${schema.description}`,
      fieldTable(each[i]!.filter((field) => !inAll(field))),
    ]),
  ];
}
