/**
 * A lesson: every word of a command's output, explained. The output is read from left to right; at each place the first
 * entry whose pattern fits takes its words.
 */
import type { About } from "../command.js";

export interface LessonEntry {
  /** What the words look like at the present place of the output. */
  readonly pattern: RegExp;
  readonly about: About;
}

export interface Lesson {
  /** The command line whose output it reads. */
  readonly command: string;
  readonly about: About;
  readonly entries: readonly LessonEntry[];
}

export interface ExplainedWords {
  /** The words as they stand in the output. */
  readonly words: string;
  /** Line of the output, from 1. */
  readonly line: number;
  /** Left out for words that the lesson does not know. */
  readonly about?: About;
}

/** The words of an output in order, each with what it means. */
export function explain(output: string, { entries }: Lesson): ExplainedWords[] {
  const explained: ExplainedWords[] = [];
  for (const [index, text] of output.split("\n").entries()) {
    for (let at = 0; at < text.length; ) {
      const space = /^[ \t]+/.exec(text.slice(at));
      if (space !== null) {
        at += space[0].length;
        continue;
      }
      const entry = entries.find(({ pattern }) => fits(pattern, text, at) !== undefined);
      const words = entry === undefined ? /^\S+/.exec(text.slice(at))![0] : fits(entry.pattern, text, at)!;
      explained.push({
        words: words.trimEnd(),
        line: index + 1,
        ...(entry !== undefined && { about: entry.about }),
      });
      at += words.length;
    }
  }
  return explained;
}

/** What the pattern takes exactly here: at least one character, and no half of a word. */
function fits(pattern: RegExp, text: string, at: number): string | undefined {
  const sticky = new RegExp(pattern.source, "y");
  sticky.lastIndex = at;
  const found = sticky.exec(text)?.[0];
  return found === undefined || found === "" ? undefined : found;
}
