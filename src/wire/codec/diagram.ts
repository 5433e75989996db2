/** A layout as the box diagram that RFCs draw: 32 bits a row, labels in the boxes. */
import type { AnyLayout, Field } from "./layout.js";

const ROW = 32;

/** Part of a field in one row: columns [from, to) of bits. */
interface Box {
  readonly field: Field;
  readonly from: number;
  readonly to: number;
  /** Whether the label is written here: in the field's widest part. */
  readonly labelled: boolean;
}

/** Lines without a line break at the end of the last one. */
export function renderDiagram(layout: AnyLayout): string {
  const bits = layout.size * 8;
  const rows: Box[][] = [];
  for (let from = 0; from < bits; from += ROW) rows.push(boxesOf(layout, from, Math.min(bits, from + ROW)));
  const width = Math.min(bits, ROW);
  const tens = Array.from({ length: width }, (_, bit) => (bit % 10 === 0 ? bit / 10 : " ")).join(" ");
  const ones = Array.from({ length: width }, (_, bit) => bit % 10).join(" ");
  const lines = [` ${tens}`.trimEnd(), ` ${ones}`];
  for (let i = 0; i <= rows.length; i++) {
    lines.push(border(rows[i - 1], rows[i]));
    if (i < rows.length) lines.push(...textLines(rows[i]!));
  }
  return lines.join("\n");
}

function boxesOf(layout: AnyLayout, from: number, to: number): Box[] {
  const boxes: Box[] = [];
  for (const field of layout.fields) {
    const start = Math.max(from, field.bitOffset);
    const end = Math.min(to, field.bitOffset + field.bits);
    if (start >= end) continue;
    boxes.push({ field, from: start - from, to: end - from, labelled: labelStart(field) === start });
  }
  return boxes;
}

/** Where the widest of the parts begins into which the rows cut the field. */
function labelStart(field: Field): number {
  const end = field.bitOffset + field.bits;
  let best = field.bitOffset;
  let bestWidth = 0;
  for (let at = field.bitOffset; at < end; ) {
    const next = Math.min(end, at - (at % ROW) + ROW);
    if (next - at > bestWidth) {
      best = at;
      bestWidth = next - at;
    }
    at = next;
  }
  return best;
}

/** The line between two rows; it has a gap where one field goes on from the row above to the row below. */
function border(above: readonly Box[] | undefined, below: readonly Box[] | undefined): string {
  const width = Math.max(above?.at(-1)?.to ?? 0, below?.at(-1)?.to ?? 0);
  let line = "+";
  for (let bit = 0; bit < width; bit++) {
    const over = above === undefined ? undefined : fieldAt(above, bit);
    line += over !== undefined && below !== undefined && over === fieldAt(below, bit) ? " +" : "-+";
  }
  return line.replace(/ \+(?= )/g, "  ");
}

const fieldAt = (row: readonly Box[], bit: number): Field | undefined =>
  row.find((box) => bit >= box.from && bit < box.to)?.field;

function textLines(row: readonly Box[]): string[] {
  const texts = row.map((box) => (box.labelled ? wrap(box) : []));
  const height = texts.reduce((most, lines) => Math.max(most, lines.length), 1);
  return Array.from({ length: height }, (_, line) => {
    const cells = row.map((box, i) => centre(texts[i]![line] ?? "", 2 * (box.to - box.from) - 1));
    return `|${cells.join("|")}|`;
  });
}

/** The label, or the short one, on one line if it fits; otherwise cut to the width of the box. */
function wrap(box: Box): string[] {
  const width = 2 * (box.to - box.from) - 1;
  const { label, short = label } = box.field;
  if (label.length <= width) return [label];
  const lines: string[] = [];
  for (let at = 0; at < short.length; at += width) lines.push(short.slice(at, at + width));
  return lines;
}

function centre(text: string, width: number): string {
  const left = (width - text.length) >> 1;
  return " ".repeat(left) + text + " ".repeat(width - text.length - left);
}
