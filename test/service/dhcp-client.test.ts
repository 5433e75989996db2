import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { formatIpv4 } from "../../src/core/ipv4.js";
import { SECOND } from "../../src/core/time.js";
import { DhcpClient, type DhcpClientOptions, parseClientLease } from "../../src/service/dhcp/index.js";
import { encodeDhcp } from "../../src/wire/index.js";
import { arp, NOBODY } from "../host/frames.js";
import { Bench, DUT, PEER } from "../host/wire-script.js";
import { addressOpt, EVERYBODY, frameOf, ip, messageIn, messagesIn, opt, request } from "./dhcp-wire.js";

const SERVER = "10.0.0.2";
let bench: Bench;
let client: DhcpClient;
const start = (options: DhcpClientOptions = {}) => {
  bench = new Bench({ eth0: null });
  client = new DhcpClient(bench.stack, bench.eth0, options);
};
beforeEach(() => start());

type Sent = NonNullable<ReturnType<typeof messageIn>> & { time: number };
/** The client's messages since the last look, with their times. */
const sent = (): Sent[] =>
  bench
    .station()
    .heard.splice(0)
    .flatMap(({ time, bytes }) => {
      const found = messageIn(bytes);
      return found === null ? [] : [{ ...found, time: time / SECOND }];
    });
const last = (): Sent => sent().at(-1)!;

/** The server answers a message of the client's. */
function answer(to: Sent, type: number, address = "10.0.0.100", seconds = 600, more = {}): void {
  const time = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
  const options = [
    opt(53, type),
    addressOpt(54, SERVER),
    ...(type === 6
      ? []
      : [opt(51, ...time(seconds)), addressOpt(1, "255.255.255.0"), addressOpt(3, "10.0.0.1")]),
  ];
  const yourAddress = ip(type === 6 ? "0.0.0.0" : address);
  const reply = encodeDhcp({ ...to.message, operation: 2, form: "options", yourAddress, options, ...more });
  const way = { mac: PEER, src: SERVER, srcPort: 67, dstPort: 68 };
  bench.inject(frameOf(reply, type === 6 ? way : { ...way, toMac: DUT, dst: address }));
  bench.run();
}

/** From DISCOVER to BOUND. */
function obtain(seconds = 600): void {
  bench.run();
  answer(last(), 2, "10.0.0.100", seconds);
  answer(last(), 5, "10.0.0.100", seconds);
  expect(client.state).toBe("BOUND");
  bench.heard();
  bench.knowNeighbour([PEER, SERVER]);
}
const addresses = () => bench.eth0.addresses.map(({ address, length }) => `${formatIpv4(address)}/${length}`);

describe("RFC 2131 §4.1: repetition", () => {
  it("asks after 4, 8, 16 and 32 s, each a second more or less, with the time that has passed", () => {
    bench.run(59);
    const discovers = sent();
    expect(discovers.map(({ type }) => type)).toEqual([1, 1, 1, 1]);
    const gaps = discovers.slice(1).map(({ time }, i) => time - discovers[i]!.time);
    for (const [i, gap] of gaps.entries()) expect(Math.abs(gap - 4 * 2 ** i)).toBeLessThanOrEqual(1);
    expect(discovers.at(-1)!.message.seconds).toBe(Math.floor(discovers.at(-1)!.time));
    expect(new Set(discovers.map(({ message }) => message.transaction)).size).toBe(1);
  });

  it("gives up after a minute, and begins again after five", () => {
    bench.run(200);
    sent();
    expect(client.state).toBe("INIT");
    bench.run(200);
    expect(sent()[0]!.type).toBe(1);
  });
});

describe("RFC 2131 figure 5 and table 5", () => {
  it("SELECTING to REQUESTING to BOUND: the request names address and server, and no address is in use yet", () => {
    bench.run();
    const discover = last();
    expect(discover).toMatchObject({
      src: "0.0.0.0",
      dst: "255.255.255.255",
      toMac: EVERYBODY,
      ports: [68, 67],
    });
    answer(discover, 2);
    const chosen = last();
    expect(client.state).toBe("REQUESTING");
    expect(chosen).toMatchObject({ type: 3, src: "0.0.0.0", dst: "255.255.255.255" });
    expect([chosen.address(50), chosen.address(54)]).toEqual(["10.0.0.100", SERVER]);
    expect(chosen.message.clientAddress).toBe(0);
    answer(chosen, 5);
    expect(client.state).toBe("BOUND");
    expect(addresses()).toEqual(["10.0.0.100/24"]);
    expect(bench.stack.fib.main.routes()[0]).toMatchObject({ length: 0, protocol: "dhcp" });
    expect(bench.eth0.addresses[0]!.validUntil).toBeGreaterThan(599 * SECOND);
  });

  it("announces its address by ARP (§4.4.1)", () => {
    bench.run();
    answer(last(), 2);
    answer(last(), 5);
    const announcement = arp(1, EVERYBODY, [DUT, "10.0.0.100"], [NOBODY, "10.0.0.100"]);
    const heard = bench.heard().map((frame) => [...frame.subarray(0, 42)].join());
    expect(heard).toContain([...announcement.subarray(0, 42)].join());
  });

  it("asks four times for what was offered, then begins again", () => {
    bench.run();
    answer(last(), 2);
    bench.run(70);
    expect(sent().filter(({ type }) => type === 3)).toHaveLength(4);
    expect(client.state).toBe("INIT");
  });

  it("a NAK leads to INIT, and to a DISCOVER at once", () => {
    bench.run();
    answer(last(), 2);
    answer(last(), 6);
    expect(last().type).toBe(1);
    expect(client.state).toBe("SELECTING");
  });

  it("RENEWING at T1: to the server, from the address in use, without options 50 and 54", () => {
    obtain();
    bench.runTo(299);
    expect(sent()).toEqual([]);
    bench.runTo(301);
    const renewal = last();
    expect(client.state).toBe("RENEWING");
    expect(renewal).toMatchObject({ type: 3, src: "10.0.0.100", dst: SERVER, toMac: PEER });
    expect(formatIpv4(renewal.message.clientAddress)).toBe("10.0.0.100");
    expect([renewal.options.has(50), renewal.options.has(54)]).toEqual([false, false]);
    answer(renewal, 5);
    expect(client.state).toBe("BOUND");
    expect(bench.eth0.addresses[0]!.validUntil).toBeGreaterThan(899 * SECOND);
  });

  it("REBINDING at T2: to everybody; and the lease ends when nobody answers", () => {
    obtain();
    bench.runTo(524);
    expect(client.state).toBe("RENEWING");
    sent();
    bench.runTo(527);
    const everybody = last();
    expect(client.state).toBe("REBINDING");
    expect(everybody).toMatchObject({ type: 3, src: "10.0.0.100", dst: "255.255.255.255" });
    bench.runTo(601);
    expect(addresses()).toEqual([]);
    expect(last()).toMatchObject({ type: 1, src: "0.0.0.0" });
  });

  it("waits half of the time that is left between renewals, but a minute at least (§4.4.5)", () => {
    obtain(6000);
    bench.runTo(5249);
    const times = sent().map(({ time }) => Math.round(time));
    expect(times.slice(0, 4)).toEqual([3000, 4125, 4688, 4969]);
    const gaps = times.slice(1).map((time, i) => time - times[i]!);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(60);
  });

  it("INIT-REBOOT: asks for what it had, naming no server; unheard, it begins anew", () => {
    start({ known: parseClientLease("10.0.0.100/24 10.0.0.2 900000000000\n")! });
    bench.run();
    const reboot = last();
    expect(client.state).toBe("REBOOTING");
    expect([reboot.type, reboot.address(50), reboot.options.has(54)]).toEqual([3, "10.0.0.100", false]);
    answer(reboot, 5);
    expect(addresses()).toEqual(["10.0.0.100/24"]);
    start({ known: parseClientLease("10.0.0.100/24 10.0.0.2 900000000000\n")! });
    bench.run(70);
    expect(sent().some(({ type }) => type === 1)).toBe(true);
  });

  it("lets a run come to its end once it is bound", () => {
    obtain();
    bench.world.engine.run();
    expect(bench.now).toBeLessThan(20);
  });
});

describe("RFC 2131 §3.1.5 and RFC 5227: an address in use", () => {
  it("is declined, and after ten seconds the client begins again", () => {
    start({ probe: true });
    bench.run();
    answer(last(), 2);
    answer(last(), 5);
    expect(addresses()).toEqual([]);
    bench.run(1.5);
    bench.heard();
    bench.inject(arp(2, DUT, [PEER, "10.0.0.100"], [DUT, "0.0.0.0"]));
    bench.run(9);
    const [decline, ...rest] = sent();
    expect(decline).toMatchObject({ type: 4, src: "0.0.0.0", dst: "255.255.255.255" });
    expect([decline!.address(50), decline!.address(54)]).toEqual(["10.0.0.100", SERVER]);
    expect(rest).toEqual([]);
    bench.run(2);
    expect(last().type).toBe(1);
  });

  it("is taken when nobody has it", () => {
    start({ probe: true });
    bench.run();
    answer(last(), 2);
    answer(last(), 5);
    bench.run(9);
    expect(addresses()).toEqual(["10.0.0.100/24"]);
  });
});

describe("RFC 2131 §4.4.6: RELEASE", () => {
  it("goes to the server, and the address is gone", () => {
    obtain();
    client.release();
    bench.run();
    const [release] = sent();
    expect(release).toMatchObject({ type: 7, dst: SERVER, src: "10.0.0.100" });
    expect(release!.address(54)).toBe(SERVER);
    expect(addresses()).toEqual([]);
    expect(bench.stack.fib.main.routes()).toEqual([]);
  });
});

describe("hostile datagrams to port 68", () => {
  it("never throw, and move no client that asked for something else", () => {
    const edits = fc.array(fc.tuple(fc.nat(299), fc.nat(255)), { maxLength: 8 });
    const any = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc.tuple(edits, fc.integer({ min: 0, max: 9 })).map(([changes, type]) => {
        const payload = request(type, [], { operation: 2 });
        for (const [at, byte] of changes) payload[at] = byte;
        return payload;
      }),
    );
    fc.assert(
      fc.property(any, (payload) => {
        bench.inject(
          frameOf(payload, { mac: PEER, toMac: DUT, dst: "10.0.0.100", srcPort: 67, dstPort: 68 }),
        );
        bench.run();
      }),
      { numRuns: 500 },
    );
    expect(addresses()).toEqual([]);
    expect(messagesIn(bench.heard()).length).toBeGreaterThan(0);
    bench.expectNoLeaks();
  });
});
