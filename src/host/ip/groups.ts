/** Multicast memberships of one stack (RFC 1112 §7): by device and group, with the card's filter kept in step. */

import { type Ipv4, ipv4 } from "../../core/ipv4.js";
import { LazyMap } from "../../core/lazy-map.js";
import { multicastMac } from "../../core/mac.js";
import type { NetDevice } from "../netdev/net-device.js";

/** 224.0.0.1: every host is a member on every interface, for ever (RFC 1112 §4). */
export const ALL_HOSTS = ipv4(0xe0000001);

export class Groups {
  private readonly members = new LazyMap<NetDevice, Map<Ipv4, number>>();

  /** Does this machine listen to a group on a device? */
  has(dev: NetDevice, group: number): boolean {
    return group === ALL_HOSTS || this.members.get(dev)?.has(group as Ipv4) === true;
  }

  join(dev: NetDevice, group: Ipv4): void {
    let groups = this.members.get(dev);
    if (groups === undefined) {
      groups = new Map();
      this.members.set(dev, groups);
    }
    groups.set(group, (groups.get(group) ?? 0) + 1);
    dev.joinMac(multicastMac(group));
  }

  leave(dev: NetDevice, group: Ipv4): void {
    const groups = this.members.get(dev);
    const users = groups?.get(group);
    if (groups === undefined || users === undefined) return;
    if (users > 1) groups.set(group, users - 1);
    else groups.delete(group);
    dev.leaveMac(multicastMac(group));
  }

  /** The groups of a device in order of address, for `ip maddr`. */
  of(dev: NetDevice): { group: Ipv4; users: number }[] {
    return [...(this.members.get(dev) ?? [])]
      .map(([group, users]) => ({ group, users }))
      .sort((x, y) => (x.group >>> 0) - (y.group >>> 0));
  }
}
