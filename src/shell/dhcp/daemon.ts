/** What dhclient and udhcpc have in common: clients that run in a process of their own, and leases on disk. */
import { type Host, type NetDevice, Process, type Program } from "../../host/index.js";
import {
  type ClientLease,
  DhcpClient,
  type DhcpClientOptions,
  type DhcpEvent,
  formatClientLease,
  parseClientLease,
} from "../../service/dhcp/index.js";

const leasePath = (dev: NetDevice): string => `/var/lib/dhcp/dhclient.${dev.name}.leases`;

/** The lease that the device had last. */
export const storedLease = (host: Host, dev: NetDevice): ClientLease | undefined =>
  parseClientLease(host.files.get(leasePath(dev)) ?? "");

export const storeLease = (host: Host, dev: NetDevice, lease: ClientLease): void =>
  void host.files.set(leasePath(dev), formatClientLease(lease));

export const forgetLease = (host: Host, dev: NetDevice): void => void host.files.delete(leasePath(dev));

export interface ClientSetting {
  readonly dev: NetDevice;
  readonly options: DhcpClientOptions;
  readonly onEvent: (event: DhcpEvent, client: Process) => void;
}

/** A program that runs the clients until it is killed. */
export function clientProgram(settings: readonly ClientSetting[]): Program {
  return function* (process) {
    for (const { dev, options, onEvent } of settings) {
      // A first event may come before the constructor returns.
      const client = new DhcpClient(process.stack, dev, {
        ...options,
        onEvent: (event) => onEvent(event, process),
      });
      process.defer(() => client.stop());
    }
    for (;;) yield Number.POSITIVE_INFINITY;
  };
}

export const startDaemon = (parent: Process, settings: readonly ClientSetting[]): Process =>
  new Process(parent.host, parent.stack, parent.commandLine, parent.args, clientProgram(settings));

/** The processes of this program that look after a device, but not the one that asks. */
export function daemonsOf(process: Process, program: string, dev: NetDevice): Process[] {
  return [...process.host.processes.values()].filter(
    (other) =>
      other !== process &&
      other.commandLine.split(" ")[0] === program &&
      (other.args.includes(dev.name) || other.args.every((word) => word.startsWith("-"))),
  );
}

/** Starts a client for a device as a machine does when it boots. With `probe` the address is probed for before it is used. */
export function bootClient(host: Host, dev: NetDevice, probe: boolean): Process {
  const options = { hostName: host.name, known: storedLease(host, dev), probe };
  const onEvent = (event: DhcpEvent): void => {
    if (event.what === "bound") storeLease(host, dev, event.lease);
    if (event.what === "decline" || event.what === "nak") forgetLease(host, dev);
  };
  return new Process(
    host,
    host.stack,
    `dhclient ${dev.name}`,
    [dev.name],
    clientProgram([{ dev, options, onEvent }]),
  );
}
