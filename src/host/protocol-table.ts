/** Protocols by number: a handful, found by looking through them. */

export class ProtocolTable<T extends { readonly number: number }> {
  private protocols: readonly T[] = [];

  /** Registers a protocol; one of the same number is replaced. */
  add(protocol: T): void {
    this.protocols = [...this.protocols.filter((other) => other.number !== protocol.number), protocol];
  }

  find(number: number): T | undefined {
    for (const protocol of this.protocols) if (protocol.number === number) return protocol;
    return undefined;
  }
}
