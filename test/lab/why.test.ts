import { describe, expect, it } from "vitest";
import { formatVerdict, Lab, renderJourney } from "../../src/lab/index.js";

const lab = (more: string) =>
  Lab.parse(`name: wrong
topology:
  nodes:
    pc1: {kind: host, interfaces: {eth0: 10.0.1.1/24}, gateway: 10.0.1.253}
    pc2: {kind: host, interfaces: {eth0: 10.0.2.1/24}, gateway: 10.0.2.254}
    r1: {kind: router, interfaces: {eth0: 10.0.1.254/24, eth1: 10.0.2.254/24}}
  links: [[pc1:eth0, r1:eth0], [r1:eth1, pc2:eth0]]
${more}`);

describe("a recorded run", () => {
  it("tells the journey of any frame", () => {
    const run = lab("").start({ record: true });
    const { frames } = run.host("r1").run("ping -c 1 10.0.2.1");
    const journey = run.why(frames[0]!);
    expect(journey).toMatchObject({ outcome: "answered", node: "pc2" });
    expect(renderJourney(journey!)).toContain("10.0.2.254 > 10.0.2.1");
    expect(() => lab("").start().why(1)).toThrow("the run is not recorded: start it with { record: true }");
  });
});

describe("a failed expectation of a recorded run", () => {
  it("of a command tells the journey of the frame that did not come through", () => {
    const run = lab(`steps:
  - {node: pc1, run: ping -c 1 10.0.2.1, expect: {status: 0, contains: 1 received}}
`).start({ record: true });
    const verdict = run.run();
    const [result] = verdict.results;
    expect(result!.why).toMatchObject({ outcome: "dropped", reason: "neigh-failed", node: "pc1" });
    expect(formatVerdict(verdict)).toContain("10.0.1.253, the gateway that route default names");
    // The second failure has the same reason, which is told once.
    expect(formatVerdict(verdict)).toMatch(/prints "1 received"[\s\S]*why: frame \d+, as above$/m);
    expect(formatVerdict(verdict).match(/^ +look: /gm)).toHaveLength(3);
  });

  it("of a flow tells the journey of the first datagram of the outage", () => {
    const run = lab(`steps:
  - {flow: {from: pc2, to: r1, address: 10.0.2.254, duration: 1s, rate: 10/s}, expect: {loss: 0%}}
  - {at: 450ms, link: [pc2, r1], change: {loss: 100%}}
`).start({ record: true });
    const [result] = run.run().results;
    expect(result!.why).toMatchObject({ outcome: "lost", reason: "link-loss", began: 500e6 });
  });

  it("that a frame should not be seen tells how it came there", () => {
    const run = lab(`steps:
  - {node: pc2, run: ping -c 1 -W 1 10.0.1.9}
expect:
  - {frames: arp and host 10.0.1.9, on: pc1:eth0, count: 0}
`).start({ record: true });
    const [result] = run.run().results;
    expect(result!.ok).toBe(false);
    expect(result!.why?.hops.map(({ node }) => node)).toContain("r1");
  });
});

describe("a command step that asks why", () => {
  const asking = (commands: string) => lab(`steps:\n${commands}`).start();

  it("tells of the first frame that did not come through", () => {
    const run = asking("  - {node: pc1, run: ping -c 1 10.0.2.1, why: true, expect: {status: 1}}\n");
    expect(run.run().ok).toBe(true);
    expect(run.whyOfStep(run.steps[0]!)).toMatchObject({ outcome: "dropped", reason: "neigh-failed" });
  });

  it("tells of the first frame if all came through, and of none where nobody asked", () => {
    const run = asking(`  - {node: pc1, run: ping -c 1 10.0.1.254, why: true}
  - {node: pc1, run: ping -c 1 10.0.1.254}
`);
    run.run();
    expect(run.whyOfStep(run.steps[0]!)).toMatchObject({ outcome: "answered", node: "r1" });
    expect(run.whyOfStep(run.steps[1]!)).toBeUndefined();
  });
});
