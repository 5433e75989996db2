/**
 * The LLC header of an 802.3 frame (IEEE 802.2 §3) and its SNAP extension (IEEE 802 §10.3, RFC 1042).
 * Only unnumbered frames (one byte of control) are parsed: nothing here speaks the connection service of LLC.
 */
import type { Codec } from "./codec/codec.js";
import { type Headed, headerCodec } from "./codec/header-codec.js";
import { Layout } from "./codec/layout.js";

export const LLC_SIZE = 3;
export const LLC_DSAP = 0;
export const LLC_SSAP = 1;
export const LLC_CONTROL = 2;
export const LLC_SAP_SNAP = 0xaa;
/** Bridge spanning tree (IEEE 802.1D). */
export const LLC_SAP_STP = 0x42;
/** Unnumbered information. */
export const LLC_UI = 0x03;

/** SNAP follows LLC: a 3-byte organisation code and a 2-byte protocol. */
export const SNAP_SIZE = 5;
export const SNAP_OUI = 0;
export const SNAP_TYPE = 3;

const SAP_NAMES: Readonly<Record<number, string>> = {
  0: "null",
  6: "IPv4",
  [LLC_SAP_STP]: "spanning tree",
  [LLC_SAP_SNAP]: "SNAP",
  224: "IPX",
  240: "NetBIOS",
  255: "global",
};

const CONTROL_NAMES: Readonly<Record<number, string>> = {
  [LLC_UI]: "unnumbered information",
  175: "exchange identification",
  191: "exchange identification",
  227: "test",
  243: "test",
};

export const LLC_LAYOUT = new Layout("LLC header", "IEEE 802.2 §3.2", [
  { name: "dsap", bits: 8, label: "DSAP", kind: "hex", meaning: SAP_NAMES },
  { name: "ssap", bits: 8, label: "SSAP", kind: "hex", meaning: (sap) => SAP_NAMES[sap & 0xfe] },
  {
    name: "control",
    bits: 8,
    label: "Control",
    kind: "hex",
    meaning: CONTROL_NAMES,
    fault: (control) => ((control & 3) === 3 ? undefined : "is not that of an unnumbered frame"),
  },
]);

export const SNAP_LAYOUT = new Layout("SNAP header", "RFC 1042", [
  {
    name: "oui",
    bits: 24,
    label: "Organisation",
    kind: "hex",
    meaning: { 0: "EtherType follows", 12: "Cisco" },
  },
  { name: "type", bits: 16, label: "Protocol", kind: "hex" },
]);

export type LlcFrame = Headed<typeof LLC_LAYOUT>;
export type SnapFrame = Headed<typeof SNAP_LAYOUT>;

export const llcCodec: Codec<LlcFrame> = headerCodec(LLC_LAYOUT, {
  name: "llc",
  title: "LLC",
  carriedBy: [{ space: "802.3", number: 0 }],
  carries: (bytes, at) => [{ space: "llc", number: LLC_LAYOUT.read(bytes, at, "dsap") }],
});

export const snapCodec: Codec<SnapFrame> = headerCodec(SNAP_LAYOUT, {
  name: "snap",
  title: "SNAP",
  carriedBy: [{ space: "llc", number: LLC_SAP_SNAP }],
  // RFC 1042: with organisation code zero, the protocol is an EtherType.
  carries: (bytes, at) =>
    SNAP_LAYOUT.read(bytes, at, "oui") === 0
      ? [{ space: "ethertype", number: SNAP_LAYOUT.read(bytes, at, "type") }]
      : [],
});
