/** nc(1), OpenBSD's netcat, for UDP: sends what it reads as datagrams, prints what arrives. TCP will follow with TCP. */
import { fromUtf8, utf8 } from "../../../core/bytes.js";
import { ANY_IPV4, formatIpv4, type Ipv4, parseIpv4 } from "../../../core/ipv4.js";
import type { Nanoseconds } from "../../../core/time.js";
import { MILLISECOND, SECOND } from "../../../core/time.js";
import { strerror } from "../../../host/errno.js";
import type { Process } from "../../../host/process.js";
import { type Datagram, UdpSocket } from "../../../host/udp/udp-socket.js";
import type { Command } from "../../command.js";
import { Exit, failedCall, withExits } from "../exit.js";
import { lookUp, UNRESOLVED } from "../names.js";
import { type NcOptions, parseNcOptions } from "./nc-options.js";

/** What one read takes from the input, and so the most that goes into one datagram. */
const READ_SIZE = 16_384;
/** With -v and -z, when after the first probe the others follow. */
const PROBES: readonly Nanoseconds[] = [2 * MILLISECOND, SECOND, 2 * SECOND, 3 * SECOND];

export const nc: Command = {
  name: "nc",
  about: { en: "Sends and receives UDP datagrams (nc -u).", zh: "收发 UDP 数据报（nc -u）。" },
  readsInput: true,
  program: withExits(function* (process) {
    const options = parseNcOptions(process.args);
    if (options.listen) return yield* new Talk(process, options).listen();
    let status = 1;
    for (const port of options.ports) {
      const talk = new Talk(process, options);
      if (!talk.connect(port) || !(yield* talk.probe(port))) continue;
      status = 0;
      if (!options.scan) return yield* talk.run();
    }
    return status;
  }),
};

class Talk {
  private readonly socket: UdpSocket;
  private lastHeard: Nanoseconds;
  private heard = 0;
  /** The other side's machine said that nobody listens there. */
  private refused = false;
  private inputEnded: Nanoseconds | undefined;

  constructor(
    private readonly process: Process,
    private readonly options: NcOptions,
  ) {
    this.socket = new UdpSocket(process.stack);
    this.socket.broadcast = options.broadcast;
    const { ttl, tos } = options;
    this.socket.options = { ...this.socket.options, tos, ...(ttl !== undefined && { ttl }) };
    this.lastHeard = process.now;
    this.socket.onDatagram = (datagram) => this.receive(datagram);
    this.socket.onError = () => {
      this.refused = true;
      process.wake();
    };
    process.stdin.onInput = () => process.wake();
    process.defer(() => this.socket.close());
  }

  /** Fixes the other side; false if the machine has no way there. */
  connect(port: number): boolean {
    const { options, process, socket } = this;
    const destination = this.address(options.host!, port);
    const source = options.source === undefined ? ANY_IPV4 : parseIpv4(options.source);
    if (source === undefined) throw new Exit(1, `nc: source address invalid: ${options.source}`);
    const taken = socket.bind(source, options.sourcePort);
    if (taken !== null) throw failedCall(1, "nc: bind failed", taken);
    const error = socket.connect(destination, port);
    if (error !== null && options.verbose)
      process.writeError(`nc: connect to ${options.host} port ${port} (udp) failed: ${strerror(error)}\n`);
    return error === null;
  }

  /** With -v: datagrams of one byte, to which a closed port reacts; false if one did. */
  *probe(port: number): Generator<Nanoseconds, boolean, void> {
    const { options, process } = this;
    if (!options.verbose) return true;
    const began = process.now;
    const end = began + Math.min(PROBES.at(-1)!, options.idle ?? Number.POSITIVE_INFINITY);
    this.send("X");
    for (const after of PROBES) {
      const due = Math.min(began + after, end);
      while (process.now < due && !this.refused) yield due;
      if (this.refused) return false;
      if (began + after <= end) this.send("X");
    }
    process.writeError(`Connection to ${options.host} ${port} port [udp/*] succeeded!\n`);
    return true;
  }

  *listen(): Generator<Nanoseconds, number, void> {
    const { options, process, socket } = this;
    const [port] = options.ports;
    const address = options.host === undefined ? ANY_IPV4 : this.address(options.host, port!);
    const error = socket.bind(address, port!);
    if (error !== null) throw failedCall(1, "nc", error);
    if (options.verbose) process.writeError(`Bound on ${formatIpv4(address)} ${port}\n`);
    return yield* this.run();
  }

  /** Carries input and datagrams until something ends it; the answer is the exit status. */
  *run(): Generator<Nanoseconds, number, void> {
    const { options, process } = this;
    this.lastHeard = process.now;
    for (;;) {
      if (this.refused) return 0;
      if (options.receiveLimit > 0 && this.heard >= options.receiveLimit) return 0;
      if (this.socket.peerPort !== 0 && options.readInput) this.sendInput();
      const end = this.end();
      if (process.now >= end) return 0;
      yield end;
    }
  }

  /** When it ends if nothing more happens. */
  private end(): Nanoseconds {
    const { idle, afterInput } = this.options;
    const connected = this.socket.peerPort !== 0;
    const silent = idle === undefined || !connected ? Number.POSITIVE_INFINITY : this.lastHeard + idle;
    const ended =
      afterInput === undefined || this.inputEnded === undefined
        ? Number.POSITIVE_INFINITY
        : this.inputEnded + afterInput;
    return Math.min(silent, ended);
  }

  private sendInput(): void {
    const { process } = this;
    const { stdin } = process;
    for (let text = stdin.read(); text !== undefined; text = stdin.read()) {
      this.send(text);
      this.lastHeard = process.now;
    }
    if (stdin.exhausted) this.inputEnded ??= process.now;
  }

  private send(text: string): void {
    const bytes = utf8(text);
    for (let at = 0; at < bytes.length; at += READ_SIZE) {
      const error = this.socket.send(bytes.subarray(at, at + READ_SIZE));
      if (error !== null) throw failedCall(1, "nc: write failed", error);
      this.process.sent(this.socket.lastFrame);
    }
  }

  private receive({ bytes, from, to, src, srcPort }: Datagram): void {
    const { options, process, socket } = this;
    // Who listens without -k talks to the first that speaks.
    if (options.listen && !options.keepListening && socket.peerPort === 0) {
      socket.connect(src, srcPort);
      if (options.verbose) process.writeError(`Connection received on ${formatIpv4(src)} ${srcPort}\n`);
    }
    this.heard++;
    this.lastHeard = process.now;
    process.write(fromUtf8(bytes, from, to));
    process.wake();
  }

  private address(host: string, port: number): Ipv4 {
    const address = lookUp(host);
    if (address === undefined)
      throw new Exit(1, `nc: getaddrinfo for host "${host}" port ${port}: ${UNRESOLVED}`);
    return address;
  }
}
