/** netcosm dissect: every field of every packet of a capture file, with its bits, value and faults. */
import { formatInstant, SECOND } from "../../core/time.js";
import { compileFilter, FilterError, readCapture } from "../../trace/index.js";
import { dissect as dissectFrame, renderDissection } from "../../wire/index.js";
import { EXIT_FAILED, fail, UsageError } from "../exit.js";
import { readInput } from "../read-input.js";

export function dissect(path: string, options: { readonly filter?: string }): void {
  const wanted = options.filter === undefined ? () => true : filterOf(options.filter);
  const { packets, faults } = readCapture(readInput(path, "capture file", [".pcapng", ".pcap"]));
  for (const [i, packet] of packets.entries()) {
    const { bytes, fcs, interfaceName, comments, linkType } = packet;
    if (!wanted(bytes, 0, bytes.length)) continue;
    const time =
      packet.seconds === 0
        ? formatInstant(packet.nanoseconds)
        : formatInstant(packet.seconds * SECOND + packet.nanoseconds);
    process.stdout.write(
      `frame ${i + 1} at ${time} s on ${interfaceName || "an unnamed interface"}, ${bytes.length} bytes\n`,
    );
    for (const comment of comments) process.stdout.write(`comment: ${comment}\n`);
    const frame = Uint8Array.from([...bytes, ...fcs]);
    const tree = dissectFrame(frame, 0, frame.length, { linkType, fcs: fcs.length });
    process.stdout.write(`${renderDissection(tree)}\n\n`);
  }
  for (const { offset, message } of faults) fail(`${path}: byte ${offset}: ${message}`, EXIT_FAILED);
}

function filterOf(text: string) {
  try {
    return compileFilter(text);
  } catch (error) {
    if (error instanceof FilterError) throw new UsageError(`--filter: ${error.message}`);
    throw error;
  }
}
