/** A dissection as text for people: one line for each field, with its bits, its value, what it means and what is wrong. */
import type { DissectedField, DissectedLayer } from "./dissection.js";

/** Lines without a line break at the end of the last one. Bits are counted from the first bit of their layer. */
export function renderDissection(tree: DissectedLayer): string {
  const lines: string[] = [];
  let indent = "";
  for (let layer: DissectedLayer | undefined = tree; layer !== undefined; layer = layer.payload) {
    const place = `bytes ${layer.from}..${layer.to - 1}`;
    lines.push(`${indent}${layer.title} (${layer.to === layer.from ? "no bytes" : place})${fault(layer)}`);
    const width = layer.fields.reduce((most, field) => Math.max(most, field.label.length), 0);
    for (const field of layer.fields) lines.push(`${indent}  ${renderField(field, width)}`);
    indent += "  ";
  }
  return lines.join("\n");
}

function renderField(field: DissectedField, width: number): string {
  const last = field.bitOffset + field.bitLength - 1;
  const bits = field.bitLength === 1 ? String(last) : `${field.bitOffset}..${last}`;
  const meaning = field.meaning === undefined ? "" : `  ${field.meaning}`;
  return `${bits.padStart(9)}  ${field.label.padEnd(width)}  ${field.text}${meaning}${fault(field)}`;
}

const fault = (of: { fault?: string | undefined }): string =>
  of.fault === undefined ? "" : `  <-- FAULT: ${of.fault}`;
