/**
 * Reads the capture filter language (pcap-filter(7)) into a tree.
 *
 * `and` and `or` bind equally and to the left, as in libpcap. An address, port or name behind `and` or `or` takes the
 * qualifiers of what stands before it (`port 53 or 80`). A parenthesis may hold a condition, a list of identifiers or
 * arithmetic, and which it is shows only inside it: operands are therefore read by one function for all three.
 */
import type {
  Arithmetic,
  ArithmeticOperator,
  Comparison,
  Direction,
  Expression,
  Id,
  Qualifiers,
} from "./expression.js";
import { FilterError } from "./filter-error.js";
import { PROTOCOLS } from "./names.js";
import { type Token, tokensOf } from "./tokens.js";

/** A condition, with the qualifiers that the next identifier inherits. */
interface Condition {
  readonly condition: Expression;
  readonly qualifiers: Qualifiers | undefined;
}
/** Arithmetic that no comparison has made a condition yet. */
interface Sum {
  readonly arithmetic: Arithmetic;
}

const COMPARISONS = new Set(["=", "!=", "<", ">", "<=", ">="]);
const PRECEDENCE: ReadonlyMap<string, number> = new Map([
  ["|", 1],
  ["^", 2],
  ["&", 3],
  ["<<", 4],
  [">>", 4],
  ["+", 5],
  ["-", 5],
  ["*", 6],
  ["/", 6],
  ["%", 6],
]);
const TYPES = new Set(["host", "net", "port", "portrange"]);
const LEFT_OUT = new Set(
  "gateway protochain inbound outbound byte mpls pppoed pppoes geneve ifname on rnr reason".split(" "),
);
const A_PRIMITIVE = "a primitive such as 'host 10.0.0.1', 'port 53' or 'icmp'";
const AN_ID: Readonly<Record<NonNullable<Qualifiers["type"]>, string>> = {
  host: "an address",
  net: "a network such as 10.0.0.0/8",
  port: "a port",
  portrange: "two ports such as 1000-2000",
  proto: "a protocol's number, or its name behind a backslash such as \\udp",
};
const MAX_DEPTH = 200;

/** The tree of a filter; `undefined` for empty text, which lets every frame pass. Throws FilterError. */
export function parseFilter(text: string): Expression | undefined {
  const parser = new Parser(tokensOf(text));
  return parser.next.kind === "end" ? undefined : parser.whole();
}

class Parser {
  private at = 0;
  private depth = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  get next(): Token {
    return this.tokens[this.at]!;
  }

  whole(): Expression {
    const { condition } = this.chain(this.condition(undefined));
    if (this.next.kind !== "end") throw this.expected("'and', 'or' or the end");
    return condition;
  }

  /** What follows a first condition: any number of others joined by `and` and `or`. */
  private chain(first: Condition): Condition {
    let { condition, qualifiers } = first;
    for (;;) {
      const kind = this.accept("and") ? "and" : this.accept("or") ? "or" : undefined;
      if (kind === undefined) return { condition, qualifiers };
      const right = this.condition(qualifiers);
      condition = { kind, left: condition, right: right.condition };
      qualifiers = right.qualifiers;
    }
  }

  private condition(inherited: Qualifiers | undefined): Condition {
    const { column } = this.next;
    const operand = this.operand(inherited);
    return "condition" in operand ? operand : this.asCondition(operand.arithmetic, inherited, column);
  }

  /** A condition, or arithmetic without a comparison behind it. */
  private operand(inherited: Qualifiers | undefined): Condition | Sum {
    return this.deeper(() => {
      const token = this.next;
      if (this.accept("not")) {
        const { condition, qualifiers } = this.condition(inherited);
        return { condition: { kind: "not", operand: condition }, qualifiers };
      }
      if (token.text === "(" && token.kind === "symbol") return this.parenthesis(inherited);
      if (this.startsArithmetic()) return this.comparison(this.arithmetic());
      if (token.kind === "keyword") return this.primitive();
      if (inherited !== undefined && token.kind !== "symbol" && token.kind !== "end")
        return this.identifier(inherited);
      if (token.kind === "name" || token.kind === "address" || token.kind === "mac")
        throw this.expected(`${A_PRIMITIVE} (an address alone needs 'host' in front)`);
      throw this.expected(A_PRIMITIVE);
    });
  }

  private parenthesis(inherited: Qualifiers | undefined): Condition | Sum {
    this.expect("(");
    const { column } = this.next;
    const first = this.operand(inherited);
    if ("arithmetic" in first && this.accept(")"))
      return this.comparison(this.operations(first.arithmetic, 1));
    const start = "condition" in first ? first : this.asCondition(first.arithmetic, inherited, column);
    const inside = this.chain(start);
    this.expect(")");
    return inside;
  }

  /** A relation if a comparison follows, otherwise the arithmetic itself. */
  private comparison(left: Arithmetic): Condition | Sum {
    const { kind, text } = this.next;
    if (kind !== "symbol" || !COMPARISONS.has(text)) return { arithmetic: left };
    this.at++;
    const condition = {
      kind: "relation",
      comparison: text as Comparison,
      left,
      right: this.arithmetic(),
    } as const;
    return { condition, qualifiers: undefined };
  }

  /** A number alone is an identifier; other arithmetic alone is an error. */
  private asCondition(arithmetic: Arithmetic, qualifiers: Qualifiers | undefined, column: number): Condition {
    if (arithmetic.kind !== "number") throw this.expected("a comparison such as '=' or '<'");
    if (qualifiers === undefined)
      throw new FilterError(`expected ${A_PRIMITIVE}, found a number alone`, column);
    const id: Id = { kind: "number", value: arithmetic.value, column };
    return { condition: { kind: "match", qualifiers, id }, qualifiers };
  }

  private primitive(): Condition {
    const token = this.next;
    const { column } = token;
    this.refuseLeftOut();
    if (this.accept("less")) return plain({ kind: "length", comparison: "<=", size: this.number("a size") });
    if (this.accept("greater"))
      return plain({ kind: "length", comparison: ">=", size: this.number("a size") });
    if (this.accept("vlan")) {
      const id = this.next.kind === "number" ? this.number("a VLAN id") : undefined;
      return plain({ kind: "vlan", id, column });
    }
    const protocol = PROTOCOLS.has(token.text) ? this.take().text : undefined;
    if (this.accept("broadcast")) return plain({ kind: "broadcast", protocol, column });
    if (this.accept("multicast")) return plain({ kind: "multicast", protocol, column });
    if (this.accept("proto")) return this.identifier({ protocol, direction: undefined, type: "proto" });
    const direction = this.direction();
    const type =
      this.next.kind === "keyword" && TYPES.has(this.next.text)
        ? (this.take().text as Qualifiers["type"])
        : undefined;
    if (direction !== undefined || type !== undefined) return this.identifier({ protocol, direction, type });
    if (protocol === undefined) throw this.expected(A_PRIMITIVE);
    this.refuseLeftOut();
    return plain({ kind: "protocol", protocol, column });
  }

  private direction(): Direction | undefined {
    const first = this.accept("src") ? "src" : this.accept("dst") ? "dst" : undefined;
    if (first === undefined) return undefined;
    const second = this.tokens[this.at + 1];
    const other = first === "src" ? "dst" : "src";
    if (second?.kind !== "keyword" || second.text !== other) return first;
    if (this.accept("or")) this.at++;
    else if (this.accept("and")) {
      this.at++;
      return "src and dst";
    } else return first;
    return "src or dst";
  }

  /** One identifier, or several in parentheses. */
  private identifier(qualifiers: Qualifiers): Condition {
    return this.deeper(() => {
      if (this.accept("not")) {
        const { condition } = this.identifier(qualifiers);
        return { condition: { kind: "not", operand: condition }, qualifiers };
      }
      if (this.accept("(")) {
        let { condition } = this.identifier(qualifiers);
        while (!this.accept(")")) {
          const kind = this.accept("and") ? "and" : this.accept("or") ? "or" : undefined;
          if (kind === undefined) throw this.expected("'and', 'or' or ')'");
          condition = { kind, left: condition, right: this.identifier(qualifiers).condition };
        }
        return { condition, qualifiers };
      }
      return { condition: { kind: "match", qualifiers, id: this.id(qualifiers) }, qualifiers };
    });
  }

  private id(qualifiers: Qualifiers): Id {
    const { kind, text, value, column } = this.next;
    if (kind === "keyword" || kind === "symbol" || kind === "end")
      throw this.expected(AN_ID[qualifiers.type ?? "host"]);
    this.at++;
    if (kind === "number") return { kind, value, column };
    if (kind !== "address") return { kind, text, column };
    if (this.accept("/")) return { kind, text, prefixLength: this.number("a prefix length"), column };
    if (!this.accept("mask")) return { kind, text, column };
    if (this.next.kind !== "address") throw this.expected("a mask such as 255.255.0.0");
    return { kind, text, mask: this.take().text, column };
  }

  private startsArithmetic(): boolean {
    const { kind, text } = this.next;
    if (kind === "number" || (kind === "symbol" && text === "-")) return true;
    if (kind !== "keyword") return false;
    const after = this.tokens[this.at + 1];
    return text === "len" || (PROTOCOLS.has(text) && after?.kind === "symbol" && after.text === "[");
  }

  private arithmetic(): Arithmetic {
    return this.operations(this.term(), 1);
  }

  /** Takes the operators that bind at least as tightly as `least` and what stands behind them. */
  private operations(left: Arithmetic, least: number): Arithmetic {
    for (;;) {
      const { text, column } = this.next;
      const precedence = this.next.kind === "symbol" ? PRECEDENCE.get(text) : undefined;
      if (precedence === undefined || precedence < least) return left;
      this.at++;
      const right = this.operations(this.term(), precedence + 1);
      left = { kind: "operation", operator: text as ArithmeticOperator, left, right, column };
    }
  }

  private term(): Arithmetic {
    return this.deeper(() => {
      const { kind, text, value, column } = this.next;
      if (!this.startsArithmetic() && !(kind === "symbol" && text === "("))
        throw this.expected("a number, 'len' or bytes such as ip[8]");
      this.at++;
      if (kind === "number") return { kind, value };
      if (text === "len") return { kind: "length" };
      if (text === "-") return { kind: "negative", operand: this.term() };
      if (text === "(") {
        const inside = this.arithmetic();
        this.expect(")");
        return inside;
      }
      this.expect("[");
      const index = this.arithmetic();
      const size = this.accept(":") ? this.number("a size of 1, 2 or 4") : 1;
      this.expect("]");
      return { kind: "load", protocol: text, index, size, column };
    });
  }

  private number(what: string): number {
    if (this.next.kind !== "number") throw this.expected(what);
    return this.take().value;
  }

  private take(): Token {
    return this.tokens[this.at++]!;
  }

  private accept(text: string): boolean {
    const { next } = this;
    const found = next.text === text && (next.kind === "keyword" || next.kind === "symbol");
    if (found) this.at++;
    return found;
  }

  private expect(text: string): void {
    if (!this.accept(text)) throw this.expected(`'${text}'`);
  }

  private refuseLeftOut(): void {
    const { kind, text, column } = this.next;
    if (kind === "keyword" && LEFT_OUT.has(text)) throw new FilterError(`'${text}' is not supported`, column);
  }

  private expected(what: string): FilterError {
    const { kind, text, column } = this.next;
    const found = kind === "end" ? "the end" : kind === "keyword" ? `the keyword '${text}'` : `'${text}'`;
    return new FilterError(`expected ${what}, found ${found}`, column);
  }

  /** Keeps hostile nesting from exhausting the stack. */
  private deeper<T>(read: () => T): T {
    if (++this.depth > MAX_DEPTH)
      throw new FilterError("the expression is nested too deeply", this.next.column);
    const result = read();
    this.depth--;
    return result;
  }
}

/** A condition that hands no qualifiers on. */
function plain(condition: Expression): Condition {
  return { condition, qualifiers: undefined };
}
