/** ping(8) of iputils, for IPv4. Left out: name queries, marks, source routes, and the interval limits for non-root users. */
import { ANY_IPV4, formatIpv4, type Ipv4, parseIpv4 } from "../../../core/ipv4.js";
import { strerror } from "../../../host/errno.js";
import type { Path } from "../../../host/ip/path.js";
import type { NetDevice } from "../../../host/netdev/net-device.js";
import type { Process } from "../../../host/process.js";
import type { Command } from "../../command.js";
import { Exit, failedCall, withExits } from "../exit.js";
import { lookUp, parseAddress, UNRESOLVED } from "../names.js";
import { type PingOptions, parsePingOptions } from "./ping-options.js";
import { PingSession } from "./ping-session.js";

export const ping: Command = {
  name: "ping",
  about: { en: "Sends echo requests and tells what comes back.", zh: "发送回显请求并显示应答。" },
  program: withExits(function* (process) {
    const options = parsePingOptions(process.args);
    const destination = lookUp(options.destination);
    options.numeric ||= parseAddress(options.destination) !== undefined;
    if (destination === undefined) throw new Exit(2, `ping: ${options.destination}: ${UNRESOLVED}`);
    const { dev, address } = sender(process, options);
    const path = pathTo(process, destination, address, dev, options);
    if (options.pattern !== undefined)
      process.write(
        `PATTERN: 0x${[...options.pattern].map((b) => b.toString(16).padStart(2, "0")).join("")}\n`,
      );
    process.write(heading(options, path, dev));
    process.catchSignals();
    const status = yield* new PingSession(process, options, path.dst, path.src, dev, path.cast).run();
    return status;
  }),
};

/** What -I names: a device, an address of this machine, or both. */
function sender(process: Process, options: PingOptions): { dev: NetDevice | null; address: Ipv4 } {
  let dev: NetDevice | null = null;
  let address: Ipv4 = ANY_IPV4;
  for (const name of options.from) {
    const own = parseIpv4(name);
    if (own === undefined) {
      dev = process.stack.device(name) ?? null;
      if (dev === null) throw failedCall(2, `ping: SO_BINDTODEVICE ${name}`, "ENODEV");
    } else if (process.stack.isLocal(own)) address = own;
    else throw failedCall(2, "ping: bind", "EADDRNOTAVAIL");
  }
  return { dev, address };
}

/** The way there, as connect(2) on a probe socket finds it. */
function pathTo(
  process: Process,
  destination: Ipv4,
  source: Ipv4,
  dev: NetDevice | null,
  options: PingOptions,
): Path {
  const path = process.stack.send4.path(destination, source, dev);
  if (path === "EACCES" || (typeof path !== "string" && path.cast === "broadcast" && !options.broadcast))
    throw new Exit(
      2,
      "ping: Do you want to ping broadcast? Then -b. If not, check your local firewall rules",
    );
  if (typeof path === "string") throw new Exit(2, `ping: connect: ${strerror(path)}`);
  if (path.cast === "broadcast") process.writeError("WARNING: pinging broadcast address\n");
  return path;
}

function heading(options: PingOptions, path: Path, dev: NetDevice | null): string {
  const { destination, size, from, record } = options;
  const sender = from.length === 0 ? "" : ` from ${formatIpv4(path.src)} ${dev?.name ?? ""}:`;
  const whole = size + 28 + (record === undefined ? 0 : 40);
  return `PING ${destination} (${formatIpv4(path.dst)})${sender} ${size}(${whole}) bytes of data.\n`;
}
