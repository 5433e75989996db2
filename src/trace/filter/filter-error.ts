/** A capture filter that cannot be compiled: what is wrong, and where. */
export class FilterError extends Error {
  override readonly name = "FilterError";

  constructor(
    message: string,
    /** Where in the text, counted from 1. */
    readonly column: number,
  ) {
    super(message);
  }

  /** The text with a caret below the place, and the message. */
  show(text: string): string {
    return `${text}\n${" ".repeat(this.column - 1)}^ ${this.message}`;
  }
}
