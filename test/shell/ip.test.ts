import { describe, expect, it } from "vitest";
import { parseIpv4, SECOND } from "../../src/core/index.js";
import { Host } from "../../src/host/index.js";
import { Cable, World } from "../../src/link/index.js";
import { runCommand } from "../../src/shell/index.js";

/** Two hosts on a cable, eth0 of each up; what is typed on the first. */
function pair(): { world: World; host: Host; typed: (line: string) => string } {
  const world = new World();
  const [host, other] = [new Host(world, "pc1"), new Host(world, "pc2")];
  new Cable(host.addCard("eth0").port, other.addCard("eth0").port);
  for (const each of [host, other]) runCommand(each, "ip link set eth0 up");
  const typed = (line: string): string => {
    const { stdout, stderr, status } = runCommand(host, line);
    return stdout + stderr + (status === 0 ? "" : `(${status})`);
  };
  return { world, host, typed };
}

describe("ip", () => {
  it("takes a route as it is typed, and tells it back", () => {
    const { typed } = pair();
    expect(typed("ip addr add 10.173.32.9/20 brd + dev eth0")).toBe("");
    expect(typed("ip route add 10.176.48.0/20 via 10.173.32.1 dev eth0")).toBe("");
    expect(typed("ip route")).toBe(
      "10.173.32.0/20 dev eth0 proto kernel scope link src 10.173.32.9 \n" +
        "10.176.48.0/20 via 10.173.32.1 dev eth0 \n",
    );
    expect(typed("ip -4 addr show eth0")).toBe(
      "2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc pfifo_fast state UP group default qlen 1000\n" +
        "    inet 10.173.32.9/20 brd 10.173.47.255 scope global eth0\n" +
        "       valid_lft forever preferred_lft forever\n",
    );
  });

  it("answers with the kernel's errors", () => {
    const { typed } = pair();
    expect(typed("ip route add 10.9.0.0/16 via 10.0.0.254")).toBe("Error: Nexthop has invalid gateway.\n(2)");
    typed("ip addr add 10.0.0.1/24 dev eth0");
    typed("ip route add 10.9.0.0/16 via 10.0.0.254");
    expect(typed("ip route add 10.9.0.0/16 via 10.0.0.254")).toBe("RTNETLINK answers: File exists\n(2)");
    expect(typed("ip link set eth9 up")).toBe('Cannot find device "eth9"\n(1)');
    expect(typed("ip route foo")).toBe('Command "foo" is unknown, try "ip route help".\n(255)');
    expect(typed("ip route add x dev eth0")).toBe(
      'Error: any valid prefix is expected rather than "x".\n(1)',
    );
  });

  it("refuses by name what is not simulated", () => {
    const { typed } = pair();
    expect(typed("ip route add 10.9.0.0/16 dev eth0 rtt 5")).toBe('Error: "rtt" is not simulated.\n(1)');
    expect(typed("ip tunnel show")).toBe('Error: "ip tunnel" is not simulated.\n(1)');
    expect(typed("ip -j route")).toBe('Error: "-j" is not simulated.\n(1)');
  });

  it("notes the command as the origin of what it installs", () => {
    const { host, world, typed } = pair();
    world.engine.run(3 * SECOND);
    typed("ip addr add 10.0.0.1/24 dev eth0");
    typed("ip route add default via 10.0.0.254");
    const origin = { by: "command", text: "ip route add default via 10.0.0.254", time: 3 * SECOND };
    expect(host.stack.fib.main.lookup(parseIpv4("8.8.8.8")!)?.origin).toEqual(origin);
    typed("ip neigh add 10.0.0.7 lladdr 02:00:00:00:00:07 dev eth0");
    expect(host.stack.neighbours.entries()[0]?.origin).toMatchObject({ by: "command" });
  });

  it("tells the path MTU and the redirect that a route was taught", () => {
    const { host, typed } = pair();
    typed("ip addr add 10.0.0.1/24 dev eth0 && ip route add default via 10.0.0.254");
    const dst = parseIpv4("8.8.8.8")!;
    host.stack.exceptions.learn(dst, { mtu: 1280, mtuExpires: 600 * SECOND });
    expect(typed("ip route get 8.8.8.8")).toBe(
      "8.8.8.8 via 10.0.0.254 dev eth0 src 10.0.0.1 uid 0 \n    cache expires 600sec mtu 1280 \n",
    );
    host.stack.exceptions.learn(dst, { gateway: parseIpv4("10.0.0.253")!, mtu: 0 });
    expect(typed("ip route get 8.8.8.8")).toBe(
      "8.8.8.8 via 10.0.0.253 dev eth0 src 10.0.0.1 uid 0 \n    cache <redirected> \n",
    );
    typed("ip route flush cache");
    expect(typed("ip route get 8.8.8.8")).toContain("    cache \n");
  });

  it("counts what a device sends, in columns as wide as they must be", () => {
    const { host, typed } = pair();
    const dev = host.stack.device("eth0")!;
    dev.rxBytes = 28_844_368_123;
    expect(typed("ip -s link show eth0").split("\n").slice(2, 4)).toEqual([
      "    RX:   bytes packets errors dropped  missed   mcast           ",
      "    28844368123       0      0       0       0       0 ",
    ]);
  });
});
