/** Legal values of every codec, for the contract suite. */
import fc from "fast-check";
import { readU16, writeU16 } from "../../src/core/bytes.js";
import { addToSum, checksum, foldChecksum } from "../../src/core/checksum.js";
import { ipv4 } from "../../src/core/ipv4.js";
import type { Mac } from "../../src/core/mac.js";
import * as wire from "../../src/wire/index.js";

export interface Subject<Value = unknown> {
  readonly codec: wire.Codec<Value>;
  readonly values: fc.Arbitrary<Value>;
  /** The layout that the message begins with; its reserved fields are the bits that a receiver may pass over. */
  layout(value: Value): wire.AnyLayout;
  /** Whether the message tells where it ends; otherwise all that follows the header is payload. */
  readonly endsItself: boolean;
  /** Rights the checksum after a change elsewhere. */
  reseal?(bytes: Uint8Array): void;
}

/** The pseudo header's part for 10.0.0.1 to 10.0.0.2, UDP. */
export const PSEUDO_SUM = 0x0a00 + 1 + 0x0a00 + 2 + 17;

const bits = (count: number) => fc.nat(2 ** count - 1);
const mac = fc.nat(2 ** 48 - 1) as fc.Arbitrary<number> as fc.Arbitrary<Mac>;
const address = bits(32).map(ipv4);
const word = bits(32).map((value) => value | 0);
const payload = fc.uint8Array({ maxLength: 60 });
const sealAt =
  (at: number) =>
  (bytes: Uint8Array): void => {
    writeU16(bytes, at, 0);
    writeU16(bytes, at, checksum(bytes, 0, bytes.length));
  };

const subject = <Value>(of: Subject<Value>): Subject => of as Subject;

const route: fc.Arbitrary<wire.Ipv4Option> = fc
  .record({ type: fc.constantFrom(7, 131, 137), route: fc.array(address, { maxLength: 3 }) })
  .chain(({ type, route }) =>
    fc.nat(route.length).map((at) => ({ kind: "route", type, pointer: 4 + 4 * at, route }) as const),
  );

const timestamp: fc.Arbitrary<wire.Ipv4Option> = fc
  .record({ overflow: bits(4), flag: fc.constantFrom(0, 1, 3), words: fc.array(word, { maxLength: 4 }) })
  .chain(({ overflow, flag, words: all }) => {
    const step = flag === 0 ? 1 : 2;
    const words = all.slice(0, all.length - (all.length % step));
    return fc
      .nat(words.length / step)
      .map((at) => ({ kind: "timestamp", overflow, flag, words, pointer: 5 + 4 * step * at }) as const);
  });

const KNOWN_OPTIONS = [0, 1, 7, 68, 131, 137, 148];

const option: fc.Arbitrary<wire.Ipv4Option> = fc.oneof(
  fc.constant({ kind: "nop" } as const),
  route,
  timestamp,
  bits(16).map((value) => ({ kind: "router-alert", value }) as const),
  fc.record({
    kind: fc.constant("other" as const),
    type: bits(8).filter((type) => !KNOWN_OPTIONS.includes(type)),
    data: fc.uint8Array({ maxLength: 8 }),
  }),
);

const options = fc
  .array(option, { maxLength: 4 })
  .map((list) => (wire.optionsSize(list) <= 40 ? list : list.slice(0, 1)));

const ipv4Packets: fc.Arbitrary<wire.Ipv4Packet> = fc
  .record({
    dscp: bits(6),
    ecn: bits(2),
    id: bits(16),
    dontFragment: fc.boolean(),
    moreFragments: fc.boolean(),
    fragmentOffset: fc.oneof(fc.constant(0), fc.nat(8180)),
    ttl: bits(8),
    protocol: bits(8),
    src: address,
    dst: address,
    options,
    payload,
  })
  .map((packet) => {
    const whole = packet.payload.length - (packet.payload.length % 8);
    return packet.moreFragments ? { ...packet, payload: packet.payload.slice(0, whole) } : packet;
  });

const header = <const L extends wire.AnyLayout>(layout: L) => ({ layout: () => layout, endsItself: false });

const icmpStart = <const Form extends wire.IcmpForm>(form: Form, ...types: number[]) => ({
  form: fc.constant(form),
  type: fc.constantFrom(...types),
  code: bits(8),
});
const idAndSequence = { id: bits(16), sequence: bits(16) };
const NO_QUOTE_LENGTH = { quoteWords: fc.constant(0), payload };

const plainIcmp: fc.Arbitrary<wire.Icmpv4Message> = fc.oneof(
  fc.record({ ...icmpStart("echo", 0, 8, 15, 16), ...idAndSequence, payload }),
  fc.record({
    ...icmpStart("timestamp", 13, 14),
    ...idAndSequence,
    originate: bits(32),
    receive: bits(32),
    transmit: bits(32),
    payload,
  }),
  fc.record({ ...icmpStart("mask", 17, 18), ...idAndSequence, mask: address, payload }),
  fc.record({ ...icmpStart("unreachable", 3), nextHopMtu: bits(16), ...NO_QUOTE_LENGTH }),
  fc.record({ ...icmpStart("source-quench", 4), payload }),
  fc.record({ ...icmpStart("redirect", 5), gateway: address, payload }),
  fc.record({ ...icmpStart("time-exceeded", 11), ...NO_QUOTE_LENGTH }),
  fc.record({ ...icmpStart("parameter-problem", 12), pointer: bits(8), ...NO_QUOTE_LENGTH }),
  fc.record({ ...icmpStart("router-solicitation", 10), payload }),
  fc.record({ ...icmpStart("other", 1, 2, 40, 255), restOfHeader: bits(32), payload }),
);

/** RFC 4884: an error that gives the length of its quote has at least that many bytes. */
const extendedIcmp: fc.Arbitrary<wire.Icmpv4Message> = fc
  .record({ ...icmpStart("unreachable", 3), nextHopMtu: bits(16), quoteWords: fc.nat(20), rest: payload })
  .map(({ rest, ...message }) => ({
    ...message,
    payload: Uint8Array.from([...new Uint8Array(4 * message.quoteWords), ...rest]),
  }));

const routerAdvertisement: fc.Arbitrary<wire.Icmpv4Message> = fc
  .record({ ...icmpStart("router-advertisement", 9), lifetime: bits(16), count: fc.nat(4), rest: payload })
  .map(({ rest, ...message }) => ({
    ...message,
    entryWords: 2,
    payload: Uint8Array.from([...new Uint8Array(8 * message.count).fill(7), ...rest]),
  }));

const igmpMessages: fc.Arbitrary<wire.IgmpMessage> = fc.oneof(
  fc.record({
    form: fc.constant("group" as const),
    type: fc.constantFrom(0x11, 0x12, 0x16, 0x17, 0x13),
    maxResponse: bits(8),
    group: address,
    payload,
  }),
  fc.record({
    form: fc.constant("report" as const),
    type: fc.constant(0x22),
    records: bits(16),
    payload,
  }),
);

const sized = (size: number) => fc.uint8Array({ minLength: size, maxLength: size });

const bootp = {
  operation: fc.constantFrom(1, 2),
  hardwareType: bits(8),
  hardwareSize: fc.nat(16),
  hops: bits(8),
  transaction: bits(32),
  seconds: bits(16),
  broadcast: fc.boolean(),
  clientAddress: address,
  yourAddress: address,
  serverAddress: address,
  relayAddress: address,
  hardware: sized(16),
  serverName: sized(64),
  bootFile: sized(128),
};

const dhcpMessages: fc.Arbitrary<wire.DhcpMessage> = fc.oneof(
  fc.record({
    ...bootp,
    form: fc.constant("options" as const),
    options: fc.array(
      fc.record({ code: fc.integer({ min: 1, max: 254 }), data: fc.uint8Array({ maxLength: 12 }) }),
      { maxLength: 6 },
    ),
  }),
  fc.record({
    ...bootp,
    form: fc.constant("vendor" as const),
    vendor: sized(64).filter(([first]) => first !== 0x63),
  }),
);

export const SUBJECTS: readonly Subject[] = [
  subject({
    codec: wire.ethernetCodec,
    values: fc.record({
      dst: mac,
      src: mac,
      type: fc.oneof(fc.constant(undefined), fc.integer({ min: 0x600, max: 0xffff })),
      payload,
    }),
    layout: (frame) => (frame.type === undefined ? wire.ETHERNET_LENGTH_LAYOUT : wire.ETHERNET_LAYOUT),
    endsItself: false,
  }),
  subject({
    codec: wire.vlanCodec,
    values: fc.record({
      priority: bits(3),
      dropEligible: fc.boolean(),
      vid: fc.nat(4094),
      type: bits(16),
      payload,
    }),
    ...header(wire.VLAN_LAYOUT),
  }),
  subject({
    codec: wire.llcCodec,
    values: fc.record({ dsap: bits(8), ssap: bits(8), control: bits(8).map((c) => c | 3), payload }),
    ...header(wire.LLC_LAYOUT),
  }),
  subject({
    codec: wire.snapCodec,
    values: fc.record({ oui: bits(24), type: bits(16), payload }),
    ...header(wire.SNAP_LAYOUT),
  }),
  subject({
    codec: wire.arpCodec,
    values: fc.record({
      operation: fc.integer({ min: 1, max: 0xfffe }),
      senderMac: mac,
      senderIp: address,
      targetMac: mac,
      targetIp: address,
    }),
    layout: () => wire.ARP_LAYOUT,
    endsItself: true,
  }),
  subject({
    codec: wire.ipv4Codec,
    values: ipv4Packets,
    layout: () => wire.IPV4_LAYOUT,
    endsItself: true,
    reseal(bytes) {
      writeU16(bytes, wire.IPV4_CHECKSUM, 0);
      const end = Math.min(bytes.length, 4 * (bytes[0]! & 15));
      writeU16(bytes, wire.IPV4_CHECKSUM, checksum(bytes, 0, end));
    },
  }),
  subject({
    codec: wire.icmpv4Codec,
    values: fc.oneof({ weight: 4, arbitrary: plainIcmp }, extendedIcmp, routerAdvertisement),
    layout: (message) => wire.ICMP_FORMS[message.form],
    endsItself: false,
    reseal: sealAt(wire.ICMP_CHECKSUM),
  }),
  subject({
    codec: wire.igmpCodec,
    values: igmpMessages,
    layout: (message) => (message.form === "report" ? wire.IGMP_V3_REPORT_LAYOUT : wire.IGMP_LAYOUT),
    endsItself: false,
    reseal: sealAt(wire.IGMP_CHECKSUM),
  }),
  subject({
    codec: wire.udpCodec,
    values: fc.record({ srcPort: bits(16), dstPort: bits(16), checksummed: fc.boolean(), payload }),
    layout: () => wire.UDP_LAYOUT,
    endsItself: true,
    reseal(bytes) {
      if (readU16(bytes, wire.UDP_CHECKSUM) === 0) return;
      writeU16(bytes, wire.UDP_CHECKSUM, 0);
      const length = readU16(bytes, wire.UDP_LENGTH);
      const sum = addToSum(bytes, 0, Math.min(bytes.length, length), PSEUDO_SUM + length);
      writeU16(bytes, wire.UDP_CHECKSUM, foldChecksum(sum) || 0xffff);
    },
  }),
  subject({
    codec: wire.vxlanCodec,
    values: fc.record({ vni: bits(24), payload }),
    ...header(wire.VXLAN_LAYOUT),
  }),
  subject({
    codec: wire.dhcpCodec,
    values: dhcpMessages,
    layout: () => wire.BOOTP_LAYOUT,
    endsItself: true,
  }),
];
