/** One UDP source, N routers, one sink; the counterpart of ns3/chain.cc. Complete stack: ARP, LPM, TTL, checksums, queues. */
import { ipv4 } from "../../dist/core/index.js";
import { Host, NextHop, UdpSocket } from "../../dist/host/index.js";
import { Cable, World } from "../../dist/link/index.js";
import { address, answer, argument, userSeconds, warmedUp } from "./network.mjs";

function chain(routers, size, count) {
  const world = new World();
  const hosts = Array.from({ length: routers + 2 }, (_, i) => new Host(world, `n${i}`));
  for (const host of hosts) host.stack.sysctl.set("net.ipv4.ip_forward", 1);
  for (let i = 0; i + 1 < hosts.length; i++) {
    const [left, right] = [hosts[i].addCard("eth1"), hosts[i + 1].addCard("eth0")];
    left.setUp(true);
    right.setUp(true);
    new Cable(left.port, right.port, { bitsPerSecond: 10e9, delay: 10_000 });
    hosts[i].stack.addAddress(left, address(10, 0, i, 1), 30);
    hosts[i + 1].stack.addAddress(right, address(10, 0, i, 2), 30);
    hosts[i].stack.fib.add({
      address: ipv4(0),
      length: 0,
      nextHops: [new NextHop(left, address(10, 0, i, 2))],
    });
  }
  let delivered = 0;
  const sink = new UdpSocket(hosts.at(-1).stack);
  sink.bind(ipv4(0), 9);
  sink.onDatagram = () => {
    delivered++;
  };
  const source = new UdpSocket(hosts[0].stack);
  source.connect(address(10, 0, routers, 2), 9);
  const payload = Uint8Array.from({ length: size }, (_, i) => i * 7 + 1);
  const { engine } = world;
  let left = count;
  const sender = {
    handle() {
      source.send(payload);
      if (--left > 0) engine.schedule(engine.now + 1000, sender);
    },
  };
  engine.schedule(1000, sender);
  const seconds = userSeconds(() => engine.run());
  return {
    bench: "chain",
    routers,
    size,
    sent: count,
    delivered,
    seconds,
    rate: (delivered * routers) / seconds,
  };
}

const routers = argument("routers", 8);
const size = argument("size", 64);
answer(warmedUp(chain, [routers, size, 50_000], [routers, size, argument("n", 2_000_000)]));
