/**
 * One run of traceroute: several probes are under way at a time, each waits no longer than the answers of its neighbours
 * let it expect, and hops are printed in their order as soon as all before them are known.
 */
import { formatIpv4, type Ipv4 } from "../../../core/ipv4.js";
import type { Nanoseconds } from "../../../core/time.js";
import { MILLISECOND, SECOND } from "../../../core/time.js";
import { strerror } from "../../../host/errno.js";
import type { Process } from "../../../host/process.js";
import { Exit } from "../exit.js";
import { nameOf } from "../names.js";
import { hopText, type ProbeMethod, tooBig } from "./probe-methods.js";
import type { TracerouteOptions } from "./traceroute-options.js";

interface Probe {
  readonly sentAt: Nanoseconds;
  /** Answered or given up. */
  done: boolean;
  /** Nanoseconds until the answer; undefined while there is none. */
  took: number | undefined;
  from: Ipv4 | undefined;
  final: boolean;
  mark: string;
}

/** What an answer may come later than those that it is measured by, before their factor. */
const ALLOWANCE = MILLISECOND;

export class TracerouteSession {
  private readonly probes: (Probe | undefined)[] = [];
  /** The first that is not printed yet, and the one behind the last. */
  private first: number;
  private end: number;
  private lastSent = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly process: Process,
    private readonly options: TracerouteOptions,
    private readonly method: ProbeMethod,
    /** The MTU of the way out, for a packet that does not even leave. */
    private readonly localMtu: () => number,
  ) {
    this.first = (options.firstHop - 1) * options.perHop;
    this.end = options.maxHops * options.perHop;
  }

  *run(): Generator<Nanoseconds, number, void> {
    const { process } = this;
    while (this.first < this.end) {
      const until = this.advance();
      if (this.first >= this.end) break;
      if (until > process.now) yield until;
      if (process.signal !== null) return process.signal === "SIGINT" ? 130 : 143;
    }
    process.write("\n");
    return 0;
  }

  /** Sends and gives up what is due, prints what is known; the answer is when there is more to do. */
  private advance(): Nanoseconds {
    const { options, process } = this;
    const { now } = process;
    let underWay = 0;
    let until = Number.POSITIVE_INFINITY;
    for (let n = this.first; n < this.end; n++) {
      let probe = this.probes[n];
      if (probe === undefined) {
        const mayBeSent = this.lastSent + options.pause * SECOND;
        if (now < mayBeSent) return Math.min(until, mayBeSent);
        probe = this.send(n);
      }
      if (!probe.done && now >= probe.sentAt + this.patience(n)) probe.done = true;
      if (probe.done) {
        if (n === this.first) {
          this.print(n, probe);
          this.first++;
        }
        if (probe.final) this.end = (Math.floor(n / options.perHop) + 1) * options.perHop;
      } else {
        until = Math.min(until, probe.sentAt + this.patience(n));
        if (++underWay >= options.simultaneous) break;
      }
    }
    return until;
  }

  private send(n: number): Probe {
    const { options, process } = this;
    const probe: Probe = {
      sentAt: process.now,
      done: false,
      took: undefined,
      from: undefined,
      final: false,
      mark: "",
    };
    this.probes[n] = probe;
    this.lastSent = process.now;
    const error = this.method.send(Math.floor(n / options.perHop) + 1, ({ from, final, mark }) => {
      if (probe.done) return;
      Object.assign(probe, { done: true, took: process.now - probe.sentAt, from, final, mark });
      process.wake();
    });
    if (error === "EMSGSIZE")
      Object.assign(probe, { done: true, took: 0, final: true, mark: tooBig(this.localMtu()) });
    else if (error !== null) throw new Exit(1, `\nsend: ${strerror(error)}`);
    return probe;
  }

  /** How long to wait for a probe, by what others of its hop or of later hops took. */
  private patience(n: number): Nanoseconds {
    const { perHop, wait, here, near } = this.options;
    const most = wait * SECOND;
    const hop = n - (n % perHop);
    const limited = (took: number, factor: number): number => Math.min(most, (took + ALLOWANCE) * factor);
    if (here > 0)
      for (let i = hop; i < hop + perHop; i++) {
        const took = this.probes[i]?.took;
        if (took !== undefined) return limited(took, here);
      }
    if (near > 0)
      for (let i = n + 1; i < this.probes.length; i++) {
        const took = this.probes[i]?.took;
        if (took !== undefined) return limited(took, near);
      }
    return most;
  }

  private print(n: number, probe: Probe): void {
    const { perHop, numeric } = this.options;
    const hop = Math.floor(n / perHop) + 1;
    let text = n % perHop === 0 ? `\n${String(hop).padStart(2)} ` : "";
    const { from, took, mark } = probe;
    if (from === undefined) text += " *";
    else if (from !== this.lastFrom(n))
      text += ` ${numeric ? formatIpv4(from) : hopText(from, nameOf(from) ?? formatIpv4(from))}`;
    if (took !== undefined) text += `  ${(took / MILLISECOND).toFixed(3)} ms`;
    this.process.write(mark === "" ? text : `${text} ${mark}`);
  }

  /** Who answered the probe before, if it was of the same hop. */
  private lastFrom(n: number): Ipv4 | undefined {
    return n % this.options.perHop === 0 ? undefined : this.probes[n - 1]?.from;
  }
}
