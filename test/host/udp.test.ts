import { beforeEach, describe, expect, it } from "vitest";
import { formatIpv4, fromUtf8 } from "../../src/core/index.js";
import { errnoOf, type UdpError, UdpSocket } from "../../src/host/index.js";
import { BROADCAST, ether, half, ICMP, icmp, ipv4, UDP, udp } from "./frames.js";
import { address, ip } from "./network.js";
import { Bench, DUT, fromDut, PEER } from "./wire-script.js";

let bench: Bench;

beforeEach(() => {
  bench = new Bench();
  bench.knowNeighbour();
});

/** A socket that notes what it gets: `text from address:port`. */
function listener(at = "0.0.0.0", port = 2000, setUp: (socket: UdpSocket) => void = () => {}) {
  const socket = new UdpSocket(bench.stack);
  setUp(socket);
  const got: string[] = [];
  socket.onDatagram = ({ bytes, from, to, src, srcPort }) =>
    got.push(`${fromUtf8(bytes, from, to)} ${formatIpv4(src)}:${srcPort}`);
  return { socket, got, error: socket.bind(ip(at), port) };
}
const hear = (data: string, dst = "10.0.0.1", dstPort = 2000, srcPort = 1000, src = "10.0.0.2") => {
  const packet = ipv4(src, dst, UDP, udp(src, dst, srcPort, dstPort, data));
  bench.inject(ether(dst === "10.0.0.255" ? BROADCAST : DUT, PEER, 0x0800, packet));
  bench.run();
};

describe("RFC 768: the datagram", () => {
  it("goes out with ports, length and a checksum over the pseudo header", () => {
    const { socket } = listener("10.0.0.1", 4000);
    socket.send(Uint8Array.from([1, 2, 3]), ip("10.0.0.2"), 5000);
    bench.run();
    bench.expectOut(
      fromDut(
        ipv4("10.0.0.1", "10.0.0.2", UDP, udp("10.0.0.1", "10.0.0.2", 4000, 5000, [1, 2, 3]), { df: true }),
      ),
    );
  });

  it("carries a checksum that comes out as zero as all ones", () => {
    const { socket } = listener("10.0.0.1", 4000);
    // The payload that makes the sum come out: found by asking for the checksum of two zero bytes.
    const zero = udp("10.0.0.1", "10.0.0.2", 4000, 5000, [0, 0]);
    const data = [zero[6]!, zero[7]!];
    socket.send(Uint8Array.from(data), ip("10.0.0.2"), 5000);
    bench.run();
    const [frame] = bench.heard();
    expect([...frame!.subarray(40, 44)]).toEqual([0xff, 0xff, ...data]);
  });

  it("is taken without a checksum, and not with a wrong one", () => {
    const { got } = listener();
    const send = (sum: number) =>
      bench.packet(ipv4("10.0.0.2", "10.0.0.1", UDP, udp("10.0.0.2", "10.0.0.1", 1000, 2000, "x", sum)));
    send(0);
    send(0x1234);
    bench.run();
    expect(got).toEqual(["x 10.0.0.2:1000"]);
    expect(bench.drops()).toEqual({ "udp-checksum": 1 });
    expect(bench.stack.udp.checksumErrors).toBe(1);
    bench.expectNoLeaks();
  });

  it("may be empty, and as long as IPv4 allows", () => {
    const { got, socket } = listener();
    hear("");
    expect(got).toEqual([" 10.0.0.2:1000"]);
    expect(socket.send(new Uint8Array(65_507), ip("10.0.0.1"), 2000)).toBeNull();
    expect(socket.send(new Uint8Array(65_508), ip("10.0.0.1"), 2000)).toBe("EMSGSIZE");
    bench.run();
    expect(got).toHaveLength(2);
    bench.expectNoLeaks();
  });

  it.each<[string, number[]]>([
    ["shorter than its header", [...half(1000), ...half(2000), ...half(8), 0]],
    ["with a length below eight", [...half(1000), ...half(2000), ...half(7), 0, 0]],
    ["with a length beyond the packet", [...half(1000), ...half(2000), ...half(9), 0, 0]],
  ])("is dropped when it is %s", (_what, datagram) => {
    const { got } = listener();
    bench.packet(ipv4("10.0.0.2", "10.0.0.1", UDP, datagram));
    bench.run();
    expect(got).toEqual([]);
    expect(bench.drops()).toEqual({ "udp-malformed": 1 });
  });

  it("ends where its length says, whatever follows in the packet", () => {
    const { got } = listener();
    bench.packet(
      ipv4("10.0.0.2", "10.0.0.1", UDP, [...udp("10.0.0.2", "10.0.0.1", 1000, 2000, "abc"), 1, 2, 3]),
    );
    bench.run();
    expect(got).toEqual(["abc 10.0.0.2:1000"]);
  });
});

describe("binding", () => {
  it("takes an address of the machine only", () => {
    expect(listener("10.0.0.1").error).toBeNull();
    expect(listener("127.0.0.1").error).toBeNull();
    expect(listener("10.0.0.9").error).toBe("EADDRNOTAVAIL");
    expect(listener("239.0.0.1").error).toBeNull();
  });

  it("finds a port taken by a socket on the same or on every address", () => {
    expect(listener().error).toBeNull();
    expect(listener().error).toBe("EADDRINUSE");
    expect(listener("10.0.0.1").error).toBe("EADDRINUSE");
    expect(listener("0.0.0.0", 2001).error).toBeNull();
  });

  it("shares a port between addresses, and between sockets that both reuse it", () => {
    expect([listener("10.0.0.1").error, listener("127.0.0.1").error]).toEqual([null, null]);
    const reuse = (socket: UdpSocket) => {
      socket.reuse = true;
    };
    const one = listener("0.0.0.0", 3000, reuse);
    const two = listener("0.0.0.0", 3000, reuse);
    expect([one.error, two.error]).toEqual([null, null]);
    hear("x", "10.0.0.1", 3000);
    // As in Linux, the newest gets unicasts.
    expect([one.got, two.got]).toEqual([[], ["x 10.0.0.2:1000"]]);
  });

  it("gives the port back when the socket is closed, also from within its own callback", () => {
    const { socket, got } = listener();
    socket.onDatagram = () => {
      got.push("once");
      socket.close();
    };
    hear("a");
    hear("b");
    expect(got).toEqual(["once"]);
    expect(listener().error).toBeNull();
  });

  it("takes ephemeral ports from the range, each once, until none is left", () => {
    bench.stack.sysctl.set("net.ipv4.ip_local_port_range.low", 40_000);
    bench.stack.sysctl.set("net.ipv4.ip_local_port_range.high", 40_009);
    const ports = Array.from({ length: 10 }, () => listener("0.0.0.0", 0).socket.port);
    expect([...ports].sort()).toEqual(Array.from({ length: 10 }, (_, i) => 40_000 + i));
    expect(listener("0.0.0.0", 0).error).toBe("EADDRINUSE");
  });
});

describe("the choice of a socket", () => {
  it("is the connected one, then the one bound to the address, then any", () => {
    const any = listener();
    expect(any.error).toBeNull();
    any.socket.close();
    const reuse = (socket: UdpSocket) => {
      socket.reuse = true;
    };
    const [general, bound, connected] = [
      listener("0.0.0.0", 2000, reuse),
      listener("10.0.0.1", 2000, reuse),
      listener("10.0.0.1", 2000, reuse),
    ];
    connected.socket.connect(ip("10.0.0.2"), 1000);
    address(bench.dut, "eth0", "10.0.0.7/24");
    hear("1");
    hear("2", "10.0.0.1", 2000, 1001);
    hear("3", "10.0.0.7");
    expect(connected.got).toEqual(["1 10.0.0.2:1000"]);
    expect(bound.got).toEqual(["2 10.0.0.2:1001"]);
    expect(general.got).toEqual(["3 10.0.0.2:1000"]);
  });

  it("leaves out sockets of other devices", () => {
    bench = new Bench({ eth0: "10.0.0.1/24", eth1: "10.0.1.1/24" });
    bench.knowNeighbour();
    const { got } = listener("0.0.0.0", 2000, (socket) => {
      socket.dev = bench.stack.device("eth1")!;
    });
    hear("x");
    expect(got).toEqual([]);
    expect(bench.drops()).toEqual({ "udp-no-port": 1 });
  });
});

describe("connected sockets", () => {
  it("hear their peer only, and the port is closed for others", () => {
    const { socket, got } = listener();
    socket.connect(ip("10.0.0.2"), 1000);
    hear("a");
    hear("b", "10.0.0.1", 2000, 1001);
    hear("c", "10.0.0.1", 2000, 1000, "10.0.0.3");
    expect(got).toEqual(["a 10.0.0.2:1000"]);
    expect(bench.drops()["udp-no-port"]).toBe(2);
  });

  it("take the source address of the way to the peer", () => {
    const socket = new UdpSocket(bench.stack);
    expect(socket.connect(ip("10.0.0.2"), 1000)).toBeNull();
    expect(formatIpv4(socket.address)).toBe("10.0.0.1");
    expect(socket.send(new Uint8Array(1))).toBeNull();
  });

  it("cannot be made where no route leads, nor to a broadcast without leave", () => {
    expect(new UdpSocket(bench.stack).connect(ip("192.0.2.1"), 9)).toBe("ENETUNREACH");
    expect(new UdpSocket(bench.stack).connect(ip("10.0.0.255"), 9)).toBe("EACCES");
  });

  it("need a destination otherwise", () => {
    expect(new UdpSocket(bench.stack).send(new Uint8Array(1))).toBe("EDESTADDRREQ");
  });
});

describe("RFC 1122 §4.1.3.3: ICMP errors reach the socket", () => {
  const errorAbout = (type: number, code: number, srcPort = 2000, dstPort = 9) => {
    const quoted = ipv4("10.0.0.1", "10.0.0.2", UDP, udp("10.0.0.1", "10.0.0.2", srcPort, dstPort, "x"));
    bench.packet(ipv4("10.0.0.2", "10.0.0.1", ICMP, icmp(type, code, 0, quoted)));
    bench.run();
  };
  const errors = (connectTo?: number) => {
    const { socket } = listener();
    const seen: UdpError[] = [];
    socket.onError = (error) => seen.push(error);
    if (connectTo !== undefined) socket.connect(ip("10.0.0.2"), connectTo);
    return seen;
  };

  it.each([
    [3, 0, "ENETUNREACH"],
    [3, 1, "EHOSTUNREACH"],
    [3, 3, "ECONNREFUSED"],
    [3, 4, "EMSGSIZE"],
    [3, 13, "EHOSTUNREACH"],
    [11, 0, "EHOSTUNREACH"],
  ])("type %d code %d is %s", (type, code, errno) => {
    const seen = errors(9);
    errorAbout(type, code);
    expect(seen.map(errnoOf)).toEqual([errno]);
    expect(seen[0]).toMatchObject({ type, code, dst: ip("10.0.0.2"), dstPort: 9, from: ip("10.0.0.2") });
  });

  it("of its own datagrams only", () => {
    const seen = errors(9);
    errorAbout(3, 3, 2001);
    errorAbout(3, 3, 2000, 10);
    expect(seen).toEqual([]);
    expect(bench.drops()).toEqual({ "icmp-no-socket": 2 });
  });

  it("at a closed port of the machine itself", () => {
    const seen = errors();
    const { socket } = listener("0.0.0.0", 2002);
    socket.onError = (error) => seen.push(error);
    socket.send(new Uint8Array(1), ip("127.0.0.1"), 9);
    bench.run();
    expect(seen.map(errnoOf)).toEqual(["ECONNREFUSED"]);
    bench.expectNoLeaks();
  });

  it("when ARP finds nobody", () => {
    const { socket } = listener();
    const seen: string[] = [];
    socket.onError = (error) => seen.push(errnoOf(error));
    socket.send(new Uint8Array(1), ip("10.0.0.77"), 9);
    bench.run(4);
    expect(seen).toEqual(["EHOSTUNREACH"]);
  });
});

describe("broadcast", () => {
  it("needs leave (SO_BROADCAST), then goes to everybody and to the machine itself", () => {
    const { socket, got } = listener();
    expect(socket.send(new Uint8Array(1), ip("10.0.0.255"), 2000)).toBe("EACCES");
    expect(socket.send(new Uint8Array(1), ip("255.255.255.255"), 2000)).toBe("ENETUNREACH");
    socket.broadcast = true;
    expect(socket.send(Uint8Array.from([0x61]), ip("10.0.0.255"), 2000)).toBeNull();
    bench.run();
    bench.expectOut(
      ether(
        BROADCAST,
        DUT,
        0x0800,
        ipv4("10.0.0.1", "10.0.0.255", UDP, udp("10.0.0.1", "10.0.0.255", 2000, 2000, "a"), { df: true }),
      ),
    );
    expect(got).toEqual(["a 10.0.0.1:2000"]);
    bench.expectNoLeaks();
  });

  it("reaches every socket on the port that is bound to all addresses or to the broadcast", () => {
    const reuse = (socket: UdpSocket) => {
      socket.reuse = true;
    };
    const sockets = ["0.0.0.0", "0.0.0.0", "10.0.0.255", "10.0.0.1"].map((at) => listener(at, 2000, reuse));
    hear("x", "10.0.0.255");
    expect(sockets.map(({ got }) => got.length)).toEqual([1, 1, 1, 0]);
  });
});

describe("multicast", () => {
  const group = ip("239.1.1.1");

  it("goes out with TTL 1 to the group's MAC address, and comes back to members unless they turn that off", () => {
    const { socket, got } = listener();
    socket.multicastDev = bench.eth0;
    expect(socket.join(group, bench.eth0)).toBeNull();
    socket.send(Uint8Array.from([0x61]), group, 2000);
    bench.run();
    const packet = ipv4("10.0.0.1", "239.1.1.1", UDP, udp("10.0.0.1", "239.1.1.1", 2000, 2000, "a"), {
      ttl: 1,
      df: true,
    });
    bench.expectOut(ether("01:00:5e:01:01:01", DUT, 0x0800, packet));
    expect(got).toEqual(["a 10.0.0.1:2000"]);
    socket.options = { ...socket.options, loop: false };
    socket.send(Uint8Array.from([0x62]), group, 2000);
    bench.run();
    expect(got).toHaveLength(1);
    bench.expectNoLeaks();
  });

  it("with a TTL of 0 stays inside the machine", () => {
    const { socket, got } = listener();
    socket.multicastDev = bench.eth0;
    socket.join(group, bench.eth0);
    socket.options = { ttl: 0 };
    socket.send(Uint8Array.from([0x61]), group, 2000);
    bench.run();
    bench.expectSilence();
    expect(got).toEqual(["a 10.0.0.1:2000"]);
    bench.expectNoLeaks();
  });

  it("needs a route or a device, and a group", () => {
    const { socket } = listener();
    expect(socket.send(new Uint8Array(1), group, 2000)).toBe("ENETUNREACH");
    expect(socket.join(group)).toBe("ENODEV");
    expect(socket.join(ip("10.0.0.9"), bench.eth0)).toBe("EINVAL");
    expect(socket.join(group, bench.eth0)).toBeNull();
    expect(socket.join(group, bench.eth0)).toBe("EADDRINUSE");
  });

  it("is left when the last member closes", () => {
    const one = listener("0.0.0.0", 2000);
    const two = listener("0.0.0.0", 2001);
    one.socket.join(group, bench.eth0);
    two.socket.join(group, bench.eth0);
    one.socket.close();
    expect(bench.stack.groups.of(bench.eth0)).toEqual([{ group, users: 1 }]);
    two.socket.close();
    expect(bench.stack.groups.of(bench.eth0)).toEqual([]);
    expect(bench.eth0.groupMacs.size).toBe(0);
  });
});
