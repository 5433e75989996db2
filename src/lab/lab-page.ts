/** The reference of lab files for the documentation, in Markdown, from the definitions that check them. */
import type { z } from "zod";
import { fieldsOf, fieldTable } from "./field.js";
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
    "A step is one of these; its keys tell which.",
    ...step.options.flatMap(variant),
    "## Expectations",
    "An expectation is one of these; its keys tell which.",
    ...expectation.options.flatMap(variant),
  ].join("\n\n")}\n`;
}

const variant = (schema: z.ZodType): string[] => [`### ${schema.description}`, fieldTable(fieldsOf(schema))];
