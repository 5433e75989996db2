import { describe, expect, it } from "vitest";
import { describeKind, kindPage, Lab, labFilePage, labSchema, standardKinds } from "../../src/lab/index.js";
import { switchKind } from "../../src/lab/kinds/switch.js";

describe("a kind", () => {
  it("describes itself from its one definition", () => {
    expect(
      describeKind(switchKind),
    ).toBe(`switch: A learning switch: it notes which station is behind which port, forwards by MAC address, and floods what it does not know.
        交换机：学习每个站点在哪个端口后面，按 MAC 地址转发，未知地址则泛洪。

configuration:
  ports       How many ports it has; as many as are used, up to 1024, unless given (whole number)
  ageing      How long a silent station is remembered, 300s unless given (duration)
  tableLimit  The most stations it remembers, 8192 unless given (whole number)
  fdb         Static entries: MAC addresses and the ports they are behind (mapping)

ports: a port number, counted from 1, that the node has
set: ageing, or <port>.up, such as 1.up
table fdb: The forwarding database: which station is behind which port. Columns: mac, port, state.
takes commands (run steps)
`);
    expect(kindPage(switchKind)).toContain(
      "| `ageing` | duration | How long a silent station is remembered, 300s unless given |",
    );
  });

  it("has a description for every field of its configuration", () => {
    for (const kind of standardKinds().all) {
      const bare = describeKind(kind)
        .split("\n")
        .filter((line) => /^ {2}\S+\s+\(/.test(line));
      expect([kind.name, bare]).toEqual([kind.name, []]);
    }
  });
});

describe("the JSON Schema of lab files", () => {
  const schema = labSchema(standardKinds());
  const at = (...keys: (string | number)[]): unknown =>
    keys.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown>)[key], schema);

  it("knows the kinds, each with its configuration", () => {
    const topology = ["properties", "topology", "properties"];
    const kinds = ["host", "router", "switch", "hub"];
    const variant = (index: number, ...keys: string[]) =>
      at(...topology, "nodes", "additionalProperties", "anyOf", index, ...keys);
    expect(kinds.map((_, index) => variant(index, "properties", "kind", "const"))).toEqual(kinds);
    expect(variant(0, "additionalProperties")).toBe(false);
    expect(JSON.stringify(variant(0, "properties", "interfaces"))).toContain("Its MTU, 1500 unless given");
    expect(Object.keys(at(...topology, "kinds", "properties") as object)).toEqual(kinds);
    expect(at(...topology, "defaults", "properties", "kind", "enum")).toEqual(kinds);
  });

  it("describes steps and expectations", () => {
    expect(at("properties", "steps", "items", "anyOf")).toHaveLength(7);
    expect(at("properties", "expect", "items", "anyOf")).toHaveLength(6);
    expect(JSON.stringify(schema)).toContain("ip-ttl-exceeded");
  });
});

describe("the reference of lab files", () => {
  it("has a section for each kind of step and expectation, and leaves no field unexplained", () => {
    const page = labFilePage();
    expect(page.match(/^### .*$/gm)).toEqual([
      "### A command is typed on a node",
      "### A node dies or comes back",
      "### A link is cut or restored",
      "### A link's rate, delay or impairments change",
      "### Settings of a node change",
      "### A port sends a frame of any bytes",
      "### Traffic flows from one node to another",
      "### What a command does",
      "### What becomes of a traffic flow",
      "### What a node's table holds",
      "### Frames that arrive over a link",
      "### Frames and packets that were dropped, by reason",
      "### Counters of ports",
    ]);
    expect(page).not.toMatch(/\| +\|$/m);
  });
});

describe("a lab that a program defines", () => {
  it("is checked by the compiler", () => {
    const links = [["a:1", "b:1"]] as [[string, string]];
    // @ts-expect-error: no such kind
    expect(() => Lab.define({ name: "x", topology: { nodes: { a: { kind: "hubb" } } } })).toThrow(
      "unknown kind",
    );
    // @ts-expect-error: a hub has no ageing
    expect(() => Lab.define({ name: "x", topology: { nodes: { a: { kind: "hub", ageing: 3 } } } })).toThrow(
      "unknown key",
    );
    const good = Lab.define({
      name: "x",
      topology: { nodes: { a: { kind: "hub" }, b: { kind: "switch", ageing: "3s" } }, links },
    });
    expect(good.realTime).toBe(false);
  });
});
