/** Judges what a node's table holds at a moment. */
import type { LabPath } from "../file/complaint.js";
import type { TableExpectation } from "../file/expectations.js";
import { inRange, parseRange, type Range } from "../file/words.js";
import type { Row } from "../kind.js";
import { block, type Finding, rangeWords } from "./finding.js";
import type { Network } from "./network.js";

const AT_LEAST_ONE = parseRange(">=1", Number)!;

export function judgeTable(network: Network, expectation: TableExpectation, path: LabPath): Finding {
  const { table, node, row: wanted, count = AT_LEAST_ONE } = expectation;
  const rows = network.node(node).table!(table);
  const found = rows.filter((row) => holds(row, wanted)).length;
  const subject = `${table} of ${node}`;
  const time = network.world.engine.now;
  return {
    ok: inRange(found, count),
    path,
    expected: `${subject} ${howMany(count)} ${rowText(wanted)}`,
    happened: `${found} such rows; the table was${block(rows.map(rowText).join("\n"))}`,
    time,
  };
}

function howMany(count: Range): string {
  if (count === AT_LEAST_ONE) return "has a row";
  return count.max === 0 ? "has no row" : `has ${rangeWords(count)} rows`;
}

function holds(row: Row, wanted: Row): boolean {
  return Object.entries(wanted).every(([column, value]) => {
    const held = row[column];
    if (held === undefined) return false;
    const pattern = /^\/(.*)\/$/.exec(String(value));
    return pattern === null ? String(held) === String(value) : new RegExp(pattern[1]!).test(String(held));
  });
}

const rowText = (row: Row): string =>
  Object.entries(row)
    .map(([column, value]) => `${column} ${value}`)
    .join(", ") || "of any kind";
