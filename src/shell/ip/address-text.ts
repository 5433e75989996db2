/** An address of a device as `ip addr` prints it. */
import { formatIpv4 } from "../../core/ipv4.js";
import { type Nanoseconds, SECOND } from "../../core/time.js";
import type { InterfaceAddress } from "../../host/netdev/net-device.js";

/** `10.0.0.1/24`, or `10.0.0.1 peer 10.0.0.2/32`. */
export function prefixText(own: InterfaceAddress): string {
  const local = formatIpv4(own.address);
  return `${own.peer === own.address ? local : `${local} peer ${formatIpv4(own.peer)}`}/${own.length}`;
}

export const isDynamic = (own: InterfaceAddress): boolean => own.validUntil !== Number.POSITIVE_INFINITY;

/** Its preferred lifetime is over: not to be used for new connections. */
export const isDeprecated = (own: InterfaceAddress, now: Nanoseconds): boolean => own.preferredUntil <= now;

export const metricText = (own: InterfaceAddress): string =>
  own.metric === 0 ? "" : ` metric ${own.metric}`;

export function addressText(own: InterfaceAddress, now: Nanoseconds, lineBreak: string): string {
  const flags: [boolean, string][] = [
    [own.secondary, "secondary "],
    [isDeprecated(own, now), "deprecated "],
    [isDynamic(own), "dynamic "],
    [own.noPrefixRoute, "noprefixroute "],
  ];
  const broadcast = own.broadcast === 0 ? "" : ` brd ${formatIpv4(own.broadcast)}`;
  const flagText = flags.flatMap(([set, text]) => (set ? [text] : [])).join("");
  return (
    `    inet ${prefixText(own)}${metricText(own)}${broadcast} scope ${own.scope} ${flagText}${own.label}` +
    `${lineBreak}       valid_lft ${lifetime(own.validUntil, now)} preferred_lft ${lifetime(own.preferredUntil, now)}`
  );
}

function lifetime(until: Nanoseconds, now: Nanoseconds): string {
  return until === Number.POSITIVE_INFINITY
    ? "forever"
    : `${Math.max(0, Math.ceil((until - now) / SECOND))}sec`;
}
