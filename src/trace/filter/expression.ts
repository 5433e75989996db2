/** A capture filter as it was read: the tree that the parser builds and the compiler takes. */

export type Expression =
  | { readonly kind: "and" | "or"; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "not"; readonly operand: Expression }
  | { readonly kind: "protocol"; readonly protocol: string; readonly column: number }
  | { readonly kind: "match"; readonly qualifiers: Qualifiers; readonly id: Id }
  | {
      readonly kind: "broadcast" | "multicast";
      readonly protocol: string | undefined;
      readonly column: number;
    }
  | { readonly kind: "length"; readonly comparison: "<=" | ">="; readonly size: number }
  | { readonly kind: "vlan"; readonly id: number | undefined; readonly column: number }
  | {
      readonly kind: "relation";
      readonly comparison: Comparison;
      readonly left: Arithmetic;
      readonly right: Arithmetic;
    };

export type Direction = "src" | "dst" | "src or dst" | "src and dst";

/** What precedes an address or a port, and is inherited by those that follow behind `or`. */
export interface Qualifiers {
  readonly protocol: string | undefined;
  readonly direction: Direction | undefined;
  /** Absent after a direction alone (`src 10.0.0.1`), which means a host. */
  readonly type: "host" | "net" | "port" | "portrange" | "proto" | undefined;
}

export type Id = { readonly column: number } & (
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "name"; readonly text: string }
  | { readonly kind: "mac"; readonly text: string }
  | {
      readonly kind: "address";
      /** Two to four decimal numbers. */
      readonly text: string;
      readonly prefixLength?: number;
      readonly mask?: string;
    }
);

export type Comparison = "=" | "!=" | "<" | ">" | "<=" | ">=";
export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%" | "&" | "|" | "^" | "<<" | ">>";

export type Arithmetic =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "length" }
  | { readonly kind: "negative"; readonly operand: Arithmetic }
  | {
      readonly kind: "load";
      readonly protocol: string;
      readonly index: Arithmetic;
      readonly size: number;
      readonly column: number;
    }
  | {
      readonly kind: "operation";
      readonly operator: ArithmeticOperator;
      readonly left: Arithmetic;
      readonly right: Arithmetic;
      readonly column: number;
    };
