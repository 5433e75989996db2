/** ifconfig(8) of net-tools 2.10: shows interfaces, and sets one, word by word, as far as its words reach. */
import { broadcastOf, type Ipv4, lengthOfMask, maskOf } from "../../core/ipv4.js";
import { parseMac } from "../../core/mac.js";
import { SystemError, strerror } from "../../host/errno.js";
import type { InterfaceAddress, NetDevice } from "../../host/netdev/net-device.js";
import type { Process } from "../../host/process.js";
import type { Command } from "../command.js";
import { Failure, fail, failing } from "../failure.js";
import { setMac, setMtu } from "../ip/link.js";
import {
  type Interface,
  interfaceNamed,
  interfaces,
  longText,
  SHORT_HEAD,
  shortText,
} from "./interface-text.js";
import { classLength, resolve } from "./resolve.js";

const USAGE = `Usage:
  ifconfig [-a] [-v] [-s] <interface> [[inet] <address>[/<prefixlen>]]
  [[-]broadcast [<address>]]  [netmask <address>]
  [hw ether <address>]  [mtu <NN>]  [txqueuelen <NN>]
  [[-]arp]  [[-]allmulti]  [[-]multicast]  [[-]promisc]
  [up|down] ...`;

const HINT = "\nifconfig: `--help' gives usage information.";

export const ifconfig: Command = {
  name: "ifconfig",
  about: { en: "Shows and sets network interfaces (net-tools).", zh: "查看和设置网络接口（net-tools）。" },
  program: failing(
    (text, detail) => new Failure(1, detail ?? text),
    (process) => {
      const words = [...process.args];
      let all = false;
      let short = false;
      while (words[0]?.startsWith("-") === true) {
        const option = words.shift()!;
        if (option === "-a") all = true;
        else if (option === "-s") short = true;
        else if (option === "--help" || option === "-h" || option === "-?") {
          process.write(`${USAGE}\n`);
          return 0;
        } else if (option !== "-v") fail(1, `ifconfig: option \`${option}' not recognised.${HINT}`);
      }
      const name = words.shift();
      if (name === undefined) return list(process, all, short);
      if (words.length > 0) return new Setting(process, name, words).run();
      const shown = find(process, name);
      if (shown === undefined)
        return fail(1, `${name}: error fetching interface information: Device not found`);
      process.write(short ? SHORT_HEAD + shortText(shown) : longText(shown));
      return 0;
    },
  ),
};

function list(process: Process, all: boolean, short: boolean): number {
  const shown = interfaces(process.stack.devices).filter(({ dev }) => all || dev.up);
  if (short) process.write(SHORT_HEAD);
  for (const each of shown) process.write(short ? shortText(each) : longText(each));
  return 0;
}

function find({ stack }: Process, name: string): Interface | undefined {
  const dev = stack.device(name.split(":")[0]!);
  if (dev === undefined) return undefined;
  const found = interfaceNamed(dev, name);
  return name === dev.name || found.address !== undefined ? found : undefined;
}

/** One interface being set; each word takes effect at once, as each is a system call of its own. */
class Setting {
  private status = 0;

  constructor(
    private readonly process: Process,
    private readonly name: string,
    private readonly words: string[],
  ) {}

  run(): number {
    for (let word = this.words.shift(); word !== undefined; word = this.words.shift()) {
      const action = Object.hasOwn(this.actions, word) ? this.actions[word]! : () => this.address(word!);
      action();
    }
    return this.status;
  }

  private readonly actions: Readonly<Record<string, () => void>> = {
    up: () => this.flagged().setUp(true),
    down: () => this.down(),
    promisc: () => this.flagged().setPromiscuous(true),
    "-promisc": () => this.flagged().setPromiscuous(false),
    allmulti: () => this.flagged().setAllMulticast(true),
    "-allmulti": () => this.flagged().setAllMulticast(false),
    multicast: () => this.setFlag("multicast", true),
    "-multicast": () => this.setFlag("multicast", false),
    arp: () => this.setFlag("noArp", false),
    "-arp": () => this.setFlag("noArp", true),
    mtu: () => this.number("SIOCSIFMTU", (mtu) => setMtu(this.device(), mtu)),
    txqueuelen: () =>
      this.number("SIOCSIFTXQLEN", (length) => {
        this.device().txQueueLength = length;
      }),
    hw: () => this.hardware(),
    netmask: () => this.netmask(resolve(this.need(), 1)),
    broadcast: () => {
      if (/^\d/.test(this.words[0] ?? "")) this.broadcast(resolve(this.need(), 1));
    },
    inet: () => this.address(this.need()),
  };

  private setFlag(flag: "multicast" | "noArp", on: boolean): void {
    this.flagged()[flag] = on;
  }

  /** A system call with a number, read as atoi(3) reads it. */
  private number(call: string, set: (value: number) => void): void {
    const value = Number(/^\d+/.exec(this.need())?.[0] ?? 0);
    this.ioctl(call, () => set(value));
  }

  /** Taking an alias down takes it away. */
  private down(): void {
    const dev = this.flagged();
    if (this.name === dev.name) dev.setUp(false);
    else if (this.own !== undefined) this.process.stack.addresses.remove(dev, this.own);
  }

  private address(word: string): void {
    if (["add", "del", "pointopoint", "tunnel", "media", "name", "inet6"].includes(word))
      fail(1, `ifconfig: ${word} is not simulated`);
    const [text, bits] = word.split("/");
    const address = resolve(text!, 1, HINT);
    this.ioctl("SIOCSIFADDR", () => {
      const dev = this.device();
      const { own } = this;
      if (own?.address === address) return;
      if (own !== undefined) this.process.stack.addresses.remove(dev, own);
      if (address !== 0) this.put(dev, address, classLength(address), null);
    });
    if (bits !== undefined) this.netmask(maskOf(Number(bits)) as Ipv4);
    if (address !== 0 || this.name === this.name.split(":")[0]) this.flagged().setUp(true);
  }

  private netmask(mask: Ipv4): void {
    this.ioctl("SIOCSIFNETMASK", () => {
      const dev = this.device();
      const { own } = this;
      const length = lengthOfMask(mask);
      if (own === undefined) throw new SystemError("EADDRNOTAVAIL");
      if (length === undefined) throw new SystemError("EINVAL");
      if (own.length === length) return;
      const natural = own.broadcast === broadcastOf(own.address, own.length);
      this.process.stack.addresses.remove(dev, own);
      this.put(dev, own.address, length, natural ? null : own.broadcast);
    });
  }

  private broadcast(broadcast: Ipv4): void {
    this.ioctl("SIOCSIFBRDADDR", () => {
      const dev = this.device();
      const { own } = this;
      if (own === undefined) throw new SystemError("EADDRNOTAVAIL");
      this.process.stack.addresses.remove(dev, own);
      this.put(dev, own.address, own.length, broadcast);
    });
  }

  private put(dev: NetDevice, address: Ipv4, length: number, broadcast: Ipv4 | null): void {
    this.process.stack.addresses.add(dev, address, length, {
      label: this.name,
      origin: { by: "command", text: this.process.commandLine, time: this.process.now },
      ...(broadcast === null ? {} : { broadcast }),
    });
  }

  private hardware(): void {
    const kind = this.need();
    if (kind !== "ether") fail(1, `ifconfig: hw ${kind} is not simulated`);
    const text = this.need();
    const mac = parseMac(text) ?? fail(1, `${text}: invalid ether address.`);
    this.ioctl("SIOCSIFHWADDR", () => setMac(this.device(), mac));
  }

  private get own(): InterfaceAddress | undefined {
    return this.device().addresses.find((own) => own.label === this.name);
  }

  private device(): NetDevice {
    const dev = this.process.stack.device(this.name.split(":")[0]!);
    if (dev === undefined) throw new SystemError("ENODEV");
    return dev;
  }

  /** The device, for a word that changes its flags. */
  private flagged(): NetDevice {
    return (
      this.process.stack.device(this.name.split(":")[0]!) ??
      fail(255, `${this.name}: ERROR while getting interface flags: ${strerror("ENODEV")}`)
    );
  }

  private need(): string {
    return this.words.shift() ?? fail(3, USAGE);
  }

  /** A system call whose failure is told and does not end the command. */
  private ioctl(name: string, call: () => void): void {
    try {
      call();
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      this.process.writeError(`${name}: ${strerror(error.errno)}\n`);
      this.status = 1;
    }
  }
}
