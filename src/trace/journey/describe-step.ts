/** One step of a frame in words. Facts that the words do not use follow as key=value. */
import { dropSentence } from "../../core/drop-reason.js";
import type { Step } from "../../core/step.js";
import { protocolName } from "./describe-frame.js";

const ICMP_NAMES: Readonly<Record<number, string>> = {
  0: "echo reply",
  3: "destination unreachable",
  5: "redirect",
  8: "echo request",
  11: "time exceeded",
  12: "parameter problem",
};

type Fact = string | number | boolean | undefined;

/** Notes which facts a sentence has used. */
class FactReader {
  private readonly used = new Set<string>();

  constructor(private readonly facts: Readonly<Record<string, string | number | boolean>>) {}

  take(key: string): Fact {
    this.used.add(key);
    return this.facts[key];
  }

  /** The text around a fact, or nothing if the fact is not there. */
  around(before: string, key: string, after = ""): string {
    const fact = this.take(key);
    return fact === undefined || fact === "" ? "" : `${before}${fact}${after}`;
  }

  skip(...keys: string[]): void {
    for (const key of keys) this.used.add(key);
  }

  rest(): string {
    const unused = Object.keys(this.facts).filter((key) => !this.used.has(key));
    return unused.length === 0 ? "" : ` [${unused.map((key) => `${key}=${this.facts[key]}`).join(" ")}]`;
  }
}

export function describeStep(step: Step): string {
  const facts = new FactReader(step.facts ?? {});
  return `${sentence(step, facts)}${facts.rest()}`;
}

function sentence(step: Step, facts: FactReader): string {
  const port = step.port ?? "";
  const on = step.port === undefined ? "" : ` on ${port}`;
  switch (step.verb) {
    case "sent":
      facts.skip("cause");
      return `sends ${facts.take("what") ?? "it"}${addresses(facts)}${on}`;
    case "received":
      return `in${on}`;
    case "transmitted":
      return `out on ${port}${facts.around(" to ", "to")}`;
    case "learned":
      return learned(facts, port);
    case "forwarded":
      return `sends it out of port ${facts.take("port") ?? port}${facts.around(": ", "mac", " is there")}${row(facts)}`;
    case "flooded":
      return `floods it${facts.around(" (", "why", ")")}${facts.around(", copies: ", "copies")}`;
    case "filtered":
      return `has no use for it${on}`;
    case "routed":
      return routed(facts);
    case "resolved":
      facts.skip("dev");
      return `next hop ${facts.take("ip")} has MAC address ${facts.take("mac")}${row(facts)}${on}`;
    case "waiting":
      return waiting(facts, on);
    case "rewritten":
      return rewritten(facts);
    case "fragmented":
      return `cuts it into fragments${facts.around(": ", "size", " bytes")}${facts.around(" for an MTU of ", "mtu")}`;
    case "reassembled":
      return `puts it together${facts.around(" from ", "fragments", " fragments")}${facts.around(", ", "size", " bytes")}`;
    case "delivered":
      return delivered(facts, on);
    case "answered":
      facts.skip("cause");
      return `answers with ${facts.take("what") ?? "a reply"}${addresses(facts)}${facts.around(" to ", "to")}`;
    case "dropped":
      return `DROPPED${on}: ${why(step)}`;
    case "lost":
      return `LOST on the link ${facts.take("link") ?? port}: ${why(step)}`;
  }
}

const why = (step: Step): string =>
  step.reason === undefined ? "no reason given" : dropSentence(step.reason);

/** The table row's state and table, in brackets. */
function row(facts: FactReader): string {
  const parts = [facts.take("state"), facts.take("table"), facts.around("age ", "age")];
  const known = parts.filter((part) => part !== undefined && part !== "");
  return known.length === 0 ? "" : ` (${known.join(", ")})`;
}

function addresses(facts: FactReader): string {
  const pair = `${facts.around(" ", "src")}${facts.around(" > ", "dst")}`;
  const arp = `${facts.around(" for ", "target")}${facts.around(" from ", "sender")}`;
  const size = facts.around(", ", "size", " bytes");
  const number = facts.take("protocol");
  const protocol = number === undefined ? "" : `, ${protocolName(Number(number))}`;
  return `${pair}${arp}${protocol}${size}${facts.around(", TTL ", "ttl")}`;
}

function delivered(facts: FactReader, on: string): string {
  facts.skip("id");
  const type = facts.take("type");
  const message = type === undefined ? "" : ` ${ICMP_NAMES[Number(type)] ?? `type ${type}`}`;
  const taker = `${facts.around(" to ", "protocol")}${facts.around(" port ", "port")}`;
  const what = `${facts.around(": ", "what")}${facts.around(" for ", "target")}${facts.around(" of ", "sender")}`;
  return `DELIVERED${on}${taker}${message}${facts.around(" from ", "from")}${what}`;
}

function learned(facts: FactReader, port: string): string {
  const mac = facts.take("mac");
  const ip = facts.take("ip");
  if (ip !== undefined) return `learns that ${ip} has MAC address ${mac}${row(facts)}`;
  if (mac !== undefined) return `learns that ${mac} is behind port ${port}${row(facts)}`;
  const dst = facts.take("dst");
  return `learns about ${dst ?? "something"}${facts.around(": via ", "via")}${facts.around(": MTU ", "mtu")}${row(facts)}`;
}

function routed(facts: FactReader): string {
  const type = facts.take("type");
  const dst = facts.take("dst");
  const to = facts.take("to") ?? facts.take("prefix");
  facts.skip("prefix");
  if (type === "local" || type === "broadcast") {
    facts.skip("via", "dev", "table");
    return `${dst} is ${type === "local" ? "an address of its own" : "a broadcast address of its own"}`;
  }
  const via = facts.take("via");
  const how = via === undefined ? "" : via === "on link" ? ", on the link" : `, via ${via}`;
  const kind = type === undefined || type === "unicast" ? "" : ` of type ${type}`;
  return `route${kind} ${to} leads to ${dst}${how}${facts.around(" dev ", "dev")}${facts.around(" (table ", "table", ")")}`;
}

function waiting(facts: FactReader, on: string): string {
  if (facts.take("what") === "fragment") {
    facts.skip("more");
    return `keeps the fragment${facts.around(" (bytes ", "from")}${facts.around(" to ", "to", ")")} until the others are here`;
  }
  facts.skip("dev", "state");
  return `waits${on}${facts.around(": the MAC address of ", "ip", " is not known yet")}`;
}

/** `field`, `before`, `after`; or pairs such as ttlBefore and ttlAfter. */
function rewritten(facts: FactReader): string {
  const field = facts.take("field");
  if (field !== undefined) return `changes ${field} from ${facts.take("before")} to ${facts.take("after")}`;
  return "changes the header:";
}
