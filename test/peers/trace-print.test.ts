/** One-line printing against tcpdump itself, on a mixed capture of whole and broken frames. */
import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PcapngWriter, type PrintOptions, printPacket } from "../../src/trace/index.js";
import { printableFrames } from "../trace/sample-frames.js";
import { describeWithPeers, runWell, scratchFolder } from "./peer.js";

const FORMS: readonly (readonly [string, readonly string[], PrintOptions])[] = [
  ["-n", [], {}],
  ["-e", ["-e"], { link: true }],
  ["-v", ["-v"], { verbose: 1 }],
  ["-vv", ["-vv"], { verbose: 2 }],
  ["-e -v", ["-e", "-v"], { link: true, verbose: 1 }],
  ["-x", ["-x"], { hex: "x" }],
  ["-X", ["-X"], { hex: "X" }],
  ["-xx -e", ["-xx", "-e"], { hex: "xx", link: true }],
  ["-XX", ["-XX"], { hex: "XX" }],
];

describeWithPeers(["tcpdump"], "printing, judged by tcpdump 4.99", () => {
  const folder = scratchFolder();
  const file = `${folder.path}/mixed.pcapng`;
  const frames = printableFrames();
  afterAll(() => folder.remove());

  beforeAll(() => {
    const chunks: Uint8Array[] = [];
    const writer = new PcapngWriter((chunk) => chunks.push(chunk));
    writer.addInterface({ name: "mixed" });
    frames.forEach((bytes, number) => {
      writer.packet(0, number * 1e9, bytes);
    });
    writeFileSync(file, Buffer.concat(chunks));
  });

  it.each(FORMS)("%s", (_name, args, options) => {
    const theirs = runWell("tcpdump", ["-n", "-tt", ...args, "-r", file])
      .replace(/\n$/, "")
      .split(/\n(?=\d+\.0{6} )/);
    const ours = frames.map((bytes, number) => printPacket(bytes, `${number}.000000`, options));
    expect(ours.length).toBe(theirs.length);
    const different = ours.flatMap((line, number) =>
      line === theirs[number] ? [] : [[line, theirs[number]]],
    );
    expect(different).toEqual([]);
  });
});
