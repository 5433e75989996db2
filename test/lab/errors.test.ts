import { describe, expect, it } from "vitest";
import { LabError } from "../../src/lab/file/complaint.js";
import { defineLab, loadLab } from "../../src/lab/file/load.js";
import { hubKind } from "../../src/lab/kinds/hub.js";
import { standardKinds } from "../../src/lab/kinds/standard.js";
import { switchKind } from "../../src/lab/kinds/switch.js";
import { Registry } from "../../src/lab/registry.js";

function failure(load: () => unknown): string[] {
  try {
    load();
  } catch (error) {
    if (error instanceof LabError) return error.message.split("\n");
    throw error;
  }
  return [];
}

const boxes = Registry.empty.with(switchKind).with(hubKind);

const errorsOf = (text: string, kinds: Registry = boxes): string[] =>
  failure(() => loadLab(text, "x.lab.yaml", kinds));

/** A lab of three good nodes and one good link, with more below. */
const withMore = (more: string): string[] =>
  errorsOf(`name: x
topology:
  nodes:
    sw1: {kind: switch, ports: 4}
    sw2: {kind: switch}
    hub1: {kind: hub}
  links:
    - [sw1:1, sw2:1]
${more}`);

describe("a lab file with faults", () => {
  it("has all its faults reported at once, in the order of the text", () => {
    const errors = errorsOf(`name: x
seeed: 3
until: fast
topology:
  nodes:
    sw1: {kind: swich}
  links:
    - [sw1:1, sw9:1]
steps:
  - {at: 1s, link: [sw1, sw9], do: cut}
`);
    expect(errors).toEqual([
      'x.lab.yaml:2:1: unknown key; expected name, about, seed, until, topology, steps or expect; found "seeed"; did you mean "seed"?',
      'x.lab.yaml:3:8: wrong value for "until"; expected a duration, such as 2s, 150ms or 1m30s; found "fast"',
      'x.lab.yaml:6:17: unknown kind; expected switch or hub; found "swich"; did you mean "switch"?',
      'x.lab.yaml:8:15: unknown node; expected sw1; found "sw9"; did you mean "sw1"?',
      'x.lab.yaml:10:26: unknown node; expected sw1; found "sw9"; did you mean "sw1"?',
    ]);
  });

  it("is told what it lacks", () => {
    expect(errorsOf("topology: {}")).toEqual([
      'x.lab.yaml:1:1: "name" is missing; expected letters, digits, dots, dashes and underscores, a letter or digit first; found nothing',
      'x.lab.yaml:1:11: "nodes" is missing; expected a mapping; found nothing',
    ]);
  });

  it("is no lab when it is a list, or empty, or no YAML at all", () => {
    expect(errorsOf("- a")).toEqual(["x.lab.yaml:1:1: wrong value; expected a mapping; found a list of 1"]);
    expect(errorsOf("")).toEqual(["x.lab.yaml:1:1: wrong value; expected a mapping; found nothing"]);
    expect(errorsOf("name: a\nname: b\n")).toEqual([
      "x.lab.yaml:2:1: this is no YAML; expected well-formed YAML; found map keys must be unique",
    ]);
    expect(errorsOf("name: *who\n")[0]).toMatch(/^x\.lab\.yaml:1:\d+: .*alias/i);
  });
});

describe("nodes with faults", () => {
  it("are judged by the definition of their kind", () => {
    const errors = errorsOf(`name: x
topology:
  nodes:
    sw1: {kind: switch, ageing: soon, fdb: {"02:x": 1}}
    h1: {kind: hub, prots: 3}
    h2: {ports: 2}
    h3: {knd: hub}
`);
    expect(errors).toEqual([
      'x.lab.yaml:4:33: wrong value for "ageing"; expected a duration, such as 2s, 150ms or 1m30s; found "soon"',
      'x.lab.yaml:4:45: not a valid name; expected a MAC address, such as 02:00:00:00:00:01; found "02:x"',
      'x.lab.yaml:5:21: unknown key; expected ports; found "prots"; did you mean "ports"?',
      'x.lab.yaml:6:9: "kind" is missing; expected switch or hub; found nothing',
      'x.lab.yaml:7:9: "kind" is missing; expected switch or hub; found nothing',
      'x.lab.yaml:7:10: unknown key; expected kind, ports, ageing, tableLimit or fdb; found "knd"; did you mean "kind"?',
    ]);
  });

  it("are told of a faulty default where the default stands, once", () => {
    const errors = errorsOf(`name: x
topology:
  defaults: {kind: switch, ageing: soon, agein: 3s}
  kinds:
    hub: {ports: 0}
    hubb: {}
  nodes:
    sw1:
    h1: {kind: hub}
    h2: {kind: hub}
`);
    expect(errors).toEqual([
      'x.lab.yaml:3:36: wrong value for "ageing"; expected a duration, such as 2s, 150ms or 1m30s; found "soon"',
      'x.lab.yaml:3:42: unknown key; expected kind, ports, ageing, tableLimit or fdb; found "agein"; did you mean "ageing"?',
      'x.lab.yaml:5:18: wrong value for "ports"; expected 1 to 1024 ports; found 0',
      'x.lab.yaml:6:5: unknown kind; expected switch or hub; found "hubb"; did you mean "hub"?',
    ]);
  });
});

describe("links with faults", () => {
  it("name the port that is wrong or taken", () => {
    expect(
      withMore("    - [sw1:5, sw2:1]\n    - {endpoints: [hub1:1, hub1:1]}\n    - [hub1:eth0, sw2:2]\n"),
    ).toEqual([
      'x.lab.yaml:9:8: sw1 (switch) has no such port; expected a port number, counted from 1, that the node has; found "5"',
      "x.lab.yaml:9:15: sw2:1 has a link already; expected a free port; found another link on it (links[0])",
      "x.lab.yaml:10:28: hub1:1 has a link already; expected a free port; found both ends on it",
      'x.lab.yaml:11:8: hub1 (hub) has no such port; expected a port number, counted from 1, that the node has; found "eth0"',
    ]);
  });

  it("name the field that is wrong, in both directions", () => {
    const errors =
      withMore(`    - {endpoints: [sw1:2, sw2:2], rat: 3, loss: 5x, there: {los: 1}, back: {rate: fast}}
    - {endpoints: [sw1:3]}
    - sw3
`);
    expect(errors).toEqual([
      'x.lab.yaml:9:35: unknown key; expected endpoints, rate, delay, mtu, queue, loss, latency, jitter, duplicate, reorder, reorderDelay, corrupt, ber, there, back, up or flap; found "rat"; did you mean "rate"?',
      'x.lab.yaml:9:49: wrong value for "loss"; expected a share, such as 5% or 0.05; found "5x"',
      'x.lab.yaml:9:61: unknown key; expected rate, loss, latency, jitter, duplicate, reorder, reorderDelay, corrupt or ber; found "los"; did you mean "loss"?',
      'x.lab.yaml:9:83: wrong value for "rate"; expected a rate, such as 10Mbps or 1Gbps; found "fast"',
      'x.lab.yaml:10:19: wrong value for "endpoints"; expected two endpoints, such as ["pc1:eth0", "sw1:1"]; found a list of 1',
      'x.lab.yaml:11:7: wrong value for "links"; expected a list or a mapping; found "sw3"',
    ]);
  });
});

describe("steps with faults", () => {
  it("are judged by the kind of step that they seem to be", () => {
    const errors = withMore(`steps:
  - {at: 1s, node: sw1, rn: ping}
  - {at: 1s, link: [sw1, sw2], do: cutt}
  - {at: 1s}
  - {at: 1s, node: sw1}
  - {at: 1s, port: sw1:1, send: 0xzz}
  - {at: 1s, link: sw1:1, change: {los: 5%}}
`);
    expect(errors).toEqual([
      'x.lab.yaml:10:25: unknown key; expected at, after, wait, id, note, node, run, for, why, expect, do or set; found "rn"; did you mean "run"?',
      'x.lab.yaml:11:36: wrong value for "do"; expected cut or restore; found "cutt"; did you mean "cut"?',
      "x.lab.yaml:12:5: something is missing; expected also node, run, do, link, change, set, port, send or flow; found a mapping of at",
      "x.lab.yaml:13:5: something is missing; expected also run, do or set; found a mapping of at, node",
      'x.lab.yaml:14:33: wrong value for "send"; expected the bytes of a frame in hexadecimal, from the destination address on; found "0xzz"',
      'x.lab.yaml:15:36: unknown key; expected rate, delay, mtu, queue, loss, latency, jitter, duplicate, reorder, reorderDelay, corrupt, ber or flap; found "los"; did you mean "loss"?',
    ]);
  });

  it("name nodes, links, settings and steps that do not exist", () => {
    const errors = withMore(`steps:
  - {id: one, node: sw1, do: kill}
  - {id: one, node: sw1, do: restart, after: on}
  - {node: sw1, set: {agein: 3}}
  - {node: hub1, run: ls}
  - {link: [sw1, hub1], do: cut}
  - {link: sw1:2, do: cut}
  - {link: sw1:1, towards: hub1, change: {loss: 1, delay: 1s}}
  - {at: 3s, after: one, node: sw1, do: kill}
`);
    expect(errors).toEqual([
      'x.lab.yaml:11:10: the id is taken; expected an id of its own; found "one"',
      'x.lab.yaml:11:46: unknown step before this one; expected one; found "on"; did you mean "one"?',
      'x.lab.yaml:12:23: sw1 (switch) has no such setting; expected ageing, or <port>.up, such as 1.up; found "agein"; did you mean "ageing"?',
      "x.lab.yaml:13:12: hub1 takes no commands; expected a node that does, such as a host; found hub",
      'x.lab.yaml:14:12: no such link; expected sw1:1--sw2:1; found "sw1" and "hub1"',
      'x.lab.yaml:15:12: no such link; expected sw1:1--sw2:1; found "sw1:2"; did you mean "sw1:1"?',
      'x.lab.yaml:16:28: unknown end of the link; expected sw1, sw1:1, sw2 or sw2:1; found "hub1"',
      'x.lab.yaml:16:52: delay is the same in both directions; expected a step without `towards`; found "delay"',
      "x.lab.yaml:17:10: two beginnings; expected `at` or `after`; found both",
    ]);
  });
});

describe("expectations with faults", () => {
  it("name the table, column, counter, reason or step that is wrong", () => {
    const errors = withMore(`expect:
  - {table: fbd, node: sw1, row: {}}
  - {table: fdb, node: sw1, row: {mc: 1}}
  - {frames: arp, on: sw1:1, count: many}
  - {drops: {sw1: {link-los: 1}}}
  - {counters: {"sw1:1": {rxFrame: 1}}}
  - {output: ping, status: 0}
`);
    expect(errors[0]).toBe('x.lab.yaml:10:13: unknown table; expected fdb; found "fbd"; did you mean "fdb"?');
    expect(errors[1]).toBe(
      'x.lab.yaml:11:35: unknown column; expected mac, port or state; found "mc"; did you mean "mac"?',
    );
    expect(errors[2]).toBe(
      'x.lab.yaml:12:37: wrong value for "count"; expected a number or a range, such as 3, >=1, <10 or 1..5; found "many"',
    );
    expect(errors[3]).toMatch(
      /^x\.lab\.yaml:13:20: unknown key; expected link-down, link-loss, .* more; found "link-los"; did you mean "link-loss"\?$/,
    );
    expect(errors[4]).toBe(
      'x.lab.yaml:14:27: unknown counter; expected rxFrames, rxBytes, txFrames, txBytes, rxErrors, rxDropped or txDropped; found "rxFrame"; did you mean "rxFrames"?',
    );
    expect(errors[5]).toBe(
      'x.lab.yaml:15:14: unknown id of a run step; expected one that exists (there is none); found "ping"',
    );
    expect(errors).toHaveLength(6);
  });
});

describe("a lab that a program defines", () => {
  it("has its faults placed by path", () => {
    const define = () =>
      defineLab(
        { name: "x", topology: { nodes: { a: { kind: "hub" } }, links: [["a:1", "b:1"]] } },
        standardKinds(),
      );
    expect(failure(define)).toEqual(['topology.links[0][1]: unknown node; expected a; found "b"']);
  });
});

describe("a host with faults", () => {
  it("names settings, next hops and interfaces that do not fit", () => {
    const errors = errorsOf(
      `name: x
topology:
  nodes:
    pc1:
      kind: host
      interfaces: {eth0: 10.0.0.5/24, eth0.5extremelylong: 10.0.0.6/24, eth1: {adress: 10.0.0.7/24}}
      gatway: 10.0.0.1
    pc2:
      kind: host
      interfaces: {eth0: 10.0.0.5/33, eth1: {address: 10.0.0.300/24}, eth2: {address: [10.0.0.1]}}
      sysctls: {net.ipv4.ip_forwrd: 1}
    pc3:
      kind: host
      interfaces: {eth0: 10.0.0.5/24}
      gateway: 10.0.1.1
      routes:
        - {to: 10.9.0.1/16, via: 10.0.0.1}
    pc4:
      kind: host
      interfaces: {eth0: 10.0.0.5/24}
      gateway: 10.0.1.1
      routes:
        - {to: 10.9.0.0/16, dev: eth1}
        - {to: 10.8.0.0/16}
        - {to: default, via: 10.0.0.5}
      neighbours: {10.0.0.9: 02:00:00:00:00:09, 10.7.0.9: 02:00:00:00:00:09}
steps:
  - {node: pc4, set: {eth0.upp: true, net.ipv4.ip_forwad: 1}}
`,
      standardKinds(),
    );
    expect(errors).toEqual([
      'x.lab.yaml:6:39: not a valid name; expected an interface name, such as eth0; found "eth0.5extremelylong"',
      'x.lab.yaml:6:80: unknown key; expected address, mac, mtu, up or acd; found "adress"; did you mean "address"?',
      'x.lab.yaml:7:7: unknown key; expected interfaces, gateway, routes, forwarding, sysctls, neighbours, dhcp, dhcpRelay or exec; found "gatway"; did you mean "gateway"?',
      'x.lab.yaml:10:26: wrong value for "eth0"; expected an IPv4 address with its prefix length, such as 10.0.0.1/24; found "10.0.0.5/33"',
      'x.lab.yaml:10:55: wrong value for "address"; expected an IPv4 address with its prefix length, such as 10.0.0.1/24; found "10.0.0.300/24"',
      'x.lab.yaml:10:88: wrong value for "address"; expected an IPv4 address with its prefix length, such as 10.0.0.1/24; found "10.0.0.1"',
      'x.lab.yaml:11:17: not a valid name; expected a setting that the host has, such as net.ipv4.ip_forward; found "net.ipv4.ip_forwrd"',
      'x.lab.yaml:17:16: wrong value for "to"; expected an IPv4 prefix, such as 10.0.0.0/8 or default; found "10.9.0.1/16"',
      "x.lab.yaml:21:16: the next hop is on no link of this host; expected an address in 10.0.0.0/24; found 10.0.1.1",
      'x.lab.yaml:23:34: no such interface; expected eth0; found "eth1"',
      "x.lab.yaml:24:11: the route leads nowhere; expected `via`, `dev` or a `type`; found none of them",
      "x.lab.yaml:25:11: the route is there already; expected another prefix or metric; found 0.0.0.0/0 metric 0",
      "x.lab.yaml:25:30: the next hop is this host itself; expected an address in 10.0.0.0/24; found 10.0.0.5",
      "x.lab.yaml:26:59: the next hop is on no link of this host; expected an address in 10.0.0.0/24; found 10.7.0.9",
      'x.lab.yaml:28:23: pc4 (host) has no such setting; expected a kernel setting, such as net.ipv4.ip_forward, or <interface>.up, .mtu or .mac; found "eth0.upp"; did you mean "eth0.up"?',
      'x.lab.yaml:28:39: pc4 (host) has no such setting; expected a kernel setting, such as net.ipv4.ip_forward, or <interface>.up, .mtu or .mac; found "net.ipv4.ip_forwad"; did you mean "net.ipv4.ip_forward"?',
    ]);
  });
});
