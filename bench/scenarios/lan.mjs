/** Hosts on one learning switch, random pairs, UDP; the counterpart of ns3/lan.cc. */
import { ipv4 } from "../../dist/core/index.js";
import { Switch } from "../../dist/device/index.js";
import { Host, UdpSocket } from "../../dist/host/index.js";
import { Cable, Port, World } from "../../dist/link/index.js";
import { address, answer, argument, userSeconds, warmedUp } from "./network.mjs";

function lan(count, size, datagrams) {
  const world = new World();
  const bridge = new Switch(world, "sw");
  let delivered = 0;
  const addresses = Array.from({ length: count }, (_, i) => address(10, 0, i >> 8, (i & 255) + 1));
  const hosts = addresses.map((own, i) => {
    const host = new Host(world, `h${i}`);
    const card = host.addCard("eth0");
    card.setUp(true);
    new Cable(card.port, new Port(bridge, i, String(i + 1)), { bitsPerSecond: 10e9, delay: 100 });
    host.stack.addAddress(card, own, 16);
    const socket = new UdpSocket(host.stack);
    socket.bind(ipv4(0), 9);
    socket.onDatagram = () => {
      delivered++;
    };
    return { host, card, socket };
  });
  // As in ns3/lan.cc, all neighbours are known.
  for (const one of hosts)
    for (const [j, other] of hosts.entries())
      if (other !== one)
        one.host.stack.neighbours
          .entry(one.card, addresses[j])
          .update(other.card.mac, "PERMANENT", { by: "config" });
  const { engine } = world;
  hosts.forEach(({ socket }, i) => {
    engine.at(10_000 + 10_000 * i, () => socket.send(new Uint8Array(1), addresses[(i + 1) % count], 9));
  });
  const random = world.random("pairs");
  const payload = new Uint8Array(size).fill(0x5a);
  let left = datagrams;
  const sender = {
    handle() {
      const from = random.below(count);
      let to = random.below(count - 1);
      if (to >= from) to++;
      hosts[from].socket.send(payload, addresses[to], 9);
      if (--left > 0) engine.schedule(engine.now + 500, sender);
    },
  };
  engine.schedule(5_000_000, sender);
  const seconds = userSeconds(() => engine.run());
  return { bench: "lan", hosts: count, size, sent: datagrams, delivered, seconds, rate: delivered / seconds };
}

const hosts = argument("hosts", 64);
const size = argument("size", 64);
answer(warmedUp(lan, [hosts, size, 50_000], [hosts, size, argument("n", 3_000_000)]));
