import { describe, expect, it } from "vitest";
import { Lab } from "../../src/lab/index.js";
import { IP_ADDR } from "../../src/shell/explain/ip-addr.js";
import { explain } from "../../src/shell/explain/lesson.js";

function outputAfter(...commands: string[]): string {
  const run = Lab.define({
    name: "explain",
    topology: {
      nodes: {
        pc1: { kind: "host", interfaces: { eth0: { address: "192.168.1.10/24" }, eth1: {} } },
        pc2: { kind: "host", interfaces: { eth0: { address: "192.168.1.11/24" } } },
      },
      links: [["pc1:eth0", "pc2:eth0"]],
    },
  }).start();
  const pc1 = run.host("pc1");
  for (const command of commands) expect(pc1.run(command).stderr).toBe("");
  return pc1.run("ip addr").stdout;
}

const meaning = (output: string, words: string): string | undefined =>
  explain(output, IP_ADDR).find((each) => each.words === words)?.about?.en;

describe("ip addr as a lesson", () => {
  it("explains every word of a host as it starts, and leaves none of the text out", () => {
    const output = outputAfter();
    const words = explain(output, IP_ADDR);
    expect(words.filter(({ about }) => about === undefined)).toEqual([]);
    const all = words.map((each) => each.words).join("");
    expect(all.replace(/\s/g, "")).toBe(output.replace(/\s/g, ""));
  });

  it("explains every word of interfaces that are down, unplugged, promiscuous, or have further addresses", () => {
    const output = outputAfter(
      "ip link set eth1 up",
      "ip link set eth0 promisc on",
      "ip addr add 192.168.1.20/24 dev eth0",
      "ip addr add 10.0.0.1/8 dev eth0 valid_lft 600 preferred_lft 300",
      "ip addr add 169.254.1.1/16 scope link dev eth0 noprefixroute",
    );
    expect(explain(output, IP_ADDR).filter(({ about }) => about === undefined)).toEqual([]);
    expect(meaning(output, "NO-CARRIER")).toContain("no signal");
    expect(meaning(output, "secondary")).toContain("goes when the first goes");
    expect(meaning(output, "valid_lft 600sec")).toContain("seconds until the address is removed");
  });

  it("tells LOWER_UP from UP, and the interface's name from the label of its address", () => {
    const output = outputAfter();
    expect(meaning(output, "UP")).toContain("administrator");
    expect(meaning(output, "LOWER_UP")).toContain("signal");
    expect(meaning(output, "eth0:")).toContain("name");
    expect(meaning(output, "eth0")).toContain("label");
  });

  it("says so where it knows nothing", () => {
    expect(explain("%%% mtu 1500", IP_ADDR)).toEqual([
      { words: "%%%", line: 1 },
      { words: "mtu 1500", line: 1, about: expect.anything() },
    ]);
  });
});
