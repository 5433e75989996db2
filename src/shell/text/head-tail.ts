/** head(1) and tail(1) with -n COUNT and -COUNT. */
import type { TextFilter } from "./text-filter.js";

export const head: TextFilter = {
  name: "head",
  about: { en: "Keeps the first lines.", zh: "保留开头的若干行。" },
  open(args, write) {
    const count = lineCount(args);
    if (typeof count === "string") return count;
    let seen = 0;
    return {
      line(text) {
        if (seen++ < count) write(`${text}\n`);
      },
      end: () => 0,
      get full() {
        return seen >= count;
      },
    };
  },
};

export const tail: TextFilter = {
  name: "tail",
  about: { en: "Keeps the last lines.", zh: "保留末尾的若干行。" },
  open(args, write) {
    const count = lineCount(args);
    if (typeof count === "string") return count;
    const kept: string[] = [];
    return {
      line(text) {
        kept.push(text);
        if (kept.length > count) kept.shift();
      },
      end() {
        for (const text of kept) write(`${text}\n`);
        return 0;
      },
    };
  },
};

function lineCount(args: readonly string[]): number | string {
  if (args.length === 0) return 10;
  const text = /^-n?(.*)$/.exec(args[0]!)?.[1];
  if (text === undefined) return `cannot open '${args[0]}' for reading: No such file or directory`;
  const number = text === "" ? args[1] : text;
  if (number === undefined) return "option requires an argument -- 'n'";
  return /^\d+$/.test(number) ? Number(number) : `invalid number of lines: '${number}'`;
}
