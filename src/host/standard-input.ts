/** What is piped or typed into a process: text that grows until it ends. A terminal where nobody types never ends. */
export class StandardInput {
  /** Called when there is more to read, or the end. */
  onInput: (() => void) | null = null;
  ended = false;
  private pieces: string[] = [];

  write(text: string): void {
    if (this.ended || text === "") return;
    this.pieces.push(text);
    this.onInput?.();
  }

  end(): void {
    this.ended = true;
    this.onInput?.();
  }

  /** The next piece as it was written; `undefined` if there is none now. */
  read(): string | undefined {
    return this.pieces.shift();
  }

  /** Everything has been read, and nothing more will come. */
  get exhausted(): boolean {
    return this.ended && this.pieces.length === 0;
  }
}
