/**
 * How many ICMP errors a machine may send (RFC 1812 §4.3.2.8): Linux's two token buckets, one for all
 * (icmp_msgs_per_sec, icmp_msgs_burst) and one for each destination (icmp_ratelimit, six in a burst), for the types in
 * icmp_ratemask.
 */
import { firstOf, LazyMap } from "../../core/lazy-map.js";
import { MILLISECOND, type Nanoseconds, SECOND } from "../../core/time.js";
import type { Sysctl } from "../sysctl.js";

interface Bucket {
  tokens: number;
  at: Nanoseconds;
}

const BURST = 6;
const MOST_DESTINATIONS = 1024;

export class IcmpLimit {
  private readonly all: Bucket;
  private readonly byDst = new LazyMap<number, Bucket>();

  constructor(private readonly sysctl: Sysctl) {
    this.all = { tokens: sysctl.value("net.ipv4.icmp_msgs_burst"), at: 0 };
  }

  /** May a message of this type go to this destination now? If so it is counted. */
  allow(type: number, dst: number, now: Nanoseconds): boolean {
    const { sysctl } = this;
    if (((sysctl.value("net.ipv4.icmp_ratemask") >>> type) & 1) === 0) return true;
    const perSecond = sysctl.value("net.ipv4.icmp_msgs_per_sec");
    refill(this.all, now, SECOND / perSecond, sysctl.value("net.ipv4.icmp_msgs_burst"));
    if (this.all.tokens < 1) return false;
    const interval = sysctl.value("net.ipv4.icmp_ratelimit") * MILLISECOND;
    if (interval > 0) {
      let bucket = this.byDst.get(dst);
      if (bucket === undefined) {
        if (this.byDst.size >= MOST_DESTINATIONS) this.byDst.delete(firstOf(this.byDst.keys())!);
        bucket = { tokens: BURST, at: now };
        this.byDst.set(dst, bucket);
      }
      refill(bucket, now, interval, BURST);
      if (bucket.tokens < 1) return false;
      bucket.tokens--;
    }
    this.all.tokens--;
    return true;
  }
}

function refill(bucket: Bucket, now: Nanoseconds, interval: Nanoseconds, burst: number): void {
  bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.at) / interval);
  bucket.at = now;
}
