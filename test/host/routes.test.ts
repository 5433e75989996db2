import { beforeEach, describe, expect, it } from "vitest";
import { formatIpv4, parsePrefix } from "../../src/core/index.js";
import { NextHop, type RouteSpec, SystemError, TABLE_DEFAULT, UdpSocket } from "../../src/host/index.js";
import { echo, ether, ICMP, ipv4 } from "./frames.js";
import { address, ip, route } from "./network.js";
import { Bench } from "./wire-script.js";

let bench: Bench;

beforeEach(() => {
  bench = new Bench({ eth0: "10.0.0.1/24", eth1: "10.0.1.1/24" });
});

const fib = () => bench.stack.fib;
const hop = (card: string, via = "0.0.0.0", weight = 1) =>
  new NextHop(bench.stack.device(card)!, ip(via), weight);
const add = (to: string, spec: Omit<RouteSpec, "address" | "length">) =>
  fib().add({ ...parsePrefix(to)!, ...spec });
const chosen = (to: string) => {
  const found = fib().lookup(ip(to));
  return found === null ? null : `${found.prefixText} ${found.metric} ${found.type}`;
};
/** `10.0.0.0/24 eth0`, in order. */
const main = () =>
  fib()
    .main.routes()
    .map((each) => `${each.prefixText} ${each.nextHops.map(({ dev }) => dev.name).join(" ")}`);
const errorOf = (call: () => unknown): string => {
  try {
    call();
    return "none";
  } catch (error) {
    return error instanceof SystemError ? error.errno : `${error}`;
  }
};

describe("RFC 1812 §5.2.4.3: the choice of a route", () => {
  it("is the longest prefix, then the lowest metric", () => {
    route(bench.dut, "default", "10.0.0.254");
    add("192.0.2.0/24", { nextHops: [hop("eth1", "10.0.1.254")], metric: 20 });
    add("192.0.2.0/24", { nextHops: [hop("eth0", "10.0.0.254")], metric: 10 });
    add("192.0.2.128/25", { nextHops: [hop("eth1", "10.0.1.254")], metric: 100 });
    expect(chosen("192.0.2.1")).toBe("192.0.2.0/24 10 unicast");
    expect(chosen("192.0.2.200")).toBe("192.0.2.128/25 100 unicast");
    expect(chosen("198.51.100.1")).toBe("default 0 unicast");
    fib().main.remove({ ...parsePrefix("192.0.2.0/24")!, metric: 10 });
    expect(chosen("192.0.2.1")).toBe("192.0.2.0/24 20 unicast");
  });

  it("is the table local's before all others", () => {
    add("10.0.0.1/32", { nextHops: [hop("eth1", "10.0.1.254")] });
    expect(chosen("10.0.0.1")).toBe("10.0.0.1 0 local");
  });

  it("follows each change at once, whatever was asked before", () => {
    expect(chosen("192.0.2.1")).toBeNull();
    add("192.0.2.0/24", { nextHops: [hop("eth0", "10.0.0.9")] });
    expect(chosen("192.0.2.1")).toBe("192.0.2.0/24 0 unicast");
    add("192.0.2.1/32", { type: "blackhole" });
    expect(chosen("192.0.2.1")).toBe("192.0.2.1 0 blackhole");
    fib().main.removeWhere(({ address: to }) => to === ip("192.0.2.1") || to === ip("192.0.2.0"));
    expect(chosen("192.0.2.1")).toBeNull();
  });

  it("goes on to the next table after a throw route", () => {
    add("192.0.2.0/24", { type: "throw" });
    expect(chosen("192.0.2.1")).toBeNull();
    add("0.0.0.0/0", { table: TABLE_DEFAULT, nextHops: [hop("eth0", "10.0.0.254")] });
    expect(chosen("192.0.2.1")).toBe("default 0 unicast");
    expect(chosen("198.51.100.7")).toBe("default 0 unicast");
  });
});

describe("what a program is told about a route that leads nowhere", () => {
  it.each(["unreachable", "prohibit", "blackhole", "throw"] as const)("%s", (type) => {
    const errno = {
      unreachable: "EHOSTUNREACH",
      prohibit: "EACCES",
      blackhole: "EINVAL",
      throw: "ENETUNREACH",
    };
    add("192.0.2.0/24", { type });
    const socket = new UdpSocket(bench.stack);
    expect(socket.send(new Uint8Array(1), ip("192.0.2.1"), 9)).toBe(errno[type]);
    bench.expectNoLeaks();
  });

  it("no route at all", () => {
    expect(new UdpSocket(bench.stack).send(new Uint8Array(1), ip("192.0.2.1"), 9)).toBe("ENETUNREACH");
  });
});

describe("equal-cost multipath", () => {
  const flows = (weights: readonly [number, number]) => {
    bench.stack.sysctl.set("net.ipv4.ip_forward", 1);
    bench.knowNeighbour(["02:00:00:00:00:0a", "10.0.0.254"]);
    bench.knowNeighbour(["02:00:00:00:00:0b", "10.0.1.254"], "eth1");
    add("192.0.2.0/24", {
      nextHops: [hop("eth0", "10.0.0.254", weights[0]), hop("eth1", "10.0.1.254", weights[1])],
    });
    for (let i = 0; i < 256; i++)
      bench.packet(ipv4("10.0.1.9", `192.0.2.${i}`, ICMP, echo(1, 1)), "eth1", "02:00:00:00:01:01");
    bench.run();
    const by = (card: string) =>
      bench.heard(card).filter((frame) => frame[23] === ICMP && frame[34] === 8).length;
    return [by("eth0"), by("eth1")] as const;
  };

  it("spreads destinations over the next hops", () => {
    const [one, other] = flows([1, 1]);
    expect(one + other).toBe(256);
    expect(Math.min(one, other)).toBeGreaterThan(90);
  });

  it("in proportion to their weights", () => {
    const [one, other] = flows([3, 1]);
    expect(one + other).toBe(256);
    expect(other).toBeGreaterThan(35);
    expect(other).toBeLessThan(95);
  });

  it("keeps a flow on its next hop", () => {
    bench.stack.sysctl.set("net.ipv4.ip_forward", 1);
    bench.knowNeighbour(["02:00:00:00:00:0a", "10.0.0.254"]);
    bench.knowNeighbour(["02:00:00:00:00:0b", "10.0.1.254"], "eth1");
    bench.stack.sysctl.set("net.ipv4.conf.all.send_redirects", 0);
    bench.stack.sysctl.set("net.ipv4.conf.default.send_redirects", 0);
    add("192.0.2.0/24", { nextHops: [hop("eth0", "10.0.0.254"), hop("eth1", "10.0.1.254")] });
    for (let i = 0; i < 50; i++)
      bench.inject(
        ether(
          "02:00:00:00:01:01",
          "02:00:00:00:00:02",
          0x0800,
          ipv4("10.0.1.9", "192.0.2.7", ICMP, echo(1, i)),
        ),
        "eth1",
      );
    bench.run();
    const counts = [
      bench.heard("eth0").length,
      bench.heard("eth1").filter((frame) => frame[34] === 8).length,
    ];
    expect(counts.sort((x, y) => x - y)).toEqual([0, 50]);
  });
});

describe("what `ip route add` refuses", () => {
  it.each<[string, () => unknown, string]>([
    [
      "the same prefix and metric twice",
      () => ["10.0.0.9", "10.0.0.8"].map((via) => route(bench.dut, "default", via)),
      "EEXIST",
    ],
    [
      "a gateway that is on no link",
      () => add("192.0.2.0/24", { nextHops: [hop("eth0", "172.16.0.1")] }),
      "ENETUNREACH",
    ],
    [
      "a gateway that is on another link",
      () => add("192.0.2.0/24", { nextHops: [hop("eth1", "10.0.0.254")] }),
      "ENETUNREACH",
    ],
    [
      "host bits",
      () => fib().add({ address: ip("192.0.2.1"), length: 24, nextHops: [hop("eth0")] }),
      "EINVAL",
    ],
    ["no next hop at all", () => add("192.0.2.0/24", {}), "ENODEV"],
    [
      "a source that is not the machine's",
      () => add("192.0.2.0/24", { nextHops: [hop("eth0", "10.0.0.9")], prefSrc: ip("10.9.9.9") }),
      "EINVAL",
    ],
  ])("%s", (_what, call, errno) => {
    expect(errorOf(call)).toBe(errno);
  });

  it("a device that is down", () => {
    bench.stack.device("eth1")!.setUp(false);
    expect(errorOf(() => add("192.0.2.0/24", { nextHops: [hop("eth1")] }))).toBe("ENETDOWN");
  });

  it("takes away only what matches", () => {
    expect(errorOf(() => fib().main.remove(parsePrefix("192.0.2.0/24")!))).toBe("ESRCH");
  });
});

describe("an interface that goes down and comes up", () => {
  it("loses its routes and gets those of its addresses back, not those that were added", () => {
    route(bench.dut, "default", "10.0.0.254");
    route(bench.dut, "192.0.2.0/24", "10.0.1.254");
    expect(main()).toEqual(["default eth0", "10.0.0.0/24 eth0", "10.0.1.0/24 eth1", "192.0.2.0/24 eth1"]);
    bench.eth0.setUp(false);
    expect(main()).toEqual(["10.0.1.0/24 eth1", "192.0.2.0/24 eth1"]);
    bench.eth0.setUp(true);
    expect(main()).toEqual(["10.0.0.0/24 eth0", "10.0.1.0/24 eth1", "192.0.2.0/24 eth1"]);
  });

  it("keeps its routes while only the carrier is lost", () => {
    bench.station().port1.setEnabled(false);
    expect(main()).toEqual(["10.0.0.0/24 eth0", "10.0.1.0/24 eth1"]);
    expect(new UdpSocket(bench.stack).send(new Uint8Array(1), ip("10.0.0.9"), 9)).toBeNull();
    bench.run(5);
    expect(bench.drops()["link-down"]).toBeGreaterThan(0);
    bench.expectNoLeaks();
  });

  it("answers for its address again", () => {
    bench.knowNeighbour();
    bench.eth0.setUp(false);
    bench.run();
    bench.eth0.setUp(true);
    bench.knowNeighbour();
    bench.packet(ipv4("10.0.0.2", "10.0.0.1", ICMP, echo(1, 1)));
    bench.run();
    expect(bench.heard()).toHaveLength(1);
  });
});

describe("the source address of what the machine sends", () => {
  const source = (to: string) => {
    const path = bench.stack.send4.path(ip(to));
    return typeof path === "string" ? path : formatIpv4(path.src);
  };

  it("is that of the interface for the next hop, the primary one", () => {
    address(bench.dut, "eth0", "10.0.0.5/24");
    route(bench.dut, "default", "10.0.1.254");
    expect([source("10.0.0.9"), source("192.0.2.1"), source("127.0.0.1"), source("10.0.1.1")]).toEqual([
      "10.0.0.1",
      "10.0.1.1",
      "127.0.0.1",
      "10.0.1.1",
    ]);
  });

  it("is the route's preferred source", () => {
    add("192.0.2.0/24", { nextHops: [hop("eth0", "10.0.0.9")], prefSrc: ip("10.0.1.1") });
    expect(source("192.0.2.1")).toBe("10.0.1.1");
  });

  it("is another interface's where the interface has none", () => {
    bench = new Bench({ eth0: "10.0.0.1/24", eth1: null });
    add("192.0.2.0/24", { nextHops: [hop("eth1")], scope: "link" });
    expect(source("192.0.2.1")).toBe("10.0.0.1");
  });
});

describe("an address with a prefix of length 0", () => {
  it("brings no prefix route, as in Linux, and is a source for everything", () => {
    bench = new Bench({ eth0: "10.0.0.1/0" });
    expect(main()).toEqual([]);
    expect(bench.eth0.primaryFor(ip("8.8.8.8"))?.length).toBe(0);
  });
});
