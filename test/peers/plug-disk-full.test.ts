import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { parseRecording, RecordingFile, runPaced } from "../../src/plug/index.js";
import { ScriptedClock, smallNetwork } from "../plug/fixture.js";
import { describeWithPeers } from "./peer.js";

describeWithPeers(["root", "mount"], "a recording on a disk that fills up", () => {
  it("ends the session in order, and the file holds whole records up to then", async () => {
    const folder = mkdtempSync(join(tmpdir(), "netcosm-"));
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]);
    onTestFinished(() => {
      execFileSync("umount", [folder]);
      rmdirSync(folder);
    });
    const path = join(folder, "session");
    const { world, plugs, left } = smallNetwork();
    const run = runPaced(world, plugs, { clock: new ScriptedClock(), record: new RecordingFile(path) });
    await expect(run).rejects.toThrow(
      /^cannot record to .*: the disk is full; it holds the session's first \d+ bytes$/,
    );
    expect(left.inlet).toBeNull();
    const { crossings, end } = parseRecording(readFileSync(path));
    expect(crossings.length).toBeGreaterThan(1000);
    expect(end).toBeNull();
  });
});
