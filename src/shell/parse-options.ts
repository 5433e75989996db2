/**
 * Options of a command line in the manner of getopt(3): single letters that may stand together, values attached or apart,
 * long options, and `--`.
 */

export interface ParsedOptions {
  /** In the order given; `value` is "" for an option that takes none. */
  readonly options: readonly { readonly name: string; readonly value: string }[];
  readonly operands: readonly string[];
  /** What is wrong, as getopt says it, without the program's name. */
  readonly error?: string;
}

/**
 * Reads options. `letters` lists them as for getopt: a colon after one that takes a value. `long` names long options and
 * the letter that each stands for (or a name of its own; a colon at the end of the key if it takes a value).
 * Operands may stand between options, as GNU allows; with `stopAtOperand` the first operand ends the options.
 */
export function parseOptions(
  args: readonly string[],
  letters: string,
  long: Readonly<Record<string, string>> = {},
  stopAtOperand = false,
): ParsedOptions {
  const options: { name: string; value: string }[] = [];
  const operands: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!;
    if (arg === "--") {
      operands.push(...args.slice(at + 1));
      break;
    }
    if (arg.startsWith("--")) {
      const [key, attached] = splitOnce(arg.slice(2), "=");
      const takes = Object.hasOwn(long, `${key}:`);
      const name = long[takes ? `${key}:` : key];
      if (name === undefined) return { options, operands, error: `unrecognized option '--${key}'` };
      const value = takes ? (attached ?? args[++at]) : "";
      if (value === undefined) return { options, operands, error: `option '--${key}' requires an argument` };
      options.push({ name, value });
    } else if (arg.startsWith("-") && arg.length > 1) {
      for (let i = 1; i < arg.length; i++) {
        const letter = arg[i]!;
        const known = letter === ":" ? -1 : letters.indexOf(letter);
        if (known < 0) return { options, operands, error: `invalid option -- '${letter}'` };
        if (letters[known + 1] !== ":") {
          options.push({ name: letter, value: "" });
          continue;
        }
        const value = i + 1 < arg.length ? arg.slice(i + 1) : args[++at];
        if (value === undefined)
          return { options, operands, error: `option requires an argument -- '${letter}'` };
        options.push({ name: letter, value });
        break;
      }
    } else if (stopAtOperand) {
      operands.push(...args.slice(at));
      break;
    } else operands.push(arg);
  }
  return { options, operands };
}

function splitOnce(text: string, at: string): [string, string | undefined] {
  const place = text.indexOf(at);
  return place < 0 ? [text, undefined] : [text.slice(0, place), text.slice(place + 1)];
}
