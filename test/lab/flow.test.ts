import { describe, expect, it } from "vitest";
import { Lab } from "../../src/lab/index.js";

const TWO_HOSTS = `name: two
topology:
  nodes:
    pc1: {kind: host, interfaces: {eth0: 10.0.0.1/24}}
    pc2: {kind: host, interfaces: {eth0: 10.0.0.2/24}}
  links:
    - [pc1:eth0, pc2:eth0]
`;

const run = (more: string) =>
  Lab.parse(TWO_HOSTS + more, { file: "two.lab.yaml" }).start({ debugFrames: true });

describe("a traffic flow", () => {
  it("arrives whole over a good link", () => {
    const lab = run(`steps:
  - {flow: {from: pc1, to: pc2, duration: 1s}, expect: {loss: 0%, outage: 0s, received: 100, first: <1ms, last: 990ms..991ms}}
`);
    const verdict = lab.run();
    expect(verdict.results.map(({ ok, happened }) => [ok, happened])).toEqual([
      [true, "100 of 100 datagrams arrived (0% lost)"],
      [true, "100 of 100 datagrams arrived"],
      [true, "100 of 100 datagrams arrived"],
      [true, expect.stringMatching(/^the first one arrived at /)],
      [true, expect.stringMatching(/^the last one arrived at 990\./)],
    ]);
    expect(verdict.ok).toBe(true);
    expect(lab.world.frames.outstanding).toBe(0);
  });

  it("shows how long nothing arrived", () => {
    const verdict = run(`steps:
  - {at: 0s, id: f, flow: {from: pc1, to: pc2, duration: 1s, rate: 100/s}}
  - {at: 305ms, link: [pc1, pc2], change: {loss: 100%}}
  - {at: 505ms, link: [pc1, pc2], change: {loss: 0%}}
expect:
  - {flow: f, outage: <=100ms, note: the backup takes over}
  - {flow: f, loss: 10%..30%}
`).run();
    expect(verdict.ok).toBe(false);
    expect(verdict.results[0]).toMatchObject({
      ok: false,
      expected: "flow pc1 to pc2: outage <=100ms",
      happened: "80 of 100 datagrams arrived; nothing of what was sent from 310 ms on for 200 ms",
      place: "two.lab.yaml:13:23",
      note: "the backup takes over",
    });
    expect(verdict.results[1]).toMatchObject({ ok: true });
  });

  it("goes on when its receiver comes back", () => {
    const switched = TWO_HOSTS.replace("[pc1:eth0, pc2:eth0]", "[pc1:eth0, sw1:1]\n    - [pc2:eth0, sw1:2]");
    const verdict = Lab.parse(`${switched.replace("  links", "    sw1: {kind: switch}\n  links")}steps:
  - {at: 0s, flow: {from: pc1, to: pc2, duration: 2s, rate: 100/s}, expect: {outage: 450ms..550ms, last: ">1.9s"}}
  - {at: 500ms, node: pc2, do: kill}
  - {at: 1s, node: pc2, do: restart}
`)
      .start()
      .run();
    expect(verdict.results.map(({ ok, happened }) => [ok, happened])).toEqual([
      [true, expect.stringContaining("datagrams arrived")],
      [true, expect.stringContaining("the last one arrived at 1.99")],
    ]);
  });
});
