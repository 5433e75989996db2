/** A text filter: what may stand to the right of a `|`. It takes lines as they come and writes lines. */
import type { About } from "../command.js";

export interface FilterRun {
  /** Takes a line, without its end. */
  line(text: string): void;
  /** The input has ended; the answer is the exit status. */
  end(): number;
  /** No further line can change what is written: the left side may stop. */
  readonly full?: boolean;
}

export interface TextFilter {
  readonly name: string;
  readonly about: About;
  /** Starts on its arguments; a string is what is wrong with them. `write` takes text with line ends. */
  open(args: readonly string[], write: (text: string) => void): FilterRun | string;
}
