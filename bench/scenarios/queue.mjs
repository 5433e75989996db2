/** The bare event queue in the hold model: each event schedules one more; the counterpart of ns3/sched.cc. */

import { RandomStream } from "../../dist/core/index.js";
import { Engine } from "../../dist/engine/index.js";
import { answer, argument, userSeconds, warmedUp } from "./network.mjs";

function hold(pending, events) {
  const engine = new Engine();
  const random = new RandomStream(7, "delays");
  const delays = Float64Array.from(
    { length: 65_536 },
    () => 1 + Math.floor(-Math.log(1 - random.fraction()) * 1e6),
  );
  let next = 0;
  let left = events;
  const handler = {
    handle(id) {
      if (left-- > 0) engine.schedule(engine.now + delays[next++ & 0xffff], handler, id);
    },
  };
  for (let i = 0; i < pending; i++) engine.schedule(delays[next++ & 0xffff], handler, i);
  const seconds = userSeconds(() => engine.run());
  return { bench: "queue", pending, events, seconds, rate: events / seconds };
}

const pending = argument("pending", 1000);
answer(warmedUp(hold, [pending, 200_000], [pending, argument("n", 5_000_000)]));
