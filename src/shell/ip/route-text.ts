/** A route as `ip route` prints it. Every part ends in a blank. */
import { formatIpv4 } from "../../core/ipv4.js";
import { type NextHop, type Route, TABLE_MAIN } from "../../host/ip/route.js";
import type { NetDevice } from "../../host/netdev/net-device.js";
import type { IpOptions } from "./context.js";
import { tableName } from "./names.js";

/** What a listing's filter has fixed, and what is therefore not told again. */
export interface Told {
  readonly via?: boolean;
  readonly dev?: NetDevice | null;
  readonly table?: boolean;
  readonly protocol?: boolean;
  readonly scope?: boolean;
  readonly src?: boolean;
  readonly metric?: boolean;
}

export function routeText(route: Route, options: IpOptions, lineBreak: string, told: Told = {}): string {
  const { details } = options;
  const single = route.nextHops.length === 1 ? route.nextHops[0]! : null;
  const parts: [boolean, string][] = [
    [route.type !== "unicast" || details, route.type],
    [true, route.prefixText],
    [single !== null && single.gateway !== 0 && told.via !== true, `via ${formatIpv4(single?.gateway ?? 0)}`],
    [single !== null && single.dev !== told.dev, `dev ${single?.dev.name}`],
    [route.table !== TABLE_MAIN && told.table !== true, `table ${tableName(route.table)}`],
    [(route.protocol !== "boot" || details) && told.protocol !== true, `proto ${route.protocol}`],
    [(route.scope !== "global" || details) && told.scope !== true, `scope ${route.scope}`],
    [route.prefSrc !== 0 && told.src !== true, `src ${formatIpv4(route.prefSrc)}`],
    [route.metric !== 0 && told.metric !== true, `metric ${route.metric}`],
  ];
  let text = parts.flatMap(([shown, part]) => (shown ? [`${part} `] : [])).join("");
  if (single !== null) text += hopFlags(route, single);
  if (route.mtu !== 0) text += `mtu ${route.mtu} `;
  if (route.nextHops.length > 1)
    for (const hop of route.nextHops) {
      const via = hop.gateway === 0 ? "" : `via ${formatIpv4(hop.gateway)} `;
      text += `${lineBreak}\tnexthop ${via}dev ${hop.dev.name} weight ${hop.weight} ${hopFlags(route, hop)}`;
    }
  return text;
}

function hopFlags(route: Route, hop: NextHop): string {
  const flags: [boolean, string][] = [
    [hop.dead, "dead "],
    [hop.onlink, "onlink "],
    // What stays inside the machine needs no link.
    [hop.dead || (hop.linkDown && route.scope !== "host"), "linkdown "],
  ];
  return flags.flatMap(([set, text]) => (set ? [text] : [])).join("");
}
