/**
 * tracepath(8) of iputils: the routers on the way and the MTU that each leaves, by UDP datagrams as large as the path is
 * believed to carry (RFC 1191 §5). A hop is asked again whenever its answer has made the MTU smaller.
 */
import { readI32, readU16 } from "../../core/bytes.js";
import { formatIpv4, type Ipv4 } from "../../core/ipv4.js";
import type { Nanoseconds } from "../../core/time.js";
import { MICROSECOND, SECOND } from "../../core/time.js";
import type { Process } from "../../host/process.js";
import { type RawPacket, RawSocket } from "../../host/socket/raw-socket.js";
import { UdpSocket } from "../../host/udp/udp-socket.js";
import {
  ICMP_FRAGMENTATION_NEEDED,
  ICMP_HEADER_SIZE,
  ICMP_NEXT_HOP_MTU,
  ICMP_PORT_UNREACHABLE,
  ICMP_TIME_EXCEEDED,
  ICMP_UNREACHABLE,
} from "../../wire/icmpv4.js";
import {
  IP_PROTO_ICMP,
  IP_PROTO_UDP,
  IPV4_DST,
  IPV4_HEADER_SIZE,
  IPV4_PROTOCOL,
  IPV4_TTL,
} from "../../wire/ipv4.js";
import { UDP_DST_PORT, UDP_HEADER_SIZE, UDP_SRC_PORT } from "../../wire/udp.js";
import type { Command } from "../command.js";
import { parseOptions } from "../parse-options.js";
import { Exit, withExits } from "./exit.js";
import { badOption, IPUTILS_VERSION, integerArgument } from "./iputils.js";
import { lookUp, nameOf, UNRESOLVED } from "./names.js";
import { thousandths } from "./numbers.js";

interface TracepathOptions {
  readonly destination: Ipv4;
  readonly names: "none" | "only" | "both";
  readonly size: number;
  readonly maxHops: number;
  readonly port: number;
}

const HEADERS = IPV4_HEADER_SIZE + UDP_HEADER_SIZE;
const SIZE_MAX = 65_535;
const FIRST_PORT = 44_444;
const TRIES = 3;
const USAGE_STATUS = 255;
const USAGE = `
Usage
  tracepath [options] <destination>

Options:
  -4             use IPv4
  -b             print both name and ip
  -l <length>    use packet <length>
  -m <hops>      use maximum <hops>
  -n             no dns name resolution
  -p <port>      use destination <port>
  -V             print version and exit
  <destination>  dns name or ip address

For more details see tracepath(8).`;

export const tracepath: Command = {
  name: "tracepath",
  about: { en: "Finds the routers and the MTU of a path.", zh: "查找路径上的路由器和 MTU。" },
  program: withExits(function* (process) {
    return yield* new PathTrace(process, parse(process.args)).run();
  }),
};

/** By the code of "destination unreachable", as Linux makes an errno of it: no host, no network, no protocol. */
const MARKS: Readonly<Record<number, string>> = {
  0: "!N",
  1: "!H",
  2: "!P",
  6: "!N",
  9: "!N",
  10: "!H",
  11: "!N",
  12: "!H",
  13: "!H",
  14: "!H",
  15: "!H",
};

/** What became of a probe: nothing yet, an answer from on the way, the end of the way, or that it could not be sent. */
type Outcome = "silence" | "answer" | "end" | "unsent";

class PathTrace {
  private readonly sender: UdpSocket;
  private readonly probes: { readonly hop: number; readonly sentAt: Nanoseconds }[] = [];
  private mtu: number;
  private outcome: Outcome = "silence";
  /** How far the goal is, there and back, once it was reached. */
  private reached = "";

  constructor(
    private readonly process: Process,
    private readonly options: TracepathOptions,
  ) {
    this.mtu = options.size;
    this.sender = new UdpSocket(process.stack);
    const errors = new RawSocket(process.stack, IP_PROTO_ICMP);
    errors.onPacket = (packet) => this.receive(packet);
    process.defer(() => {
      errors.close();
      this.sender.close();
    });
  }

  *run(): Generator<Nanoseconds, number, void> {
    const { process, options } = this;
    for (let hop = 1; hop <= options.maxHops; hop++) {
      const outcome = yield* this.tryHop(hop);
      if (outcome === "unsent") process.write(`${String(hop).padStart(2)}:  send failed\n`);
      if (outcome === "unsent" || outcome === "end") return this.resume();
      if (outcome === "silence") process.write(`${String(hop).padStart(2)}:  no reply\n`);
    }
    process.write(`     Too many hops: pmtu ${this.mtu}\n`);
    return this.resume();
  }

  private resume(): number {
    this.process.write(`     Resume: pmtu ${this.mtu} ${this.reached}\n`);
    return 0;
  }

  private *tryHop(hop: number): Generator<Nanoseconds, Outcome, void> {
    let last: Outcome = "silence";
    for (let silent = 0; silent < TRIES; ) {
      const believed = this.mtu;
      this.outcome = "silence";
      if (!this.send(hop)) return "unsent";
      const until = this.process.now + SECOND;
      while (this.outcome === "silence" && this.process.now < until) yield until;
      last = this.outcome;
      if (last === "silence") silent++;
      else if (this.mtu === believed) break;
    }
    return last;
  }

  /** Sends a probe; one that the machine itself finds too large is told and sent smaller. */
  private send(hop: number): boolean {
    const { process, options, sender } = this;
    sender.options = { ttl: hop, discover: "probe" };
    const port = (options.port + this.probes.length) & 0xffff;
    this.probes.push({ hop, sentAt: process.now });
    const payload = new Uint8Array(Math.max(0, this.mtu - HEADERS));
    const error = sender.send(payload, options.destination, port);
    if (error === null) {
      process.sent(sender.lastFrame);
      return true;
    }
    const path = process.stack.send4.path(options.destination);
    if (error !== "EMSGSIZE" || typeof path === "string" || path.mtu >= this.mtu) return false;
    this.probes.pop();
    this.mtu = path.mtu;
    process.write(`${String(hop).padStart(2)}?: ${"[LOCALHOST]".padEnd(32)} pmtu ${this.mtu}\n`);
    return this.send(hop);
  }

  private receive({ bytes, src }: RawPacket): void {
    const icmp = (bytes[0]! & 15) * 4;
    const quoted = icmp + ICMP_HEADER_SIZE;
    if (bytes.length < quoted + IPV4_HEADER_SIZE || bytes[quoted + IPV4_PROTOCOL] !== IP_PROTO_UDP) return;
    const udp = quoted + (bytes[quoted]! & 15) * 4;
    if (bytes.length < udp + UDP_HEADER_SIZE || readU16(bytes, udp + UDP_SRC_PORT) !== this.sender.port)
      return;
    if (readI32(bytes, quoted + IPV4_DST) !== this.options.destination) return;
    const probe = this.probes[(readU16(bytes, udp + UDP_DST_PORT) - this.options.port) & 0xffff];
    if (probe === undefined) return;
    const { process } = this;
    const took = thousandths(Math.floor((process.now - probe.sentAt) / MICROSECOND));
    const head = `${String(probe.hop).padStart(2)}:  ${this.nameText(src).padEnd(52)}${took.padStart(7)}ms `;
    const back = hopsBack(bytes[IPV4_TTL]!);
    const mtu = readU16(bytes, icmp + ICMP_NEXT_HOP_MTU);
    process.write(`${head}${this.judge(bytes[icmp]!, bytes[icmp + 1]!, mtu, probe.hop, back)}\n`);
    process.wake();
  }

  /** What an error says of the path; the answer is how its line ends. */
  private judge(type: number, code: number, mtu: number, hop: number, back: number): string {
    const unreachable = type === ICMP_UNREACHABLE;
    const tooBig = unreachable && code === ICMP_FRAGMENTATION_NEEDED;
    this.outcome = tooBig || type === ICMP_TIME_EXCEEDED ? "answer" : "end";
    if (type === ICMP_TIME_EXCEEDED) return back === hop ? "" : `asymm ${String(back).padStart(2)} `;
    if (tooBig) {
      this.mtu = Math.min(this.mtu, mtu);
      return `pmtu ${mtu}`;
    }
    if (unreachable && code === ICMP_PORT_UNREACHABLE) {
      this.reached = `hops ${hop} back ${back} `;
      return "reached";
    }
    return (unreachable ? MARKS[code] : undefined) ?? "NET ERROR";
  }

  private nameText(address: Ipv4): string {
    const text = formatIpv4(address);
    if (this.options.names === "none") return text;
    const name = nameOf(address) ?? "???";
    return this.options.names === "both" ? `${name} (${text})` : name;
  }
}

/** How many hops an answer came, by its TTL: senders begin with 64, 128 or 255. */
const hopsBack = (ttl: number): number => (ttl <= 64 ? 65 : ttl <= 128 ? 129 : 256) - ttl;

function parse(args: readonly string[]): TracepathOptions {
  const { options, operands, error } = parseOptions(args, "46hbl:m:np:V?");
  const parsed = {
    names: "only" as TracepathOptions["names"],
    size: SIZE_MAX,
    maxHops: 30,
    port: FIRST_PORT,
  };
  for (const { name, value } of options)
    switch (name) {
      case "b":
        parsed.names = "both";
        break;
      case "n":
        parsed.names = "none";
        break;
      case "l":
        parsed.size = integerArgument("tracepath", value, HEADERS, SIZE_MAX);
        break;
      case "m":
        parsed.maxHops = integerArgument("tracepath", value, 0, 255);
        break;
      case "p":
        parsed.port = integerArgument("tracepath", value, 0, 65_535);
        break;
      case "V":
        throw new Exit(0, `tracepath from ${IPUTILS_VERSION}`, "stdout");
      case "4":
        break;
      default:
        throw new Exit(USAGE_STATUS, USAGE);
    }
  if (error !== undefined) throw badOption("tracepath", USAGE_STATUS, error, USAGE);
  const [target, extra] = operands;
  if (target === undefined || extra !== undefined) throw new Exit(USAGE_STATUS, USAGE);
  const destination = lookUp(target);
  if (destination === undefined) throw new Exit(1, `tracepath: ${target}: ${UNRESOLVED}`);
  return { ...parsed, destination };
}
