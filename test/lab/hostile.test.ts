import fc from "fast-check";
import { describe, it } from "vitest";
import { Lab, LabError } from "../../src/lab/index.js";

const GOOD = `name: x
about: {en: two hosts, zh: 两台主机}
topology:
  defaults: {kind: host}
  kinds: {switch: {ageing: 10s}}
  nodes:
    pc1: {interfaces: {eth0: {address: 10.0.0.1/24, mac: 02:00:00:00:00:01}}, gateway: 10.0.0.2}
    pc2: {interfaces: {eth0: 10.0.0.2/24}, routes: [{to: default, via: 10.0.0.1, metric: 3}]}
    sw1: {kind: switch}
  links:
    - [pc1:eth0, sw1:1]
    - {endpoints: [pc2:eth0, sw1:2], loss: 5%, there: {rate: 10Mbps}}
steps:
  - {at: 1s, id: p, node: pc1, run: ping -c 1 10.0.0.2, expect: {status: 0}}
  - {wait: 1s, link: [pc1, sw1], do: cut}
  - {flow: {from: pc1, to: pc2, duration: 1s}, expect: {loss: <=5%}}
expect:
  - {frames: icmp, on: pc1:eth0, count: 2}
  - {table: fdb, node: sw1, row: {port: 1}}
`;

/** A lab file either can be started or is refused with complaints: nothing else is thrown. */
function load(text: string): void {
  let lab: Lab;
  try {
    lab = Lab.parse(text);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    if (error.complaints.length === 0 || error.message === "") throw new Error("refused without a complaint");
    return;
  }
  lab.start().runUntil("1ms");
}

describe("lab files that nobody would write", () => {
  it("are refused with complaints, whatever stands in them", () => {
    const pieces = [..."{}[]:,-#&*!|>%@'\"\n 0123", "__proto__", "constructor"];
    const put = fc.string({ unit: fc.constantFrom(...pieces) });
    const edit = fc.record({ at: fc.nat(GOOD.length), cut: fc.nat(40), put });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        load(edits.reduce((text, { at, cut, put }) => text.slice(0, at) + put + text.slice(at + cut), GOOD));
      }),
      { numRuns: 150 },
    );
  });

  it("are refused when values have the wrong shape anywhere", () => {
    const keys = [...new Set(GOOD.match(/[a-z]+(?=:)/g))];
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: "small" },
        fc.constantFrom(null, true, 0, -1, 1.5, "", "pc1", "pc1:eth0", "1s"),
        fc.array(tie("any"), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...keys), tie("any"), { maxKeys: 5 }),
      ),
    })).any;
    fc.assert(
      fc.property(value, value, value, value, (nodes, links, steps, expect) => {
        load(JSON.stringify({ name: "x", topology: { nodes, links }, steps, expect }));
      }),
      { numRuns: 150 },
    );
  });

  it("may configure hosts in any way that is accepted", () => {
    const ip = fc.constantFrom("10.0.0.1", "10.0.0.2", "10.0.1.1", "10.255.255.255");
    const own = fc.tuple(ip, fc.constantFrom(0, 8, 24, 31, 32)).map(([quad, length]) => `${quad}/${length}`);
    const card = fc.record(
      { address: fc.array(own, { maxLength: 3 }), mtu: fc.constantFrom(68, 1500), up: fc.boolean() },
      { requiredKeys: [] },
    );
    const dev = fc.constantFrom("eth0", "eth1", "lo");
    const to = fc.constantFrom("default", "10.0.0.0/8", "10.0.0.0/24", "10.0.0.1/32");
    const type = fc.constantFrom("unicast", "blackhole", "throw");
    const route = fc.record({ to, via: ip, dev, metric: fc.nat(1), type }, { requiredKeys: ["to"] });
    const host = fc.record(
      {
        kind: fc.constantFrom("host", "router"),
        interfaces: fc.dictionary(fc.constantFrom("eth0", "eth1"), card),
        gateway: ip,
        routes: fc.array(route, { maxLength: 3 }),
        neighbours: fc.dictionary(ip, fc.constant("02:00:00:00:00:09")),
      },
      { requiredKeys: ["kind"] },
    );
    fc.assert(
      fc.property(host, (node) => load(JSON.stringify({ name: "x", topology: { nodes: { a: node } } }))),
      { numRuns: 200 },
    );
  });
});
