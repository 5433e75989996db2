import { describe, expect, it } from "vitest";
import { Host } from "../../src/host/index.js";
import { Cable, World } from "../../src/link/index.js";
import { runCommand } from "../../src/shell/index.js";

/** What is typed on a host whose eth0 has a cable. */
function machine(): (line: string) => string {
  const world = new World();
  const [host, other] = [new Host(world, "pc1"), new Host(world, "pc2")];
  new Cable(host.addCard("eth0").port, other.addCard("eth0").port);
  runCommand(other, "ifconfig eth0 10.0.0.2 netmask 255.255.255.0");
  runCommand(host, "ifconfig eth0 hw ether 02:00:00:00:00:01");
  return (line) => {
    const { stdout, stderr, status } = runCommand(host, line);
    return stdout + stderr + (status === 0 ? "" : `(${status})`);
  };
}

describe("ifconfig", () => {
  it("gives an address, its class's mask unless told otherwise, and switches the card on", () => {
    const typed = machine();
    expect(typed("ifconfig eth0 10.0.0.1")).toBe("");
    expect(typed("ifconfig eth0 | grep inet")).toContain("netmask 255.0.0.0  broadcast 10.255.255.255");
    expect(typed("ifconfig eth0 10.0.0.1 netmask 255.255.255.0")).toBe("");
    expect(typed("ifconfig eth0")).toBe(
      "eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500\n" +
        "        inet 10.0.0.1  netmask 255.255.255.0  broadcast 10.0.0.255\n" +
        "        ether 02:00:00:00:00:01  txqueuelen 1000  (Ethernet)\n" +
        "        RX packets 0  bytes 0 (0.0 B)\n" +
        "        RX errors 0  dropped 0  overruns 0  frame 0\n" +
        "        TX packets 0  bytes 0 (0.0 B)\n" +
        "        TX errors 0  dropped 0 overruns 0  carrier 0  collisions 0\n\n",
    );
  });

  it("keeps aliases apart", () => {
    const typed = machine();
    typed("ifconfig eth0 10.0.0.1 netmask 255.255.255.0; ifconfig eth0:1 10.0.7.1 netmask 255.255.255.0");
    expect(typed("ifconfig | grep flags | wc -l")).toBe("3\n");
    typed("ifconfig eth0:1 down");
    expect(typed("ip -br addr show eth0")).toBe("eth0             UP             10.0.0.1/24 \n");
  });

  it("complains", () => {
    const typed = machine();
    expect(typed("ifconfig eth9")).toBe("eth9: error fetching interface information: Device not found\n(1)");
    expect(typed("ifconfig eth9 up")).toBe(
      "eth9: ERROR while getting interface flags: No such device\n(255)",
    );
    expect(typed("ifconfig eth0 mtu 1")).toBe("SIOCSIFMTU: Invalid argument\n(1)");
  });
});

describe("route", () => {
  it("adds, shows and deletes", () => {
    const typed = machine();
    typed("ifconfig eth0 10.0.0.1 netmask 255.255.255.0");
    expect(typed("route add default gw 10.0.0.254")).toBe("");
    expect(typed("route add -net 10.9.0.0/16 reject")).toBe("");
    expect(typed("route -n")).toBe(
      "Kernel IP routing table\n" +
        "Destination     Gateway         Genmask         Flags Metric Ref    Use Iface\n" +
        "0.0.0.0         10.0.0.254      0.0.0.0         UG    0      0        0 eth0\n" +
        "10.0.0.0        0.0.0.0         255.255.255.0   U     0      0        0 eth0\n" +
        "10.9.0.0        -               255.255.0.0     !     0      -        0 -\n",
    );
    expect(typed("route del default")).toBe("");
    expect(typed("route del default")).toBe("SIOCDELRT: No such process\n(7)");
    expect(typed("route add default gw 10.99.0.1")).toBe("SIOCADDRT: Network is unreachable\n(7)");
  });
});

describe("arp", () => {
  it("adds, shows and deletes", () => {
    const typed = machine();
    typed("ifconfig eth0 10.0.0.1 netmask 255.255.255.0");
    expect(typed("arp -s 10.0.0.5 02:00:00:00:00:55")).toBe("");
    expect(typed("arp -an")).toBe("? (10.0.0.5) at 02:00:00:00:00:55 [ether] PERM on eth0\n");
    expect(typed("arp -n")).toBe(
      "Address                  HWtype  HWaddress           Flags Mask            Iface\n" +
        "10.0.0.5                 ether   02:00:00:00:00:55   CM                    eth0\n",
    );
    expect(typed("arp -d 10.0.0.5")).toBe("");
    expect(typed("arp -d 10.0.0.5")).toBe("No ARP entry for 10.0.0.5\n(255)");
  });
});
