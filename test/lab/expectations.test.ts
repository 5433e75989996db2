import { describe, expect, it } from "vitest";
import { formatVerdict, Lab, type LabRun, type Result } from "../../src/lab/index.js";
import { scripted } from "./scripted.js";

const results = (run: LabRun): readonly Result[] => run.run().results;

/** The one result of a command that prints `one`, `two` and `three`. */
function judged(expectation: string): Result {
  const lab = scripted(`steps:
  - {node: n1, id: c, run: 'sleep 1s 3 one\\ntwo\\nthree', at: 1s}
expect:
  - {output: c, ${expectation}}
`);
  return results(lab.start())[0]!;
}

describe("an expectation of a command", () => {
  it("is met by its text, its status and its times", () => {
    for (const good of [
      "status: 3",
      "contains: two",
      "contains: [one, three]",
      "matches: '^tw.$'",
      "not: four",
      "lines: [one, two, three]",
      'lines: "one\\ntwo\\nthree\\n"',
      "ends: 2s",
      "ends: <3s",
      "takes: 900ms..1s",
    ])
      expect([good, judged(good).ok]).toEqual([good, true]);
  });

  it("that fails says what was printed", () => {
    expect(judged("status: 0")).toEqual({
      ok: false,
      expected: "n1: `sleep 1s 3 one\\ntwo\\nthree` ends with status 0",
      happened: "it ended with status 3; it printed\n| one\n| two\n| three",
      time: 2e9,
      place: "s.lab.yaml:8:25",
      look: [
        'netcosm why s.lab.yaml n1 "sleep 1s 3 one\\\\ntwo\\\\nthree"',
        "netcosm run s.lab.yaml --capture frames.pcapng",
      ],
    });
    expect(judged("contains: four")).toMatchObject({
      ok: false,
      happened: "it printed\n| one\n| two\n| three",
    });
    expect(judged("not: two")).toMatchObject({ ok: false, place: "s.lab.yaml:8:22" });
    expect(judged("matches: '^w'")).toMatchObject({ ok: false });
    expect(judged("errors: not found")).toMatchObject({ ok: false, happened: "its errors were nothing" });
    expect(judged("ends: <2s")).toMatchObject({ ok: false, happened: "it ended at 2 s" });
    expect(judged("takes: '>1s'")).toMatchObject({ ok: false, happened: "it took 1 s" });
  });

  it("on exact lines names the first line that differs", () => {
    expect(judged("lines: [one, 2, three]").happened).toMatch(/^line 2 should be "2" and is "two"; /);
    expect(judged("lines: [one, two]").happened).toMatch(/^line 3 is one too many: "three"; /);
    expect(judged("lines: [one, two, three, four]").happened).toMatch(/^line 4 is missing: "four"; /);
  });
});

const SWITCHED = `name: x
topology:
  nodes:
    pc1: {kind: host, interfaces: {eth0: {address: 10.0.0.1/24, mac: 02:00:00:00:00:01}}}
    pc2: {kind: host, interfaces: {eth0: {address: 10.0.0.2/24, mac: 02:00:00:00:00:02}}}
    sw1: {kind: switch}
  links: [[pc1:eth0, sw1:1], [pc2:eth0, sw1:2]]
steps:
  - {at: 1s, flow: {from: pc1, to: pc2, duration: 100ms}}
expect:
`;

const oneResult = (expectation: string): Result =>
  results(Lab.parse(`${SWITCHED}  - {${expectation}}\n`, { file: "x.lab.yaml" }).start())[0]!;

describe("an expectation of frames on a link", () => {
  it("counts what a capture filter lets through", () => {
    for (const good of [
      "frames: arp, on: pc1:eth0",
      "frames: arp, on: pc1:eth0, count: 2",
      "frames: arp, on: [sw1, pc1], towards: pc1, count: 1",
      "frames: udp and dst host 10.0.0.2, on: pc2:eth0, count: 10",
      "frames: icmp, on: pc2:eth0, count: 0",
      "frames: udp, on: pc2:eth0, from: 1.05s, count: 5",
      "frames: udp, on: pc2:eth0, to: 1.05s, count: 1..5",
    ])
      expect([good, oneResult(good)]).toEqual([good, expect.objectContaining({ ok: true })]);
  });

  it("that fails says how many came, and when", () => {
    expect(oneResult("frames: icmp, on: pc2:eth0")).toMatchObject({
      ok: false,
      expected: 'at least one frame "icmp" over pc2:eth0--sw1:2',
      happened: "none arrived (12 others did)",
      place: "x.lab.yaml:11:5",
    });
    expect(oneResult("frames: arp, on: pc1:eth0, count: 0").happened).toMatch(
      /^2 arrived, the first at 1\.0000\d+ s, the last at 1\.0000\d+ s \(and 10 others\)$/,
    );
  });

  it("with a filter that does not parse is a fault of the lab", () => {
    expect(() => oneResult("frames: prot udp, on: pc2:eth0")).toThrow(
      /^x\.lab\.yaml:11:14: no capture filter: .*'prot'/,
    );
  });
});

describe("an expectation of a table", () => {
  it("holds if a row has all the values", () => {
    for (const good of [
      "table: neighbours, node: pc1, row: {ip: 10.0.0.2, mac: 02:00:00:00:00:02, state: REACHABLE}",
      "table: neighbours, node: pc1, row: {state: /REACH|DELAY/}",
      "table: neighbours, node: pc1, row: {}, at: 500ms, count: 0",
      "table: fdb, node: sw1, row: {mac: 02:00:00:00:00:02, port: 2}",
      "table: routes, node: pc1, row: {to: 10.0.0.0/24, dev: eth0, protocol: kernel}, count: 1",
      "table: addresses, node: pc2, row: {address: 10.0.0.2/24, broadcast: 10.0.0.255}",
      "table: interfaces, node: pc2, row: {dev: eth0, carrier: true, mtu: 1500}",
    ])
      expect([good, oneResult(good)]).toEqual([good, expect.objectContaining({ ok: true })]);
  });

  it("that fails shows the table", () => {
    expect(oneResult("table: fdb, node: sw1, row: {mac: 02:00:00:00:00:02, port: 1}")).toMatchObject({
      ok: false,
      expected: "fdb of sw1 has a row mac 02:00:00:00:00:02, port 1",
      happened:
        "0 such rows; the table was\n| mac 02:00:00:00:00:01, port 1, state learned\n| mac 02:00:00:00:00:02, port 2, state learned",
    });
  });
});

describe("expectations of drops and counters", () => {
  it("that fail say what was counted", () => {
    expect(oneResult("drops: {pc2: {ip-ttl-exceeded: '>=1'}}")).toMatchObject({
      ok: false,
      expected: "pc2 drops >=1 because the time to live ran out (ip-ttl-exceeded)",
      happened: "it dropped 0; in all nothing",
      place: "x.lab.yaml:11:37",
    });
    expect(oneResult('counters: {"pc2:eth0": {rxFrames: 99}}')).toMatchObject({
      ok: false,
      expected: "rxFrames of pc2:eth0 is exactly 99",
      happened: "it was 11",
    });
  });

  it("at a moment after the end of the lab are failures", () => {
    const run = Lab.parse(`${SWITCHED}  - {drops: {pc2: {icmp-checksum: 0}}, at: 1h}\n`).start({
      until: "5s",
    });
    expect(formatVerdict(run.run())).toContain("the lab ended before");
  });
});
