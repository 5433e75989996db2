/**
 * The captures of all labs, judged by tshark: it finds fault with the frames that a lab damaged on its way, and with no
 * other. One file holds them all, a section for each lab, for tshark takes longer to start than to read.
 */
import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Frame } from "../../src/link/index.js";
import { labFiles, readLab } from "../labs/course.js";
import { describeWithPeers, runWell, scratchFolder } from "./peer.js";

const CHECKS = ["ip.check_checksum", "udp.check_checksum", "eth.check_fcs"].flatMap((what) => [
  "-o",
  `${what}:TRUE`,
]);
const FAULTS = [
  "_ws.malformed",
  '_ws.expert.group == "Malformed"',
  ...["eth.fcs", "ip.checksum", "icmp.checksum", "udp.checksum"].map((what) => `${what}.status == "Bad"`),
].join(" || ");

interface Captured {
  readonly chunks: readonly Uint8Array[];
  readonly frames: number;
  /** Numbers of the frames that arrived with a flipped bit, counted from 1. */
  readonly damaged: readonly number[];
}

function captureOf(file: string): Captured {
  const chunks: Uint8Array[] = [];
  const damaged: number[] = [];
  const note = (frame: Frame): void => {
    if (!frame.hasGoodFcs()) damaged.push(capture.frames + 1);
  };
  const run = readLab(file).start({
    tap: {
      arriving: (_from, _to, frame) => note(frame),
      arrived() {},
      lost: (_from, frame) => note(frame),
      dropped() {},
    },
  });
  const capture = run.capture((chunk) => chunks.push(chunk));
  run.run();
  capture.end();
  return { chunks, frames: capture.frames, damaged };
}

describeWithPeers(["tshark"], "the captures of the labs, judged by tshark", () => {
  const folder = scratchFolder();
  afterAll(() => folder.remove());
  const captured = new Map<string, Captured>();
  /** By lab: numbers of frames that tshark finds fault with, and what it says. */
  const faults = new Map<string, Map<number, string>>();

  beforeAll(() => {
    for (const file of labFiles) captured.set(file, captureOf(file));
    const path = `${folder.path}/labs.pcapng`;
    writeFileSync(path, Buffer.concat([...captured.values()].flatMap(({ chunks }) => chunks)));
    const fields = ["-T", "fields", "-e", "frame.number", "-e", "_ws.expert.message"];
    for (const line of runWell("tshark", ["-r", path, ...CHECKS, "-Y", FAULTS, ...fields], 100).split("\n")) {
      const [number, message = ""] = line.split("\t");
      let place = Number(number);
      for (const [file, { frames }] of captured) {
        if (place > 0 && place <= frames) {
          const known = faults.get(file) ?? new Map<number, string>();
          faults.set(file, known.set(place, message));
        }
        place -= frames;
      }
    }
  });

  it.each(labFiles)("%s", (file) => {
    const { frames, damaged } = captured.get(file)!;
    expect(frames).toBeGreaterThan(0);
    const found = faults.get(file) ?? new Map<number, string>();
    expect([...found].filter(([number]) => !damaged.includes(number))).toEqual([]);
    expect(damaged.filter((number) => !found.has(number))).toEqual([]);
  });

  it("hold frames that were damaged", () => {
    expect(captured.get("labs/boxes/frame-check.lab.yaml")!.damaged.length).toBeGreaterThan(100);
  });
});
