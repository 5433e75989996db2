import { beforeEach, describe, expect, it } from "vitest";
import { type LinkPacket, PacketSocket, RawSocket, SystemError, UdpSocket } from "../../src/host/index.js";
import { arpRequest, echo, echoReply, ether, ICMP, ipv4, UDP } from "./frames.js";
import { ip } from "./network.js";
import { Bench, DUT, dut, fromDut, PEER, peer, shown } from "./wire-script.js";

let bench: Bench;

beforeEach(() => {
  bench = new Bench();
  bench.knowNeighbour();
});
const ping = () => ipv4("10.0.0.2", "10.0.0.1", ICMP, echo(1, 1));

describe("raw sockets (raw(7))", () => {
  it("get copies of whole packets of their protocol, which the machine deals with all the same", () => {
    const got: number[][] = [];
    for (const protocol of [ICMP, ICMP, UDP])
      new RawSocket(bench.stack, protocol).onPacket = ({ bytes }) => got.push([protocol, ...bytes]);
    bench.packet(ping());
    bench.run();
    expect(got).toEqual([
      [ICMP, ...ping()],
      [ICMP, ...ping()],
    ]);
    bench.expectOut(fromDut(ipv4("10.0.0.1", "10.0.0.2", ICMP, echoReply(1, 1))));
  });

  it("get reassembled packets, once", () => {
    const sizes: number[] = [];
    new RawSocket(bench.stack, ICMP).onPacket = ({ bytes }) => sizes.push(bytes.length);
    const whole = echo(1, 1, new Array(24).fill(1));
    bench.packet(ipv4("10.0.0.2", "10.0.0.1", ICMP, whole.slice(0, 16), { mf: true, id: 3 }));
    bench.packet(ipv4("10.0.0.2", "10.0.0.1", ICMP, whole.slice(16), { offset: 16, id: 3 }));
    bench.run();
    expect(sizes).toEqual([52]);
  });

  it("may close while packets are shown to all, and the others still get theirs", () => {
    const got: string[] = [];
    const first = new RawSocket(bench.stack, ICMP);
    first.onPacket = () => {
      got.push("first");
      first.close();
    };
    new RawSocket(bench.stack, ICMP).onPacket = () => got.push("second");
    bench.packet(ping());
    bench.packet(ping());
    bench.run();
    expect(got).toEqual(["first", "second", "second"]);
  });

  it("look at one device only when they are bound to it", () => {
    bench = new Bench({ eth0: "10.0.0.1/24", eth1: "10.0.1.1/24" });
    const raw = new RawSocket(bench.stack, 99);
    raw.dev = bench.stack.device("eth1")!;
    let got = 0;
    raw.onPacket = () => got++;
    bench.packet(ipv4("10.0.0.2", "10.0.0.1", 99, [1]));
    bench.packet(ipv4("10.0.1.2", "10.0.1.1", 99, [1]), "eth1");
    bench.run();
    expect(got).toBe(1);
  });

  it("send with the header that the options ask for", () => {
    const raw = new RawSocket(bench.stack, 99);
    raw.send(Uint8Array.from([1, 2]), ip("10.0.0.2"), { ttl: 3, tos: 0x10, discover: "dont" });
    bench.run();
    bench.expectOut(fromDut(ipv4("10.0.0.1", "10.0.0.2", 99, [1, 2], { ttl: 3, tos: 0x10 })));
    expect(raw.send(new Uint8Array(65_516), ip("10.0.0.2"))).toBe("EMSGSIZE");
    expect(raw.send(new Uint8Array(1481), ip("10.0.0.2"), { discover: "do" })).toBe("EMSGSIZE");
    bench.expectNoLeaks();
  });
});

describe("packet sockets (packet(7))", () => {
  const open = (options: Partial<ConstructorParameters<typeof PacketSocket>[1]> = {}) => {
    const socket = new PacketSocket(bench.stack, { dev: bench.eth0, ...options });
    const got: LinkPacket[] = [];
    socket.onPacket = (packet) => got.push(packet);
    return { socket, got };
  };

  it("see what comes in and goes out, with the link header", () => {
    const { got } = open();
    bench.packet(ping());
    bench.run();
    const answer = fromDut(ipv4("10.0.0.1", "10.0.0.2", ICMP, echoReply(1, 1)));
    expect(got.map(({ bytes, outgoing }) => `${outgoing} ${shown(bytes)}`)).toEqual([
      `false ${shown(ether(DUT, PEER, 0x0800, ping()))}`,
      `true ${shown(answer)}`,
    ]);
  });

  it("see one EtherType only when they ask for it", () => {
    const { got } = open({ etherType: 0x0806 });
    bench.packet(ping());
    bench.inject(arpRequest(peer, dut[1]));
    bench.run();
    expect(got.map(({ outgoing }) => outgoing)).toEqual([false, true]);
  });

  it("see other stations' frames in promiscuous mode, until they close", () => {
    const stray = ether("02:00:00:00:00:77", PEER, 0x0800, ping());
    const { socket, got } = open({ promiscuous: true });
    bench.inject(stray);
    bench.run();
    expect(got.map(({ addressed }) => addressed)).toEqual([3]);
    socket.close();
    socket.close();
    bench.inject(stray);
    bench.run();
    expect([got.length, bench.eth0.promiscuity, bench.eth0.taps]).toEqual([1, 0, null]);
  });

  it("get their own copies, which they may keep", () => {
    const { got } = open();
    bench.packet(ping());
    bench.run();
    got[0]!.bytes.fill(0);
    bench.packet(ping());
    bench.run();
    expect(got.length).toBe(4);
    bench.expectNoLeaks();
  });

  it("send frames as they are, and refuse what no frame can be", () => {
    const { socket } = open();
    const frame = ether("02:00:00:00:00:55", "02:00:00:00:00:66", 0x88b5, new Array(46).fill(7));
    expect(socket.send(frame)).toBeNull();
    expect(socket.send(new Uint8Array(13))).toBe("EINVAL");
    expect(socket.send(new Uint8Array(1519))).toBe("EMSGSIZE");
    bench.run();
    bench.expectOut(frame);
    bench.eth0.setUp(false);
    expect(socket.send(frame)).toBe("ENETDOWN");
    bench.expectNoLeaks();
  });

  it("send on lo too: the machine answers itself", () => {
    const socket = new PacketSocket(bench.stack, { dev: bench.stack.loopback });
    const types: number[] = [];
    socket.onPacket = ({ bytes, outgoing }) => {
      if (!outgoing) types.push(bytes[34]!);
    };
    const nobody = "00:00:00:00:00:00";
    socket.send(ether(nobody, nobody, 0x0800, ipv4("127.0.0.1", "127.0.0.1", ICMP, echo(1, 1))));
    bench.run();
    expect(types).toEqual([8, 0]);
    bench.expectNoLeaks();
  });
});

describe("the loopback device", () => {
  it("carries what is for the machine itself, at the same instant, by every address of it", () => {
    const socket = new UdpSocket(bench.stack);
    const times: number[] = [];
    socket.bind(ip("0.0.0.0"), 2000);
    socket.onDatagram = () => times.push(bench.now);
    bench.runTo(1);
    for (const to of ["127.0.0.1", "127.9.9.9", "10.0.0.1", "0.0.0.0"])
      expect(socket.send(new Uint8Array(1), ip(to), 2000)).toBeNull();
    bench.runTo(2);
    expect(times).toEqual([1, 1, 1, 1]);
    bench.expectSilence();
    expect(bench.stack.loopback.rxPackets).toBe(4);
  });

  it("carries nothing while it is down", () => {
    bench.stack.loopback.setUp(false);
    const socket = new UdpSocket(bench.stack);
    socket.send(new Uint8Array(1), ip("10.0.0.1"), 9);
    bench.run();
    expect(bench.drops()).toEqual({ "port-down": 1 });
    bench.expectNoLeaks();
  });

  it("loses what is too much to wait", () => {
    const raw = new RawSocket(bench.stack, 99);
    for (let i = 0; i < 10_005; i++) raw.send(new Uint8Array(1), ip("127.0.0.1"));
    expect(bench.drops()).toEqual({ "link-queue-full": 5 });
    bench.dut.powerOff();
    bench.expectNoLeaks();
  });

  it("does not hang the clock when two services answer each other for ever", () => {
    const echoer = (port: number, to: number) => {
      const socket = new UdpSocket(bench.stack);
      socket.bind(ip("127.0.0.1"), port);
      let count = 0;
      socket.onDatagram = () => {
        count++;
        socket.send(new Uint8Array(1), ip("127.0.0.1"), to);
      };
      return () => count;
    };
    const one = echoer(7, 8);
    const other = echoer(8, 7);
    const starter = new UdpSocket(bench.stack);
    starter.bind(ip("127.0.0.1"), 9);
    starter.send(new Uint8Array(1), ip("127.0.0.1"), 7);
    bench.run(0.002);
    // A million a second, and a burst of a thousand at once.
    expect(one() + other()).toBe(3000);
    bench.dut.powerOff();
    bench.expectNoLeaks();
  });
});

describe("a closed socket", () => {
  it("sends nothing and takes no port again", () => {
    const datagrams = new UdpSocket(bench.stack);
    const raw = new RawSocket(bench.stack, ICMP);
    const packet = new PacketSocket(bench.stack, { dev: bench.eth0 });
    for (const socket of [datagrams, raw, packet]) socket.close();
    expect(datagrams.send(new Uint8Array(8), ip("10.0.0.2"), 9)).toBe("EBADF");
    expect(raw.send(new Uint8Array(8), ip("10.0.0.2"))).toBe("EBADF");
    expect(packet.send(new Uint8Array(60))).toBe("EBADF");
    expect(bench.stack.udp.sockets()).toEqual([]);
    bench.run();
    bench.expectSilence();
  });
});

describe("power", () => {
  it("off leaves no frame in any queue and no timer running, and answers nothing", () => {
    const socket = new UdpSocket(bench.stack);
    socket.broadcast = true;
    socket.send(new Uint8Array(1), ip("10.0.0.77"), 9);
    socket.send(new Uint8Array(1), ip("127.0.0.1"), 9);
    socket.send(new Uint8Array(1), ip("10.0.0.255"), 9);
    bench.packet(ipv4("10.0.0.2", "10.0.0.1", ICMP, echo(1, 1), { mf: true }));
    bench.run(0.0001);
    socket.send(new Uint8Array(1), ip("127.0.0.1"), 9);
    socket.send(new Uint8Array(1), ip("10.0.0.255"), 9);
    bench.dut.powerOff();
    bench.heard();
    bench.packet(ping());
    bench.run(100);
    // What was on the cable already arrives; nothing comes after it.
    expect(bench.heard().filter((frame) => frame[23] === ICMP)).toEqual([]);
    expect(bench.world.frames.outstanding).toBe(0);
    expect(bench.world.engine.busy).toBe(false);
  });

  it("on again starts from nothing: neighbours, routes and settings are gone", () => {
    bench.stack.sysctl.set("net.ipv4.ip_forward", 1);
    bench.dut.powerOff();
    bench.dut.powerOn();
    const card = bench.dut.addCard("eth0");
    card.setUp(true);
    bench.stack.addAddress(card, ip("10.0.0.1"), 24);
    expect(bench.stack.forwarding).toBe(false);
    expect(bench.stack.neighbours.size).toBe(0);
    bench.inject(arpRequest(peer, "10.0.0.1"));
    bench.run();
    expect(bench.heard()).toHaveLength(1);
    expect(bench.dut.ports).toHaveLength(1);
  });
});

describe("sysctl", () => {
  const set = (name: string, value: number) => {
    try {
      bench.stack.sysctl.set(name, value);
      return "ok";
    } catch (error) {
      return error instanceof SystemError ? error.errno : String(error);
    }
  };

  it("knows its settings, for each device too, and no others", () => {
    expect(set("net.ipv4.ip_forward", 1)).toBe("ok");
    expect(bench.stack.forwarding).toBe(true);
    expect(set("net.ipv4.conf.eth0.rp_filter", 1)).toBe("ok");
    expect(set("net.ipv4.conf.eth0.nonsense", 1)).toBe("ENOENT");
    expect(set("net.ipv4.nonsense", 1)).toBe("ENOENT");
    expect(set("toString", 1)).toBe("ENOENT");
    expect(set("net.ipv4.ip_forward", 0.5)).toBe("EINVAL");
  });

  it("takes the greater of a device's value and that of all; devices follow default until they are set", () => {
    const { sysctl } = bench.stack;
    const redirects = () => sysctl.device("eth0", "send_redirects");
    expect(redirects()).toBe(1);
    set("net.ipv4.conf.all.send_redirects", 0);
    expect(redirects()).toBe(1);
    set("net.ipv4.conf.default.send_redirects", 0);
    expect(redirects()).toBe(0);
    set("net.ipv4.conf.eth0.send_redirects", 1);
    expect([redirects(), sysctl.device("eth1", "send_redirects")]).toEqual([1, 0]);
  });

  it("refuses what no setting can mean, and what this host does not do", () => {
    expect(set("net.ipv4.ipfrag_time", -1)).toBe("EINVAL");
    expect(set("net.ipv4.neigh.default.retrans_time_ms", -1)).toBe("EINVAL");
    expect(set("net.ipv4.conf.eth0.accept_source_route", 1)).toBe("EINVAL");
    expect(set("net.ipv4.conf.eth0.accept_source_route", 0)).toBe("ok");
  });

  it("of neighbours may be zero: one packet waits all the same", () => {
    set("net.ipv4.neigh.default.unres_qlen", 0);
    const socket = new UdpSocket(bench.stack);
    for (let i = 0; i < 3; i++) socket.send(new Uint8Array(1), ip("10.0.0.77"), 9);
    expect(bench.drops()).toEqual({ "neigh-queue-full": 2 });
  });

  it("keeps the TTL in its range, and uses it", () => {
    expect([set("net.ipv4.ip_default_ttl", 0), set("net.ipv4.ip_default_ttl", 256)]).toEqual([
      "EINVAL",
      "EINVAL",
    ]);
    expect(set("net.ipv4.ip_default_ttl", 255)).toBe("ok");
    bench.packet(ping());
    bench.run();
    bench.expectOut(fromDut(ipv4("10.0.0.1", "10.0.0.2", ICMP, echoReply(1, 1), { ttl: 255 })));
  });
});
