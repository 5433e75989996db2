import { describe, expect, it } from "vitest";
import { Hub, Switch, type SwitchOptions } from "../../src/device/index.js";
import { Cable, type Frame, Node, Port, World } from "../../src/link/index.js";

/** A station that notes what it hears. */
class Station extends Node {
  readonly heard: Uint8Array[] = [];
  readonly card = new Port(this, 0, "eth0");

  override receive(_port: Port, frame: Frame): void {
    this.heard.push(frame.bytes.slice(frame.start, frame.end));
    frame.free();
  }
}

const SECOND = 1e9;
const MAC = [0x02, 0, 0, 0, 0];
const station = (n: number): number[] => [...MAC, n];
const EVERYBODY = [255, 255, 255, 255, 255, 255];

function network(box: (world: World) => Node, count = 4) {
  const world = new World({ debugFrames: true });
  const node = box(world);
  const stations = Array.from({ length: count }, (_, i) => {
    const made = new Station(world, `s${i}`);
    new Cable(made.card, new Port(node, i, String(i + 1)));
    return made;
  });
  const run = (seconds = 0.01) => world.engine.run(world.engine.now + seconds * SECOND);
  /** One frame from a station; the numbers of those that hear it. */
  const send = (
    from: number,
    to: readonly number[],
    source: readonly number[] = station(from),
    payload = 50,
  ) => {
    const bytes = Uint8Array.from([...to, ...source, 0x88, 0xb5, ...new Array(payload).fill(0x5a)]);
    stations[from]!.card.transmit(world.frames.from(bytes));
    run();
    return stations.flatMap(({ heard }, i) => {
      const got = heard.splice(0);
      for (const each of got) expect(each).toEqual(bytes);
      return got.map(() => i);
    });
  };
  return { world, node, stations, send, run, drops: () => Object.fromEntries(node.drops) };
}

const withSwitch = (options: SwitchOptions = {}, count = 4) => {
  const made = network((world) => new Switch(world, "sw", options), count);
  return { ...made, table: (made.node as Switch).table };
};

describe("IEEE 802.1D §7.7, §7.8: learning and forwarding", () => {
  it("floods what it does not know, to all ports but the one it came from", () => {
    const { send } = withSwitch();
    expect(send(0, station(3))).toEqual([1, 2, 3]);
  });

  it("sends to one port only once it has heard the station there", () => {
    const { send } = withSwitch();
    send(3, station(0));
    expect(send(0, station(3))).toEqual([3]);
    expect(send(3, station(0))).toEqual([0]);
  });

  it("drops what is for the port that it came from", () => {
    const { send, drops } = withSwitch();
    send(1, station(9), station(7));
    expect(send(1, station(7))).toEqual([]);
    expect(drops()).toEqual({ "switch-same-port": 1 });
  });

  it("follows a station that moves, with its first frame from there", () => {
    const { send } = withSwitch();
    send(1, station(9), station(7));
    send(2, station(9), station(7));
    expect(send(0, station(7))).toEqual([2]);
  });

  it("floods broadcasts and multicasts always", () => {
    const { send } = withSwitch();
    expect(send(0, EVERYBODY)).toEqual([1, 2, 3]);
    expect(send(0, [0x01, 0, 0x5e, 1, 2, 3])).toEqual([1, 2, 3]);
  });

  it("forgets a station 300 s after its last frame (§7.9.2), and the ageing time can be set", () => {
    const { send, run } = withSwitch();
    send(3, station(0));
    run(299);
    expect(send(0, station(3))).toEqual([3]);
    run(2);
    expect(send(0, station(3))).toEqual([1, 2, 3]);
    const short = withSwitch({ ageing: 10 * SECOND });
    short.send(3, station(0));
    short.run(11);
    expect(short.send(0, station(3))).toEqual([1, 2, 3]);
  });

  it("forgets the stations behind a port that loses its link, and no others", () => {
    const { send, stations } = withSwitch();
    send(3, station(9));
    send(2, station(9));
    stations[3]!.card.setEnabled(false);
    expect(send(0, station(3))).toEqual([1, 2]);
    expect(send(0, station(2))).toEqual([2]);
  });

  it("floods to a static station that is not heard, and never moves it", () => {
    const { send, node } = withSwitch();
    (node as Switch).addStatic(0x020000000007, node.ports[2]!);
    expect(send(0, station(7))).toEqual([2]);
    send(1, station(9), station(7));
    expect(send(0, station(7))).toEqual([2]);
  });
});

describe("IEEE 802.1D §7.12.6: reserved group addresses", () => {
  it("are not passed on: 01-80-C2-00-00-00 to -0F", () => {
    const { send, drops } = withSwitch();
    for (let last = 0; last < 16; last++) expect(send(0, [0x01, 0x80, 0xc2, 0, 0, last])).toEqual([]);
    expect(drops()).toEqual({ "switch-reserved": 16 });
  });

  it("end there: -10 and other addresses beside them are flooded", () => {
    const { send } = withSwitch();
    expect(send(0, [0x01, 0x80, 0xc2, 0, 0, 0x10])).toEqual([1, 2, 3]);
    expect(send(0, [0x01, 0x80, 0xc2, 0, 1, 0])).toEqual([1, 2, 3]);
    expect(send(0, [0x01, 0x80, 0xc3, 0, 0, 0])).toEqual([1, 2, 3]);
  });
});

describe("hostile frames at a switch", () => {
  it("a group address as a source is dropped and learned nowhere", () => {
    const { send, drops, table, world } = withSwitch();
    expect(send(0, station(1), EVERYBODY)).toEqual([]);
    expect(send(0, station(1), [0x01, 0, 0x5e, 0, 0, 1])).toEqual([]);
    expect(drops()).toEqual({ "switch-group-source": 2 });
    expect(table.rows(world.engine.now)).toEqual([]);
  });

  it("frames cut within their header are dropped", () => {
    const { world, node, drops } = withSwitch();
    for (let size = 0; size < 14; size++)
      node.receive(node.ports[0]!, world.frames.from(new Uint8Array(size).fill(2)));
    expect(drops()).toEqual({ "frame-too-short": 14 });
    expect(node.ports[0]!.rxErrors).toBe(14);
    expect(world.frames.leaks()).toEqual([]);
  });

  it("a flood of made-up stations fills a bounded table; known ones stay known, new ones are flooded", () => {
    const { send, table, world, run } = withSwitch({ tableLimit: 256 });
    send(3, station(9));
    for (let i = 0; i < 1000; i++) send(0, station(3), [0x02, 0xaa, 0, 0, i >> 8, i & 255]);
    expect(table.rows(world.engine.now)).toHaveLength(256);
    expect(table.notLearned).toBe(745);
    expect(send(0, station(3))).toEqual([3]);
    expect(send(2, station(1), station(2))).toEqual([0, 1, 3]);
    expect(send(1, station(2))).toEqual([0, 2, 3]);
    // Once the flood has aged, who speaks is learned again.
    run(301);
    send(2, station(9));
    expect(send(1, station(2))).toEqual([2]);
    expect(world.frames.leaks()).toEqual([]);
  });

  it("stations that jump from port to port make no more than one row", () => {
    const { send, table, world } = withSwitch();
    for (let i = 0; i < 200; i++) send(i % 4, station(9), station(7));
    expect(table.rows(world.engine.now)).toHaveLength(1);
    expect(send(0, station(7))).toEqual([3]);
  });

  it("its own reflection: a station that hears its own frames moves itself, and is found again when it speaks", () => {
    const { send } = withSwitch();
    send(1, EVERYBODY);
    send(2, EVERYBODY, station(1));
    expect(send(0, station(1))).toEqual([2]);
    send(1, EVERYBODY);
    expect(send(0, station(1))).toEqual([1]);
  });
});

describe("IEEE 802.3 §9: a hub", () => {
  it("repeats every frame to all other ports, whatever it holds", () => {
    const { send, world } = network((on) => new Hub(on, "hub"));
    expect(send(0, station(3))).toEqual([1, 2, 3]);
    expect(send(0, station(3), EVERYBODY)).toEqual([1, 2, 3]);
    expect(send(2, [0x01, 0x80, 0xc2, 0, 0, 0])).toEqual([0, 1, 3]);
    expect(world.frames.leaks()).toEqual([]);
  });

  it("with one station drops, and says why", () => {
    const { send, drops } = network((on) => new Hub(on, "hub"), 1);
    expect(send(0, EVERYBODY)).toEqual([]);
    expect(drops()).toEqual({ "no-link": 1 });
  });
});
