/**
 * The network in which the tests of the network commands work, always the same:
 *
 *   pc1 10.0.1.1 --+                        MTU 1400
 *                  sw1 -- 10.0.1.254 r1 10.0.12.1 --- 10.0.12.2 r2 10.0.2.254 -- pc2 10.0.2.1
 *   pc3 10.0.1.2 --+
 *
 * pc3 has no default route and answers broadcasts. pc1 and r1 have routes of the types unreachable (10.x.1.0/24),
 * prohibit (10.x.2.0/24) and blackhole (10.x.3.0/24), at 10.8 and 10.9. r1 does not know 10.7.0.0/16 either.
 */
import { parsePrefix } from "../../src/core/index.js";
import { Switch } from "../../src/device/index.js";
import type { Host } from "../../src/host/index.js";
import { type Cable, Port, type World } from "../../src/link/index.js";
import { runCommand } from "../../src/shell/index.js";
import { cable, host, route, router, world } from "../host/network.js";

export interface Field {
  readonly world: World;
  readonly pc1: Host;
  readonly pc2: Host;
  readonly pc3: Host;
  readonly r1: Host;
  readonly r2: Host;
  /** Between pc1 and sw1. */
  readonly cable: Cable;
}

export function field(seed = 1): Field {
  const w = world(seed);
  const pc1 = host(w, "pc1", { eth0: "10.0.1.1/24" });
  const pc3 = host(w, "pc3", { eth0: "10.0.1.2/24" });
  const pc2 = host(w, "pc2", { eth0: "10.0.2.1/24" });
  const r1 = router(w, "r1", { eth0: "10.0.1.254/24", eth1: "10.0.12.1/24" });
  const r2 = router(w, "r2", { eth0: "10.0.12.2/24", eth1: "10.0.2.254/24" });
  const sw1 = new Switch(w, "sw1");
  for (let i = 0; i < 3; i++) new Port(sw1, i, String(i + 1));
  const [first] = [pc1, pc3, r1].map((end, i) => cable(end.port("eth0"), sw1.ports[i]));
  cable(r1.port("eth1"), r2.port("eth0"));
  cable(r2.port("eth1"), pc2.port("eth0"));
  r1.stack.device("eth1")!.setMtu(1400);
  r2.stack.device("eth0")!.setMtu(1400);
  route(pc1, "default", "10.0.1.254");
  route(pc2, "default", "10.0.2.254");
  route(r1, "10.0.2.0/24", "10.0.12.2");
  route(r2, "10.0.1.0/24", "10.0.12.1");
  for (const [on, second] of [
    [pc1, 8],
    [r1, 9],
  ] as const)
    for (const [i, type] of (["unreachable", "prohibit", "blackhole"] as const).entries())
      on.stack.fib.add({ ...parsePrefix(`10.${second}.${i + 1}.0/24`)!, type });
  for (const on of [pc3, r1]) on.stack.sysctl.set("net.ipv4.icmp_echo_ignore_broadcasts", 0);
  // Errors are not limited, so that every probe has its answer.
  for (const on of [pc1, pc2, r1, r2]) on.stack.sysctl.set("net.ipv4.icmp_ratelimit", 0);
  return { world: w, pc1, pc2, pc3, r1, r2, cable: first! };
}

export interface Typed {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

/** Types a line on a host of the field and runs the network until the program ends, or for a number of seconds. */
export function type(on: Host, line: string, seconds = 300): Typed {
  const { engine } = on.world;
  const process = runCommand(on, line);
  const until = engine.now + seconds * 1e9;
  while (process.running && engine.now < until) engine.run(Math.min(until, engine.now + 1e8));
  const { stdout, stderr, status } = process;
  return { stdout, stderr, status };
}
