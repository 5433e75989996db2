/** DHCP and BOOTP as tcpdump prints them without -v: request or reply, and from whom. Left out: the fields and options. */
import { BOOT_REPLY, BOOT_REQUEST } from "../../wire/dhcp.js";
import type { Printout } from "./printout.js";

const HARDWARE = 28;

/** `length` is that of the datagram's payload at `at`. */
export function printDhcp(out: Printout, at: number, length: number): void {
  out.protocol = "bootp";
  if (!out.need(at, 1)) return;
  const operation = out.u8(at);
  const name = operation === BOOT_REQUEST ? "Request" : operation === BOOT_REPLY ? "Reply" : undefined;
  out.add(`BOOTP/DHCP, ${name ?? `unknown (0x${operation.toString(16).padStart(2, "0")})`}`);
  if (!out.need(at, 3)) return;
  if (operation === BOOT_REQUEST && out.u16(at + 1) === 0x0106 && out.need(at + HARDWARE, 6))
    out.add(` from ${out.mac(at + HARDWARE)}`);
  out.add(`, length ${length}`);
}
