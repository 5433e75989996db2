import { describe, expect, it } from "vitest";
import { SECOND } from "../../src/core/index.js";
import { formatIpv4, parseIpv4, parsePrefix } from "../../src/core/ipv4.js";
import { type Host, NextHop } from "../../src/host/index.js";
import { address, cable, host, ip, route, world } from "./network.js";

const routes = (on: Host, table = 254): string[] =>
  on.stack.fib
    .table(table)
    .routes()
    .map(
      ({ type, prefixText, nextHops, prefSrc }) =>
        `${type} ${prefixText} ${nextHops.map((hop) => hop.dev.name + (hop.dead ? " dead" : "")).join(",")} ${formatIpv4(prefSrc)}`,
    );

describe("addresses and their routes", () => {
  it("an address brings itself, its prefix and its broadcast address", () => {
    const pc = host(world(), "pc", { eth0: "10.0.0.1/24" });
    expect(routes(pc)).toEqual(["unicast 10.0.0.0/24 eth0 10.0.0.1"]);
    expect(routes(pc, 255)).toEqual([
      "local 10.0.0.1 eth0 10.0.0.1",
      "broadcast 10.0.0.255 eth0 10.0.0.1",
      "local 127.0.0.0/8 lo 127.0.0.1",
      "local 127.0.0.1 lo 127.0.0.1",
      "broadcast 127.255.255.255 lo 127.0.0.1",
    ]);
  });

  it("a second address of the same prefix is secondary, and goes with the first", () => {
    const pc = host(world(), "pc", { eth0: "10.0.0.1/24" });
    address(pc, "eth0", "10.0.0.2/24");
    const dev = pc.stack.device("eth0")!;
    expect(dev.addresses.map((own) => own.secondary)).toEqual([false, true]);
    pc.stack.removeAddress(dev, ip("10.0.0.1"), 24);
    expect(dev.addresses).toEqual([]);
    expect(routes(pc)).toEqual([]);
  });

  it("of a device that is down, the addresses stay the machine's own", () => {
    const pc = host(world(), "pc", { eth0: "10.0.0.1/24" });
    pc.stack.device("eth0")!.setUp(false);
    expect(pc.stack.isLocal(ip("10.0.0.1"))).toBe(true);
    expect(routes(pc)).toEqual([]);
    pc.stack.device("eth0")!.setUp(true);
    expect(routes(pc)).toEqual(["unicast 10.0.0.0/24 eth0 10.0.0.1"]);
  });

  it("an address goes when its lifetime is over", () => {
    const on = world();
    const pc = host(on, "pc");
    const dev = pc.stack.device("eth0")!;
    pc.stack.addAddress(dev, ip("10.0.0.1"), 24, { validUntil: 5 * SECOND });
    on.engine.run(4 * SECOND);
    expect(routes(pc)).toHaveLength(1);
    on.engine.run(6 * SECOND);
    expect(dev.addresses).toEqual([]);
    expect(routes(pc)).toEqual([]);
  });

  it("a route that asks for a source goes with that address", () => {
    const pc = host(world(), "pc", { eth0: "10.0.0.1/24" });
    address(pc, "eth0", "10.1.0.1/24");
    const dev = pc.stack.device("eth0")!;
    const prefSrc = parseIpv4("10.1.0.1")!;
    pc.stack.fib.add({
      ...parsePrefix("10.9.0.0/16")!,
      scope: "link",
      prefSrc,
      nextHops: [new NextHop(dev, ip("0.0.0.0"))],
    });
    pc.stack.removeAddress(dev, prefSrc, 24);
    expect(routes(pc)).toEqual(["unicast 10.0.0.0/24 eth0 10.0.0.1"]);
  });

  it("the last address takes the device's other routes along", () => {
    const pc = host(world(), "pc", { eth0: "10.0.0.1/24" });
    route(pc, "default", "10.0.0.254");
    pc.stack.removeAddress(pc.stack.device("eth0")!, ip("10.0.0.1"), 24);
    expect(routes(pc)).toEqual([]);
  });
});

describe("a route with two next hops", () => {
  it("goes on over the other while one's device is down", () => {
    const on = world();
    const pc = host(on, "pc", { eth0: "10.0.0.1/24", eth1: "10.1.0.1/24" });
    const other = host(on, "other", { eth0: null, eth1: null });
    for (const name of ["eth0", "eth1"]) cable(pc.port(name), other.port(name));
    const { fib } = pc.stack;
    const [eth0, eth1] = ["eth0", "eth1"].map((name) => pc.stack.device(name)!);
    const hops = [new NextHop(eth0!, ip("10.0.0.254")), new NextHop(eth1!, ip("10.1.0.254"))];
    const added = fib.add({ ...parsePrefix("10.9.0.0/16")!, nextHops: hops });
    const chosen = (): Set<string> =>
      new Set(Array.from({ length: 64 }, (_, i) => added.nextHop(1, 1000 + i).dev.name));
    expect(chosen()).toEqual(new Set(["eth0", "eth1"]));
    eth0!.setUp(false);
    expect(chosen()).toEqual(new Set(["eth1"]));
    eth0!.setUp(true);
    expect(chosen()).toEqual(new Set(["eth0", "eth1"]));
  });
});
