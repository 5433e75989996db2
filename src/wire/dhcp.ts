/**
 * BOOTP (RFC 951, RFC 1542) and DHCP (RFC 2131, RFC 2132), which share one message. The value holds the options as they
 * stand on the wire: in pieces (RFC 3396) and, with option 52, in the fields for names. `gatherOptions` puts the pieces
 * together, `arrangeOptions` makes them. Padding behind the end of the options is no part of the message.
 */
import { readU32 } from "../core/bytes.js";
import { formatMac, readMac } from "../core/mac.js";
import type { Codec } from "./codec/codec.js";
import { Fault } from "./codec/fault.js";
import { Layout, type ValueOf } from "./codec/layout.js";
import { dissectDhcpOptions } from "./dhcp-dissect.js";
import {
  DHCP_BOOT_FILE,
  DHCP_END,
  DHCP_MESSAGE_TYPE,
  DHCP_OVERLOAD,
  DHCP_PAD,
  DHCP_RELAY_INFORMATION,
  DHCP_TFTP_SERVER,
  type DhcpOption,
} from "./dhcp-options.js";
import type { LayerBuilder } from "./dissect/dissection.js";
import { UDP_PORT_DHCP_CLIENT, UDP_PORT_DHCP_SERVER } from "./udp.js";

export const BOOT_REQUEST = 1;
export const BOOT_REPLY = 2;
/** The first bytes of the options: RFC 2132 §2. */
export const DHCP_COOKIE = 0x63825363;
/** RFC 951 §3, RFC 1542 §2.1: a message with 64 bytes of vendor area; nobody may send a shorter one. */
export const BOOTP_SIZE = 300;

const HARDWARE = 28;
const HARDWARE_SIZE = 16;
const SERVER_NAME = HARDWARE + HARDWARE_SIZE;
const SERVER_NAME_SIZE = 64;
const FILE = SERVER_NAME + SERVER_NAME_SIZE;
const FILE_SIZE = 128;
const VENDOR = FILE + FILE_SIZE;
const VENDOR_SIZE = BOOTP_SIZE - VENDOR;
const OPTIONS = VENDOR + 4;

export const BOOTP_LAYOUT = new Layout("BOOTP header", "RFC 951 §3, RFC 2131 §2", [
  {
    name: "operation",
    bits: 8,
    label: "Operation",
    short: "op",
    meaning: { [BOOT_REQUEST]: "request", [BOOT_REPLY]: "reply" },
    fault: (value) =>
      value === BOOT_REQUEST || value === BOOT_REPLY ? undefined : `is ${value}, must be 1 or 2`,
  },
  {
    name: "hardwareType",
    bits: 8,
    label: "Hardware type",
    short: "htype",
    meaning: { 1: "Ethernet", 6: "IEEE 802" },
  },
  {
    name: "hardwareSize",
    bits: 8,
    label: "Hardware address length",
    short: "hlen",
    fault: (size) => (size > HARDWARE_SIZE ? `is ${size}, must be at most ${HARDWARE_SIZE}` : undefined),
  },
  { name: "hops", bits: 8, label: "Hops" },
  { name: "transaction", bits: 32, label: "Transaction", kind: "hex" },
  { name: "seconds", bits: 16, label: "Seconds since the client began", short: "secs" },
  { name: "broadcast", bits: 1, label: "Answer by broadcast", short: "B", kind: "flag" },
  { name: "reserved", bits: 15, label: "Reserved", ignored: true },
  { name: "clientAddress", bits: 32, label: "Client's address, in use", kind: "ipv4" },
  { name: "yourAddress", bits: 32, label: "Your address, assigned", kind: "ipv4" },
  { name: "serverAddress", bits: 32, label: "Next server's address", kind: "ipv4" },
  { name: "relayAddress", bits: 32, label: "Relay agent's address", kind: "ipv4" },
]);

export type DhcpMessage = ValueOf<typeof BOOTP_LAYOUT> & {
  /** 16 bytes, of which `hardwareSize` count. */
  readonly hardware: Uint8Array;
  /** 64 bytes: text that ends with a zero, or options if option 52 says so. */
  readonly serverName: Uint8Array;
  /** 128 bytes, likewise. */
  readonly bootFile: Uint8Array;
} & (
    | { readonly form: "options"; readonly options: readonly DhcpOption[] }
    /** Without the cookie: the 64 bytes that RFC 951 leaves to vendors. */
    | { readonly form: "vendor"; readonly vendor: Uint8Array }
  );

export const dhcpCodec: Codec<DhcpMessage> = {
  name: "dhcp",
  title: "DHCP",
  spec: "RFC 951, RFC 2131, RFC 2132",
  layouts: [BOOTP_LAYOUT],
  carriedBy: [
    { space: "udp", number: UDP_PORT_DHCP_SERVER },
    { space: "udp", number: UDP_PORT_DHCP_CLIENT },
  ],

  parse(bytes, from, to) {
    const fault = BOOTP_LAYOUT.check(bytes, from, to);
    if (fault !== undefined) return fault;
    if (to - from < OPTIONS) return new Fault("Message ends in front of its options", from);
    const names = {
      hardware: bytes.subarray(from + HARDWARE, from + SERVER_NAME),
      serverName: bytes.subarray(from + SERVER_NAME, from + FILE),
      bootFile: bytes.subarray(from + FILE, from + VENDOR),
    };
    if (readU32(bytes, from + VENDOR) === DHCP_COOKIE) {
      const options = readOptions(bytes, from + OPTIONS, to);
      if (options instanceof Fault) return options;
      return BOOTP_LAYOUT.values(bytes, from, { ...names, form: "options", options });
    }
    if (to - from < BOOTP_SIZE) return new Fault("Vendor area is cut short", from + VENDOR);
    const vendor = bytes.subarray(from + VENDOR, from + BOOTP_SIZE);
    return BOOTP_LAYOUT.values(bytes, from, { ...names, form: "vendor", vendor });
  },

  size: (message) => (message.form === "vendor" ? BOOTP_SIZE : OPTIONS + optionsSize(message.options) + 1),

  emit(message, bytes, at) {
    BOOTP_LAYOUT.put(bytes, at, message);
    bytes.fill(0, at + HARDWARE, at + VENDOR);
    bytes.set(message.hardware.subarray(0, HARDWARE_SIZE), at + HARDWARE);
    bytes.set(message.serverName.subarray(0, SERVER_NAME_SIZE), at + SERVER_NAME);
    bytes.set(message.bootFile.subarray(0, FILE_SIZE), at + FILE);
    if (message.form === "vendor") {
      bytes.fill(0, at + VENDOR, at + BOOTP_SIZE);
      bytes.set(message.vendor.subarray(0, VENDOR_SIZE), at + VENDOR);
      return at + BOOTP_SIZE;
    }
    for (let i = 0; i < 4; i++) bytes[at + VENDOR + i] = DHCP_COOKIE >>> (24 - 8 * i);
    return writeOptions(message.options, bytes, at + OPTIONS);
  },

  dissect(layer) {
    const { bytes, from, to } = layer;
    if (!layer.add(BOOTP_LAYOUT)) return;
    if (to - from < OPTIONS) {
      if (layer.surroundings.incomplete === undefined) layer.layer.fault = "ends in front of its options";
      return;
    }
    const size = Math.min(HARDWARE_SIZE, BOOTP_LAYOUT.read(bytes, from, "hardwareSize"));
    const isMac = size === 6 && BOOTP_LAYOUT.read(bytes, from, "hardwareType") === 1;
    const mac = isMac ? formatMac(readMac(bytes, from + HARDWARE)) : undefined;
    layer.addBytes("hardware", "Client's hardware address", from + HARDWARE, from + HARDWARE + size, mac);
    layer.addBytes("hardwareRest", "Unused", from + HARDWARE + size, from + SERVER_NAME);
    addName(layer, "serverName", "Server's name", from + SERVER_NAME, from + FILE);
    addName(layer, "bootFile", "Boot file", from + FILE, from + VENDOR);
    const cookie = readU32(bytes, from + VENDOR) === DHCP_COOKIE;
    const end = cookie ? from + OPTIONS : Math.min(to, from + BOOTP_SIZE);
    layer.addBytes("vendor", cookie ? "Options follow" : "Vendor area", from + VENDOR, end);
    layer.layer.to = cookie ? dissectDhcpOptions(layer, from + OPTIONS) : end;
  },
};

function addName(layer: LayerBuilder, name: string, label: string, from: number, to: number): void {
  layer.addBytes(name, label, from, to, textOf(layer.bytes.subarray(from, to)) || undefined);
}

/** The text of a name field, up to the zero that ends it; bytes that are no printable ASCII become question marks. */
export function textOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    if (byte === 0) break;
    text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "?";
  }
  return text;
}

/** The message as a datagram's payload: padded to the least size that receivers expect. */
export function encodeDhcp(message: DhcpMessage): Uint8Array {
  const bytes = new Uint8Array(Math.max(BOOTP_SIZE, dhcpCodec.size(message)));
  dhcpCodec.emit(message, bytes, 0);
  return bytes;
}

const optionsSize = (options: readonly DhcpOption[]): number =>
  options.reduce((sum, { data }) => sum + 2 + data.length, 0);

function writeOptions(options: readonly DhcpOption[], bytes: Uint8Array, at: number): number {
  for (const { code, data } of options) {
    bytes[at] = code;
    bytes[at + 1] = data.length;
    bytes.set(data, at + 2);
    at += 2 + data.length;
  }
  bytes[at] = DHCP_END;
  return at + 1;
}

function readOptions(bytes: Uint8Array, from: number, to: number): DhcpOption[] | Fault {
  const options: DhcpOption[] = [];
  let at = from;
  while (at < to) {
    const code = bytes[at]!;
    if (code === DHCP_END) return options;
    if (code === DHCP_PAD) {
      at++;
      continue;
    }
    const end = at + 2 + (bytes[at + 1] ?? 0);
    if (at + 1 >= to || end > to) return new Fault(`Option ${code} goes past the end of the message`, at);
    options.push({ code, data: bytes.subarray(at + 2, end) });
    at = end;
  }
  // RFC 2131 §4.1: the last option is always `end`.
  return new Fault("Options have no end", Math.max(from, to - 1));
}

/**
 * The options by code, those in pieces put together (RFC 3396 §7: from the options field, then the file name, then the
 * server name). A name that stands in its own field is there as option 66 or 67 as well. What is broken in an overloaded
 * field is left out.
 */
export function gatherOptions(message: DhcpMessage): Map<number, Uint8Array> {
  const pieces = new Map<number, Uint8Array[]>();
  if (message.form === "vendor") return new Map();
  const add = ({ code, data }: DhcpOption): void => {
    const before = pieces.get(code);
    if (before === undefined) pieces.set(code, [data]);
    else before.push(data);
  };
  for (const option of message.options) add(option);
  const overload = pieces.get(DHCP_OVERLOAD)?.[0]?.[0] ?? 0;
  const field = (bytes: Uint8Array, overloaded: boolean, code: number): void => {
    if (overloaded) {
      const options = readOptions(bytes, 0, bytes.length);
      if (!(options instanceof Fault)) for (const option of options) add(option);
    } else if (bytes[0] !== 0 && !pieces.has(code)) {
      const end = bytes.indexOf(0);
      pieces.set(code, [bytes.subarray(0, end < 0 ? bytes.length : end)]);
    }
  };
  field(message.bootFile, (overload & 1) !== 0, DHCP_BOOT_FILE);
  field(message.serverName, (overload & 2) !== 0, DHCP_TFTP_SERVER);
  return new Map([...pieces].map(([code, data]) => [code, joined(data)]));
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

export type Arranged = Pick<
  DhcpMessage & { form: "options" },
  "form" | "options" | "serverName" | "bootFile"
>;

/**
 * Options arranged for a message of at most `limit` bytes: long ones in pieces (RFC 3396 §5), and what does not fit in the
 * fields of the two names, if these are free (RFC 2131 §4.1). What fits nowhere is left out, the last ones first.
 */
export function arrangeOptions(
  wanted: readonly DhcpOption[],
  limit: number,
  serverName = new Uint8Array(SERVER_NAME_SIZE),
  bootFile = new Uint8Array(FILE_SIZE),
): Arranged {
  const pieces = wanted.flatMap(split);
  const whole: Arranged = { form: "options", options: pieces, serverName, bootFile };
  if (OPTIONS + optionsSize(pieces) + 1 <= limit) return whole;
  // RFC 3046 §2.2: the relay's option stands last, and it is not to be lost.
  const inOptions = pieces.filter(
    ({ code }) => code === DHCP_MESSAGE_TYPE || code === DHCP_RELAY_INFORMATION,
  );
  const rest = pieces.filter((piece) => !inOptions.includes(piece));
  const room = limit - OPTIONS - 1 - optionsSize(inOptions) - 3;
  const first = fill(rest, room);
  const file = bootFile[0] === 0 ? fill(rest, FILE_SIZE - 1) : [];
  const name = serverName[0] === 0 ? fill(rest, SERVER_NAME_SIZE - 1) : [];
  const overload = (file.length > 0 ? 1 : 0) | (name.length > 0 ? 2 : 0);
  const flag = overload === 0 ? [] : [{ code: DHCP_OVERLOAD, data: Uint8Array.of(overload) }];
  const last = inOptions.filter(({ code }) => code === DHCP_RELAY_INFORMATION);
  const front = inOptions.filter(({ code }) => code !== DHCP_RELAY_INFORMATION);
  return {
    form: "options",
    options: [...front, ...flag, ...first, ...last],
    serverName: name.length > 0 ? optionField(name, SERVER_NAME_SIZE) : serverName,
    bootFile: file.length > 0 ? optionField(file, FILE_SIZE) : bootFile,
  };
}

/** Takes from the front of `pieces` what fits into `room` bytes, in order. */
function fill(pieces: DhcpOption[], room: number): DhcpOption[] {
  let count = 0;
  let used = 0;
  while (count < pieces.length && used + 2 + pieces[count]!.data.length <= room)
    used += 2 + pieces[count++]!.data.length;
  return pieces.splice(0, count);
}

function optionField(options: readonly DhcpOption[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  writeOptions(options, bytes, 0);
  return bytes;
}

function split({ code, data }: DhcpOption): DhcpOption[] {
  const pieces: DhcpOption[] = [];
  for (let at = 0; at === 0 || at < data.length; at += 255)
    pieces.push({ code, data: data.subarray(at, at + 255) });
  return pieces;
}
