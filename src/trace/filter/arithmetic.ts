/**
 * Arithmetic of the filter language: unsigned 32-bit numbers, and bytes of the frame.
 *
 * Bytes of a protocol exist only in packets of that protocol; what guards a read becomes part of the comparison, so
 * `icmp[0] != 8` is false for everything that is not ICMP.
 */
import type { Arithmetic, ArithmeticOperator, Comparison } from "./expression.js";
import { FilterError } from "./filter-error.js";
import type { FrameView } from "./frame-view.js";
import { PROTOCOLS } from "./names.js";
import {
  isFirstFragment,
  isLinkProtocol,
  isProtocol,
  type Offsets,
  type Test,
  transportOffset,
} from "./packet-tests.js";

type Evaluate = (frame: FrameView) => number;

interface Compiled {
  readonly evaluate: Evaluate;
  /** The value, if it is the same for every frame. */
  readonly constant: number | undefined;
  /** All must hold before `evaluate` means something. */
  readonly guards: readonly Test[];
}

const COMPARE: Readonly<Record<Comparison, (a: number, b: number) => boolean>> = {
  "=": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  "<": (a, b) => a < b,
  ">": (a, b) => a > b,
  "<=": (a, b) => a <= b,
  ">=": (a, b) => a >= b,
};

const OPERATE: Readonly<Record<ArithmeticOperator, (a: number, b: number) => number>> = {
  "+": (a, b) => (a + b) >>> 0,
  "-": (a, b) => (a - b) >>> 0,
  "*": (a, b) => Math.imul(a, b) >>> 0,
  "/": (a, b) => Math.floor(a / b),
  "%": (a, b) => a % b,
  "&": (a, b) => (a & b) >>> 0,
  "|": (a, b) => (a | b) >>> 0,
  "^": (a, b) => (a ^ b) >>> 0,
  "<<": (a, b) => (b < 32 ? (a << b) >>> 0 : 0),
  ">>": (a, b) => (b < 32 ? a >>> b : 0),
};

/** The test for `left comparison right`. Throws FilterError. */
export function compileRelation(
  comparison: Comparison,
  left: Arithmetic,
  right: Arithmetic,
  offsets: Offsets,
): Test {
  const a = compileArithmetic(left, offsets);
  const b = compileArithmetic(right, offsets);
  const guards = [...a.guards, ...b.guards];
  const compare = COMPARE[comparison];
  return (frame) => guards.every((guard) => guard(frame)) && compare(a.evaluate(frame), b.evaluate(frame));
}

function compileArithmetic(node: Arithmetic, offsets: Offsets): Compiled {
  switch (node.kind) {
    case "number":
      return constant(node.value);
    case "length":
      return { evaluate: (frame) => frame.length, constant: undefined, guards: [] };
    case "negative": {
      const { evaluate, constant: value, guards } = compileArithmetic(node.operand, offsets);
      if (value !== undefined) return constant(-value >>> 0);
      return { evaluate: (frame) => -evaluate(frame) >>> 0, constant: undefined, guards };
    }
    case "operation": {
      const left = compileArithmetic(node.left, offsets);
      const right = compileArithmetic(node.right, offsets);
      return compileOperation(node.operator, left, right, node.column);
    }
    case "load":
      return compileLoad(
        node.protocol,
        compileArithmetic(node.index, offsets),
        node.size,
        offsets,
        node.column,
      );
  }
}

function constant(value: number): Compiled {
  return { evaluate: () => value, constant: value, guards: [] };
}

function compileOperation(
  operator: ArithmeticOperator,
  left: Compiled,
  right: Compiled,
  column: number,
): Compiled {
  const divides = operator === "/" || operator === "%";
  if (divides && right.constant === 0) throw new FilterError("division by zero", column);
  if ((operator === "<<" || operator === ">>") && right.constant !== undefined && right.constant > 31)
    throw new FilterError("shift by more than 31 bits", column);
  const operate = OPERATE[operator];
  if (left.constant !== undefined && right.constant !== undefined)
    return constant(operate(left.constant, right.constant));
  const evaluate: Evaluate = (frame) => {
    const a = left.evaluate(frame);
    const b = right.evaluate(frame);
    if (!divides || b !== 0) return operate(a, b);
    frame.failed = true;
    return 0;
  };
  return { evaluate, constant: undefined, guards: [...left.guards, ...right.guards] };
}

function compileLoad(
  name: string,
  index: Compiled,
  size: number,
  offsets: Offsets,
  column: number,
): Compiled {
  if (size !== 1 && size !== 2 && size !== 4) throw new FilterError("a size is 1, 2 or 4 bytes", column);
  const protocol = PROTOCOLS.get(name)!;
  const { payload } = offsets;
  let base: Evaluate;
  let guards: readonly Test[];
  if (protocol.layer === "ether") {
    base = () => 0;
    guards = index.guards;
  } else if (protocol.layer === "link") {
    base = () => payload;
    guards = [...index.guards, isProtocol(protocol, offsets)];
  } else if (name === "icmp6") {
    base = () => payload + 40;
    guards = [...index.guards, isProtocol(protocol, offsets)];
  } else if (protocol.layer === "ip" && name !== "ah" && name !== "esp") {
    const ip = isLinkProtocol(0x0800, offsets);
    base = (frame) => transportOffset(frame, payload);
    guards = [ip, ...index.guards, isProtocol(protocol, offsets), isFirstFragment(payload)];
  } else throw new FilterError(`bytes of '${name}' cannot be read`, column);
  // libpcap's machine adds in 32 bits, so ip[-1] is the byte in front of the header.
  const at: Evaluate = (frame) => (base(frame) + index.evaluate(frame)) >>> 0;
  const evaluate: Evaluate =
    size === 1
      ? (frame) => frame.u8(at(frame))
      : size === 2
        ? (frame) => frame.u16(at(frame))
        : (frame) => frame.u32(at(frame));
  return { evaluate, constant: undefined, guards };
}
