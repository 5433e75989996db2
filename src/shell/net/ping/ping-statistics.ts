/** What ping has counted, and the lines in which it tells it at the end. */
import { formatG, thousandths } from "../numbers.js";

/** Sequence numbers are 16 bits wide, so ping can tell repeats among the last 65,536. */
const SEQUENCES = 0x10000;

export class PingStatistics {
  transmitted = 0;
  received = 0;
  repeats = 0;
  corrupted = 0;
  errors = 0;
  /** The most requests that were under way at one time. */
  pipe = 0;
  /** Round-trip times in microseconds. */
  slowest = 0;
  private fastest = Number.POSITIVE_INFINITY;
  private sum = 0;
  private squares = 0;
  /** Eight times the moving average, as TCP keeps it. */
  private average = 0;
  private acknowledged = 0;
  private readonly seen = new Set<number>();

  get inFlight(): number {
    return (this.transmitted - this.acknowledged) & 0xffff;
  }

  /** The next request goes out; the answer is its sequence number. */
  transmit(): number {
    this.transmitted++;
    const sequence = this.transmitted % SEQUENCES;
    this.seen.delete(sequence);
    return sequence;
  }

  /** An answer or an error about a request came back. */
  acknowledge(sequence: number): void {
    const behind = (this.transmitted - sequence) & 0xffff;
    if (behind > 0x7fff) return;
    this.pipe = Math.max(this.pipe, behind + 1);
    if (((sequence - this.acknowledged) & 0xffff) < 0x8000) this.acknowledged = sequence;
  }

  hasAnswer(sequence: number): boolean {
    return this.seen.has(sequence % SEQUENCES);
  }

  /** A good answer came; true if it repeats one that came before. */
  receive(sequence: number): boolean {
    this.acknowledge(sequence);
    if (this.seen.has(sequence)) {
      this.repeats++;
      return true;
    }
    this.seen.add(sequence);
    this.received++;
    return false;
  }

  time(microseconds: number): void {
    this.sum += microseconds;
    this.squares += microseconds * microseconds;
    this.fastest = Math.min(this.fastest, microseconds);
    this.slowest = Math.max(this.slowest, microseconds);
    this.average =
      this.average === 0 ? microseconds * 8 : this.average + microseconds - Math.floor(this.average / 8);
  }

  /** The moving average of the round-trip time, in microseconds. */
  get smoothed(): number {
    return Math.floor(this.average / 8);
  }

  /** The last lines; `lasted` is the time from the first to the last request, in microseconds. */
  summary(destination: string, lasted: number, timed: boolean, withGaps: boolean): string {
    let text = `\n--- ${destination} ping statistics ---\n`;
    text += `${this.transmitted} packets transmitted, ${this.received} received`;
    if (this.repeats > 0) text += `, +${this.repeats} duplicates`;
    if (this.corrupted > 0) text += `, +${this.corrupted} corrupted`;
    if (this.errors > 0) text += `, +${this.errors} errors`;
    if (this.transmitted > 0) {
      const lost = Math.fround(((this.transmitted - this.received) * 100) / this.transmitted);
      text += `, ${formatG(lost)}% packet loss, time ${Math.floor((lasted + 500) / 1000)}ms`;
    }
    const facts: string[] = [];
    if (this.received > 0 && timed) facts.push(`rtt min/avg/max/mdev = ${this.times()} ms`);
    if (this.pipe > 1) facts.push(`pipe ${this.pipe}`);
    if (this.received > 0 && withGaps && this.transmitted > 1) {
      const gap = Math.floor(lasted / (this.transmitted - 1));
      facts.push(`ipg/ewma ${thousandths(gap)}/${thousandths(this.smoothed)} ms`);
    }
    return `${text}\n${facts.join(", ")}\n`;
  }

  private times(): string {
    const total = this.received + this.repeats;
    const mean = Math.floor(this.sum / total);
    const variance = Math.floor((this.squares - Math.floor((this.sum * this.sum) / total)) / total);
    const deviation = Math.floor(Math.sqrt(Math.max(0, variance)));
    return [this.fastest, mean, this.slowest, deviation].map(thousandths).join("/");
  }
}
