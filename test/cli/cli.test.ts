/** The command line as a user meets it: whole processes, from dist/. */
import { execFileSync, type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { netcosmProgram } from "../../src/cli/program.js";
import { readCapture } from "../../src/trace/index.js";

const root = join(import.meta.dirname, "../..");
const main = join(root, "dist/cli/main.js");
const tour = join(root, "labs/tour.lab.yaml");
const folder = mkdtempSync(join(tmpdir(), "netcosm-cli-"));

beforeAll(() => {
  execFileSync(join(root, "node_modules/.bin/tsc"), ["-b"], { cwd: root });
});

afterAll(() => rmSync(folder, { recursive: true }));

const netcosm = (...args: string[]): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28 });

/** Writes a lab file; the answer is its name. */
function lab(name: string, ...lines: string[]): string {
  writeFileSync(join(folder, `${name}.lab.yaml`), [`name: ${name}`, ...lines, ""].join("\n"));
  return `${name}.lab.yaml`;
}

const PAIR = [
  "topology:",
  "  nodes:",
  "    pc1: { kind: host, interfaces: { eth0: 10.0.0.1/24 } }",
  "    pc2: { kind: host, interfaces: { eth0: 10.0.0.2/24 } }",
  '  links: [["pc1:eth0", "pc2:eth0"]]',
];
const ping = (target: string, more = ""): string[] => [
  "steps:",
  `  - { node: pc1, run: ping -c 1 ${target}, expect: { status: 0 }${more} }`,
];

/** Two switches joined twice: whatever is broadcast goes round for ever. */
const SWITCHES_IN_A_LOOP = [
  "topology:",
  "  nodes:",
  "    pc1: { kind: host, interfaces: { eth0: 10.0.0.1/24 } }",
  "    sw1: { kind: switch }",
  "    sw2: { kind: switch }",
  '  links: [["pc1:eth0", "sw1:1"], ["sw1:2", "sw2:2"], ["sw1:3", "sw2:3"]]',
];

describe("netcosm run", () => {
  it("ends with 0 if all is as expected, 1 if an expectation failed, 2 if the lab file is faulty", () => {
    expect(netcosm("run", lab("good", ...PAIR, ...ping("10.0.0.2"))).status).toBe(0);
    const bad = netcosm("run", lab("bad", ...PAIR, ...ping("10.0.0.3")));
    expect(bad.status).toBe(1);
    expect(bad.stdout).toContain("bad.lab.yaml:8:");
    expect(bad.stdout).toContain("no answer to ARP");
    const faulty = netcosm("run", lab("faulty", ...PAIR, "stepz: []", "steps: 7"));
    expect(faulty.status).toBe(2);
    expect(faulty.stderr).toMatch(/faulty\.lab\.yaml:7:1: .*did you mean "steps"\?\n.*faulty\.lab\.yaml:8:8/);
  });

  it("prints the facts as JSON, the same in two processes", () => {
    const [first, second] = [netcosm("run", tour, "--json"), netcosm("run", tour, "--json")];
    const facts = JSON.parse(first.stdout);
    expect(facts).toMatchObject({ lab: "tour", ok: true });
    expect(facts.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(facts.virtualSeconds).toBeGreaterThan(3);
    expect(facts.frames).toBeGreaterThan(100);
    expect(facts.drops["neigh-failed"]).toBe(1);
    expect(second.stdout).toBe(first.stdout);
  });

  it("captures all links or some, into a file or to standard output", () => {
    const frames = (bytes: Uint8Array): number => readCapture(bytes).packets.length;
    netcosm("run", tour, "--capture", "all.pcapng");
    netcosm("run", tour, "--capture", "some.pcapng", "--link", "pc1:eth0");
    const all = readFileSync(join(folder, "all.pcapng"));
    const some = readFileSync(join(folder, "some.pcapng"));
    expect(frames(all)).toBeGreaterThan(frames(some));
    expect(frames(some)).toBeGreaterThan(10);
    const args = [main, "run", tour, "--capture", "-"];
    expect(spawnSync(process.execPath, args, { cwd: folder }).stdout).toEqual(all);
  });

  it("does the same paced as unpaced, and ends when nothing is left to do", () => {
    const file = lab("paced", ...PAIR, ...ping("10.0.0.2"));
    const paced = JSON.parse(netcosm("run", file, "--pace", "10", "--json").stdout);
    const unpaced = JSON.parse(netcosm("run", file, "--json").stdout);
    expect(paced.fingerprint).toBe(unpaced.fingerprint);
    expect(paced.late).toBeTypeOf("number");
  });

  it("ends a lab in which only a frame in a loop goes on, and says so", () => {
    const file = lab("storm", ...SWITCHES_IN_A_LOOP, ...ping("10.0.0.9").slice(0, 1));
    writeFileSync(
      join(folder, file),
      `${readFileSync(join(folder, file))}  - { port: "pc1:eth0", send: ${"ff".repeat(6)}020000000001${"88b5".padEnd(96, "0")} }\n`,
    );
    const storm = netcosm("run", file);
    expect(storm.status).toBe(1);
    expect(storm.stdout).toMatch(
      /the lab falls silent[\s\S]*frame 1 goes round and round, and comes in at \w+:\w+ again/,
    );
    const limited = netcosm("run", file, "--until", "20ms");
    expect(limited.status).toBe(0);
    expect(limited.stdout).toContain("frame 1 goes round and round");
  });

  it("tells what became of a run that Ctrl-C ends", async () => {
    const file = lab("endless", ...SWITCHES_IN_A_LOOP, ...ping("10.0.0.9"));
    const run = spawn(process.execPath, [main, "run", file], { cwd: folder });
    let stdout = "";
    run.stdout.on("data", (text) => (stdout += text));
    run.stderr.on("data", () => run.kill("SIGINT"));
    const status = await new Promise((resolve) => run.on("exit", resolve));
    expect(status).toBe(1);
    expect(stdout).toMatch(/it was still running[\s\S]*interrupted at \d/);
  });

  it.skipIf(process.platform !== "linux")("says in a line that a disk is full", () => {
    for (const args of [["--capture", "/dev/full"], []]) {
      const shell = `"${process.execPath}" "${main}" run "${tour}" ${args.join(" ")} > ${args.length ? "/dev/null" : "/dev/full"}`;
      const { status, stderr } = spawnSync("sh", ["-c", shell], { encoding: "utf8" });
      expect(stderr).toMatch(/^netcosm: cannot write the (capture|output).*ENOSPC.*\n$/);
      expect(status).toBe(2);
    }
  });

  it.each([
    [["--until", "soon"], "--until takes a duration"],
    [["--seed", "-1"], "--seed takes a whole number"],
    [["--pace", "0"], "--pace takes a number above 0"],
    [["--link", "pc1:eth0"], "--link says which links"],
    [["--record", "x"], "is not joined to it"],
    [["--record", "x", "--replay", "y"], "exclude each other"],
    [["--pace", "1", "--replay", "y"], "exclude each other"],
  ])("refuses %s", async (args, message) => {
    const run = netcosmProgram().parseAsync(["run", tour, ...args], { from: "user" });
    await expect(run).rejects.toThrow(message);
  });

  it("names the file that was meant, and keeps complaints about what is no lab short", () => {
    lab("right", ...PAIR);
    expect(netcosm("run", "rihgt.lab.yaml").stderr).toContain("did you mean right.lab.yaml?");
    writeFileSync(
      join(folder, "noise.lab.yaml"),
      Array.from({ length: 5000 }, (_, i) => `- ]${i}: {`).join("\n"),
    );
    const noise = netcosm("run", "noise.lab.yaml");
    expect(noise.status).toBe(2);
    expect(noise.stderr.split("\n").length).toBeLessThan(60);
  });
});

describe("netcosm why", () => {
  it("tells what a command's frames met, as text and as JSON", () => {
    const { status, stdout } = netcosm("why", tour, "pc4", "ping -c 1 10.0.1.1");
    expect(status).toBe(0);
    expect(stdout).toContain("to mend it: Nobody on pc4's link eth0 answers for 10.0.2.253");
    const told = JSON.parse(netcosm("why", tour, "pc4", "ping -c 1 10.0.1.1", "--json").stdout);
    expect(told.journeys[0]).toMatchObject({ outcome: "dropped", reason: "neigh-failed", node: "pc4" });
  });

  it("tells the journey of a frame by its id", () => {
    expect(netcosm("why", tour, "1").stdout).toMatch(/^frame 1: /);
    expect(netcosm("why", tour, "100000").stderr).toContain("no frame 100000");
  });

  it("comes to an end in a loop of switches", () => {
    const file = lab("round", ...SWITCHES_IN_A_LOOP, ...ping("10.0.0.9"));
    expect(netcosm("why", file, "pc1", "ping -c 1 10.0.0.8").stdout).toContain("goes round and round");
  });
});

describe("netcosm dissect, kinds, schema, shell", () => {
  it("print what they should", () => {
    netcosm("run", tour, "--capture", "tour.pcapng");
    expect(netcosm("dissect", "tour.pcapng", "--filter", "arp").stdout).toMatch(
      /Address Resolution Protocol|ARP/,
    );
    expect(netcosm("kinds").stdout).toMatch(/^host\b/m);
    expect(netcosm("kinds", "swtich").stderr).toContain('did you mean "switch"?');
    expect(JSON.parse(netcosm("schema").stdout)).toHaveProperty("properties.topology");
  });

  it("runs typed lines one after another", () => {
    const input = ".node pc1\nping -c 1 10.0.1.2\n.time\n.exit\n";
    const { status, stdout } = spawnSync(process.execPath, [main, "shell", tour], {
      encoding: "utf8",
      input,
    });
    expect(stdout).toContain("1 packets transmitted, 1 received");
    expect(status).toBe(0);
  });
});
