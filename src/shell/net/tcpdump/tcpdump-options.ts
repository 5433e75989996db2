/** The command line of tcpdump: what it shares with Debian's 4.99.3. Files (-w, -r, -F) are refused: a lab has none. */
import type { PrintOptions } from "../../../trace/print/print-packet.js";
import { parseOptions } from "../../parse-options.js";
import { Exit } from "../exit.js";
import { parseInteger } from "../numbers.js";

/** -t: none at all; -tt: seconds; -ttt: since the packet before; -tttt: with the date; -ttttt: since the first packet. */
export type TimeStyle = "clock" | "none" | "seconds" | "gap" | "date" | "elapsed";

export interface TcpdumpOptions {
  /** Undefined: the first that is up; `any` for all. */
  interface: string | undefined;
  /** 0: no end. */
  count: number;
  direction: "in" | "out" | "inout";
  promiscuous: boolean;
  numbered: boolean;
  list: boolean;
  snapshot: number;
  times: TimeStyle;
  nanoseconds: boolean;
  print: PrintOptions;
  filter: string;
}

const VERSION = "tcpdump version 4.99.3";
const USAGE = `${VERSION}
Usage: tcpdump [-deDhlnNpqtvxX#] [ -c count ] [ -i interface ] [ --nano ]
\t\t[ --number ] [ -Q in|out|inout ] [ -s snaplen ] [ --version ]
\t\t[ expression ]`;
const LETTERS = "bc:DeF:fhi:KlL:nNOpqQ:r:s:StuUvw:xX#";
const LONG = {
  count: "unsupported",
  help: "h",
  "interface:": "i",
  "direction:": "Q",
  "list-interfaces": "D",
  nano: "nano",
  micro: "micro",
  "no-promiscuous-mode": "p",
  number: "#",
  "snapshot-length:": "s",
  version: "version",
};
const SNAPSHOT = 262_144;
const TIMES: readonly TimeStyle[] = ["clock", "none", "seconds", "gap", "date", "elapsed"];

export function parseTcpdumpOptions(args: readonly string[]): TcpdumpOptions {
  const { options, operands, error } = parseOptions(args, LETTERS, LONG);
  const parsed: TcpdumpOptions = {
    interface: undefined,
    count: 0,
    direction: "inout",
    promiscuous: true,
    numbered: false,
    list: false,
    snapshot: SNAPSHOT,
    times: "clock",
    nanoseconds: false,
    print: {},
    filter: operands.join(" "),
  };
  for (const { name, value } of options) take(parsed, name, value);
  if (error !== undefined) throw new Exit(1, `tcpdump: ${error}\n${USAGE}`);
  const times = options.filter(({ name }) => name === "t").length;
  const verbose = Math.min(2, options.filter(({ name }) => name === "v").length) as 0 | 1 | 2;
  const hex = hexOf(options.map(({ name }) => name));
  const link = options.some(({ name }) => name === "e");
  return {
    ...parsed,
    times: TIMES[Math.min(times, TIMES.length - 1)]!,
    print: { link, verbose, ...(hex !== undefined && { hex }) },
  };
}

function take(parsed: TcpdumpOptions, name: string, value: string): void {
  switch (name) {
    case "c":
      parsed.count = parseInteger(value) ?? 0;
      if (parsed.count <= 0) throw new Exit(1, `tcpdump: invalid packet count ${value}`);
      break;
    case "D":
      parsed.list = true;
      break;
    case "i":
      parsed.interface = value;
      break;
    case "p":
      parsed.promiscuous = false;
      break;
    case "Q":
      if (value !== "in" && value !== "out" && value !== "inout")
        throw new Exit(1, `tcpdump: unknown capture direction \`${value}'`);
      parsed.direction = value;
      break;
    case "s": {
      const size = parseInteger(value) ?? -1;
      if (size < 0 || size > SNAPSHOT) throw new Exit(1, `tcpdump: invalid snaplen ${value}`);
      parsed.snapshot = size === 0 ? SNAPSHOT : size;
      break;
    }
    case "#":
      parsed.numbered = true;
      break;
    case "nano":
      parsed.nanoseconds = true;
      break;
    case "h":
      throw new Exit(0, USAGE, "stdout");
    case "version":
      throw new Exit(0, VERSION, "stdout");
    case "w":
    case "r":
    case "F":
      throw new Exit(
        1,
        `tcpdump: -${name} ${value}: a machine of a lab has no files; \`netcosm run LAB --capture FILE\` records links`,
      );
    case "unsupported":
      throw new Exit(1, "tcpdump: --count: counts packets of a file, and there are no files here");
    default:
  }
}

function hexOf(names: readonly string[]): "x" | "X" | "xx" | "XX" | undefined {
  const small = names.filter((name) => name === "x").length;
  const capital = names.filter((name) => name === "X").length;
  if (capital > 0) return capital > 1 ? "XX" : "X";
  return small > 1 ? "xx" : small > 0 ? "x" : undefined;
}
