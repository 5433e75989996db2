/** The IP options of an answer in the words of ping: the recorded route, the timestamps. */
import { readU32 } from "../../../core/bytes.js";
import { formatIpv4, ipv4 } from "../../../core/ipv4.js";
import { IPV4_HEADER_SIZE } from "../../../wire/ipv4.js";
import {
  IPV4_OPTION_END,
  IPV4_OPTION_NOP,
  IPV4_OPTION_RECORD_ROUTE,
  IPV4_OPTION_TIMESTAMP,
} from "../../../wire/ipv4-options.js";

/** Remembers the route of the answer before, which is not printed again. */
export class OptionPrinter {
  private route = "";

  /** The text that follows an answer's line (with its line end), for the packet at `bytes`. */
  print(bytes: Uint8Array): string {
    const end = (bytes[0]! & 15) * 4;
    let text = "";
    for (let i = IPV4_HEADER_SIZE; i < end; ) {
      const type = bytes[i]!;
      if (type === IPV4_OPTION_END) break;
      if (type === IPV4_OPTION_NOP) {
        text += "\nNOP";
        i++;
        continue;
      }
      const size = i + 1 < end ? bytes[i + 1]! : 0;
      if (size < 3 || i + size > end) break;
      if (type === IPV4_OPTION_RECORD_ROUTE) text += this.recordedRoute(bytes.subarray(i, i + size));
      else if (type === IPV4_OPTION_TIMESTAMP) text += timestamps(bytes.subarray(i, i + size));
      else text += `\nunknown option ${type.toString(16)}`;
      i += size;
    }
    return text;
  }

  private recordedRoute(option: Uint8Array): string {
    const filled = Math.min(option[2]! - 1, option.length);
    const hops: string[] = [];
    for (let i = 3; i + 4 <= filled; i += 4) hops.push(formatIpv4(ipv4(readU32(option, i))));
    if (hops.length === 0) return "";
    const route = hops.join("\n\t");
    if (route === this.route) return "\t(same route)";
    this.route = route;
    return `\nRR: \t${route}\n`;
  }
}

/** RFC 791 §3.1: the first time is told as it stands, the others as milliseconds since the one before. */
function timestamps(option: Uint8Array): string {
  if (option.length < 5) return "";
  const withAddresses = (option[3]! & 15) !== 0;
  const step = withAddresses ? 8 : 4;
  const filled = Math.min(option[2]! - 1, option.length);
  let text = "";
  let last: number | undefined;
  for (let i = 4; i + step <= filled; i += step) {
    text += text === "" ? "\nTS: \t" : "\t";
    if (withAddresses) text += `${formatIpv4(ipv4(readU32(option, i)))}\t`;
    const time = readU32(option, i + step - 4);
    const absolute = last === undefined || time >= 0x80000000;
    text += absolute
      ? `${time % 0x80000000} ${time < 0x80000000 ? "absolute" : "absolute not-standard"}\n`
      : `${time - last!}\n`;
    last = time;
  }
  const unrecorded = option[3]! >> 4;
  if (unrecorded > 0) text += `Unrecorded hops: ${unrecorded}\n`;
  return text;
}
