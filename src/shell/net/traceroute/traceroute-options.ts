/** The command line of traceroute 2.1, with its way of saying what is wrong with it. */
import type { Ipv4 } from "../../../core/ipv4.js";
import { parseOptions } from "../../parse-options.js";
import { Exit } from "../exit.js";
import { lookUp, UNRESOLVED } from "../names.js";
import { parseDecimal, parseInteger } from "../numbers.js";

export interface TracerouteOptions {
  /** As typed. */
  host: string;
  destination: Ipv4;
  /** Size of the whole IP packet. */
  packetSize: number;
  /** `default`: UDP to a port that rises with each probe; `udp`: UDP to one port; `icmp`: echo requests. */
  method: "default" | "udp" | "icmp";
  firstHop: number;
  maxHops: number;
  perHop: number;
  simultaneous: number;
  port: number | undefined;
  tos: number;
  numeric: boolean;
  dontFragment: boolean;
  device: string | undefined;
  source: string | undefined;
  /** Seconds for an answer at most; times longer than others of the hop, of later hops. */
  wait: number;
  here: number;
  near: number;
  /** Seconds between probes at least. */
  pause: number;
}

const LETTERS = "46dFInrUVf:i:m:N:p:t:w:q:s:z:";
/** Those that ask for something that is not here. */
const MISSING = "ATeDg:l:M:O:P:";
const LONG = {
  icmp: "I",
  udp: "U",
  "dont-fragment": "F",
  "first:": "f",
  "interface:": "i",
  "max-hops:": "m",
  "sim-queries:": "N",
  "port:": "p",
  "tos:": "t",
  "wait:": "w",
  "queries:": "q",
  "source:": "s",
  "sendwait:": "z",
  tcp: "T",
  dccp: "D",
  mtu: "mtu",
  back: "back",
  version: "V",
  help: "help",
  debug: "d",
};
const HEADERS = 28;
const SIZE_MAX = 65_000;

export function parseTracerouteOptions(args: readonly string[]): TracerouteOptions {
  if (args.length === 0) throw new Exit(0, USAGE);
  const { options, operands, error } = parseOptions(args, LETTERS + MISSING, LONG);
  const parsed: TracerouteOptions = {
    host: "",
    destination: 0 as Ipv4,
    packetSize: 60,
    method: "default",
    firstHop: 1,
    maxHops: 30,
    perHop: 3,
    simultaneous: 16,
    port: undefined,
    tos: 0,
    numeric: false,
    dontFragment: false,
    device: undefined,
    source: undefined,
    wait: 5,
    here: 3,
    near: 10,
    pause: 0,
  };
  for (const { name, value } of options) if (!takeSwitch(parsed, name)) takeValue(parsed, name, value, args);
  if (error !== undefined) throw badOption(error, args);
  const [host, size, extra] = operands;
  const position = (word: string): number => args.lastIndexOf(word) + 1;
  if (host === undefined) throw new Exit(2, 'Specify "host" missing argument.');
  parsed.host = host;
  const destination = lookUp(host);
  if (destination === undefined)
    throw new Exit(
      2,
      `${host}: ${UNRESOLVED}\nCannot handle "host" cmdline arg \`${host}' on position 1 (argc ${position(host)})`,
    );
  parsed.destination = destination;
  if (size !== undefined) {
    const bytes = parseInteger(size);
    if (bytes === undefined)
      throw new Exit(
        2,
        `Cannot handle "packetlen" cmdline arg \`${size}' on position 2 (argc ${position(size)})`,
      );
    if (bytes > SIZE_MAX) throw new Exit(2, `too big packetlen ${bytes} specified`);
    parsed.packetSize = Math.max(bytes, HEADERS);
  }
  if (extra !== undefined) throw new Exit(2, `Extra arg \`${extra}' (position 3, argc ${position(extra)})`);
  check(parsed);
  return parsed;
}

function check({ firstHop, maxHops, perHop }: TracerouteOptions): void {
  if (firstHop < 1 || firstHop > maxHops) throw new Exit(2, "first hop out of range");
  if (maxHops > 255) throw new Exit(2, "max hops cannot be more than 255");
  if (perHop < 1 || perHop > 10) throw new Exit(2, "no more than 10 probes per hop");
}

function takeSwitch(parsed: TracerouteOptions, name: string): boolean {
  switch (name) {
    case "F":
      parsed.dontFragment = true;
      break;
    case "I":
      parsed.method = "icmp";
      break;
    case "U":
      parsed.method = "udp";
      break;
    case "n":
      parsed.numeric = true;
      break;
    case "V":
      throw new Exit(0, "Modern traceroute for Linux, version 2.1.2");
    case "help":
      throw new Exit(0, USAGE);
    case "4":
    case "d":
      break;
    default:
      return false;
  }
  return true;
}

function takeValue(parsed: TracerouteOptions, name: string, value: string, args: readonly string[]): void {
  const cannot = (): Exit =>
    new Exit(2, `Cannot handle \`-${name}' option with arg \`${value}' (argc ${args.indexOf(value) + 1})`);
  const integer = (): number => {
    const number = parseInteger(value);
    if (number === undefined) throw cannot();
    return number;
  };
  switch (name) {
    case "f":
      parsed.firstHop = integer();
      break;
    case "i":
      parsed.device = value;
      break;
    case "m":
      parsed.maxHops = integer();
      break;
    case "N":
      // Real ones hang at zero.
      parsed.simultaneous = Math.max(1, integer());
      break;
    case "p":
      parsed.port = integer();
      break;
    case "q":
      parsed.perHop = integer();
      break;
    case "s":
      parsed.source = value;
      break;
    case "t":
      parsed.tos = integer() & 0xff;
      break;
    case "w": {
      const [wait, here = parsed.here, near = parsed.near] = value.split(",").map(parseDecimal);
      if (wait === undefined || here === undefined || near === undefined || wait < 0) throw cannot();
      Object.assign(parsed, { wait, here, near });
      break;
    }
    case "z": {
      const pause = parseDecimal(value);
      if (pause === undefined || pause < 0) throw cannot();
      parsed.pause = pause > 10 ? pause / 1000 : pause;
      break;
    }
    default:
      throw new Exit(
        2,
        `traceroute: ${name.length > 1 ? "-" : ""}-${name}: not here; methods are UDP (also -U) and -I`,
      );
  }
}

function badOption(error: string, args: readonly string[]): Exit {
  const [, name] = /'(.*)'$/.exec(error)!;
  const letter = name!.startsWith("--") ? name! : `-${name}`;
  const argument = args.findIndex(
    (arg) => arg === letter || (!letter.startsWith("--") && /^-[^-]/.test(arg) && arg.includes(name!)),
  );
  if (/requires an argument/.test(error))
    return new Exit(
      2,
      `Option \`${letter}' (argc ${argument + 1}) requires an argument: \`${letter} ${WORDS[name!] ?? "value"}'`,
    );
  return new Exit(2, `Bad option \`${letter}' (argc ${argument + 1})`);
}

/** What the argument of each option is called. */
const WORDS: Readonly<Record<string, string>> = {
  f: "first_ttl",
  i: "device",
  m: "max_ttl",
  N: "squeries",
  p: "port",
  t: "tos",
  w: "MAX,HERE,NEAR",
  q: "nqueries",
  s: "src_addr",
  z: "sendwait",
};

const USAGE = `Usage:
  traceroute [ -4FInUV ] [ -f first_ttl ] [ -i device ] [ -m max_ttl ] [ -N squeries ] [ -p port ] [ -t tos ] [ -w MAX,HERE,NEAR ] [ -q nqueries ] [ -s src_addr ] [ -z sendwait ] host [ packetlen ]
Options:
  -4                          Use IPv4
  -F  --dont-fragment         Do not fragment packets
  -f first_ttl  --first=first_ttl
                              Start from the first_ttl hop (instead from 1)
  -I  --icmp                  Use ICMP ECHO for tracerouting
  -i device  --interface=device
                              Specify a network interface to operate with
  -m max_ttl  --max-hops=max_ttl
                              Set the max number of hops (max TTL to be
                              reached). Default is 30
  -N squeries  --sim-queries=squeries
                              Set the number of probes to be tried
                              simultaneously (default is 16)
  -n                          Do not resolve IP addresses to their domain names
  -p port  --port=port        Set the destination port to use
  -t tos  --tos=tos           Set the TOS value for outgoing packets
  -w MAX,HERE,NEAR  --wait=MAX,HERE,NEAR
                              Wait for a probe no more than HERE (default 3)
                              times longer than a response from the same hop,
                              or no more than NEAR (default 10) times than some
                              next hop, or MAX (default 5.0) seconds
  -q nqueries  --queries=nqueries
                              Set the number of probes per each hop. Default is
                              3
  -s src_addr  --source=src_addr
                              Use source src_addr for outgoing packets
  -z sendwait  --sendwait=sendwait
                              Minimal time interval between probes (default 0)
  -U  --udp                   Use UDP to particular port for tracerouting
                              (instead of increasing the port per each probe),
                              default port is 53
  -V  --version               Print version info and exit
  --help                      Read this help and exit

Arguments:
      host          The host to traceroute to
      packetlen     The full packet length (default is the length of an IP
                    header plus 40)`;
