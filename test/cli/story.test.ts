import { describe, expect, it } from "vitest";
import { journeysOf, storyText } from "../../src/cli/story.js";
import { Lab } from "../../src/lab/index.js";

const lab = Lab.define({
  name: "pair",
  topology: {
    nodes: {
      pc1: { kind: "host", interfaces: { eth0: "10.0.0.1/24" } },
      pc2: { kind: "host", interfaces: { eth0: "10.0.0.2/24" } },
    },
    links: [["pc1:eth0", "pc2:eth0"]],
  },
});

function typed(command: string) {
  const run = lab.start({ record: true });
  const { frames } = run.node("pc1").run(command);
  const journeys = journeysOf(run.recorder!, frames);
  return { frames, journeys, text: storyText(journeys, "pc1", frames.length, "en") };
}

describe("the story of a command", () => {
  it("tells one journey for all frames that ended alike, and says that there were more", () => {
    const { frames, journeys, text } = typed("ping -c 3 10.0.0.2");
    expect(frames).toHaveLength(3);
    expect(journeys.map(({ outcome, node }) => [outcome, node])).toEqual([["answered", "pc2"]]);
    expect(text).toContain("answers with ICMP echo reply");
    expect(text).toMatch(/\n3 frames were sent; those that are not told here ended like one that is\.\n$/);
  });

  it("tells each ending once", () => {
    const run = lab.start({ record: true });
    const there = run.node("pc1").run("ping -c 1 10.0.0.2").frames;
    const nowhere = run.node("pc1").run("ping -c 1 10.0.0.9").frames;
    const outcomes = journeysOf(run.recorder!, [...there, ...nowhere, ...there]).map(
      ({ outcome }) => outcome,
    );
    expect(outcomes).toEqual(["answered", "dropped"]);
  });

  it("says so when the machine sent nothing", () => {
    expect(typed("ping -c 1 192.0.2.1").text).toMatch(/^No frame left pc1\. If one should have/);
  });
});
