/** The times in front of tcpdump's lines, from virtual time: a lab begins at midnight, on the first of January 1970. */
import type { Nanoseconds } from "../../../core/time.js";
import { SECOND } from "../../../core/time.js";
import type { TimeStyle } from "./tcpdump-options.js";

const DAY = 86_400;
const MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export class PacketTimes {
  private first: Nanoseconds | undefined;
  private before: Nanoseconds | undefined;

  constructor(
    private readonly style: TimeStyle,
    /** Nine places in place of six. */
    private readonly nanoseconds: boolean,
  ) {}

  /** The text for a packet of this time; the packets before it matter for some styles. */
  next(now: Nanoseconds): string {
    const before = this.before ?? now;
    this.first ??= now;
    this.before = now;
    switch (this.style) {
      case "none":
        return "";
      case "seconds":
        return `${Math.floor(now / SECOND)}.${this.fraction(now)}`;
      case "gap":
        return ` ${this.clock(now - before)}`;
      case "elapsed":
        return ` ${this.clock(now - this.first)}`;
      case "date":
        return `${date(Math.floor(now / SECOND / DAY))} ${this.clock(now)}`;
      case "clock":
        return this.clock(now);
    }
  }

  private clock(time: Nanoseconds): string {
    const seconds = Math.floor(time / SECOND) % DAY;
    const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    return `${parts.map((part) => String(part).padStart(2, "0")).join(":")}.${this.fraction(time)}`;
  }

  private fraction(time: Nanoseconds): string {
    const digits = String(time % SECOND).padStart(9, "0");
    return this.nanoseconds ? digits : digits.slice(0, 6);
  }
}

/** A day of 1970: labs end before the year does. */
function date(day: number): string {
  let month = 0;
  while (month < 11 && day >= MONTHS[month]!) day -= MONTHS[month++]!;
  return `1970-${String(month + 1).padStart(2, "0")}-${String(day + 1).padStart(2, "0")}`;
}
