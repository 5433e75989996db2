/**
 * The captures of all labs, judged by tshark: it finds fault with the frames that a lab damaged on its way, and with no
 * other. One file holds them all, a section for each lab, for tshark takes longer to start than to read.
 */
import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { DropReason } from "../../src/core/index.js";
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
  /** Numbers of the frames, counted from 1, that arrived with a flipped bit or were sent with a wrong checksum. */
  readonly damaged: readonly number[];
}

const WRONG_CHECKSUM: ReadonlySet<DropReason> = new Set(["ip-checksum", "icmp-checksum", "udp-checksum"]);

function captureOf(file: string): Captured {
  const chunks: Uint8Array[] = [];
  /** The id of each frame in the capture. */
  const ids: number[] = [];
  const damaged = new Set<number>();
  const wrong = new Set<number>();
  const see = (frame: Frame): void => {
    ids.push(frame.id);
    if (!frame.hasGoodFcs()) damaged.add(ids.length);
  };
  const run = readLab(file).start({
    tap: {
      arriving: (_from, _to, frame) => see(frame),
      arrived() {},
      lost: (_from, frame) => see(frame),
      dropped: (_node, frame, reason) => void (WRONG_CHECKSUM.has(reason) && wrong.add(frame.id)),
    },
  });
  const capture = run.capture((chunk) => chunks.push(chunk));
  run.run();
  capture.end();
  for (const [index, id] of ids.entries()) if (wrong.has(id)) damaged.add(index + 1);
  return { chunks, frames: capture.frames, damaged: [...damaged] };
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
    const { damaged } = captured.get(file)!;
    const found = faults.get(file) ?? new Map<number, string>();
    expect([...found].filter(([number]) => !damaged.includes(number))).toEqual([]);
    expect(damaged.filter((number) => !found.has(number))).toEqual([]);
  });

  it("hold many frames, and damaged ones among them", () => {
    const counts = [...captured.values()].map(({ frames }) => frames);
    expect(counts.reduce((sum, count) => sum + count)).toBeGreaterThan(10_000);
    expect(captured.get("labs/boxes/frame-check.lab.yaml")!.damaged.length).toBeGreaterThan(50);
  });
});
