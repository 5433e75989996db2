import { describe, expect, it } from "vitest";
import { formatVerdict, Lab, type LabRun, type Result } from "../../src/lab/index.js";
import { scripted } from "./scripted.js";

const failures = (run: LabRun): Result[] => run.run().results.filter(({ ok }) => !ok);

describe("steps", () => {
  it("follow one another, each when the one before it has ended", () => {
    const run = scripted(`steps:
  - {node: n1, run: sleep 2s 0 one, expect: {ends: 2s, takes: 2s}}
  - {node: n1, run: sleep 1s 0 two, wait: 500ms, expect: {ends: 3.5s, takes: 1s}}
  - {node: n1, run: sleep 1s 0 three, at: 10s, expect: {ends: 11s}}
`).start();
    expect(failures(run)).toEqual([]);
    expect(run.now).toBe(11e9);
  });

  it("may wait for any earlier step, and may be interrupted", () => {
    const run = scripted(`steps:
  - {id: long, node: n1, run: sleep 1h 0 never, at: 1s, for: 3s, expect: {status: 130, takes: 3s}}
  - {at: 2s, node: n1, run: sleep 1s 0 x}
  - {after: long, node: n1, run: sleep 1s 0 x, expect: {ends: 5s}}
`).start();
    expect(failures(run)).toEqual([]);
  });

  it("that never began are failures", () => {
    const [failure] = failures(
      scripted(`until: 10s
steps:
  - {node: n1, run: sleep 1h 0 never}
  - {note: after the long sleep, node: n1, run: sleep 1s 0 x}
`).start(),
    );
    expect(failure).toEqual({
      ok: false,
      expected: "step 2: n1 runs `sleep 1s 0 x`",
      happened: "it had not begun when the lab ended at 10 s",
      time: 10e9,
      place: "s.lab.yaml:8:5",
      note: "after the long sleep",
    });
  });

  it("with an unknown command are failures, unless that is expected", () => {
    const unknown = (expectation: string) =>
      failures(scripted(`steps:\n  - {node: n1, run: png 10.0.0.1${expectation}}\n`).start());
    expect(unknown("")).toMatchObject([
      { happened: "bash: png: command not found", place: "s.lab.yaml:6:5" },
    ]);
    expect(unknown(", expect: {status: 127, errors: not found}")).toEqual([]);
  });

  it("switch nodes off and on, cut links, change settings, and send any frame", () => {
    const run = Lab.parse(`name: x
topology:
  nodes:
    sw1: {kind: switch}
    h1: {kind: hub}
    h2: {kind: hub}
  links: [[h1:1, sw1:1], [h2:1, sw1:2]]
steps:
  - {port: h1:1, send: ffffffffffff 020000000001 0800 00}
  - {wait: 1s, link: [h2, sw1], do: cut}
  - {port: h1:1, send: ffffffffffff 020000000001 0800 00}
  - {wait: 1s, node: sw1, do: kill}
  - {port: h1:1, send: ffffffffffff 020000000001 0800 00}
  - {wait: 1s, node: sw1, do: restart}
  - {node: sw1, set: {ageing: 10s}}
  - {port: h1:1, send: ffffffffffff 020000000001 0800 00}
expect:
  - {counters: {"h2:1": {rxFrames: 1}, "sw1:1": {rxFrames: 3}}}
  - {drops: {sw1: {switch-no-port: 2}, "h1:1": {link-down: 1}}}
  - {at: 500ms, table: fdb, node: sw1, row: {mac: 02:00:00:00:00:01, port: 1, state: learned}}
  - {at: 2.5s, table: fdb, node: sw1, row: {}, count: 0}
  - {at: 12.9s, table: fdb, node: sw1, row: {port: 1}}
  - {at: 13.1s, table: fdb, node: sw1, row: {port: 1}, count: 0}
`).start({ debugFrames: true });
    const verdict = run.run();
    expect(formatVerdict(verdict)).toBe("8 expectations met");
    expect(run.facts()).toMatchObject({
      frames: 4,
      drops: { "link-down": 1, "switch-no-port": 2, "no-link": 1 },
    });
  });

  it("whose setting is refused are failures", () => {
    const run = Lab.parse(`name: x
topology: {nodes: {sw1: {kind: switch}}}
steps:
  - {node: sw1, set: {ageing: soon}}
`).start();
    expect(failures(run)).toMatchObject([
      {
        expected: "step 1: sw1 takes new settings",
        happened: 'expected a duration, found "soon"',
        place: "lab:4:5",
      },
    ]);
  });
});
