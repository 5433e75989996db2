/** sort(1) with -r -n -u, in the order of the C locale, and uniq(1) with -c and -d. */
import { parseOptions } from "../parse-options.js";
import type { TextFilter } from "./text-filter.js";

export const sort: TextFilter = {
  name: "sort",
  about: { en: "Sorts lines.", zh: "对行排序。" },
  open(args, write) {
    const { options, error } = parseOptions(args, "rnu");
    if (error !== undefined) return error;
    const has = (name: string): boolean => options.some((option) => option.name === name);
    const lines: string[] = [];
    const plain = (x: string, y: string): number => (x < y ? -1 : x > y ? 1 : 0);
    const order = has("n")
      ? (x: string, y: string): number => leadingNumber(x) - leadingNumber(y) || plain(x, y)
      : plain;
    return {
      line: (text) => void lines.push(text),
      end() {
        lines.sort(has("r") ? (x, y) => order(y, x) : order);
        lines.forEach((text, i) => {
          if (!has("u") || text !== lines[i - 1]) write(`${text}\n`);
        });
        return 0;
      },
    };
  },
};

export const uniq: TextFilter = {
  name: "uniq",
  about: { en: "Joins equal lines that follow one another.", zh: "合并相邻的重复行。" },
  open(args, write) {
    const { options, error } = parseOptions(args, "cd");
    if (error !== undefined) return error;
    const has = (name: string): boolean => options.some((option) => option.name === name);
    let last: string | undefined;
    let count = 0;
    const flush = (): void => {
      if (last === undefined || (has("d") && count < 2)) return;
      write(has("c") ? `${String(count).padStart(7)} ${last}\n` : `${last}\n`);
    };
    return {
      line(text) {
        if (text === last) {
          count++;
          return;
        }
        flush();
        last = text;
        count = 1;
      },
      end() {
        flush();
        return 0;
      },
    };
  },
};

function leadingNumber(text: string): number {
  const number = /^\s*-?\d+(\.\d+)?/.exec(text);
  return number === null ? 0 : Number(number[0]);
}
