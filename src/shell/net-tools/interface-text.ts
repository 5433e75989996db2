/** An interface as ifconfig(8) of net-tools prints it. */
import { formatIpv4, maskOf } from "../../core/ipv4.js";
import { formatMac } from "../../core/mac.js";
import type { InterfaceAddress, NetDevice } from "../../host/netdev/net-device.js";

/** A device, or an alias of it, with the address that bears its name. */
export interface Interface {
  readonly name: string;
  readonly dev: NetDevice;
  readonly address: InterfaceAddress | undefined;
}

/** The devices by name, each with its aliases behind it; a number in a name counts as a number. */
export function interfaces(devices: readonly NetDevice[]): Interface[] {
  return [...devices]
    .sort((x, y) => compareNames(x.name, y.name))
    .flatMap((dev) => {
      const aliases = new Set(dev.addresses.map((own) => own.label).filter((label) => label !== dev.name));
      return [dev.name, ...[...aliases].sort(compareNames)].map((name) => interfaceNamed(dev, name));
    });
}

export function interfaceNamed(dev: NetDevice, name: string): Interface {
  return { name, dev, address: dev.addresses.find((own) => own.label === name) };
}

function compareNames(x: string, y: string): number {
  const [, xText, xNumber] = /^(.*?)(\d*)$/.exec(x)!;
  const [, yText, yNumber] = /^(.*?)(\d*)$/.exec(y)!;
  if (xText !== yText) return xText! < yText! ? -1 : 1;
  return Number(xNumber) - Number(yNumber);
}

const isAlias = ({ name, dev }: Interface): boolean => name !== dev.name;

/** Flag, its bit, and its letter in the short listing. */
function flagsOf(dev: NetDevice): { name: string; bit: number; letter: string }[] {
  const flags: [boolean, string, number, string][] = [
    [dev.up, "UP", 0x1, "U"],
    [dev.broadcast, "BROADCAST", 0x2, "B"],
    [dev.kind === "loopback", "LOOPBACK", 0x8, "L"],
    [dev.running, "RUNNING", 0x40, "R"],
    [dev.noArp, "NOARP", 0x80, "O"],
    [dev.promiscuous, "PROMISC", 0x100, "P"],
    [dev.allMulticastSet, "ALLMULTI", 0x200, "A"],
    [dev.multicast, "MULTICAST", 0x1000, "M"],
  ];
  return flags.flatMap(([set, name, bit, letter]) => (set ? [{ name, bit, letter }] : []));
}

export function longText(shown: Interface): string {
  const { name, dev, address } = shown;
  const flags = flagsOf(dev);
  const bits = flags.reduce((sum, flag) => sum + flag.bit, 0);
  const lines = [`${name}: flags=${bits}<${flags.map((flag) => flag.name).join(",")}>  mtu ${dev.mtu}`];
  if (address !== undefined) {
    const broadcast = dev.broadcast ? `  broadcast ${formatIpv4(address.broadcast)}` : "";
    lines.push(
      `        inet ${formatIpv4(address.address)}  netmask ${formatIpv4(maskOf(address.length))}${broadcast}`,
    );
  }
  lines.push(
    dev.kind === "loopback"
      ? `        loop  txqueuelen ${dev.txQueueLength}  (Local Loopback)`
      : `        ether ${formatMac(dev.mac)}  txqueuelen ${dev.txQueueLength}  (Ethernet)`,
  );
  if (!isAlias(shown))
    lines.push(
      `        RX packets ${dev.rxPackets}  bytes ${dev.rxBytes} (${bytesText(dev.rxBytes)})`,
      `        RX errors ${dev.rxErrors}  dropped ${dev.rxDropped}  overruns 0  frame 0`,
      `        TX packets ${dev.txPackets}  bytes ${dev.txBytes} (${bytesText(dev.txBytes)})`,
      `        TX errors ${dev.txErrors}  dropped ${dev.txDropped} overruns 0  carrier ${dev.txCarrierErrors}  collisions 0`,
    );
  return `${lines.join("\n")}\n\n`;
}

/** Tenths are cut off, not rounded. */
function bytesText(bytes: number): string {
  let unit = 0;
  let scale = 1;
  while (unit < 6 && bytes > scale * 1024) {
    unit++;
    scale *= 1024;
  }
  const tenths = Math.floor((bytes * 10) / scale);
  return `${Math.floor(tenths / 10)}.${tenths % 10} ${["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"][unit]}`;
}

export const SHORT_HEAD = "Iface      MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n";

export function shortText(shown: Interface): string {
  const { name, dev } = shown;
  const front = `${name.padEnd(15)} ${pad(dev.mtu, 5)} `;
  if (isAlias(shown)) return `${front}     - no statistics available -${" ".repeat(24)}${letters(dev)}\n`;
  const received = `${pad(dev.rxPackets, 8)} ${pad(dev.rxErrors, 6)} ${pad(dev.rxDropped, 6)} ${"0".padEnd(6)}`;
  const sent = `${pad(dev.txPackets, 8)} ${pad(dev.txErrors, 6)} ${pad(dev.txDropped, 6)} ${pad(0, 6)}`;
  return `${front}${received} ${sent} ${letters(dev)}\n`;
}

const pad = (number: number, width: number): string => String(number).padStart(width);

/** The order in which the short listing has the letters. */
const LETTERS = "ABLMPORU";

function letters(dev: NetDevice): string {
  const set = flagsOf(dev).map((flag) => flag.letter);
  return [...LETTERS].filter((letter) => set.includes(letter)).join("");
}
