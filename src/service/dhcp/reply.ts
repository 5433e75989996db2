/** What a DHCP server writes into its answers (RFC 2131 §4.3.1 and table 3). */

import { utf8 } from "../../core/bytes.js";
import { ANY_IPV4, type Ipv4, maskOf } from "../../core/ipv4.js";
import { arrangeOptions, BOOT_REPLY, BOOTP_SIZE, type DhcpMessage } from "../../wire/dhcp.js";
import * as O from "../../wire/dhcp-options.js";
import { option, type Received, textOption } from "./message.js";
import type { Subnet, SubnetConfig } from "./subnet.js";

const FOR_EVER = 0xffffffff;
/** RFC 2131 §2: every client takes 576 bytes of IP packet, of which 28 are headers. */
const HEADERS = 28;
const LEAST_SIZE = 576;
/** No larger than fits into one Ethernet frame. */
const MOST_SIZE = 1500;

/** The lease's length: what the client wishes, if it is not too much. */
export function leaseSeconds(config: SubnetConfig, options: ReadonlyMap<number, Uint8Array>): number {
  const wished = O.u32Option(options.get(O.DHCP_LEASE_TIME));
  return Math.min(wished ?? config.leaseSeconds, config.maxLeaseSeconds);
}

/** The answer of a type (0: of BOOTP) that assigns an address, or none. */
export function compose(
  request: Received & { readonly key: string },
  subnet: Subnet,
  type: number,
  address: Ipv4 | undefined,
  self: Ipv4,
): DhcpMessage {
  const { message, options } = request;
  const { config } = subnet;
  const refusal = type === O.DHCPNAK;
  const list = [
    ...(type === 0
      ? []
      : [option(O.DHCP_MESSAGE_TYPE, type), { code: O.DHCP_SERVER_ID, data: O.addressBytes(self) }]),
    ...(type !== 0 && address !== undefined ? times(config, leaseSeconds(config, options)) : []),
    ...(refusal ? [textOption(O.DHCP_MESSAGE, "wrong address")] : settings(request, subnet)),
    // RFC 6842 §3: the client's identifier comes back, and RFC 3046 §2.2: so does the relay agent's option, last.
    ...[O.DHCP_CLIENT_ID, O.DHCP_RELAY_INFORMATION].flatMap((code) => {
      const data = options.get(code);
      return data === undefined ? [] : [{ code, data }];
    }),
  ];
  const most = O.u16Option(options.get(O.DHCP_MAX_SIZE)) ?? LEAST_SIZE;
  const limit = type === 0 ? BOOTP_SIZE : Math.min(Math.max(most, LEAST_SIZE), MOST_SIZE) - HEADERS;
  const bootFile = new Uint8Array(128);
  if (!refusal && config.bootFile !== undefined) bootFile.set(utf8(config.bootFile).subarray(0, 127));
  return {
    operation: BOOT_REPLY,
    hardwareType: message.hardwareType,
    hardwareSize: message.hardwareSize,
    hops: 0,
    transaction: message.transaction,
    seconds: 0,
    // §4.3.2: behind a relay agent, a NAK is to be broadcast.
    broadcast: message.broadcast || (refusal && message.relayAddress !== ANY_IPV4),
    clientAddress: type === O.DHCPACK || type === 0 ? message.clientAddress : ANY_IPV4,
    yourAddress: address ?? ANY_IPV4,
    serverAddress: refusal ? ANY_IPV4 : (config.nextServer ?? ANY_IPV4),
    relayAddress: message.relayAddress,
    hardware: message.hardware,
    ...arrangeOptions(list, limit, undefined, bootFile),
  };
}

function times(config: SubnetConfig, seconds: number): O.DhcpOption[] {
  const lease = { code: O.DHCP_LEASE_TIME, data: O.u32Bytes(seconds) };
  if (seconds === FOR_EVER) return [lease];
  // §4.4.5: T1 is half of the lease, T2 seven eighths.
  const t2 = Math.min(config.rebindingSeconds ?? Math.floor(seconds * 0.875), seconds);
  const t1 = Math.min(config.renewalSeconds ?? Math.floor(seconds / 2), t2);
  return [
    lease,
    { code: O.DHCP_RENEWAL_TIME, data: O.u32Bytes(t1) },
    { code: O.DHCP_REBINDING_TIME, data: O.u32Bytes(t2) },
  ];
}

/** The mask, and of what is configured that which the client asks for; everything if it does not say. */
function settings({ options, key }: Received & { readonly key: string }, subnet: Subnet): O.DhcpOption[] {
  const { config } = subnet;
  const { length } = config.prefix;
  const name = subnet.reservationOf(key)?.hostName;
  const all = [
    // RFC 2132 §3.3: the mask stands in front of the routers.
    { code: O.DHCP_SUBNET_MASK, data: O.addressBytes(maskOf(length)) },
    ...(name === undefined ? [] : [textOption(O.DHCP_HOST_NAME, name)]),
    ...config.options,
    ...(config.bootFile === undefined ? [] : [textOption(O.DHCP_BOOT_FILE, config.bootFile)]),
  ];
  const wanted = options.get(O.DHCP_PARAMETER_LIST);
  if (wanted === undefined) return all;
  return all.filter(({ code }) => code === O.DHCP_SUBNET_MASK || wanted.includes(code));
}
