/** A device as `ip link` and `ip addr` print it. */
import { formatMac } from "../../core/mac.js";
import type { NetDevice } from "../../host/netdev/net-device.js";
import type { IpOptions } from "./context.js";

export function flagsText(dev: NetDevice): string {
  const flags: [boolean, string][] = [
    [dev.up && !dev.carrier, "NO-CARRIER"],
    [dev.kind === "loopback", "LOOPBACK"],
    [dev.broadcast, "BROADCAST"],
    [dev.multicast, "MULTICAST"],
    [dev.noArp, "NOARP"],
    [dev.allMulticastSet, "ALLMULTI"],
    [dev.promiscuous, "PROMISC"],
    [dev.up, "UP"],
    [dev.running, "LOWER_UP"],
  ];
  return `<${flags.flatMap(([set, name]) => (set ? [name] : [])).join(",")}>`;
}

/** RFC 2863 ifOperStatus, as Linux keeps it. */
export function operState(dev: NetDevice): string {
  if (dev.kind === "loopback") return dev.up ? "UNKNOWN" : "DOWN";
  return dev.running ? "UP" : "DOWN";
}

function queueName(dev: NetDevice): string {
  if (!dev.wasUp) return "noop";
  return dev.kind === "loopback" ? "noqueue" : "pfifo_fast";
}

/** The first line; `mode` is told by `ip link` only. */
export function headText(dev: NetDevice, mode: boolean): string {
  return (
    `${dev.index}: ${dev.name}: ${flagsText(dev)} mtu ${dev.mtu} qdisc ${queueName(dev)} ` +
    `state ${operState(dev)} ${mode ? "mode DEFAULT " : ""}group ${dev.group === 0 ? "default" : dev.group} ` +
    `qlen ${dev.txQueueLength}`
  );
}

/** The line with the link address, and what -d and an alias add. */
export function addressLines(dev: NetDevice, options: IpOptions, lineBreak: string): string {
  const kind = dev.kind === "loopback" ? "loopback" : "ether";
  let text = `    link/${kind} ${formatMac(dev.mac)} brd ${formatMac(dev.broadcastMac)}`;
  if (options.details) {
    const [least, most] = mtuRange(dev);
    text +=
      ` promiscuity ${dev.promiscuity}  allmulti ${dev.allMulticast} minmtu ${least} maxmtu ${most} ` +
      "numtxqueues 1 numrxqueues 1 ";
  }
  return dev.alias === "" ? text : `${text}${lineBreak}    alias ${dev.alias}`;
}

/** The least and the greatest MTU that a device takes; 0 and 0 for no bounds. */
export const mtuRange = (dev: NetDevice): readonly [number, number] =>
  dev.kind === "loopback" ? [0, 0] : [68, 65_535];

/** The table of -s: numbers under their headings, the columns as wide as their widest number. */
export function statisticsLines(dev: NetDevice, level: number, lineBreak: string): string {
  const received = [dev.rxBytes, dev.rxPackets, dev.rxErrors, dev.rxDropped, 0, dev.rxMulticast];
  const sent = [dev.txBytes, dev.txPackets, dev.txErrors, dev.txDropped, dev.txCarrierErrors, 0];
  const rxErrors = [dev.rxLengthErrors, dev.rxCrcErrors, 0, 0, 0];
  const txErrors = [0, 0, 0, 0, dev.carrierChanges];
  const widths = [10, 7, 6, 7, 7, 7].map((least, i) =>
    Math.max(
      least,
      ...[received[i]!, sent[i]!, rxErrors[i - 1] ?? 0, txErrors[i - 1] ?? 0].map((n) => String(n).length),
    ),
  );
  const columns = (cells: readonly (string | number)[], from: number): string =>
    cells.map((cell, i) => String(cell).padStart(widths[from + i]!)).join(" ");
  const main = (direction: string, names: string, numbers: readonly number[]): string[] => {
    const [first, ...rest] = names.split(" ");
    const titled = `${first!.padStart(widths[0]! - 4)} ${columns(rest, 1)}`;
    return [`    ${direction}: ${titled} ${" ".repeat(10)}`, `    ${columns(numbers, 0)} `];
  };
  const detail = (direction: string, names: string, numbers: readonly number[]): string[] =>
    level < 2
      ? []
      : [
          `    ${direction} errors:${" ".repeat(widths[0]! - 10)} ${columns(names.split(" "), 1)}`,
          `${" ".repeat(widths[0]! + 5)}${columns(numbers, 1)} `,
        ];
  return [
    ...main("RX", "bytes packets errors dropped missed mcast", received),
    ...detail("RX", "length crc frame fifo overrun", rxErrors),
    ...main("TX", "bytes packets errors dropped carrier collsns", sent),
    ...detail("TX", "aborted fifo window heartbt transns", txErrors),
  ].join(lineBreak);
}
