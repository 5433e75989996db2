/** The page of a protocol, from its codec: the diagrams, the fields with what their values mean, and what is judged. */
import { formatHex, icmpCodeName, renderDiagram, showField } from "../../dist/wire/index.js";
import { block, code, linkSpecs, page, table } from "./markdown.mjs";

/** The most values of a rule that are worth a list; beyond that an example says more. */
const FEW = 8;
/** Fields up to this width are tried with every value. */
const WIDEST_TRIED = 16;

export function protocolPage(codec) {
  const told = new Set();
  return page(
    `# ${codec.title}`,
    `${linkSpecs(codec.spec)}. Found ${codec.carriedBy.map(place).join(", ")}.`,
    codec.layouts.flatMap((layout) => layoutSection(layout, told)),
    codec.name === "icmp" && icmpCodes(codec),
  );
}

export const protocolIndex = (codecs) =>
  page(
    "# Protocols",
    "Every protocol that netcosm writes, reads and judges byte by byte. A packet is read by its parts: a field outside its legal " +
      "values, a wrong length and a wrong checksum are faults, which `netcosm dissect` shows and which make a host drop the packet.",
    table([
      ["protocol", "specification", "found"],
      ...codecs.map(({ name, title, spec, carriedBy }) => [
        `[${title}](${name}.md)`,
        linkSpecs(spec),
        carriedBy.map(place).join(", "),
      ]),
    ]),
  );

function place({ space, number }) {
  switch (space) {
    case "link":
      return `as link type ${number} of capture files`;
    case "ethertype":
      return `under EtherType ${code(formatHex(number, 16))}`;
    case "802.3":
      return "in 802.3 frames";
    case "llc":
      return `at LLC service access point ${code(formatHex(number, 8))}`;
    case "ip":
      return `under IP protocol ${number}`;
    default:
      return `on UDP port ${number}`;
  }
}

/** `told` holds the tables of meanings that the page has shown already. */
const layoutSection = (layout, told) => [
  `## ${layout.title}`,
  `${linkSpecs(layout.spec)}; ${layout.size} bytes.`,
  block(renderDiagram(layout)),
  table([
    ["bits", "field", "name in code", "values and rules"],
    ...layout.fields.map((field) => [
      field.bits === 1 ? field.bitOffset : `${field.bitOffset}-${field.bitOffset + field.bits - 1}`,
      field.label,
      code(field.name),
      [meanings(field, told), rules(field)].filter(Boolean).join("; "),
    ]),
  ]),
];

function meanings(field, told) {
  const { meaning, bits } = field;
  if (meaning === undefined) return "";
  if (told.has(meaning)) return "as above";
  told.add(meaning);
  const list = (known) =>
    known.map(([value, text]) => `${code(showField(field, Number(value)))} ${text}`).join(", ");
  if (typeof meaning !== "function") return list(Object.entries(meaning));
  if (bits > WIDEST_TRIED) return "";
  const known = everyValue(bits)
    .map((value) => [value, meaning(value)])
    .filter(([value, text]) => text !== undefined && field.fault?.(value) === undefined);
  return known.length <= FEW ? list(known) : `for instance ${list([known[known.length >> 3]])}`;
}

function rules(field) {
  if (field.always !== undefined) return `must be ${code(showField(field, field.always))}`;
  if (field.ignored) return "sent as zero, not looked at on arrival";
  const faults = field.fault === undefined || field.bits > WIDEST_TRIED ? "" : faultyValues(field);
  const worked = field.computed ? "worked out when sent, checked when read" : "";
  return [worked, faults].filter(Boolean).join("; ");
}

/** The values that the field's own rule refuses, as ranges. */
function faultyValues(field) {
  const ranges = [];
  for (const value of everyValue(field.bits)) {
    if (field.fault(value) === undefined) continue;
    const last = ranges.at(-1);
    if (last?.[1] === value - 1) last[1] = value;
    else ranges.push([value, value]);
  }
  if (ranges.length > FEW) return `a fault, for instance: ${field.fault(ranges[0][0])}`;
  const show = (value) => code(showField(field, value));
  const texts = ranges.map(([from, to]) => (from === to ? show(from) : `${show(from)} to ${show(to)}`));
  return `a fault: ${texts.join(", ")}`;
}

const everyValue = (bits) => Array.from({ length: 2 ** bits }, (_, value) => value);

function icmpCodes(codec) {
  const { meaning } = codec.layouts[0].fields.find(({ name }) => name === "type");
  const rows = Object.entries(meaning).map(([type, name]) => {
    const codes = everyValue(8).filter((value) => icmpCodeName(Number(type), value) !== undefined);
    return [
      type,
      name,
      codes.map((value) => `${code(value)} ${icmpCodeName(Number(type), value)}`).join(", "),
    ];
  });
  return ["## Types and codes", table([["type", "message", "codes"], ...rows])];
}
