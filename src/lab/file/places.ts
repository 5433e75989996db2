/** From a path in a lab to the place where a person finds it. */
import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Pair } from "yaml";
import type { LabPath } from "./complaint.js";

export interface Places {
  /** The place of the value at `path` (of its nearest existing ancestor, if it is not there), or of its key. */
  at(path: LabPath, aboutKey?: boolean): string;
  /** Does the lab itself hold something at this path? */
  has(path: LabPath): boolean;
}

/** Places in a YAML text: `file:line:column`, both counted from 1. */
export class TextPlaces implements Places {
  constructor(
    private readonly file: string,
    private readonly document: Document,
    private readonly lines: LineCounter,
  ) {}

  at(path: LabPath, aboutKey = false): string {
    const { offset } = this.find(path, aboutKey);
    return this.atOffset(offset);
  }

  has(path: LabPath): boolean {
    return this.find(path, false).complete;
  }

  atOffset(offset: number): string {
    const { line, col } = this.lines.linePos(offset);
    return `${this.file}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  }

  private find(path: LabPath, aboutKey: boolean): { offset: number; complete: boolean } {
    let node: unknown = this.document.contents;
    let offset = offsetOf(node) ?? 0;
    for (const [depth, key] of path.entries()) {
      const holder = isAlias(node) ? node.resolve(this.document) : node;
      let keyNode: unknown;
      if (isMap(holder)) {
        const pair = (holder.items as Pair[]).find((item) => keyText(item.key) === String(key));
        keyNode = pair?.key;
        node = pair?.value;
      } else if (isSeq(holder)) node = holder.items[Number(key)];
      else node = undefined;
      if (node === undefined && keyNode === undefined) return { offset, complete: false };
      const wantKey = keyNode !== undefined && ((aboutKey && depth === path.length - 1) || isEmpty(node));
      offset = (wantKey ? offsetOf(keyNode) : offsetOf(node)) ?? offset;
    }
    return { offset, complete: true };
  }
}

/** Places in a lab that a program defined: `topology.nodes.pc1.gateway`. */
export class PathPlaces implements Places {
  constructor(private readonly definition: unknown) {}

  at(path: LabPath): string {
    let text = "";
    for (const key of path) text += typeof key === "number" ? `[${key}]` : text === "" ? key : `.${key}`;
    return text === "" ? "the lab" : text;
  }

  has(path: LabPath): boolean {
    let value = this.definition;
    for (const key of path) {
      if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return false;
      value = (value as Record<string | number, unknown>)[key];
    }
    return true;
  }
}

const keyText = (key: unknown): string => (isScalar(key) ? String(key.value) : String(key));

const isEmpty = (node: unknown): boolean =>
  node === undefined || node === null || (isScalar(node) && node.value === null && node.source === "");

function offsetOf(node: unknown): number | undefined {
  if (typeof node !== "object" || node === null || !("range" in node)) return undefined;
  return (node as { range?: readonly number[] | null }).range?.[0];
}
