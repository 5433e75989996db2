/**
 * A typed line as a list of pipelines (POSIX.1-2017 XCU §2): words with quotes and escapes, `;` `&` `&&` `||` `|`, comments,
 * and the redirections that need no file (`>/dev/null`, `2>/dev/null`, `&>/dev/null`, `2>&1`).
 *
 * Left out: variables, substitutions, patterns, compound commands; their characters stand for themselves.
 */

/** Where output goes: on, away, or, for errors, to where the output goes. */
export type ErrorSink = "stderr" | "null" | "stdout";

export interface SimpleCommand {
  readonly words: readonly string[];
  /** As typed, for `ps` and `why`. */
  readonly text: string;
  readonly discardOutput: boolean;
  readonly errors: ErrorSink;
}

export interface Pipeline {
  readonly commands: readonly SimpleCommand[];
  /** On what outcome of the one before it runs. */
  readonly when: "always" | "success" | "failure";
  readonly background: boolean;
}

export type ParsedLine = { readonly pipelines: readonly Pipeline[] } | { readonly error: string };

type Token =
  | { readonly kind: "word"; readonly text: string; readonly from: number; readonly to: number }
  | { readonly kind: "operator"; readonly text: string };

const OPERATOR = /^(?:&>>?|2>&1|[12]?>>?|<|&&|\|\||[;&|()\n])/;

/** Reads a line. What is wrong with it comes back as the text that bash prints. */
export function parseLine(line: string): ParsedLine {
  const tokens = tokenize(line);
  return "error" in tokens ? tokens : new LineParser(line, tokens).parse();
}

class LineParser {
  private at = 0;

  constructor(
    private readonly line: string,
    private readonly tokens: readonly Token[],
  ) {}

  parse(): ParsedLine {
    const pipelines: Pipeline[] = [];
    let when: Pipeline["when"] = "always";
    while (this.at < this.tokens.length) {
      const commands: SimpleCommand[] = [];
      for (;;) {
        const command = this.command();
        if ("error" in command) return command;
        commands.push(command);
        if (this.operator() !== "|") break;
        this.at++;
      }
      const end = this.operator();
      this.at++;
      pipelines.push({ commands, when, background: end === "&" });
      when = end === "&&" ? "success" : end === "||" ? "failure" : "always";
    }
    return when === "always" ? { pipelines } : { error: "syntax error: unexpected end of file" };
  }

  private command(): SimpleCommand | { readonly error: string } {
    const words: string[] = [];
    let from = 0;
    let to = 0;
    let discardOutput = false;
    let errors: ErrorSink = "stderr";
    for (let token = this.tokens[this.at]; token !== undefined; token = this.tokens[this.at]) {
      if (token.kind === "word") {
        if (words.length === 0) from = token.from;
        to = token.to;
        words.push(token.text);
        this.at++;
      } else if (token.text === "2>&1") {
        errors = discardOutput ? "null" : "stdout";
        this.at++;
      } else if (/[<>]/.test(token.text)) {
        const target = this.tokens[this.at + 1];
        if (target === undefined || target.kind !== "word" || target.text !== "/dev/null")
          return { error: `${token.text}: there are no files here to redirect to, but /dev/null` };
        if (token.text.startsWith("&") || token.text.startsWith("2")) errors = "null";
        if (!token.text.startsWith("2") && token.text !== "<") discardOutput = true;
        this.at += 2;
      } else break;
    }
    const next = this.operator();
    if (words.length === 0 || next === "(" || next === ")")
      return next === undefined
        ? { error: "syntax error: unexpected end of file" }
        : { error: `syntax error near unexpected token \`${next === "\n" ? "newline" : next}'` };
    return { words, text: this.line.slice(from, to), discardOutput, errors };
  }

  private operator(): string | undefined {
    const token = this.tokens[this.at];
    return token?.kind === "operator" ? token.text : undefined;
  }
}

function tokenize(line: string): Token[] | { readonly error: string } {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    while (line[at] === " " || line[at] === "\t") at++;
    if (line[at] === "#") while (at < line.length && line[at] !== "\n") at++;
    if (at >= line.length) break;
    const operator = OPERATOR.exec(line.slice(at))?.[0];
    if (operator !== undefined) {
      // A line's end between pipelines is a `;`, and empty lines are nothing.
      const last = tokens.at(-1);
      if (operator !== "\n" || (last !== undefined && last.kind === "word"))
        tokens.push({ kind: "operator", text: operator === "\n" ? ";" : operator });
      at += operator.length;
      continue;
    }
    const word = readWord(line, at);
    if ("error" in word) return word;
    tokens.push({ kind: "word", text: word.text, from: at, to: word.end });
    at = word.end;
  }
  return tokens;
}

function readWord(line: string, at: number): { text: string; end: number } | { readonly error: string } {
  let text = "";
  for (; at < line.length && !/[\s;&|<>()]/.test(line[at]!); at++) {
    const char = line[at]!;
    if (char === "\\") {
      at++;
      text += line[at] ?? "";
    } else if (char === "'" || char === '"') {
      const close = closingQuote(line, at);
      if (close < 0) return { error: `unexpected EOF while looking for matching \`${char}'` };
      const inside = line.slice(at + 1, close);
      text += char === "'" ? inside : inside.replace(/\\([\\"$`])/g, "$1");
      at = close;
    } else text += char;
  }
  return { text, end: at };
}

function closingQuote(line: string, open: number): number {
  const quote = line[open]!;
  for (let at = open + 1; at < line.length; at++) {
    if (line[at] === quote) return at;
    if (quote === '"' && line[at] === "\\") at++;
  }
  return -1;
}
