import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { toHex } from "../../src/core/bytes.js";
import { SECOND } from "../../src/core/time.js";
import {
  DhcpServer,
  type DhcpServerConfig,
  formatLeases,
  parseLeases,
} from "../../src/service/dhcp/index.js";
import { icmp, ipv4 } from "../host/frames.js";
import { Bench, DUT } from "../host/wire-script.js";
import { addressOpt, CLIENT, EVERYBODY, frameOf, ip, messagesIn, opt, request } from "./dhcp-wire.js";

const OTHER = "02:00:00:00:00:bb";
const subnet = (network: string, from: string, to: string) => ({
  prefix: { address: ip(network), length: 24 },
  pools: [{ from: ip(from), to: ip(to) }],
  reservations: [{ client: "hw:1:0200000000cc", address: ip("10.0.0.9"), hostName: "printer" }],
  leaseSeconds: 600,
  maxLeaseSeconds: 3600,
  options: [addressOpt(3, "10.0.0.1"), addressOpt(6, "10.0.0.53")],
  bootp: false,
});
const CONFIG: DhcpServerConfig = {
  probe: 0,
  subnets: [
    subnet("10.0.0.0", "10.0.0.100", "10.0.0.101"),
    { ...subnet("10.5.0.0", "10.5.0.10", "10.5.0.20"), reservations: [] },
  ],
};

let bench: Bench;
let server: DhcpServer;
const disk = { text: "" };
const start = (config: DhcpServerConfig = CONFIG) => {
  bench = new Bench();
  server = new DhcpServer(bench.stack, config, {
    read: () => disk.text,
    write: (text) => void (disk.text = text),
    append: (text) => void (disk.text += text),
  });
};
beforeEach(() => {
  disk.text = "";
  start();
});

const say = (payload: Uint8Array, way = {}) => {
  bench.inject(frameOf(payload, way));
  bench.run();
  return messagesIn(bench.heard());
};
const lease = (mac = CLIENT) => {
  const [offer] = say(request(1, [], {}, mac), { mac });
  const chosen = [addressOpt(50, offer!.your), addressOpt(54, "10.0.0.1")];
  const [ack] = say(request(3, chosen, {}, mac), { mac });
  expect(ack!.type).toBe(5);
  return ack!;
};
const states = () => server.leases().map(({ state }) => state);

describe("RFC 2131 §3.1: client and server allocate an address", () => {
  it("offers an address of the pool, then grants it, straight to who has none yet (§4.1)", () => {
    const [offer] = say(request(1));
    expect(offer).toMatchObject({
      type: 2,
      your: "10.0.0.100",
      toMac: CLIENT,
      src: "10.0.0.1",
      dst: "10.0.0.100",
    });
    expect(offer!.ports).toEqual([67, 68]);
    const ack = lease();
    expect(ack.your).toBe("10.0.0.100");
    expect(ack.address(54)).toBe("10.0.0.1");
    expect(ack.address(1)).toBe("255.255.255.0");
    expect(ack.address(3)).toBe("10.0.0.1");
    expect([51, 58, 59].map((code) => toHex(ack.options.get(code)!))).toEqual([
      "00000258",
      "0000012c",
      "0000020d",
    ]);
  });

  it("answers by broadcast whom that is asked for", () => {
    const [offer] = say(request(1, [], { broadcast: true }));
    expect(offer).toMatchObject({ toMac: EVERYBODY, dst: "255.255.255.255" });
  });

  it("tells only what is asked for, and gives no longer lease than it may", () => {
    const [offer] = say(request(1, [opt(55, 1, 6), opt(51, 0, 1, 0, 0)]));
    expect(offer!.options.has(3)).toBe(false);
    expect(offer!.options.has(6)).toBe(true);
    expect(toHex(offer!.options.get(51)!)).toBe("00000e10");
  });

  it("gives back the client's identifier (RFC 6842 §3) and knows the client by it", () => {
    const [offer] = say(request(1, [opt(61, 1, 2, 3)]));
    expect(toHex(offer!.options.get(61)!)).toBe("010203");
    const [again] = say(request(1, [opt(61, 1, 2, 3)], {}, OTHER), { mac: OTHER });
    expect(again!.your).toBe(offer!.your);
  });

  it("takes no part when the client chooses another server, and has its offer back", () => {
    say(request(1));
    expect(say(request(3, [addressOpt(50, "10.0.0.100"), addressOpt(54, "10.0.0.7")]))).toEqual([]);
    expect(server.leases()).toEqual([]);
  });

  it("falls silent when the pool is empty, and gives an address again whose lease has ended", () => {
    lease();
    lease(OTHER);
    const third = "02:00:00:00:00:dd";
    expect(say(request(1, [], {}, third), { mac: third })).toEqual([]);
    bench.run(601);
    const [offer] = say(request(1, [], {}, third), { mac: third });
    expect(offer!.your).toBe("10.0.0.100");
  });

  it("keeps a reserved address for its client, and names the client", () => {
    const mac = "02:00:00:00:00:cc";
    const ack = lease(mac);
    expect(ack.your).toBe("10.0.0.9");
    expect(toHex(ack.options.get(12)!)).toBe(toHex(new Uint8Array([...Buffer.from("printer")])));
    const [nak] = say(request(3, [addressOpt(50, "10.0.0.9"), addressOpt(54, "10.0.0.1")]));
    expect(nak!.type).toBe(6);
  });
});

describe("RFC 2131 §3.1.2: an address is probed for before it is offered", () => {
  beforeEach(() => start({ ...CONFIG, probe: SECOND }));

  it("offers after a second of silence", () => {
    bench.inject(frameOf(request(1)));
    bench.run(0.9);
    expect(messagesIn(bench.heard())).toEqual([]);
    bench.run(0.2);
    expect(messagesIn(bench.heard()).map(({ your }) => your)).toEqual(["10.0.0.100"]);
  });

  it("takes the next address when somebody answers", () => {
    bench.inject(frameOf(request(1)));
    bench.run(0.1);
    const answer = ipv4("10.0.0.100", "10.0.0.1", 1, icmp(0, 0, 0));
    bench.packet(answer);
    bench.run(1.1);
    expect(messagesIn(bench.heard()).map(({ your }) => your)).toEqual(["10.0.0.101"]);
    expect(states()).toEqual(["declined", "offered"]);
  });
});

describe("RFC 2131 §4.3.2: a REQUEST tells the client's state", () => {
  const direct = { src: "10.0.0.100", dst: "10.0.0.1", toMac: DUT };

  it("INIT-REBOOT: confirms what the client has, refuses what it has not, and is silent about whom it does not know", () => {
    expect(say(request(3, [addressOpt(50, "10.0.0.100")]))).toEqual([]);
    lease();
    expect(say(request(3, [addressOpt(50, "10.0.0.100")])).map(({ type }) => type)).toEqual([5]);
    const [nak] = say(request(3, [addressOpt(50, "10.0.0.101")]));
    expect(nak).toMatchObject({ type: 6, toMac: EVERYBODY, dst: "255.255.255.255", your: "0.0.0.0" });
  });

  it("INIT-REBOOT: refuses an address of another network, whoever asks", () => {
    expect(say(request(3, [addressOpt(50, "192.168.1.5")])).map(({ type }) => type)).toEqual([6]);
  });

  it("RENEWING: extends the lease, to the address itself", () => {
    lease();
    bench.knowNeighbour([CLIENT, "10.0.0.100"]);
    bench.run(300);
    const [ack] = say(request(3, [], { clientAddress: ip("10.0.0.100") }), direct);
    expect(ack).toMatchObject({ type: 5, dst: "10.0.0.100", your: "10.0.0.100" });
    expect(server.leases()[0]!.expires).toBeGreaterThan(890 * SECOND);
  });

  it("REBINDING: refuses an address that another client has", () => {
    lease();
    const [nak] = say(request(3, [], { clientAddress: ip("10.0.0.100") }, OTHER), { mac: OTHER });
    expect(nak!.type).toBe(6);
  });
});

describe("RFC 2131 §4.3.3 to §4.3.5: DECLINE, RELEASE, INFORM", () => {
  it("gives a declined address to nobody", () => {
    lease();
    say(request(4, [addressOpt(50, "10.0.0.100"), addressOpt(54, "10.0.0.1")]));
    expect(states()).toEqual(["declined"]);
    expect(say(request(1, [addressOpt(50, "10.0.0.100")]))[0]!.your).toBe("10.0.0.101");
  });

  it("lets nobody decline or release another's address", () => {
    lease();
    say(request(4, [addressOpt(50, "10.0.0.100"), addressOpt(54, "10.0.0.1")], {}, OTHER));
    say(request(7, [addressOpt(54, "10.0.0.1")], { clientAddress: ip("10.0.0.100") }, OTHER));
    expect(states()).toEqual(["bound"]);
  });

  it("remembers a released address for its client", () => {
    lease();
    say(request(7, [addressOpt(54, "10.0.0.1")], { clientAddress: ip("10.0.0.100") }));
    expect(states()).toEqual(["released"]);
    expect(lease(OTHER).your).toBe("10.0.0.101");
    expect(lease().your).toBe("10.0.0.100");
  });

  it("tells an address's owner by hand the rest, without a lease", () => {
    bench.knowNeighbour([CLIENT, "10.0.0.77"]);
    const way = { src: "10.0.0.77" };
    const [ack] = say(request(8, [], { clientAddress: ip("10.0.0.77") }), way);
    expect(ack).toMatchObject({ type: 5, dst: "10.0.0.77", your: "0.0.0.0" });
    expect(ack!.options.has(51)).toBe(false);
    expect(ack!.address(3)).toBe("10.0.0.1");
  });
});

describe("RFC 3046 and RFC 1542 §4: requests through a relay agent", () => {
  it("come from the relay agent's subnet, and their option 82 comes back last", () => {
    bench.knowNeighbour(["02:00:00:00:00:ee", "10.0.0.254"]);
    bench.stack.fib.add({
      address: ip("10.5.0.0"),
      length: 24,
      nextHops: bench.stack.fib.lookup(ip("10.0.0.254"))!.nextHops,
    });
    bench.knowNeighbour(["02:00:00:00:00:ee", "10.5.0.1"]);
    const relayed = request(1, [opt(82, 1, 2, 65, 66)], { relayAddress: ip("10.5.0.1"), hops: 1 });
    const way = { mac: "02:00:00:00:00:ee", toMac: DUT, src: "10.0.0.254", dst: "10.0.0.1", srcPort: 67 };
    const [offer] = say(relayed, way);
    expect(offer).toMatchObject({ type: 2, your: "10.5.0.10", dst: "10.5.0.1", ports: [67, 67] });
    const { message } = offer!;
    expect(message.form === "options" && message.options.at(-1)).toMatchObject({ code: 82 });
  });
});

describe("RFC 1534: BOOTP clients", () => {
  it("get their reserved address for ever, and others none", () => {
    expect(say(request(0, [], { options: [] }))).toEqual([]);
    const mac = "02:00:00:00:00:cc";
    const [reply] = say(request(0, [], { options: [] }, mac), { mac });
    expect(reply).toMatchObject({ type: 0, your: "10.0.0.9" });
    expect(reply!.options.has(51)).toBe(false);
    expect(server.leases()[0]!.expires).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("the lease file", () => {
  it("brings the leases back after a restart", () => {
    lease();
    lease(OTHER);
    say(request(7, [addressOpt(54, "10.0.0.1")], { clientAddress: ip("10.0.0.101") }, OTHER));
    const before = server.leases();
    start();
    const seconds = (list: readonly { expires: number }[]) =>
      list.map((row) => ({ ...row, expires: Math.ceil(row.expires / SECOND) }));
    expect(seconds(server.leases())).toEqual(seconds(before));
  });

  it("passes over lines that are none", () => {
    const text = "600 02 10.0.0.5 pc hw:1:02 bound\nrubbish\n\n1 2 3\n";
    expect(formatLeases(parseLeases(text))).toBe("600 02 10.0.0.5 pc hw:1:02 bound\n");
  });
});

describe("hostile datagrams", () => {
  it("never throw, leak no frame, and take no more addresses than there are", () => {
    const bytes = fc.uint8Array({ maxLength: 400 });
    const edited = fc.tuple(
      fc.array(fc.tuple(fc.nat(299), fc.nat(255)), { maxLength: 8 }),
      fc.integer({ min: 0, max: 9 }),
    );
    fc.assert(
      fc.property(fc.oneof(bytes, edited), (input) => {
        let payload: Uint8Array;
        if (input instanceof Uint8Array) payload = input;
        else {
          payload = request(input[1]);
          for (const [at, byte] of input[0]) payload[at] = byte;
        }
        bench.inject(frameOf(payload));
        bench.run();
        bench.heard();
      }),
      { numRuns: 500 },
    );
    expect(server.leases().length).toBeLessThanOrEqual(14);
    bench.run(60);
    bench.expectNoLeaks();
  });
});
