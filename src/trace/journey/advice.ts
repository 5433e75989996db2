/** From a drop reason and what is known about the way, what would mend it. */
import type { DropReason } from "../../core/drop-reason.js";
import { ADVICE, type Variant } from "./advice-table.js";

export type Facts = Readonly<Record<string, string | number | boolean>>;

export interface Advice {
  readonly en: string;
  readonly zh: string;
}

/** The first of the reason's texts whose facts are all known, filled in. */
export function adviceFor(reason: DropReason, facts: Facts): Advice | undefined {
  const variant = ADVICE[reason].find((candidate) => applies(candidate, facts));
  if (variant === undefined) return undefined;
  const fill = (text: string): string => text.replace(/\{(\w+)\}/g, (_, key: string) => String(facts[key]));
  return { en: fill(variant.en), zh: fill(variant.zh) };
}

function applies({ when, en }: Variant, facts: Facts): boolean {
  const needed = [...en.matchAll(/\{(\w+)\}/g)].map(([, key]) => key!);
  return needed.every((key) => facts[key] !== undefined) && (when === undefined || when(facts));
}
