/**
 * A machine twice: once as a network namespace of the kernel, once as a simulated host, with the same two cards, each with
 * a partner at the other end of its cable. The same line is typed on both, and the answers are compared.
 *
 * What must differ is made equal first, on the kernel's side:
 * - its cards are one half of a veth pair: the other half's name (`@if2`), its namespace, its type and its queue
 *   (`noqueue`; a real card has `pfifo_fast`) are taken out;
 * - it has IPv6, switched off but for groups: lines about IPv6 groups go;
 * - it keeps neighbours in a hash: their lists are sorted;
 * - it sees a carrier up to a second late, for which the lines themselves wait;
 * - iproute2 and net-tools know more: of a usage text only its first word counts.
 */
import { expect, it } from "vitest";
import { SECOND } from "../../src/core/index.js";
import { parseMac } from "../../src/core/mac.js";
import { Host } from "../../src/host/index.js";
import { Cable, World } from "../../src/link/index.js";
import { runCommand } from "../../src/shell/index.js";
import { Namespace } from "./peer.js";

const CARDS = ["eth0", "eth1"];

export interface Answer {
  readonly line: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

export class Twin {
  private readonly world = new World();
  private readonly host = new Host(this.world, "twin");
  private readonly farHost = new Host(this.world, "far");
  private readonly namespace = new Namespace();
  private readonly farNamespace = new Namespace();

  /** To be made inside of a test, with whose end it goes. */
  static async make(): Promise<Twin> {
    const twin = new Twin();
    await twin.build();
    return twin;
  }

  /** Types the lines one after another on both sides; a line after `far:` at the other end of the cables. */
  async type(lines: readonly string[]): Promise<{ real: Answer[]; simulated: Answer[] }> {
    const real: Answer[] = [];
    const simulated: Answer[] = [];
    for (const line of lines) {
      const command = line.replace(/^far: /, "");
      const far = command !== line;
      const outcome = await (far ? this.farNamespace : this.namespace).run("bash", "-c", command);
      const process = runCommand(far ? this.farHost : this.host, command);
      // The kernel notices a carrier some milliseconds late, so both sides get a moment after each line.
      this.world.engine.run(this.world.engine.now + (process.running ? 10 * SECOND : SECOND / 10));
      if (far) {
        await this.namespace.run("sleep", "0.1");
        continue;
      }
      real.push(tidy(command, outcome));
      simulated.push(tidy(command, { ...process, status: process.status ?? -1 }));
    }
    return { real, simulated };
  }

  private async build(): Promise<void> {
    for (const space of [this.namespace, this.farNamespace])
      for (const which of ["all", "default"])
        await space.run("sysctl", "-qw", `net.ipv6.conf.${which}.disable_ipv6=1`);
    CARDS.forEach((name, i) => {
      const [mac, farMac] = [`02:00:00:00:00:0${i + 1}`, `02:00:00:00:01:0${i + 1}`];
      const pair = ["type", "veth", "peer", "name", name, "netns", this.farNamespace.name];
      this.namespace.ip("link", "add", name, "index", String(i + 2), "address", mac, ...pair);
      this.farNamespace.ip("link", "set", name, "address", farMac, "up");
      const near = this.host.addCard(name, { mac: parseMac(mac)! });
      const far = this.farHost.addCard(name, { mac: parseMac(farMac)! });
      new Cable(near.port, far.port);
      far.setUp(true);
    });
  }
}

type Outcome = Pick<Answer, "stdout" | "stderr" | "status">;

function tidy(line: string, { stdout, stderr, status }: Outcome): Answer {
  const sorted = /\bneigh|^arp\b/.test(line);
  return { line, stdout: tidyText(stdout, sorted), stderr: tidyText(stderr, sorted), status };
}

function tidyText(text: string, sorted: boolean): string {
  const lines = text
    .replace(/^Usage:[\s\S]*/m, "Usage:\n")
    .replace(/^(\w+)@if\d/gm, (both, name: string) => name + " ".repeat(both.length - name.length))
    .replace(/@if\d/g, "")
    .replace(/ link-netns(id)? [-\w]+/g, "")
    .replace(/^(\d+: (?!lo:).* qdisc )noqueue/gm, "$1pfifo_fast")
    .split("\n")
    .filter((each) => !/inet6 ff0|33:33:00/.test(each));
  return (sorted ? lines.sort() : lines).join("\n");
}

/** One test: the lines in order on a fresh machine, every answer compared. */
export function same(name: string, lines: string): void {
  it(name, async () => {
    const twin = await Twin.make();
    const { real, simulated } = await twin.type(
      lines
        .split("\n")
        .map((line) => line.trim())
        .filter(Boolean),
    );
    expect(simulated).toEqual(real);
  });
}
