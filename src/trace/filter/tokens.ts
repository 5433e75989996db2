/**
 * Cuts a capture filter into words, numbers, addresses and symbols, as libpcap's scanner does: the longest match wins,
 * and a backslash before a word takes its meaning as a keyword away.
 */
import { FilterError } from "./filter-error.js";
import { CONSTANTS, PROTOCOLS } from "./names.js";

export type TokenKind = "keyword" | "name" | "number" | "address" | "mac" | "symbol" | "end";

export interface Token {
  readonly kind: TokenKind;
  /** A keyword's or symbol's canonical spelling; otherwise what was written. */
  readonly text: string;
  /** Of a number. */
  readonly value: number;
  /** Counted from 1. */
  readonly column: number;
}

const KEYWORDS = new Set([
  ...PROTOCOLS.keys(),
  ..."src dst host net mask port portrange proto less greater len broadcast multicast vlan and or not".split(
    " ",
  ),
  ..."gateway protochain inbound outbound byte mpls pppoed pppoes geneve ifname on rnr reason".split(" "),
]);

const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ["&&", "and"],
  ["||", "or"],
  ["!", "not"],
  ["==", "="],
  ["length", "len"],
]);

/** The forms of a token, in the order in which libpcap prefers them among equally long matches. */
const FORMS: readonly (readonly [TokenKind, RegExp])[] = [
  ["symbol", /&&|\|\||[<>!=]=|<<|>>|[-+*/%&|^!=<>()[\]:]/y],
  ["number", /0[xX][0-9a-fA-F]+|[0-9]+/y],
  [
    "mac",
    /[0-9a-fA-F]{1,2}(?:([:.-])[0-9a-fA-F]{1,2})(?:\1[0-9a-fA-F]{1,2}){4}|(?:[0-9a-fA-F]{4}\.){2}[0-9a-fA-F]{4}/y,
  ],
  ["address", /[0-9]+(?:\.[0-9]+){1,3}/y],
  ["name", /[A-Za-z0-9](?:[-_.A-Za-z0-9]*[A-Za-z0-9.])?/y],
  ["name", /\\[^ !()\n\t]+/y],
];

/** The tokens of the text, the last one of kind `end`. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    while (at < text.length && " \t\r\n".includes(text[at]!)) at++;
    if (at === text.length) break;
    const [kind, length] = longestMatch(text, at);
    if (length === 0) throw new FilterError(`no expression holds the character '${text[at]}'`, at + 1);
    tokens.push(tokenOf(kind, text.slice(at, at + length), at + 1));
    at += length;
  }
  tokens.push({ kind: "end", text: "", value: 0, column: text.length + 1 });
  return tokens;
}

function longestMatch(text: string, at: number): [TokenKind, number] {
  let best: [TokenKind, number] = ["symbol", 0];
  for (const [kind, form] of FORMS) {
    form.lastIndex = at;
    const length = form.exec(text)?.[0].length ?? 0;
    if (length > best[1]) best = [kind, length];
  }
  return best;
}

function tokenOf(kind: TokenKind, written: string, column: number): Token {
  if (kind === "number") return { kind, text: written, value: numberOf(written, column), column };
  if (written.startsWith("\\")) return { kind: "name", text: written.slice(1), value: 0, column };
  const text = SYNONYMS.get(written) ?? written;
  const constant = CONSTANTS.get(text);
  if (constant !== undefined) return { kind: "number", text, value: constant, column };
  return { kind: KEYWORDS.has(text) ? "keyword" : kind, text, value: 0, column };
}

/** As C reads numbers: hexadecimal after 0x, octal after 0. */
function numberOf(written: string, column: number): number {
  const octal = /^0[0-9]+$/.test(written);
  if (octal && /[89]/.test(written)) throw new FilterError(`${written} is no octal number`, column);
  const value = octal ? Number.parseInt(written, 8) : Number(written);
  if (value > 0xffffffff) throw new FilterError(`${written} does not fit into 32 bits`, column);
  return value;
}
