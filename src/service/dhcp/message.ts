/** A DHCP message as both ends look at it: parsed, with its options by code. */
import { toHex, utf8 } from "../../core/bytes.js";
import { ANY_IPV4 } from "../../core/ipv4.js";
import { type Mac, readMac, writeMac } from "../../core/mac.js";
import { Fault } from "../../wire/codec/fault.js";
import { BOOT_REQUEST, type DhcpMessage, dhcpCodec, gatherOptions } from "../../wire/dhcp.js";
import { byteOption, DHCP_CLIENT_ID, DHCP_MESSAGE_TYPE, type DhcpOption } from "../../wire/dhcp-options.js";

export interface Received {
  readonly message: DhcpMessage;
  /** By code; of the receiver's own, not views of the frame. */
  readonly options: ReadonlyMap<number, Uint8Array>;
  /** The DHCP message type; 0 for BOOTP, which has none. */
  readonly type: number;
}

/** The message in a datagram; `undefined` if it is none. The bytes may be reused afterwards. */
export function readMessage(payload: Uint8Array): Received | undefined {
  const message = dhcpCodec.parse(payload.slice(), 0, payload.length);
  if (message instanceof Fault) return undefined;
  const options = gatherOptions(message);
  const written = options.get(DHCP_MESSAGE_TYPE);
  const type = written === undefined ? 0 : byteOption(written);
  return type === undefined ? undefined : { message, options, type };
}

/** RFC 2131 §4.2: who the client is: what it calls itself, or else its hardware address. */
export function clientKey({ message, options }: Received): string {
  const id = options.get(DHCP_CLIENT_ID);
  if (id !== undefined && id.length > 0) return `id:${toHex(id)}`;
  return `hw:${message.hardwareType}:${toHex(message.hardware, 0, message.hardwareSize)}`;
}

/** The client's MAC address; `undefined` if it has another kind of address. */
export const macOfClient = ({ hardware, hardwareType, hardwareSize }: DhcpMessage): Mac | undefined =>
  hardwareType === 1 && hardwareSize === 6 ? readMac(hardware, 0) : undefined;

/** A request of an Ethernet client with nothing filled in. */
export function blankRequest(mac: Mac, transaction: number): DhcpMessage & { form: "options" } {
  const hardware = new Uint8Array(16);
  writeMac(hardware, 0, mac);
  return {
    operation: BOOT_REQUEST,
    hardwareType: 1,
    hardwareSize: 6,
    hops: 0,
    transaction,
    seconds: 0,
    broadcast: false,
    clientAddress: ANY_IPV4,
    yourAddress: ANY_IPV4,
    serverAddress: ANY_IPV4,
    relayAddress: ANY_IPV4,
    hardware,
    serverName: new Uint8Array(64),
    bootFile: new Uint8Array(128),
    form: "options",
    options: [],
  };
}

export const option = (code: number, ...data: number[]): DhcpOption => ({
  code,
  data: Uint8Array.from(data),
});
export const textOption = (code: number, text: string): DhcpOption => ({ code, data: utf8(text) });
