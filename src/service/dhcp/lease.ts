/** A server's leases as a value, and as the text of a lease file: one line each, as dnsmasq keeps them, and the state. */
import { formatIpv4, type Ipv4, parseIpv4 } from "../../core/ipv4.js";
import { type Nanoseconds, SECOND } from "../../core/time.js";

/** `declined`: somebody else uses the address, so that nobody gets it before the lease expires. */
export type LeaseState = "offered" | "bound" | "released" | "declined";

export interface Lease {
  readonly address: Ipv4;
  /** As `clientKey` gives it; nobody's is "". */
  readonly client: string;
  /** The hardware address, as hexadecimal digits. */
  readonly hardware: string;
  /** What the client calls itself; "" for nothing. */
  readonly hostName: string;
  readonly state: LeaseState;
  /** Infinity for never. */
  readonly expires: Nanoseconds;
}

const LINE = /^(\d+) (\S+) (\S+) (\S+) (\S+) (bound|released|declined)$/;

/** Offers are left out: they are not promises. */
export function formatLeases(leases: Iterable<Lease>): string {
  let text = "";
  for (const { address, client, hardware, hostName, state, expires } of leases) {
    if (state === "offered") continue;
    const seconds = expires === Number.POSITIVE_INFINITY ? 0 : Math.ceil(expires / SECOND);
    text += `${seconds} ${hardware || "*"} ${formatIpv4(address)} ${hostName || "*"} ${client || "*"} ${state}\n`;
  }
  return text;
}

/** Lines that are no leases are passed over. */
export function parseLeases(text: string): Lease[] {
  return text.split("\n").flatMap((line) => {
    const [, seconds, hardware, ip, hostName, client, state] = LINE.exec(line) ?? [];
    const address = parseIpv4(ip ?? "");
    if (address === undefined) return [];
    const plain = (word: string): string => (word === "*" ? "" : word);
    return {
      address,
      client: plain(client!),
      hardware: plain(hardware!),
      hostName: plain(hostName!),
      state: state as LeaseState,
      expires: seconds === "0" ? Number.POSITIVE_INFINITY : Number(seconds) * SECOND,
    };
  });
}
