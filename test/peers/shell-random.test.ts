/** Random commands that change addresses and routes: after each, the kernel and the simulated host list the same. */
import { expect, it } from "vitest";
import { RandomStream } from "../../src/core/index.js";
import { describeWithPeers } from "./peer.js";
import { Twin } from "./shell-twin.js";

const ROUNDS = 4;
const COMMANDS = 20;

const ADDRESSES = ["10.0.0.1/24", "10.0.0.2/24", "10.0.0.3/25", "10.0.0.1/8", "10.0.1.1/24", "10.0.1.2/31"];
const MORE = ["10.0.1.3/32", "10.0.0.130/25"];
const GATEWAYS = ["10.0.0.254", "10.0.0.129", "10.0.1.254", "10.0.0.1", "10.1.1.1"];
const PREFIXES = ["default", "10.9.0.0/16", "10.9.1.0/24", "10.0.0.254", "10.1.1.0/24"];
const DEVICES = ["eth0", "eth1", "lo"];

class Typist {
  constructor(private readonly random: RandomStream) {}

  /** One of the texts; `$a $d $g $p` in it stand for an address, a device, a gateway and a prefix. */
  pick(texts: readonly string[]): string {
    const text = texts[this.random.below(texts.length)]!;
    const words: Readonly<Record<string, readonly string[]>> = {
      $a: [...ADDRESSES, ...MORE],
      $d: DEVICES,
      $g: GATEWAYS,
      $p: PREFIXES,
    };
    return text.replace(/\$[adgp]/g, (word) => this.pick(words[word]!));
  }

  command(): string {
    const verb = this.pick(["add", "add", "append", "prepend", "replace", "change"]);
    const via = this.pick(["", "", " dev eth0", " dev eth1", " metric 10", " src 10.0.0.2", " proto static"]);
    const out = this.pick(["", " metric 10", " src 10.0.0.1", " scope host"]);
    const extra = this.pick(["", "", " brd +", " scope link", " noprefixroute", " metric 20"]);
    return this.pick([
      `ip addr add $a dev $d${extra}`,
      `ip addr add $a dev $d${extra}`,
      "ip addr del $a dev $d",
      this.pick(["ip link set eth0 up", "ip link set eth1 up", "ip link set eth0 down"]),
      `ip route ${verb} $p via $g${via}`,
      `ip route ${verb} $p via $g${via}`,
      `ip route ${verb} $p dev $d${out}`,
      "ip route add $p nexthop via $g nexthop via $g weight 2",
      this.pick(["ip route del $p", "ip route del $p metric 10", "ip route del $p via $g"]),
      this.pick([
        "ip route add blackhole $p",
        "ip route add local $p dev eth0",
        "ip route add unreachable $p",
      ]),
      "ip addr flush dev $d",
      this.pick(["ip route flush proto static", "ip route flush dev eth0", "ip route flush table main"]),
    ]);
  }
}

describeWithPeers(["ip", "bash"], "addresses and routes under random commands", () => {
  for (let round = 1; round <= ROUNDS; round++)
    it(`agree, round ${round}`, async () => {
      const twin = await Twin.make();
      const typist = new Typist(new RandomStream(round, "typist"));
      const start = [
        "ip link set eth0 up; ip link set eth1 up",
        "sleep 1.2",
        typist.pick(["ip addr add $a dev eth0"]),
      ];
      const lines = Array.from({ length: COMMANDS }, () => typist.command()).flatMap((line) =>
        // The kernel sees a carrier up to a second late.
        line.includes("link set") ? [line, "sleep 1.2"] : [line],
      );
      const all = [...start, ...lines].flatMap((line) => [line, "ip -4 a; ip route show table all"]);
      const { real, simulated } = await twin.type(all);
      expect(simulated).toEqual(real);
    });
});
