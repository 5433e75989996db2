/** Protocols by number: a handful, found by looking through them. */

export class ProtocolTable<T> {
  private numbers: readonly number[] = [];
  private protocols: readonly T[] = [];

  /** Registers a protocol; one of the same number is replaced. */
  set(number: number, protocol: T): void {
    const at = this.numbers.indexOf(number);
    const place = at < 0 ? this.numbers.length : at;
    this.numbers = this.numbers.toSpliced(place, 1, number);
    this.protocols = this.protocols.toSpliced(place, 1, protocol);
  }

  find(number: number): T | undefined {
    const { numbers } = this;
    for (let i = 0; i < numbers.length; i++) if (numbers[i] === number) return this.protocols[i];
    return undefined;
  }
}
