import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { defineKind, Lab, standardKinds } from "../../src/lab/index.js";
import { plugsOf, readRecording, replayLabSession, runLabSession } from "../../src/plug/index.js";
import { MemoryPlug, ScriptedClock } from "./fixture.js";

const memoryKind = defineKind({
  name: "memory",
  about: { en: "A plug whose outside is this test." },
  config: z.strictObject({}),
  ports: { expected: "0", accepts: (name) => name === "0", names: () => ["0"] },
  realTime: true,
  build: (world, name) => {
    const node = new MemoryPlug(world, name);
    return { node, port: (port) => node.port(port) };
  },
});

const lab = (name = "joined") =>
  Lab.parse(
    `name: ${name}
seed: 5
until: 2s
topology:
  nodes:
    outside: {kind: memory}
    sw1: {kind: switch}
    pc1: {kind: host, interfaces: {eth0: 10.0.0.1/24}}
    pc2: {kind: host, interfaces: {eth0: 10.0.0.2/24}}
  links: [["outside:0", "sw1:1"], ["pc1:eth0", "sw1:2"], ["pc2:eth0", "sw1:3"]]
steps:
  - {at: 1s, flow: {from: pc1, to: pc2, duration: 100ms}}
`,
    { kinds: standardKinds().with(memoryKind) },
  );

/** Who has 10.0.0.1? Tell 10.0.0.77. */
const question = Uint8Array.from(
  Buffer.from(
    "ffffffffffff0200000000770806000108000604000102000000007 70a00004d0000000000000a000001".replace(" ", ""),
    "hex",
  ),
);

describe("a lab that is joined to the outside", () => {
  let folder = "";
  let path = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "netcosm-"));
    path = join(folder, "session");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function live() {
    const run = lab().start();
    const [outside] = plugsOf(run.world) as [MemoryPlug];
    const clock = new ScriptedClock([{ at: 5e8, call: () => outside.arrive(question) }]);
    return { run, outside, session: await runLabSession(run, { clock, record: path }) };
  }

  it("runs in real time to its own end, answers the outside, and gives its verdict", async () => {
    expect(lab().realTime).toBe(true);
    const { outside, session } = await live();
    expect(session).toMatchObject({ end: 2e9, framesIn: 1, verdict: { ok: true } });
    expect(outside.sent.some((frame) => frame[21] === 2 && frame[5] === 0x77)).toBe(true);
  });

  it("is replayed from the file with the same verdict and the same fingerprint", async () => {
    const { session } = await live();
    const recording = readRecording(path);
    expect(recording.header).toEqual({ lab: "joined", seed: 5, plugs: ["outside"] });
    const { framesIn, framesOut, verdict } = session;
    expect(replayLabSession(lab().start(), recording)).toEqual({
      framesIn,
      framesOut,
      verdict,
      difference: null,
      sameFingerprint: true,
    });
  });

  it("differs from the recording when the lab is another", async () => {
    await live();
    const recording = readRecording(path);
    expect(() => replayLabSession(lab("other").start(), recording)).toThrow(
      "the recording was made of the lab joined, not of other",
    );
    const changed = lab().start();
    changed.link("pc1", "sw1").apply({ delay: 1e6 });
    const { difference, sameFingerprint } = replayLabSession(changed, recording);
    expect(difference).toMatch(/outside: the session sent its frame \d+; the replay sent that one at/);
    expect(sameFingerprint).toBe(false);
  });

  it("says which recording cannot be replayed and why", () => {
    const hostile = join(folder, "hostile");
    writeFileSync(hostile, "hello\n");
    expect(() => readRecording(hostile)).toThrow(
      `cannot replay ${hostile}: byte 0: this is not a border recording: its first line is not JSON`,
    );
    expect(() => readRecording(join(folder, "nothing"))).toThrow(/^cannot replay .*nothing: ENOENT/);
  });
});
