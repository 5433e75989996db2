/**
 * How traceroute asks: UDP datagrams or ICMP echo requests with a small TTL. A method sends probes and reports, for each,
 * what came back; who waits and prints is traceroute-session.ts.
 */
import { readI32, readU16, writeU16 } from "../../../core/bytes.js";
import { checksum } from "../../../core/checksum.js";
import { formatIpv4, type Ipv4 } from "../../../core/ipv4.js";
import type { ErrnoName } from "../../../host/errno.js";
import type { PathMtuDiscovery } from "../../../host/ip/ipv4-send.js";
import type { NetDevice } from "../../../host/netdev/net-device.js";
import type { Process } from "../../../host/process.js";
import { RawSocket } from "../../../host/socket/raw-socket.js";
import { UdpSocket } from "../../../host/udp/udp-socket.js";
import {
  ICMP_CHECKSUM,
  ICMP_ECHO_REPLY,
  ICMP_ECHO_REQUEST,
  ICMP_HEADER_SIZE,
  ICMP_ID,
  ICMP_SEQUENCE,
  ICMP_TIME_EXCEEDED,
  ICMP_UNREACHABLE,
  isIcmpError,
} from "../../../wire/icmpv4.js";
import { IP_PROTO_ICMP, IPV4_DST, IPV4_HEADER_SIZE, IPV4_PROTOCOL } from "../../../wire/ipv4.js";
import { failedCall } from "../exit.js";

/** What came back for a probe. */
export interface Answer {
  readonly from: Ipv4;
  /** The packet reached its goal, or cannot get further. */
  readonly final: boolean;
  /** `!H` and its kin; empty for none. */
  readonly mark: string;
}

export type Report = (answer: Answer) => void;

export interface ProbeMethod {
  /** Sends a probe; an answer to it will be reported. A packet that the machine itself will not send is an errno. */
  send(ttl: number, report: Report): ErrnoName | null;
}

export interface ProbeOptions {
  readonly destination: Ipv4;
  readonly source: Ipv4;
  readonly dev: NetDevice | null;
  readonly packetSize: number;
  readonly port: number;
  /** Does the port rise with each probe? */
  readonly rising: boolean;
  readonly tos: number;
  readonly discover: PathMtuDiscovery;
}

const PATTERN = 0x40;
const pattern = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, i) => PATTERN + (i & 63));

export class UdpProbes implements ProbeMethod {
  private readonly payload: Uint8Array;
  private port: number;

  constructor(
    private readonly process: Process,
    private readonly options: ProbeOptions,
  ) {
    this.payload = pattern(options.packetSize - 28);
    this.port = options.port;
  }

  send(ttl: number, report: Report): ErrnoName | null {
    const { destination, source, dev, tos, discover, rising } = this.options;
    // Each probe has a socket, and so a source port, of its own.
    const socket = new UdpSocket(this.process.stack);
    socket.dev = dev;
    socket.options = { ttl, tos, discover };
    const failed = socket.bind(source, 0);
    if (failed !== null) throw failedCall(1, "\nbind", failed);
    const refused = socket.connect(destination, this.port);
    if (refused !== null) throw failedCall(1, "\nconnect", refused);
    if (rising) this.port = (this.port + 1) & 0xffff;
    this.process.defer(() => socket.close());
    socket.onError = ({ type, code, rest, from }) => {
      socket.close();
      report(answerOf(type, code, rest, from));
    };
    socket.onDatagram = ({ src }) => {
      socket.close();
      report({ from: src, final: true, mark: "" });
    };
    const error = socket.send(this.payload);
    if (error === null) this.process.sent(socket.lastFrame);
    return error;
  }
}

export class EchoProbes implements ProbeMethod {
  private readonly socket: RawSocket;
  private readonly request: Uint8Array;
  private readonly ident: number;
  private readonly reports = new Map<number, Report>();
  private sequence: number;

  constructor(
    private readonly process: Process,
    private readonly options: ProbeOptions,
  ) {
    this.ident = process.pid & 0xffff;
    this.sequence = options.port;
    this.request = pattern(options.packetSize - IPV4_HEADER_SIZE);
    this.request.fill(0, 0, ICMP_HEADER_SIZE);
    this.request[0] = ICMP_ECHO_REQUEST;
    writeU16(this.request, ICMP_ID, this.ident);
    const { destination, source, dev } = options;
    const path = process.stack.send4.path(destination, source, dev);
    if (typeof path === "string") throw failedCall(1, "\nconnect", path);
    if (path.cast === "broadcast") throw failedCall(1, "\nconnect", "EACCES");
    this.socket = new RawSocket(process.stack, IP_PROTO_ICMP);
    this.socket.dev = dev;
    this.socket.onPacket = ({ bytes, src }) => this.receive(bytes, src);
    process.defer(() => this.socket.close());
  }

  send(ttl: number, report: Report): ErrnoName | null {
    const { destination, source, tos, discover } = this.options;
    const sequence = this.sequence;
    this.sequence = (sequence + 1) & 0xffff;
    this.reports.set(sequence, report);
    writeU16(this.request, ICMP_SEQUENCE, sequence);
    writeU16(this.request, ICMP_CHECKSUM, 0);
    writeU16(this.request, ICMP_CHECKSUM, checksum(this.request, 0, this.request.length));
    const from = source === 0 ? {} : { src: source };
    const error = this.socket.send(this.request, destination, { ttl, tos, discover, ...from });
    if (error === null) this.process.sent(this.socket.lastFrame);
    return error;
  }

  private receive(bytes: Uint8Array, src: Ipv4): void {
    const at = (bytes[0]! & 15) * 4;
    if (bytes.length < at + ICMP_HEADER_SIZE) return;
    const type = bytes[at]!;
    if (type === ICMP_ECHO_REPLY) this.report(bytes, at, { from: src, final: true, mark: "" });
    else if (isIcmpError(type)) {
      const quoted = at + ICMP_HEADER_SIZE;
      if (bytes.length < quoted + IPV4_HEADER_SIZE) return;
      const icmp = quoted + (bytes[quoted]! & 15) * 4;
      const ours =
        bytes.length >= icmp + ICMP_HEADER_SIZE &&
        bytes[quoted + IPV4_PROTOCOL] === IP_PROTO_ICMP &&
        readI32(bytes, quoted + IPV4_DST) === this.options.destination &&
        bytes[icmp] === ICMP_ECHO_REQUEST;
      if (ours) this.report(bytes, icmp, answerOf(type, bytes[at + 1]!, readI32(bytes, at + 4), src));
    }
  }

  private report(bytes: Uint8Array, at: number, answer: Answer): void {
    if (readU16(bytes, at + ICMP_ID) !== this.ident) return;
    const sequence = readU16(bytes, at + ICMP_SEQUENCE);
    this.reports.get(sequence)?.(answer);
    this.reports.delete(sequence);
  }
}

/** The marks of traceroute(8), by the code of "destination unreachable". */
const MARKS: Readonly<Record<number, string>> = {
  0: "!N",
  1: "!H",
  2: "!P",
  3: "",
  5: "!S",
  9: "!X",
  10: "!X",
  13: "!X",
  14: "!V",
  15: "!C",
};

function answerOf(type: number, code: number, rest: number, from: Ipv4): Answer {
  if (type === ICMP_TIME_EXCEEDED) return { from, final: false, mark: "" };
  if (type !== ICMP_UNREACHABLE) return { from, final: true, mark: `!<${type}-${code}>` };
  return { from, final: true, mark: code === 4 ? tooBig(rest & 0xffff) : (MARKS[code] ?? `!<${code}>`) };
}

/** The mark for a packet larger than an MTU on its way. */
export const tooBig = (mtu: number): string => `!F-${mtu}`;

/** `10.0.0.1`, or with names `name (10.0.0.1)`. */
export const hopText = (address: Ipv4, name: string | undefined): string =>
  name === undefined ? formatIpv4(address) : `${name} (${formatIpv4(address)})`;
