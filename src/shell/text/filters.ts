/** The text filters that a shell knows. */
import { grep } from "./grep.js";
import { head, tail } from "./head-tail.js";
import { sort, uniq } from "./sort-uniq.js";
import type { TextFilter } from "./text-filter.js";
import { wc } from "./wc.js";

export const textFilters: ReadonlyMap<string, TextFilter> = new Map(
  [grep, head, sort, tail, uniq, wc].map((filter) => [filter.name, filter]),
);
