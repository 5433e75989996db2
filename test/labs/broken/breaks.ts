/** Lines of the program, each with a wrong one to stand in its place, and the labs that must notice. */

export interface Break {
  /** What is wrong then. */
  readonly what: string;
  /** Below dist/. */
  readonly file: string;
  /** Text that the file holds exactly once. */
  readonly line: string;
  readonly instead: string;
  readonly labs: readonly string[];
}

const at =
  (file: string) =>
  (what: string, line: string, instead: string, ...labs: string[]): Break => ({
    what,
    file,
    line,
    instead,
    labs: labs.map((lab) => `labs/${lab}.lab.yaml`),
  });

const hub = at("device/hub.js");
const bridge = at("device/switch.js");
const stations = at("device/mac-table.js");
const card = at("host/netdev/ethernet-device.js");
const cable = at("link/cable.js");
const queue = at("link/transmit-queue.js");
const forward = at("host/ip/ipv4-forward.js");
const receive = at("host/ip/ipv4-receive.js");
const send = at("host/ip/ipv4-send.js");
const lpm = at("host/ip/lpm.js");
const routes = at("host/ip/route-table.js");
const route = at("host/ip/route.js");
const fib = at("host/ip/fib.js");
const neighbour = at("host/ip/neighbour.js");
const arp = at("host/ip/arp.js");
const icmp = at("host/ip/icmp.js");
const errors = at("host/ip/icmp-errors.js");
const reassembly = at("host/ip/reassembly.js");
const addresses = at("host/ip/addresses.js");
const udp = at("host/udp/udp.js");
const stack = at("host/stack.js");
const host = at("host/host.js");

export const breaks: readonly Break[] = [
  // Boxes
  hub("a hub sends frames back to where they came from", "out === port || ", "", "boxes/hub"),
  bridge("a switch never learns", "this.table.learn(", "((..._) => false)(", "boxes/switch-learning"),
  bridge(
    "a switch does not check the FCS",
    "frame.sentFcs !== FCS_GOOD && !frame.hasGoodFcs()",
    "false",
    "boxes/frame-check",
  ),
  bridge(
    "a switch keeps the stations of a dead port",
    "this.table.flush(port.index)",
    "void port",
    "boxes/switch-ageing",
    "faults/flapping-link",
  ),
  bridge(
    "a switch drops what it does not know",
    `this.flood(port, frame, "unknown address")`,
    `this.drop(frame, "switch-no-port", port)`,
    "boxes/switch-learning",
  ),
  stations("a switch never forgets", "this.seen[at] + this.ageing >= now ?", "true ?", "boxes/switch-ageing"),
  stations(
    "a station that moves is not found",
    "const news = this.portOf[at] !== port ||",
    "const news =",
    "boxes/switch-ageing",
  ),
  bridge("a switch talks of what is for switches only", "dstHi === 0x0180", "false", "boxes/switch-rules"),
  bridge("a switch believes that groups send", "(srcHi & 0x0100) !== 0", "false", "boxes/switch-rules"),
  bridge("a switch sends frames back", "out === port.index", "false", "boxes/switch-rules"),
  stations("the table of a switch has no limit", "this.count >= this.limit", "false", "boxes/switch-rules"),

  // Cards and cables
  card(
    "a card does not check the FCS",
    "frame.sentFcs !== FCS_GOOD && !frame.hasGoodFcs()",
    "false",
    "boxes/frame-check",
  ),
  card("a card takes everything", "!this.accepts(addressed, hi, lo)", "false", "boxes/network-card"),
  card("promiscuous mode is ignored", "|| this.promiscuity > 0", "", "boxes/network-card", "boxes/hub"),
  card("a card ignores its MTU", "size > this.mtu + ETHERNET_HEADER_SIZE + 4", "false", "boxes/network-card"),
  card(
    "a card hears every group",
    "this.allMulticast > 0 ||",
    "true ||",
    "forwarding/broadcast-and-multicast",
  ),
  cable("short frames are not padded", "size < ETHERNET_MIN_SIZE", "false", "boxes/frame-check"),
  cable(
    "a queue has no end",
    "this.queue.waiting(now) >= cable.queueFrames",
    "false",
    "boxes/switch-queue",
    "faults/slow-link",
  ),
  queue("frames do not wait for each other", "this.busyUntil = begin + duration;", "", "boxes/switch-queue"),
  cable(
    "the rate of a link does not matter",
    "(size + FCS_AND_PREAMBLE + GAP) * this.nsPerByte",
    "1",
    "faults/slow-link",
  ),
  cable(
    "the length of a cable does not matter",
    "* this.nsPerByte) + cable.delay",
    "* this.nsPerByte)",
    "addresses/ping-and-traceroute",
    "faults/delay-and-jitter",
  ),
  cable("nothing is lost", "impairments.loss > 0 &&", "false &&", "faults/lossy-link"),
  cable(
    "nothing comes twice",
    "impairments.duplicate > 0 &&",
    "false &&",
    "faults/duplication-and-reordering",
  ),
  cable(
    "nothing is overtaken",
    "impairments.reorder > 0 &&",
    "false &&",
    "faults/duplication-and-reordering",
  ),
  cable("no bit is flipped", "if (!hit)", "if (true)", "boxes/frame-check"),
  cable("there is no jitter", "impairments.jitter > 0", "false", "faults/delay-and-jitter"),
  cable(
    "a cut loses nothing that is under way",
    `this.ab.clear("link-down");`,
    "",
    "faults/cut-and-restored",
  ),

  // Forwarding
  forward(
    "nobody takes from the time to live",
    "bytes[at + IPV4_TTL] = ttl - 1",
    "bytes[at + IPV4_TTL] = ttl",
    "boxes/router",
    "tour",
  ),
  forward("packets live for ever", "ttl <= 1", "false", "boxes/router", "forwarding/dead-ends"),
  forward(
    "the checksum is not updated",
    "view.setUint16(at + IPV4_CHECKSUM, sum === 0xffff ? 0 : sum);",
    "",
    "boxes/router",
    "tour",
  ),
  forward(
    "don't fragment is ignored",
    "(readU16(bytes, at + IPV4_FLAGS) & IPV4_DF) !== 0",
    "false",
    "forwarding/path-mtu",
    "addresses/icmp-errors",
  ),
  forward("routers send no redirects", "hop.dev === dev", "false", "addresses/icmp-redirect"),
  forward(
    "routers do not fragment",
    "if (tooBig)\n            this.cut",
    "if (false)\n            this.cut",
    "forwarding/path-mtu",
  ),
  forward("broadcast frames are forwarded", "addressed !== FOR_HOST", "false", "boxes/router"),
  forward(
    "routers write no address into the packet",
    "headerSize > IPV4_HEADER_SIZE",
    "false",
    "addresses/ping-and-traceroute",
  ),
  receive(
    "hosts forward",
    "else if (!this.stack.forwarding)",
    "else if (false)",
    "mistakes/gateway-is-no-router",
  ),
  receive(
    "martians are welcome",
    `src >>> 28 >= 14 || (isLoopback(src) && dev.kind !== "loopback")`,
    "false",
    "addresses/special-addresses",
  ),
  receive(
    "the checksum of the header is not checked",
    "!headerIsSound(view, at, headerSize)",
    "false",
    "forwarding/checksums",
  ),
  udp("the checksum of UDP is not checked", "foldChecksum(sum) !== 0", "false", "forwarding/checksums"),
  icmp(
    "the checksum of ICMP is not checked",
    "checksum(bytes, at, frame.end) !== 0",
    "false",
    "forwarding/checksums",
  ),

  // Routes
  lpm(
    "short prefixes stand before long ones",
    "other.length < length",
    "other.length > length",
    "boxes/router",
  ),
  lpm(
    "in a large table the last prefix wins",
    "this.values[old - 1].length <= length",
    "true",
    "forwarding/many-routes",
  ),
  routes(
    "metrics do not matter",
    "other.metric > route.metric",
    "other.metric < route.metric",
    "forwarding/static-routes",
  ),
  route(
    "only one of several next hops is used",
    "flowHash(src, dst) % this.weights",
    "0",
    "forwarding/equal-cost-paths",
  ),
  route("a dead next hop is used", "if (hop.dead)", "if (false)", "forwarding/equal-cost-paths"),
  stack("routes outlive their interface", "this.fib.forgetDevice(dev);", "", "forwarding/static-routes"),
  addresses("addresses never expire", "own.validUntil <= now", "false", "addresses/ip-addr"),
  fib(
    "a next hop may be anywhere",
    `throw new SystemError("ENETUNREACH", "Nexthop has invalid gateway.");`,
    "",
    "forwarding/ip-route",
  ),

  // Neighbours
  neighbour(
    "what was confirmed once is believed for ever",
    "if (now < trustedUntil)",
    "if (true)",
    "addresses/arp",
    "mistakes/stale-arp",
  ),
  neighbour(
    "a stale entry is not checked",
    `if (this.state === "STALE")`,
    "if (false)",
    "addresses/arp",
    "mistakes/stale-arp",
  ),
  neighbour(
    "a host asks for ever",
    "this.probes >= limit",
    "false",
    "addresses/arp",
    "mistakes/wrong-gateway",
    "tour",
  ),
  neighbour(
    "the check of an entry goes to everybody",
    `this.become("PROBE");`,
    `this.solicit({ id: 0 });`,
    "addresses/arp",
  ),
  neighbour(
    "packets that wait are forgotten",
    "this.send(frame, this.table.etherType);",
    "frame.free();",
    "tour",
  ),
  neighbour(
    "nobody is told that the next hop does not answer",
    "this.table.unreachable(this, frame)",
    `this.table.drop(frame, "neigh-failed", this.dev)`,
    "addresses/icmp-errors",
    "mistakes/wrong-gateway",
    "tour",
  ),
  stack(
    "neighbours outlive the carrier",
    "this.neighbours.forgetDevice(dev, false);",
    "void dev;",
    "faults/cut-and-restored",
  ),
  arp(
    "hosts answer for addresses of others",
    "const ours = this.stack.isLocal(targetIp);",
    "const ours = true;",
    "addresses/arp",
    "mistakes/wrong-gateway",
  ),
  arp(
    "hosts do not remember who asked",
    `this.learn(dev, senderMac, senderIp, "STALE", frame, true, true)`,
    "void senderMac",
    "addresses/arp",
  ),
  arp(
    "announcements are not heard",
    "const gratuitous = senderIp === targetIp;",
    "if (senderIp === targetIp) return frame.free();",
    "addresses/arp-announcement",
    "mistakes/duplicate-address",
  ),
  arp(
    "hosts remember everybody",
    'return this.stack.sysctl.device(dev.name, "arp_accept") !== 0;',
    "return true;",
    "addresses/arp-announcement",
  ),
  arp(
    "nobody notices that an address is taken twice",
    "this.stack.addressConflict(dev, senderIp, senderMac, frame);",
    "",
    "mistakes/duplicate-address",
  ),
  stack(
    "hosts do not announce themselves",
    `this.sysctl.device(dev.name, "arp_notify") !== 0`,
    "false",
    "addresses/arp-announcement",
    "mistakes/duplicate-address",
  ),
  arp(
    "the last of several answers is believed",
    "now <= entry.updated + LOCK",
    "false",
    "mistakes/duplicate-address",
  ),

  // ICMP
  errors(
    "no errors are sent",
    "this.stack.host.drop(frame, reason, dev === null ? null : dev.port, facts);",
    "this.stack.host.drop(frame, reason, dev === null ? null : dev.port, facts); return error?.free();",
    "boxes/router",
    "addresses/icmp-errors",
  ),
  errors("errors about errors are sent", "&& !isIcmpError(bytes[header])", "", "addresses/icmp-errors"),
  errors(
    "errors quote nothing",
    "Math.min(frame.end - at, room)",
    "8",
    "addresses/icmp-errors",
    "addresses/ping-and-traceroute",
  ),
  errors(
    "the MTU is not told",
    "ICMP_FRAGMENTATION_NEEDED, mtu, {",
    "ICMP_FRAGMENTATION_NEEDED, 0, {",
    "forwarding/path-mtu",
  ),
  icmp(
    "the checksum of an echo reply is left as it was",
    "updateChecksum(field, word, word & 0xff)",
    "field",
    "tour",
  ),
  icmp(
    "hosts answer broadcast pings",
    `sysctl.value("net.ipv4.icmp_echo_ignore_broadcasts") !== 0`,
    "false",
    "boxes/switch-learning",
  ),
  icmp(
    "a path's MTU is not learned",
    "this.learnMtu(frame, quoted, rest & 0xffff);",
    "",
    "forwarding/path-mtu",
  ),
  icmp(
    "a path's MTU is learned for ever",
    `stack.sysctl.value("net.ipv4.route.mtu_expires") * SECOND`,
    "1e18",
    "forwarding/path-mtu",
  ),
  icmp(
    "redirects are not obeyed",
    "gatewayExpires: this.world.engine.now + REDIRECT_LASTS",
    "gatewayExpires: 0",
    "addresses/icmp-redirect",
  ),

  // Fragments and UDP
  reassembly(
    "a gap in a packet goes unnoticed",
    "this.payload === this.total",
    "true",
    "forwarding/fragments",
  ),
  reassembly(
    "fragments are put in the order in which they come",
    "this.pieces[place - 1].from >= from",
    "false",
    "forwarding/fragments",
  ),
  reassembly(
    "fragments wait for ever",
    "timer.setAfter(",
    "void (",
    "forwarding/fragments",
    "addresses/icmp-errors",
  ),
  reassembly(
    "fragments may overlap",
    "(before !== undefined && before.to > from)",
    "false",
    "forwarding/fragments",
  ),
  send(
    "a packet that is too large is sent as it is",
    "frame.end - frame.network > mtu",
    "false",
    "forwarding/fragments",
  ),
  send(
    "whatever asks not to be fragmented is",
    "strict && size > mtu",
    "false",
    "boxes/network-card",
    "forwarding/path-mtu",
  ),
  udp(
    "nobody is told that a port has no program",
    "this.stack.icmp.portUnreachable(frame, dev, dstPort)",
    "frame.free()",
    "forwarding/udp-and-ports",
    "addresses/icmp-errors",
    "tour",
  ),
  host("a machine without power goes on", "dev.setUp(false)", "void dev", "faults/killed-router"),
];
