import { describe, expect, it } from "vitest";
import { fromHex } from "../../src/core/bytes.js";
import { CODECS, type DissectedField, type DissectedLayer, dissect, Fault } from "../../src/wire/index.js";
import { GOLDEN_PACKETS, type GoldenPacket } from "./golden-packets.js";

/** Our name, "layer.field", for each of tshark's, and how to make our value of it. */
const NAMES: Readonly<Record<string, string>> = {
  "eth.dst": "ethernet.dst",
  "eth.src": "ethernet.src",
  "eth.type": "ethernet.type",
  "eth.len": "ethernet.length",
  "eth.fcs": "ethernet.fcs",
  "vlan.priority": "vlan.priority",
  "vlan.dei": "vlan.dropEligible",
  "vlan.id": "vlan.vid",
  "vlan.etype": "vlan.type",
  "llc.dsap": "llc.dsap",
  "llc.ssap": "llc.ssap",
  "llc.control": "llc.control",
  "llc.oui": "snap.oui",
  "llc.type": "snap.type",
  "arp.opcode": "arp.operation",
  "arp.src.hw_mac": "arp.senderMac",
  "arp.src.proto_ipv4": "arp.senderIp",
  "arp.dst.hw_mac": "arp.targetMac",
  "arp.dst.proto_ipv4": "arp.targetIp",
  "ip.version": "ipv4.version",
  "ip.hdr_len": "ipv4.ihl",
  "ip.dsfield.dscp": "ipv4.dscp",
  "ip.dsfield.ecn": "ipv4.ecn",
  "ip.len": "ipv4.totalLength",
  "ip.id": "ipv4.id",
  "ip.flags.df": "ipv4.dontFragment",
  "ip.flags.mf": "ipv4.moreFragments",
  "ip.frag_offset": "ipv4.fragmentOffset",
  "ip.ttl": "ipv4.ttl",
  "ip.proto": "ipv4.protocol",
  "ip.checksum": "ipv4.checksum",
  "ip.src": "ipv4.src",
  "ip.dst": "ipv4.dst",
  "ip.opt.type": "ipv4.type",
  "ip.opt.len": "ipv4.length",
  "ip.opt.ptr": "ipv4.pointer",
  "ip.opt.ra": "ipv4.value",
  "icmp.type": "icmp.type",
  "icmp.code": "icmp.code",
  "icmp.checksum": "icmp.checksum",
  "icmp.ident": "icmp.id",
  "icmp.seq": "icmp.sequence",
  "icmp.mtu": "icmp.nextHopMtu",
  "icmp.redir_gw": "icmp.gateway",
  "icmp.pointer": "icmp.pointer",
  "icmp.originate_timestamp": "icmp.originate",
  "icmp.receive_timestamp": "icmp.receive",
  "icmp.transmit_timestamp": "icmp.transmit",
  "icmp.address_mask": "icmp.mask",
  "udp.srcport": "udp.srcPort",
  "udp.dstport": "udp.dstPort",
  "udp.length": "udp.length",
  "udp.checksum": "udp.checksum",
  "igmp.type": "igmp.type",
  "igmp.max_resp": "igmp.maxResponse",
  "igmp.maddr": "igmp.group",
  "igmp.checksum": "igmp.checksum",
  "igmp.record_type": "igmp.recordType",
  "igmp.num_grp_recs": "igmp.records",
  "vxlan.vni": "vxlan.vni",
  "data.data": "data.data",
};

const tree = (packet: GoldenPacket): DissectedLayer =>
  dissect(fromHex(packet.hex), 0, packet.hex.length / 2, { fcs: packet.fcs });

function layersOf(root: DissectedLayer): DissectedLayer[] {
  const layers: DissectedLayer[] = [];
  for (let layer: DissectedLayer | undefined = root; layer !== undefined; layer = layer.payload)
    layers.push(layer);
  return layers;
}

function fieldsOf(root: DissectedLayer, path: string): DissectedField[] {
  const [protocol, name] = path.split(".");
  return layersOf(root)
    .filter((layer) => layer.protocol === protocol)
    .flatMap((layer) => layer.fields.filter((field) => field.name === name));
}

/** Addresses as their text, runs of bytes as their digits, all else as a number. */
function comparable(field: DissectedField): string | number {
  if (field.name === "data") return field.value;
  if (field.text.includes(".") || field.text.includes(":")) return field.text;
  return field.name === "ihl" ? 4 * Number(field.value) : field.value;
}

function faultsOf(root: DissectedLayer): string[] {
  return layersOf(root).flatMap((layer) => [
    ...(layer.fault === undefined ? [] : [`${layer.protocol}: ${layer.fault}`]),
    ...layer.fields
      .filter((field) => field.fault !== undefined)
      .map((field) => `${layer.protocol}.${field.name}: ${field.fault}`),
  ]);
}

/** What tshark's expert information complains of: the kernel left that checksum to its network card. */
const FAULTS: Readonly<Record<string, readonly string[]>> = {
  "ARP in VXLAN": ["udp.checksum: should be 0x0a72"],
};

describe("packets made by Linux and by scapy", () => {
  it.each(GOLDEN_PACKETS)("have the values that tshark finds: $name", (packet) => {
    const root = tree(packet);
    for (const [name, values] of Object.entries(packet.tshark)) {
      const expected = values.map((text) =>
        name === "data.data" || Number.isNaN(Number(text)) ? text : Number(text),
      );
      expect(fieldsOf(root, NAMES[name]!).map(comparable), name).toEqual(expected);
    }
  });

  it.each(GOLDEN_PACKETS)("have the faults that tshark finds: $name", (packet) => {
    expect(faultsOf(tree(packet))).toEqual(FAULTS[packet.name] ?? []);
  });

  it.each(GOLDEN_PACKETS)("come out of the codecs byte for byte: $name", (packet) => {
    const bytes = fromHex(packet.hex);
    for (const layer of layersOf(tree(packet))) {
      const codec = CODECS.find((known) => known.name === layer.protocol);
      if (codec === undefined || layer.protocol === "udp") continue;
      const end = layer.protocol === "ethernet" ? layer.to - packet.fcs : layer.to;
      const value = codec.parse(bytes, layer.from, end);
      // A quoted packet is cut short, and its checksums may no longer be right.
      if (value instanceof Fault) {
        expect(
          layersOf(tree(packet)).filter((l) => l.protocol === "icmp" && l.from < layer.from),
        ).not.toEqual([]);
        continue;
      }
      const again = new Uint8Array(codec.size(value));
      codec.emit(value, again, 0);
      expect(again).toEqual(bytes.slice(layer.from, layer.from + again.length));
    }
  });
});

describe("RFC 791 §3.1 options made by Linux", () => {
  const named = (name: string) => GOLDEN_PACKETS.find((packet) => packet.name === name)!;
  const texts = (name: string, path: string) => fieldsOf(tree(named(name)), path).map((field) => field.text);

  it("a record route shows the addresses on the way, then the free places", () => {
    expect(texts("record route in an echo reply", "ipv4.address")).toEqual([
      "10.0.10.1",
      "10.0.11.254",
      "10.0.11.1",
      "10.0.11.1",
      "10.0.10.254",
      "0.0.0.0",
      "0.0.0.0",
      "0.0.0.0",
      "0.0.0.0",
    ]);
  });

  it("a timestamp with addresses shows one time for each address", () => {
    const name = "timestamps with addresses in an echo reply";
    expect(texts(name, "ipv4.address")).toEqual(["10.0.10.1", "10.0.10.254", "10.0.11.1", "10.0.11.1"]);
    expect(texts(name, "ipv4.time")).toEqual(["41704876", "41704876", "41704876", "41704876"]);
  });
});
