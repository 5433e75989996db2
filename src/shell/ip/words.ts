/** The words of an `ip` command, read one after another, with iproute2's rules and its complaints. */
import { fail } from "../failure.js";

/** iproute2 lets every keyword be shortened: does `word` begin `keyword`? */
export const matches = (word: string, keyword: string): boolean => word !== "" && keyword.startsWith(word);

export const matchesAny = (word: string, keywords: readonly string[]): boolean =>
  keywords.some((keyword) => matches(word, keyword));

export class Words {
  private at = 0;

  constructor(private readonly words: readonly string[]) {}

  get done(): boolean {
    return this.at >= this.words.length;
  }

  peek(): string | undefined {
    return this.words[this.at];
  }

  /** Takes the next word; undefined at the end. */
  take(): string | undefined {
    return this.words[this.at++];
  }

  /** Takes the next word, which must be there. */
  need(): string {
    return this.take() ?? fail(255, 'Command line is not complete. Try option "help"');
  }

  /** Takes all that is left. */
  rest(): readonly string[] {
    const { at } = this;
    this.at = this.words.length;
    return this.words.slice(at);
  }

  /** Takes the next word if it is that one. */
  skip(word: string): boolean {
    if (this.peek() !== word) return false;
    this.at++;
    return true;
  }
}

export const wrong = (word: string, text: string): never =>
  fail(255, `Error: argument "${word}" is wrong: ${text}`);

/** A word that would set again what is set already, or that nothing can be made of. */
export const garbage = (key: string, word: string): never =>
  fail(255, `Error: either "${key}" is duplicate, or "${word}" is a garbage.`);

export const duplicate = (key: string, word: string): never =>
  fail(255, `Error: duplicate "${key}": "${word}" is the second value.`);

/** Valid in Linux, but without effect here: better refused than ignored. */
export const notSimulated = (word: string): never => fail(1, `Error: "${word}" is not simulated.`);

/** A whole number from `least` to `most`. */
export function wholeNumber(word: string, complaint: string, least = 0, most = 0xffffffff): number {
  const value = /^(0x[0-9a-fA-F]+|\d+)$/.test(word) ? Number(word) : Number.NaN;
  return value >= least && value <= most ? value : wrong(word, complaint);
}
