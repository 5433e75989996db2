/** IEEE 802.2 LLC with SNAP (RFC 1042) as tcpdump prints it. Left out: what the SAPs other than SNAP carry. */
import * as LLC from "../../wire/llc.js";
import { LLC_SAP_NAMES } from "./names.js";
import { ethertypeText, printEthertype } from "./print-ethertype.js";
import type { Printout } from "./printout.js";

const POLL = 0x10;
const NUMBERED_POLL = 0x100;
const GROUP = 1;
const UNNUMBERED = 3;
const COMMANDS: ReadonlyMap<number, string> = new Map([
  [0x03, "ui"],
  [0x0f, "dm"],
  [0x43, "disc"],
  [0x63, "ua"],
  [0x6f, "sabme"],
  [0x87, "frmr"],
  [0xaf, "xid"],
  [0xe3, "test"],
]);
const SUPERVISORY = ["Receiver Ready", "Receiver not Ready", "Reject", "?"] as const;

/** Gives the size of the header. */
export function printLlc(out: Printout, at: number, size: number, src: string, dst: string): number {
  out.protocol = "llc";
  if (size < LLC.LLC_SIZE || !out.holds(at, LLC.LLC_SIZE)) {
    out.cut();
    out.dump(at, size);
    return Math.min(size, out.end - at);
  }
  out.end = Math.min(out.end, at + size);
  const dsap = out.u8(at + LLC.LLC_DSAP);
  const ssap = out.u8(at + LLC.LLC_SSAP);
  const first = out.u8(at + LLC.LLC_CONTROL);
  const unnumbered = (first & UNNUMBERED) === UNNUMBERED;
  // Numbered frames have two bytes of control, the low one first.
  const control = unnumbered ? first : first | (out.u8(at + LLC.LLC_CONTROL + 1) << 8);
  const headerSize = unnumbered ? LLC.LLC_SIZE : LLC.LLC_SIZE + 1;
  const [to, from] = [dsap & ~GROUP, ssap & ~GROUP];
  if (out.link)
    out.add(
      `LLC, dsap ${sapName(to)} (0x${hex(to, 2)}) ${dsap & GROUP ? "Group" : "Individual"}, ` +
        `ssap ${sapName(from)} (0x${hex(from, 2)}) ${ssap & GROUP ? "Response" : "Command"}, ` +
        `ctrl 0x${hex(control, unnumbered ? 2 : 4)}: `,
    );
  if (to === LLC.LLC_SAP_SNAP && from === LLC.LLC_SAP_SNAP && control === LLC.LLC_UI)
    return printSnap(out, at, size, src, dst);
  if (!out.link) {
    const target = LLC_SAP_NAMES.get(to) ?? `Unknown DSAP 0x${hex(to, 2)}`;
    const origin = LLC_SAP_NAMES.get(from) ?? `Unknown SSAP 0x${hex(from, 2)}`;
    out.add(to === from ? `${src} > ${dst} ${target} ` : `${src} ${origin} > ${dst} ${target} `);
  }
  const response = (ssap & GROUP) !== 0;
  const polls = (control & (unnumbered ? POLL : NUMBERED_POLL)) !== 0;
  const flag = polls ? (response ? "Final" : "Poll") : response ? "Response" : "Command";
  const tail = `Flags [${flag}], length ${size}`;
  if (unnumbered) {
    const command = control & ~POLL;
    out.add(`Unnumbered, ${COMMANDS.get(command) ?? hex(command, 2)}, ${tail}`);
  } else if ((control & 1) === 0) {
    out.add(`Information, send seq ${(control >> 1) & 127}, rcv seq ${control >> 9}, ${tail}`);
  } else {
    out.add(`Supervisory, ${SUPERVISORY[(control >> 2) & 3]}, rcv seq ${control >> 9}, ${tail}`);
    return headerSize;
  }
  out.dumpRest(at, size);
  return headerSize;
}

function printSnap(out: Printout, at: number, size: number, src: string, dst: string): number {
  const headerSize = LLC.LLC_SIZE + LLC.SNAP_SIZE;
  out.protocol = "snap";
  const snap = at + LLC.LLC_SIZE;
  if (!out.need(snap, LLC.SNAP_SIZE)) return headerSize;
  const organisation = out.u16(snap) * 0x100 + out.u8(snap + 2);
  const type = out.u16(snap + LLC.SNAP_TYPE);
  const rest = size - headerSize;
  const isEthernet = organisation === 0;
  const kind = isEthernet ? ethertypeText(type) : `pid Unknown (0x${hex(type, 4)})`;
  const oui = `oui ${isEthernet ? "Ethernet" : "Unknown"} (0x${hex(organisation, 6)})`;
  if (out.link) out.add(`${oui}, ${kind}, length ${rest}: `);
  if (!isEthernet || !printEthertype(out, type, at + headerSize, rest)) {
    if (!out.link) out.add(`${src} > ${dst} SNAP, ${kind}, length ${rest}: `);
    out.dumpRest(at, size);
  }
  return headerSize;
}

const sapName = (sap: number): string => LLC_SAP_NAMES.get(sap) ?? "Unknown";
const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");
