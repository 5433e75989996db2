/** The command line of nc (OpenBSD's netcat, Debian's 1.219): the options that UDP has use for. */
import type { Nanoseconds } from "../../../core/time.js";
import { SECOND } from "../../../core/time.js";
import { parseOptions } from "../../parse-options.js";
import { Exit } from "../exit.js";
import { parseInteger } from "../numbers.js";

export interface NcOptions {
  /** As typed; undefined when listening on all addresses. */
  host: string | undefined;
  /** One port, or with -z perhaps several. */
  ports: readonly number[];
  listen: boolean;
  keepListening: boolean;
  verbose: boolean;
  /** -z: send nothing but probes. */
  scan: boolean;
  broadcast: boolean;
  readInput: boolean;
  sourcePort: number;
  source: string | undefined;
  ttl: number | undefined;
  tos: number;
  /** End after so much silence; undefined: never. */
  idle: Nanoseconds | undefined;
  /** End so long after the end of the input; undefined: never. */
  afterInput: Nanoseconds | undefined;
  /** End after so many datagrams; 0: never. */
  receiveLimit: number;
}

const LETTERS = "46bdhklM:Nnp:q:s:T:uvW:w:z";
const USAGE = `usage: nc [-4bdhklNnuvz] [-M ttl] [-p source_port] [-q seconds] [-s sourceaddr]
\t  [-T keyword] [-W recvlimit] [-w timeout] [destination] [port]`;

export function parseNcOptions(args: readonly string[]): NcOptions {
  const { options, operands, error } = parseOptions(args, LETTERS);
  const parsed: NcOptions = {
    host: undefined,
    ports: [],
    listen: false,
    keepListening: false,
    verbose: false,
    scan: false,
    broadcast: false,
    readInput: true,
    sourcePort: 0,
    source: undefined,
    ttl: undefined,
    tos: 0,
    idle: undefined,
    afterInput: undefined,
    receiveLimit: 0,
  };
  for (const { name, value } of options) if (!takeSwitch(parsed, name)) takeValue(parsed, name, value);
  if (error !== undefined) throw new Exit(1, `nc: ${error}\n${USAGE}`);
  if (parsed.listen && parsed.scan) throw new Exit(1, "nc: cannot use -z and -l");
  if (parsed.keepListening && !parsed.listen) throw new Exit(1, "nc: must use -l with -k");
  const datagrams = options.some(({ name }) => name === "u");
  if (operands.length === 0 && !(parsed.listen && parsed.sourcePort > 0))
    throw new Exit(1, parsed.listen ? "nc: missing port number" : USAGE);
  if (operands.length > 2) throw new Exit(1, USAGE);
  if (!datagrams) throw new Exit(1, "nc: TCP is not here yet: -u sends and receives UDP datagrams");
  return { ...parsed, ...placesOf(operands, parsed) };
}

function placesOf(
  operands: readonly string[],
  { listen, sourcePort }: NcOptions,
): Pick<NcOptions, "host" | "ports"> {
  const [first, second] = operands;
  if (listen && second === undefined)
    return sourcePort > 0
      ? { host: first, ports: [sourcePort] }
      : { host: undefined, ports: portsOf(first!) };
  if (second === undefined) throw new Exit(1, "nc: missing port number");
  return { host: first, ports: portsOf(second) };
}

function takeSwitch(parsed: NcOptions, name: string): boolean {
  switch (name) {
    case "b":
      parsed.broadcast = true;
      break;
    case "d":
      parsed.readInput = false;
      break;
    case "k":
      parsed.keepListening = true;
      break;
    case "l":
      parsed.listen = true;
      break;
    case "v":
      parsed.verbose = true;
      break;
    case "z":
      parsed.scan = true;
      break;
    case "h":
      throw new Exit(0, `OpenBSD netcat (Debian patchlevel 1.219-1)\n${USAGE}`);
    case "6":
      throw new Exit(1, "nc: IPv6 is not here yet");
    case "4":
    case "n":
    case "N":
    case "u":
      break;
    default:
      return false;
  }
  return true;
}

function takeValue(parsed: NcOptions, name: string, value: string): void {
  const integer = (what: string, least: number, most: number): number => {
    const number = parseInteger(value);
    if (number === undefined || number < least || number > most)
      throw new Exit(1, `nc: ${what} invalid: ${value}`);
    return number;
  };
  switch (name) {
    case "M":
      parsed.ttl = integer("ttl is", 0, 255);
      break;
    case "p":
      parsed.sourcePort = integer("port number", 0, 65_535);
      break;
    case "q": {
      const seconds = integer("quit timer", -1, 2 ** 31);
      parsed.afterInput = seconds < 0 ? undefined : seconds * SECOND;
      break;
    }
    case "s":
      parsed.source = value;
      break;
    case "T":
      parsed.tos = integer("tos value", 0, 255);
      break;
    case "W":
      parsed.receiveLimit = integer("receive limit", 1, 2 ** 31);
      break;
    case "w":
      parsed.idle = integer("timeout", 0, 2 ** 31) * SECOND;
      break;
    default:
  }
}

/** `9`, or from the lowest to the highest of `9-12`. */
function portsOf(text: string): number[] {
  const [low, high = low] = text.split("-").map(Number);
  const good = /^\d+(-\d+)?$/.test(text) && low! >= 1 && high! >= low! && high! <= 65_535;
  if (!good) throw new Exit(1, `nc: port number invalid: ${text}`);
  return Array.from({ length: high! - low! + 1 }, (_, i) => low! + i);
}
