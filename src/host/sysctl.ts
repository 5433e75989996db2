/**
 * The kernel settings of one network namespace (sysctl(8)), by their dotted names, with Linux's defaults. Settings that
 * data paths read on every packet are mirrored by whoever watches them (`watch`).
 */
import { LazyMap } from "../core/lazy-map.js";
import { SystemError } from "./errno.js";

const DEFAULTS: Readonly<Record<string, number>> = {
  "net.ipv4.ip_forward": 0,
  "net.ipv4.ip_default_ttl": 64,
  "net.ipv4.ip_no_pmtu_disc": 0,
  "net.ipv4.ipfrag_time": 30,
  "net.ipv4.ipfrag_high_thresh": 4_194_304,
  "net.ipv4.icmp_echo_ignore_all": 0,
  "net.ipv4.icmp_echo_ignore_broadcasts": 1,
  "net.ipv4.icmp_ratelimit": 1000,
  "net.ipv4.icmp_ratemask": 6168,
  "net.ipv4.icmp_msgs_per_sec": 1000,
  "net.ipv4.icmp_msgs_burst": 50,
  "net.ipv4.ip_local_port_range.low": 32_768,
  "net.ipv4.ip_local_port_range.high": 60_999,
  "net.ipv4.route.mtu_expires": 600,
  "net.ipv4.route.min_pmtu": 552,
  "net.ipv4.neigh.default.mcast_solicit": 3,
  "net.ipv4.neigh.default.ucast_solicit": 3,
  "net.ipv4.neigh.default.retrans_time_ms": 1000,
  "net.ipv4.neigh.default.base_reachable_time_ms": 30_000,
  "net.ipv4.neigh.default.delay_first_probe_time": 5,
  "net.ipv4.neigh.default.gc_stale_time": 60,
  "net.ipv4.neigh.default.unres_qlen": 101,
  "net.ipv4.neigh.default.gc_thresh1": 128,
  "net.ipv4.neigh.default.gc_thresh2": 512,
  "net.ipv4.neigh.default.gc_thresh3": 1024,
  "net.ipv4.conf.all.accept_local": 0,
  "net.ipv4.conf.all.accept_redirects": 1,
  "net.ipv4.conf.all.accept_source_route": 0,
  "net.ipv4.conf.all.arp_accept": 0,
  "net.ipv4.conf.all.arp_announce": 0,
  "net.ipv4.conf.all.arp_ignore": 0,
  "net.ipv4.conf.all.arp_notify": 0,
  "net.ipv4.conf.all.bc_forwarding": 0,
  "net.ipv4.conf.all.proxy_arp": 0,
  "net.ipv4.conf.all.rp_filter": 0,
  "net.ipv4.conf.all.secure_redirects": 1,
  "net.ipv4.conf.all.send_redirects": 1,
};

/** Settings with narrower bounds than those of a whole number. */
const BOUNDS: Readonly<Record<string, readonly [number, number]>> = {
  "net.ipv4.ip_default_ttl": [1, 255],
  // Source routes are always refused.
  "net.ipv4.conf.all.accept_source_route": [0, 0],
};

const PER_DEVICE = /^net\.ipv4\.conf\.([^.]+)\.(.+)$/;

export interface SettingWatcher {
  settingChanged(name: string): void;
}

export class Sysctl {
  private readonly changed = new LazyMap<string, number>();
  private watcher: SettingWatcher | null = null;

  /** The value of a setting. An unknown name is ENOENT. */
  value(name: string): number {
    const value = this.changed.get(name) ?? defaultOf(name);
    if (value === undefined) throw new SystemError("ENOENT");
    return value;
  }

  /**
   * A per-device setting: the greater of `all` and the device's own, as Linux combines them. What was never set for a
   * device follows `default`.
   */
  device(dev: string, key: string): number {
    const own =
      this.changed.get(`net.ipv4.conf.${dev}.${key}`) ?? this.changed.get(`net.ipv4.conf.default.${key}`);
    const usual = DEFAULTS[`net.ipv4.conf.all.${key}`]!;
    return Math.max(own ?? usual, this.changed.get(`net.ipv4.conf.all.${key}`) ?? usual);
  }

  /** The greatest value that a per-device setting has anywhere. */
  greatest(key: string): number {
    let most = this.value(`net.ipv4.conf.all.${key}`);
    for (const [name, value] of this.changed)
      if (name.startsWith("net.ipv4.conf.") && name.endsWith(`.${key}`)) most = Math.max(most, value);
    return most;
  }

  /** Sets a value; an unknown name is ENOENT, no whole number or one out of bounds EINVAL. */
  set(name: string, value: number): void {
    if (defaultOf(name) === undefined) throw new SystemError("ENOENT");
    const general = name.replace(PER_DEVICE, "net.ipv4.conf.all.$2");
    const [least, most] = Object.hasOwn(BOUNDS, general) ? BOUNDS[general]! : [0, 0x7fffffff];
    if (!Number.isSafeInteger(value) || value < least || value > most) throw new SystemError("EINVAL");
    this.changed.set(name, value);
    this.watcher?.settingChanged(name);
  }

  /** Tells one object of each change, and at once, with an empty name, of things as they are. */
  watch(watcher: SettingWatcher): void {
    this.watcher = watcher;
    watcher.settingChanged("");
  }

  /** All names with a default, in order. */
  names(): string[] {
    return [...new Set([...Object.keys(DEFAULTS), ...this.changed.keys()])].sort();
  }
}

function defaultOf(name: string): number | undefined {
  if (Object.hasOwn(DEFAULTS, name)) return DEFAULTS[name];
  const key = PER_DEVICE.exec(name)?.[2];
  const general = `net.ipv4.conf.all.${key}`;
  return key !== undefined && Object.hasOwn(DEFAULTS, general) ? DEFAULTS[general] : undefined;
}
