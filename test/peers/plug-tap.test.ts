import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { Cable } from "../../src/link/cable.js";
import { World } from "../../src/link/world.js";
import { parseRecording, RecordingFile, Replay, runPaced, TapPlug } from "../../src/plug/index.js";
import { Fingerprint } from "../plug/fixture.js";
import { describeWithPeers, Namespace } from "./peer.js";
import { Responder } from "./responder.js";
import { session } from "./session.js";

const ADDRESS = Uint8Array.of(10, 9, 0, 2);

function lab(device: string, netns?: string, mtu?: number) {
  const world = new World();
  const plug = new TapPlug(world, "outside", { device, ...(netns && { netns }), ...(mtu && { mtu }) });
  const responder = new Responder(world, "responder", ADDRESS);
  new Cable(plug.inner, responder.ports[0]!);
  return { world, plug, responder, fingerprint: new Fingerprint(world) };
}

describeWithPeers(["root", "tun", "ip", "ping"], "a TAP device", () => {
  it("lets a kernel in its own namespace ping a node of the lab", async () => {
    const kernel = new Namespace();
    const { world, plug, responder } = lab("tap0", kernel.name);
    const report = await session(world, [plug], async () => {
      kernel.ip("addr", "add", "10.9.0.1/24", "dev", "tap0");
      const ping = await kernel.run("ping", "-c", "5", "-i", "0.1", "10.9.0.2");
      expect(ping.stdout).toContain("5 packets transmitted, 5 received, 0% packet loss");
      expect(kernel.ip("neigh", "show", "10.9.0.2")).toContain("02:00:00:00:00:09");
    });
    expect(responder.echoes).toBe(5);
    expect(report.troubles).toEqual([]);
    expect(kernel.ip("-o", "link")).not.toContain("tap0");
  });

  it("has the MTU of its options and is up", async () => {
    const kernel = new Namespace();
    const { world, plug } = lab("tap0", kernel.name, 9000);
    await session(world, [plug], async () => {
      expect(kernel.ip("link", "show", "tap0")).toMatch(/<.*\bUP\b.*> mtu 9000 /);
    });
  });

  it("joins namespaces by path, and two at once, each with a device of one name", async () => {
    const [left, right] = [new Namespace(), new Namespace()];
    const world = new World();
    const plugs = [
      new TapPlug(world, "left", { device: "tap0", netns: `/run/netns/${left.name}` }),
      new TapPlug(world, "right", { device: "tap0", netns: right.name }),
    ];
    new Cable(plugs[0]!.inner, plugs[1]!.inner);
    await session(world, plugs, async () => {
      left.ip("addr", "add", "10.9.0.1/24", "dev", "tap0");
      right.ip("addr", "add", "10.9.0.2/24", "dev", "tap0");
      const ping = await left.run("ping", "-c", "3", "-i", "0.1", "-s", "8000", "10.9.0.2");
      expect(ping.stdout).toContain("3 received");
    });
  });

  it("is recorded, and the replay without the kernel has the same fingerprint", async () => {
    const folder = mkdtempSync(join(tmpdir(), "netcosm-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, "session");
    const kernel = new Namespace();
    const live = lab("tap0", kernel.name);
    const options = { record: new RecordingFile(path), fingerprint: () => live.fingerprint.digest() };
    const report = await session(
      live.world,
      [live.plug],
      async () => {
        kernel.ip("addr", "add", "10.9.0.1/24", "dev", "tap0");
        await kernel.run("ping", "-c", "200", "-f", "10.9.0.2");
      },
      options,
    );
    const recording = parseRecording(readFileSync(path));
    const again = lab("tap0", kernel.name);
    const replay = new Replay(again.world, [again.plug], recording);
    replay.begin();
    again.world.engine.run(replay.until);
    const { framesIn, framesOut } = report;
    expect(framesOut).toBeGreaterThan(200);
    expect(replay.outcome()).toEqual({ framesIn, framesOut, difference: null });
    expect(again.fingerprint.digest()).toBe(recording.end!.fingerprint);
  });

  it("tells when the device disappears, and the lab goes on", async () => {
    const kernel = new Namespace();
    const { world, plug, responder } = lab("tap0", kernel.name);
    const report = await session(world, [plug], async () => {
      kernel.ip("link", "delete", "tap0");
      await expect.poll(() => plug.trouble).not.toBeNull();
      responder.ports[0]!.transmit(world.frames.from(new Uint8Array(60)));
      await expect.poll(() => plug.drops.get("border-unsent")).toBe(1);
    });
    expect(report.troubles).toEqual(["outside: the device tap0 has disappeared"]);
  });

  it("counts what the kernel does not take because the device is down", async () => {
    const kernel = new Namespace();
    const { world, plug, responder } = lab("tap0", kernel.name);
    await session(world, [plug], async () => {
      kernel.ip("link", "set", "tap0", "down");
      responder.ports[0]!.transmit(world.frames.from(new Uint8Array(60)));
      await expect.poll(() => plug.drops.get("border-unsent")).toBe(1);
    });
  });
});

describeWithPeers(["root", "tun", "ip"], "a TAP device that cannot be opened", () => {
  const refusal = async (device: string, netns?: string, mtu?: number): Promise<string> => {
    const { world, plug } = lab(device, netns, mtu);
    return runPaced(world, [plug], { until: 1 }).then(
      () => "it was opened",
      (error: Error) => error.message,
    );
  };

  it("says that the namespace is missing, or is none", async () => {
    expect(await refusal("tap0", "netcosm-nowhere")).toBe(
      "outside: there is no network namespace netcosm-nowhere: create it with `ip netns add netcosm-nowhere`",
    );
    expect(await refusal("tap0", "/proc/self/ns/mnt")).toContain("is not a network namespace (EINVAL)");
  });

  it("says that the name is taken by another interface, or by another program", async () => {
    const kernel = new Namespace();
    expect(await refusal("lo", kernel.name)).toContain(
      `there is an interface lo in the network namespace ${kernel.name} already and it is not a TAP device`,
    );
    const { world, plug } = lab("tap0", kernel.name);
    await session(world, [plug], async () => {
      expect(await refusal("tap0", kernel.name)).toContain("is in use by another program");
    });
  });

  it("says that root is needed", async () => {
    const kernel = new Namespace();
    process.seteuid!(65_534);
    try {
      expect(await refusal("tap0")).toContain("no right to open /dev/net/tun: run as root");
      expect(await refusal("tap0", kernel.name)).toContain(
        `no right to enter the network namespace ${kernel.name}: run as root`,
      );
    } finally {
      process.seteuid!(0);
    }
  });

  it("says which MTU Linux takes", async () => {
    const kernel = new Namespace();
    expect(await refusal("tap0", kernel.name, 70_000)).toContain(
      "cannot have an MTU of 70000: Linux takes 68 to 65521",
    );
  });
});
