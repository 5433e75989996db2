import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { Lab } from "../../src/lab/index.js";
import { plugKinds, readRecording, replayLabSession, runLabSession } from "../../src/plug/index.js";
import { describeWithPeers, Namespace, scratchFolder } from "./peer.js";

describeWithPeers(["root", "tun", "ip", "ping"], "a lab file with a TAP device", () => {
  it("runs with the kernel, is recorded, and is replayed without it to the same verdict and fingerprint", async () => {
    const kernel = new Namespace();
    const folder = scratchFolder();
    onTestFinished(() => folder.remove());
    const path = join(folder.path, "session");
    const lab = Lab.parse(
      `name: joined
until: 3s
topology:
  nodes:
    outside: {kind: tap, device: tap0, netns: ${kernel.name}}
    sw1: {kind: switch}
    pc1: {kind: host, interfaces: {eth0: 10.9.0.2/24}}
  links: [["outside:0", "sw1:1"], ["pc1:eth0", "sw1:2"]]
expect:
  - {frames: "icmp[icmptype] == icmp-echoreply", on: "pc1:eth0", count: 5}
`,
      { kinds: plugKinds() },
    );
    let opened = (): void => {};
    const ready = new Promise<void>((resolve) => {
      opened = resolve;
    });
    const session = runLabSession(lab.start(), { record: path, opened });
    await ready;
    kernel.ip("addr", "add", "10.9.0.1/24", "dev", "tap0");
    const ping = await kernel.run("ping", "-c", "5", "-i", "0.1", "10.9.0.2");
    expect(ping.stdout).toContain("5 received");
    const { framesIn, framesOut, verdict } = await session;
    expect(verdict.results.map(({ ok, happened }) => [ok, happened])).toEqual([[true, expect.anything()]]);
    const replay = replayLabSession(lab.start(), readRecording(path));
    expect(replay).toEqual({ framesIn, framesOut, verdict, difference: null, sameFingerprint: true });
  });
});
