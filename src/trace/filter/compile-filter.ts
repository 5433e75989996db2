/**
 * Compiles a capture filter (the language of pcap-filter(7)) into a predicate on Ethernet frames.
 *
 * It means what libpcap means by it, offline: a read beyond the end of a frame makes the whole filter say no, numbers are
 * unsigned 32-bit, `vlan` moves the offsets for everything behind it, and fragments but the first have no ports.
 * Left out, with an error that says so: host names, IPv6 addresses, `protochain`, `gateway`, `inbound`, `byte`, MPLS and
 * PPPoE.
 */
import { BROADCAST_MAC } from "../../core/mac.js";
import { compileRelation } from "./arithmetic.js";
import type { Expression, Id, Qualifiers } from "./expression.js";
import { FilterError } from "./filter-error.js";
import { FrameView } from "./frame-view.js";
import { addressOf, macOfId, portsOf, protocolNumberOf } from "./identifiers.js";
import { ETHER_TYPE_NAMES, IP_PROTOCOL_NAMES, PROTOCOLS } from "./names.js";
import {
  addressIs,
  allOf,
  anyOf,
  inDirection,
  isIpProtocol,
  isLinkProtocol,
  isProtocol,
  macIs,
  noneOf,
  type Offsets,
  portIs,
  type Test,
  u16Is,
} from "./packet-tests.js";
import { parseFilter } from "./parser.js";

/** Whether bytes[from, to), an Ethernet frame without FCS, passes. `wireLength` is its full size if it was cut short. */
export type FramePredicate = (bytes: Uint8Array, from: number, to: number, wireLength?: number) => boolean;

export interface FilterOptions {
  /** The netmask that `ip broadcast` goes by, as address bits; without it, only all-ones and all-zeros are broadcast. */
  readonly netmask?: number;
}

/** The predicate for the text; empty text lets every frame pass. Throws FilterError with the column of what is wrong. */
export function compileFilter(text: string, options: FilterOptions = {}): FramePredicate {
  const tree = parseFilter(text);
  if (tree === undefined) return () => true;
  const test = new Compiler(options.netmask ?? 0).compile(tree);
  const frame = new FrameView();
  return (bytes, from, to, wireLength = to - from) => {
    frame.show(bytes, from, to, wireLength);
    return test(frame) && !frame.failed;
  };
}

const VLAN_TYPES = [0x8100, 0x88a8, 0x9100] as const;
const TRANSPORTS: ReadonlyMap<string, number> = new Map([
  ["tcp", 6],
  ["udp", 17],
  ["sctp", 132],
]);
/** Where source and destination address stand in the payload of each protocol that has IPv4 addresses. */
const ADDRESS_FIELDS = new Map([
  ["ip", { etherType: 0x0800, source: 12, destination: 16 }],
  ["arp", { etherType: 0x0806, source: 14, destination: 24 }],
  ["rarp", { etherType: 0x8035, source: 14, destination: 24 }],
]);

class Compiler {
  /** Moved by each `vlan`, in reading order. */
  private offsets: Offsets = { type: 12, payload: 14 };

  constructor(private readonly netmask: number) {}

  compile(node: Expression): Test {
    switch (node.kind) {
      case "and":
        return allOf(this.compile(node.left), this.compile(node.right));
      case "or":
        return anyOf(this.compile(node.left), this.compile(node.right));
      case "not":
        return noneOf(this.compile(node.operand));
      case "protocol": {
        const protocol = PROTOCOLS.get(node.protocol)!;
        if (protocol.layer === "ether")
          throw new FilterError(
            `'${node.protocol}' needs a host, a protocol or bytes behind it`,
            node.column,
          );
        return isProtocol(protocol, this.offsets);
      }
      case "broadcast":
        return this.broadcast(node.protocol, node.column);
      case "multicast":
        return this.multicast(node.protocol, node.column);
      case "length": {
        const { size } = node;
        return node.comparison === "<=" ? (frame) => frame.length <= size : (frame) => frame.length >= size;
      }
      case "vlan":
        return this.vlan(node.id, node.column);
      case "relation":
        return compileRelation(node.comparison, node.left, node.right, this.offsets);
      case "match":
        return this.match(node.qualifiers, node.id);
    }
  }

  private broadcast(protocol: string | undefined, column: number): Test {
    if (protocol === undefined || isLink(protocol)) return macIs(0, BROADCAST_MAC);
    if (protocol !== "ip") throw new FilterError(`'${protocol} broadcast' is not known`, column);
    const at = this.offsets.payload + 16;
    const hostBits = ~this.netmask >>> 0;
    const broadcasts = anyOf(addressIs(at, 0, hostBits), addressIs(at, hostBits, hostBits));
    return allOf(isLinkProtocol(0x0800, this.offsets), broadcasts);
  }

  private multicast(protocol: string | undefined, column: number): Test {
    const { offsets } = this;
    if (protocol === undefined || isLink(protocol)) return (frame) => (frame.u8(0) & 1) !== 0;
    if (protocol === "ip")
      return allOf(isLinkProtocol(0x0800, offsets), (frame) => frame.u8(offsets.payload + 16) >= 224);
    if (protocol === "ip6")
      return allOf(isLinkProtocol(0x86dd, offsets), (frame) => frame.u8(offsets.payload + 24) === 255);
    throw new FilterError(`'${protocol} multicast' is not known`, column);
  }

  private vlan(id: number | undefined, column: number): Test {
    if (id !== undefined && id > 4095) throw new FilterError(`VLAN id ${id} is above 4095`, column);
    const { type, payload } = this.offsets;
    this.offsets = { type: type + 4, payload: payload + 4 };
    const tagged = VLAN_TYPES.map((tag) => u16Is(type, tag)).reduce(anyOf);
    return id === undefined ? tagged : allOf(tagged, (frame) => (frame.u16(payload) & 0xfff) === id);
  }

  private match(qualifiers: Qualifiers, id: Id): Test {
    switch (qualifiers.type) {
      case "port":
      case "portrange":
        return this.port(qualifiers, id);
      case "proto":
        return this.protocolNumber(qualifiers.protocol, id);
      default:
        return this.address(qualifiers, id);
    }
  }

  private address({ protocol, direction, type = "host" }: Qualifiers, id: Id): Test {
    if (isLink(protocol)) {
      if (type !== "host") throw new FilterError(`'${protocol}' cannot be in front of '${type}'`, id.column);
      const mac = macOfId(id);
      return inDirection(direction, macIs(6, mac), macIs(0, mac));
    }
    const [address, mask] = addressOf(id, type === "net");
    const names = protocol === undefined ? [...ADDRESS_FIELDS.keys()] : [protocol];
    const tests = names.map((name) => {
      const fields = ADDRESS_FIELDS.get(name);
      if (fields === undefined) throw new FilterError(`'${name}' cannot be in front of '${type}'`, id.column);
      const [source, destination] = [fields.source, fields.destination].map((at) =>
        addressIs(this.offsets.payload + at, address, mask),
      );
      const isOne = isLinkProtocol(fields.etherType, this.offsets);
      return allOf(isOne, inDirection(direction, source!, destination!));
    });
    return tests.reduce(anyOf);
  }

  private port({ protocol, direction, type }: Qualifiers, id: Id): Test {
    if (protocol !== undefined && !TRANSPORTS.has(protocol))
      throw new FilterError(`'${protocol}' cannot be in front of '${type}'`, id.column);
    const { least, most, transport } = portsOf(id, type === "portrange");
    if (protocol !== undefined && transport !== undefined && protocol !== transport)
      throw new FilterError(`this service is one of ${transport}, not of ${protocol}`, id.column);
    const only = protocol ?? transport;
    const transports = only === undefined ? [...TRANSPORTS.values()] : [TRANSPORTS.get(only)!];
    return portIs(direction, least, most, transports, this.offsets);
  }

  private protocolNumber(protocol: string | undefined, id: Id): Test {
    if (isLink(protocol)) return isLinkProtocol(protocolNumberOf(id, ETHER_TYPE_NAMES), this.offsets);
    if (protocol !== undefined && protocol !== "ip" && protocol !== "ip6")
      throw new FilterError(`'${protocol}' cannot be in front of 'proto'`, id.column);
    const number = protocolNumberOf(id, IP_PROTOCOL_NAMES);
    const over4 = isIpProtocol(4, number, this.offsets);
    const over6 = isIpProtocol(6, number, this.offsets);
    return protocol === "ip" ? over4 : protocol === "ip6" ? over6 : anyOf(over4, over6);
  }
}

function isLink(protocol: string | undefined): boolean {
  return protocol === "ether" || protocol === "link";
}
