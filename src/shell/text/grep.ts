/** grep(1) on lines that come through a pipe, with -v -c -i -E -F -q -o -n and -w. Patterns are ECMAScript's. */
import { parseOptions } from "../parse-options.js";
import type { TextFilter } from "./text-filter.js";

export const grep: TextFilter = {
  name: "grep",
  about: { en: "Keeps the lines that match a pattern.", zh: "保留与模式匹配的行。" },
  open(args, write) {
    const { options, operands, error } = parseOptions(args, "vciEFGqonwe:", {
      "invert-match": "v",
      count: "c",
      "ignore-case": "i",
      "extended-regexp": "E",
      "fixed-strings": "F",
      quiet: "q",
    });
    if (error !== undefined) return error;
    const has = (name: string): boolean => options.some((option) => option.name === name);
    const given = options.find((option) => option.name === "e")?.value;
    const pattern = given ?? operands[0];
    if (pattern === undefined) return "Usage: grep [OPTION]... PATTERNS [FILE]...";
    const file = operands[given === undefined ? 1 : 0];
    if (file !== undefined && file !== "-") return `${file}: No such file or directory`;
    const regexp = toRegExp(pattern, has("F"), has("E"), has("i"), has("w"));
    if (regexp === undefined) return "Invalid regular expression";
    let count = 0;
    let number = 0;
    return {
      line(text) {
        number++;
        regexp.lastIndex = 0;
        if (regexp.test(text) === has("v")) return;
        count++;
        if (has("c") || has("q")) return;
        const front = has("n") ? `${number}:` : "";
        if (!has("o")) write(`${front}${text}\n`);
        else if (!has("v"))
          for (const [match] of text.matchAll(regexp)) if (match !== "") write(`${front}${match}\n`);
      },
      end() {
        if (has("c") && !has("q")) write(`${count}\n`);
        return count > 0 ? 0 : 1;
      },
    };
  },
};

function toRegExp(
  pattern: string,
  fixed: boolean,
  extended: boolean,
  ignoreCase: boolean,
  wholeWords: boolean,
): RegExp | undefined {
  let source = pattern;
  if (fixed) source = pattern.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  // In a basic expression (POSIX.1-2017 XBD §9.3) ? + { } ( ) | are ordinary, and special behind a backslash.
  else if (!extended) source = pattern.replace(/\\?[?+{}()|]/g, (c) => (c.length === 2 ? c[1]! : `\\${c}`));
  if (wholeWords) source = `\\b(?:${source})\\b`;
  try {
    return new RegExp(source, ignoreCase ? "gi" : "g");
  } catch {
    return undefined;
  }
}
