import { describe, expect, it } from "vitest";
import { Switch } from "../../src/device/index.js";
import { Host } from "../../src/host/index.js";
import { Cable, Port, World } from "../../src/link/index.js";
import { runCommand, runOnSwitch } from "../../src/shell/index.js";

/** A switch with two hosts that have sent something, and what is typed on the switch. */
function network(): { world: World; bridge: Switch; typed: (line: string) => string } {
  const world = new World();
  const bridge = new Switch(world, "sw1");
  for (const n of [1, 2]) {
    const host = new Host(world, `pc${n}`);
    const port = new Port(bridge, n - 1, `port${n}`);
    new Cable(host.addCard("eth0").port, port, { bitsPerSecond: 1e9 });
    runCommand(host, `ip link set eth0 address 02:00:00:00:00:0${n} up; ip addr add 10.0.0.${n}/24 dev eth0`);
  }
  runCommand(world.nodes.get("pc1") as Host, "ping -c 1 10.0.0.2");
  world.engine.run();
  const typed = (line: string): string => {
    const { stdout, stderr, status } = runOnSwitch(bridge, line);
    return stdout + stderr + (status === 0 ? "" : `(${status})`);
  };
  return { world, bridge, typed };
}

describe("bridge fdb on a switch", () => {
  it("shows what was learned, port by port", () => {
    const { typed } = network();
    const [one, two] = [1, 2].map((n) => `02:00:00:00:00:0${n} dev port${n} master br0 \n`);
    expect(typed("bridge fdb")).toBe(one! + two!);
    expect(typed("bridge fdb show br br0")).toBe(one! + two!);
    expect(typed("bridge fdb show brport port2")).toBe("02:00:00:00:00:02 master br0 \n");
    expect(typed("bridge fdb show | grep -c port1")).toBe("1\n");
    expect(typed("bridge fdb get 02:00:00:00:00:01 br br0")).toBe(one);
  });

  it("pins, moves and removes addresses, and remembers who did", () => {
    const { bridge, typed } = network();
    expect(typed("bridge fdb add 02:00:00:00:00:77 dev port1 master static")).toBe("");
    expect(typed("bridge fdb get 02:00:00:00:00:77 br br0")).toBe(
      "02:00:00:00:00:77 dev port1 master br0 static\n",
    );
    expect(bridge.table.origin(0x0200, 0x77, 0)).toMatchObject({
      by: "command",
      text: "bridge fdb add 02:00:00:00:00:77 dev port1 master static",
    });
    expect(typed("bridge fdb replace 02:00:00:00:00:77 dev port2 master static")).toBe("");
    expect(typed("bridge fdb show state static dev port2")).toBe("02:00:00:00:00:77 master br0 static\n");
    expect(typed("bridge fdb del 02:00:00:00:00:77 dev port2 master")).toBe("");
    expect(typed("bridge fdb del 02:00:00:00:00:77 dev port2 master")).toBe(
      "RTNETLINK answers: No such file or directory\n(255)",
    );
  });

  it("flushes the whole table, or a port, or what was learned", () => {
    const { typed } = network();
    typed("bridge fdb add 02:00:00:00:00:77 dev port1 master static");
    typed("bridge fdb flush dev port2 master");
    expect(typed("bridge fdb | wc -l")).toBe("2\n");
    typed("bridge fdb flush dev br0 dynamic");
    expect(typed("bridge fdb")).toBe("02:00:00:00:00:77 dev port1 master br0 static\n");
    typed("bridge fdb flush dev br0");
    expect(typed("bridge fdb")).toBe("");
  });

  it("complains as bridge(8) does", () => {
    const { typed } = network();
    expect(typed("bridge fdb add 02:00:00:00:00:01 dev port2 master static")).toBe(
      "RTNETLINK answers: File exists\n(255)",
    );
    expect(typed("bridge fdb get 02:00:00:00:00:71 br br0")).toBe("Error: Fdb entry not found.\n(254)");
    expect(typed("bridge fdb show dev p9")).toBe('Cannot find device "p9"\n(255)');
    expect(typed("bridge fdb show br p9")).toBe('Cannot find bridge device "p9"\n(255)');
    expect(typed("bridge fdb add foo dev port1 master static")).toBe("Invalid mac address foo\n(255)");
    expect(typed("bridge fdb add dev port1 master")).toBe(
      "Device and address are required arguments.\n(255)",
    );
    expect(typed("bridge fdb flush")).toBe("Device is a required argument.\n(255)");
    expect(typed("bridge fdb foo")).toBe('Command "foo" is unknown, try "bridge fdb help".\n(255)');
    expect(typed("bridge foo")).toBe('Object "foo" is unknown, try "bridge help".\n(255)');
  });
});

describe("bridge link on a switch", () => {
  it("shows ports with their state and cost", () => {
    const { bridge, typed } = network();
    bridge.port("port2")!.setEnabled(false);
    expect(typed("bridge link")).toBe(
      "2: port1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 master br0 state forwarding priority 32 cost 4 \n" +
        "3: port2: <BROADCAST,MULTICAST> mtu 1500 master br0 state disabled priority 32 cost 4 \n",
    );
    expect(typed("bridge link show dev port9")).toBe('Cannot find device "port9"\n(255)');
  });
});
