/** Bytes as tcpdump dumps them: sixteen a line, in pairs, with or without their characters. */

/** Each line begins with a line feed and a tab. */
export function hexDump(bytes: Uint8Array, from: number, to: number, withText: boolean): string {
  let dump = "";
  for (let at = from; at < to; at += 16) {
    const row = bytes.subarray(at, Math.min(at + 16, to));
    let hex = "";
    let text = "";
    row.forEach((byte, column) => {
      hex += (column % 2 === 0 ? " " : "") + byte.toString(16).padStart(2, "0");
      text += byte > 32 && byte < 127 ? String.fromCharCode(byte) : ".";
    });
    const offset = (at - from).toString(16).padStart(4, "0");
    dump += `\n\t0x${offset}: ${withText ? `${hex.padEnd(40)}  ${text}` : hex}`;
  }
  return dump;
}
