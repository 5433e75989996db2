/** The command line of ping (iputils). Options of its that mean nothing here (-d, -S, -U) are taken and passed over. */
import type { Nanoseconds } from "../../../core/time.js";
import { MILLISECOND, SECOND } from "../../../core/time.js";
import type { PathMtuDiscovery } from "../../../host/ip/ipv4-send.js";
import { parseOptions } from "../../parse-options.js";
import { Exit } from "../exit.js";
import { badOption, IPUTILS_VERSION, integerArgument } from "../iputils.js";
import { parseDecimal, parseInteger } from "../numbers.js";
import { PING_USAGE } from "./ping-usage.js";

export interface PingOptions {
  /** As typed. */
  destination: string;
  /** 0: no end. */
  count: number;
  interval: Nanoseconds;
  /** How long to wait for the last answer while there was none. */
  linger: Nanoseconds;
  /** End after this long, whatever came; 0: no such end. */
  deadline: Nanoseconds;
  /** Bytes of data behind the ICMP header. */
  size: number;
  preload: number;
  ttl: number | undefined;
  tos: number;
  /** Default: the socket's. */
  discover: PathMtuDiscovery | undefined;
  /** -I, in the order given: device names and addresses. */
  from: string[];
  ident: number | undefined;
  /** The bytes that fill the data over and over; undefined: 0, 1, 2, … */
  pattern: Uint8Array | undefined;
  record: "route" | "times" | "times-and-addresses" | undefined;
  adaptive: boolean;
  audible: boolean;
  broadcast: boolean;
  flood: boolean;
  loop: boolean;
  numeric: boolean;
  outstanding: boolean;
  quiet: boolean;
  timestamps: boolean;
  verbose: boolean;
}

const LETTERS = "4hAaBbDdfLnOqRUvVc:e:I:i:l:M:p:Q:s:S:t:T:W:w:";
const INT_MAX = 2_147_483_647;

/** The options of a command line; what is wrong with it ends the program. */
export function parsePingOptions(args: readonly string[]): PingOptions {
  const { options, operands, error } = parseOptions(args, LETTERS);
  const parsed: PingOptions = {
    destination: "",
    count: 0,
    interval: SECOND,
    linger: 10 * SECOND,
    deadline: 0,
    size: 56,
    preload: 1,
    ttl: undefined,
    tos: 0,
    discover: undefined,
    from: [],
    ident: undefined,
    pattern: undefined,
    record: undefined,
    adaptive: false,
    audible: false,
    broadcast: false,
    flood: false,
    loop: true,
    numeric: false,
    outstanding: false,
    quiet: false,
    timestamps: false,
    verbose: false,
  };
  let intervalGiven = false;
  for (const { name, value } of options) {
    if (!takeSwitch(parsed, name)) takeValue(parsed, name, value);
    intervalGiven ||= name === "i";
  }
  if (error !== undefined) throw badOption("ping", 2, error, PING_USAGE);
  const destination = operands.at(-1);
  if (destination === undefined) throw new Exit(1, "ping: usage error: Destination address required");
  if (operands.length > 1)
    throw new Exit(1, "ping: usage error: one destination only: source routes are not sent here");
  if ((parsed.flood || parsed.adaptive) && !intervalGiven) parsed.interval = 0;
  return { ...parsed, destination };
}

function takeSwitch(parsed: PingOptions, name: string): boolean {
  switch (name) {
    case "A":
      parsed.adaptive = true;
      break;
    case "a":
      parsed.audible = true;
      break;
    case "b":
      parsed.broadcast = true;
      break;
    case "D":
      parsed.timestamps = true;
      break;
    case "f":
      parsed.flood = true;
      break;
    case "L":
      parsed.loop = false;
      break;
    case "n":
      parsed.numeric = true;
      break;
    case "O":
      parsed.outstanding = true;
      break;
    case "q":
      parsed.quiet = true;
      break;
    case "v":
      parsed.verbose = true;
      break;
    case "R":
      if (parsed.record !== undefined) throw new Exit(2, "ping: only one of -T or -R may be used");
      parsed.record = "route";
      break;
    case "h":
      throw new Exit(2, PING_USAGE);
    case "V":
      throw new Exit(0, `ping from ${IPUTILS_VERSION}`, "stdout");
    case "4":
    case "B":
    case "d":
    case "U":
      break;
    default:
      return false;
  }
  return true;
}

function takeValue(parsed: PingOptions, name: string, value: string): void {
  const integer = (least: number, most: number): number => integerArgument("ping", value, least, most);
  switch (name) {
    case "c":
      parsed.count = integer(1, Number.POSITIVE_INFINITY);
      break;
    case "e":
      parsed.ident = integer(0, 0xffff);
      break;
    case "I":
      parsed.from.push(value);
      break;
    case "i":
      parsed.interval = milliseconds(value, "timing interval");
      break;
    case "l":
      parsed.preload = integer(1, 65_536);
      break;
    case "M":
      if (value !== "do" && value !== "dont" && value !== "want")
        throw new Exit(2, `ping: invalid -M argument: ${value}`);
      parsed.discover = value;
      break;
    case "p":
      parsed.pattern = patternOf(value);
      break;
    case "Q":
      parsed.tos = parseInteger(value) ?? -1;
      if (parsed.tos < 0 || parsed.tos > 255)
        throw new Exit(2, `ping: the decimal value of TOS bits must be in range 0-255: ${value}`);
      break;
    case "s":
      parsed.size = integer(0, INT_MAX);
      break;
    case "S":
      integer(1, INT_MAX);
      break;
    case "t":
      parsed.ttl = integer(0, 255);
      break;
    case "T":
      takeTimestampKind(parsed, value);
      break;
    case "W":
      parsed.linger = milliseconds(value, "linger time");
      break;
    case "w":
      parsed.deadline = integer(0, INT_MAX) * SECOND;
      break;
    default:
  }
}

function takeTimestampKind(parsed: PingOptions, value: string): void {
  if (parsed.record !== undefined) throw new Exit(2, "ping: only one of -T or -R may be used");
  if (value === "tsonly") parsed.record = "times";
  else if (value === "tsandaddr") parsed.record = "times-and-addresses";
  else throw new Exit(2, `ping: invalid timestamp type: ${value}`);
}

/** iputils counts in whole milliseconds. */
function milliseconds(text: string, what: string): Nanoseconds {
  const seconds = parseDecimal(text);
  if (seconds === undefined || seconds < 0 || seconds * 1000 > INT_MAX)
    throw new Exit(2, `ping: bad ${what}: ${text}`);
  return Math.floor(seconds * 1000) * MILLISECOND;
}

/** Up to sixteen bytes in hexadecimal; an odd digit at the end stands for itself. */
function patternOf(text: string): Uint8Array {
  const pairs = text.match(/[0-9a-fA-F]{1,2}/g);
  if (pairs === null || !/^[0-9a-fA-F]+$/.test(text))
    throw new Exit(2, `ping: patterns must be specified as hex digits: ${text}`);
  return Uint8Array.from(pairs.slice(0, 16), (pair) => Number.parseInt(pair, 16));
}
