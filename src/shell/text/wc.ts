/** wc(1) with -l, -w and -c. */
import { utf8 } from "../../core/bytes.js";
import { parseOptions } from "../parse-options.js";
import type { TextFilter } from "./text-filter.js";

export const wc: TextFilter = {
  name: "wc",
  about: { en: "Counts lines, words and bytes.", zh: "统计行数、词数和字节数。" },
  open(args, write) {
    const { options, error } = parseOptions(args, "lwc");
    if (error !== undefined) return error;
    let lines = 0;
    let words = 0;
    let bytes = 0;
    return {
      line(text) {
        lines++;
        words += text.split(/\s+/).filter((word) => word !== "").length;
        bytes += utf8(text).length + 1;
      },
      end() {
        const wanted = options.map((option) => option.name);
        const counts = [
          ["l", lines],
          ["w", words],
          ["c", bytes],
        ] as const;
        const shown = counts.filter(([name]) => wanted.length === 0 || wanted.includes(name));
        const width = shown.length > 1 ? 7 : 0;
        write(`${shown.map(([, count]) => String(count).padStart(width)).join(" ")}\n`);
        return 0;
      },
    };
  },
};
