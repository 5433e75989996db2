import { describe, expect, it } from "vitest";
import { parsePrefix } from "../../src/core/ipv4.js";
import { type Host, NextHop, SystemError } from "../../src/host/index.js";
import { address, host, ip, world } from "./network.js";

const source = (on: Host, dst: string): string | number => {
  const path = on.stack.send4.path(ip(dst));
  return typeof path === "string" ? path : path.src;
};

describe("routes as Linux chooses them", () => {
  it("the longer prefix wins, whether it stands in table local or main", () => {
    const pc = host(world(), "pc", { eth0: "10.0.0.1/24" });
    // An address on the loopback makes its whole prefix local.
    pc.stack.addAddress(pc.stack.loopback, ip("10.0.0.9"), 8);
    expect(pc.stack.fib.lookup(ip("10.0.0.5"))).toMatchObject({ type: "unicast", length: 24 });
    expect(pc.stack.fib.lookup(ip("10.5.0.5"))).toMatchObject({ type: "local", length: 8 });
    expect(pc.stack.fib.lookup(ip("10.0.0.1"))).toMatchObject({ type: "local", length: 32 });
  });

  it("an address that reaches no further than the link is no source for what lies beyond", () => {
    const pc = host(world(), "pc");
    const dev = pc.stack.device("eth0")!;
    pc.stack.addAddress(dev, ip("10.0.0.9"), 25, { scope: "link" });
    address(pc, "eth0", "10.0.1.1/24");
    pc.stack.fib.add({ ...parsePrefix("default")!, nextHops: [new NextHop(dev, ip("10.0.0.20"))] });
    expect(source(pc, "8.8.8.8")).toBe(ip("10.0.1.1"));
    expect(source(pc, "10.0.0.20")).toBe(ip("10.0.0.9"));
  });

  it("what stays inside the machine has one next hop without a gateway, on a device that may be down", () => {
    const pc = host(world(), "pc", { eth0: "10.0.0.1/24" });
    const dev = pc.stack.device("eth0")!;
    const inside = { ...parsePrefix("10.9.0.0/16")!, scope: "host" } as const;
    const add = (...gateways: string[]): string => {
      try {
        pc.stack.fib.add({ ...inside, nextHops: gateways.map((gateway) => new NextHop(dev, ip(gateway))) });
        return "added";
      } catch (error) {
        return error instanceof SystemError ? error.message : String(error);
      }
    };
    dev.setUp(false);
    expect(add("10.0.0.2")).toBe("Route with host scope can not have a gateway.");
    expect(add("0.0.0.0", "0.0.0.0")).toBe("Route with host scope can not have multiple nexthops.");
    expect(add("0.0.0.0")).toBe("added");
  });

  it("a device that goes down leaves the machine's own addresses unharmed", () => {
    const pc = host(world(), "pc", { eth0: "10.0.0.1/24" });
    pc.stack.device("eth0")!.setUp(false);
    expect(pc.stack.fib.local.lookup(ip("10.0.0.1"))?.nextHops[0]?.dead).toBe(false);
  });
});
