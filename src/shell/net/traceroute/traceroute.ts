/** traceroute(8), version 2.1 for Linux: UDP with rising ports, -U, and -I. Left out: TCP, MTU discovery, AS numbers. */
import { ANY_IPV4, formatIpv4, type Ipv4, parseIpv4 } from "../../../core/ipv4.js";
import type { NetDevice } from "../../../host/netdev/net-device.js";
import type { Process } from "../../../host/process.js";
import type { Command } from "../../command.js";
import { Exit, failedCall, withExits } from "../exit.js";
import { EchoProbes, type ProbeMethod, UdpProbes } from "./probe-methods.js";
import { parseTracerouteOptions, type TracerouteOptions } from "./traceroute-options.js";
import { TracerouteSession } from "./traceroute-session.js";

const FIRST_PORT = 33_434;
const DNS_PORT = 53;

export const traceroute: Command = {
  name: "traceroute",
  about: { en: "Finds the routers on the way to a host.", zh: "查找通往主机途中的路由器。" },
  program: withExits(function* (process) {
    const options = parseTracerouteOptions(process.args);
    const { host, destination, maxHops, packetSize } = options;
    const heading = `traceroute to ${host} (${formatIpv4(destination)}), ${maxHops} hops max, ${packetSize} byte packets`;
    // Echo requests need a socket, with a way to the goal, before anything is said.
    if (options.method !== "icmp") process.write(heading);
    const dev = deviceOf(process, options);
    const source = sourceOf(process, options);
    const method = methodOf(process, options, dev, source);
    if (options.method === "icmp") process.write(heading);
    const localMtu = (): number => {
      const path = process.stack.send4.path(destination, source, dev);
      return typeof path === "string" ? 0 : path.dev.mtu;
    };
    process.catchSignals();
    return yield* new TracerouteSession(process, options, method, localMtu).run();
  }),
};

function methodOf(
  process: Process,
  options: TracerouteOptions,
  dev: NetDevice | null,
  source: Ipv4,
): ProbeMethod {
  const { method, destination, packetSize, port, tos, dontFragment } = options;
  const usual = { default: FIRST_PORT, udp: DNS_PORT, icmp: 1 }[method];
  const probes = {
    destination,
    source,
    dev,
    packetSize,
    port: port ?? usual,
    rising: method === "default",
    tos,
    discover: dontFragment ? "probe" : "dont",
  } as const;
  return method === "icmp" ? new EchoProbes(process, probes) : new UdpProbes(process, probes);
}

function deviceOf({ stack }: Process, { device }: TracerouteOptions): NetDevice | null {
  if (device === undefined) return null;
  const dev = stack.device(device);
  if (dev === undefined) throw failedCall(1, "\nsetsockopt SO_BINDTODEVICE", "ENODEV");
  return dev;
}

function sourceOf({ stack }: Process, { source }: TracerouteOptions): Ipv4 {
  if (source === undefined) return ANY_IPV4;
  const address = parseIpv4(source);
  if (address === undefined) throw new Exit(2, `Cannot handle \`-s' option with arg \`${source}'`);
  if (!stack.isLocal(address)) throw failedCall(1, "\nbind", "EADDRNOTAVAIL");
  return address;
}
