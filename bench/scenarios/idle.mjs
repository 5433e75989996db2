/** What an idle host costs: hosts with a stack and an address, paired by cables; the counterpart of ns3/idle.cc. */
import { Host } from "../../dist/host/index.js";
import { Cable, World } from "../../dist/link/index.js";
import { address, answer, argument, userSeconds } from "./network.mjs";

const count = argument("hosts", 10_000);
const keep = [];

function build(hosts) {
  const world = new World();
  let before = null;
  for (let i = 0; i < hosts; i++) {
    const host = new Host(world, `h${i}`);
    const card = host.addCard("eth0");
    card.setUp(true);
    host.stack.addAddress(card, address(10, (i >> 14) & 255, (i >> 6) & 255, (i & 63) * 4 + 1 + (i & 1)), 30);
    if (before !== null) new Cable(before.port, card.port);
    before = before === null ? card : null;
  }
  world.engine.run(1e9);
  keep.push(world);
}

build(100);
globalThis.gc();
const rss = process.memoryUsage();
const seconds = userSeconds(() => build(count));
globalThis.gc();
const after = process.memoryUsage();
const bytes = after.heapUsed + after.external - rss.heapUsed - rss.external;
answer({
  bench: "idle",
  hosts: count,
  seconds,
  us_per_host: (seconds / count) * 1e6,
  kib_per_host: bytes / 1024 / count,
});
