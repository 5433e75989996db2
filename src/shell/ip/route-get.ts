/** `ip route get`: how a packet would go. */
import { formatIpv4, type Ipv4, ipv4, isMulticast } from "../../core/ipv4.js";
import { type Nanoseconds, SECOND } from "../../core/time.js";
import { SystemError } from "../../host/errno.js";
import { must } from "../../host/ip/ipv4-send.js";
import type { Cast, RouteException } from "../../host/ip/path.js";
import type { NetDevice } from "../../host/netdev/net-device.js";
import { fail } from "../failure.js";
import type { IpContext } from "./context.js";
import { readPrefix, type WrittenPrefix } from "./prefixes.js";
import { routeText } from "./route-text.js";
import { usage } from "./usage.js";
import { matches, notSimulated, type Words } from "./words.js";

interface Question {
  dst: WrittenPrefix | null;
  from: WrittenPrefix | null;
  iif: NetDevice | null;
  oif: NetDevice | null;
  fibMatch: boolean;
}

export function get(context: IpContext, words: Words): number {
  const question = readQuestion(context, words);
  const { dst } = question;
  if (dst === null) return fail(1, "need at least a destination address");
  if (dst.explicit && dst.length !== 32)
    context.process.writeError(
      `Warning: /${dst.length} as prefix is invalid, only /32 (or none) is supported.\n`,
    );
  if (question.fibMatch) {
    const route = context.stack.fib.lookup(dst.address);
    if (route === null) throw new SystemError("ENETUNREACH");
    context.print(`${routeText(route, context.options, context.lineBreak)}\n`);
  } else if (question.iif === null) sending(context, question, dst.address);
  else arriving(context, question, dst.address, question.iif);
  return 0;
}

function readQuestion(context: IpContext, words: Words): Question {
  const question: Question = { dst: null, from: null, iif: null, oif: null, fibMatch: false };
  const family = (): "inet" | "any valid" =>
    question.dst === null && question.from === null ? "any valid" : "inet";
  while (!words.done) {
    let word = words.need();
    if (matches(word, "from")) question.from = readPrefix(words.need(), family());
    else if (matches(word, "iif")) question.iif = context.device(words.need());
    else if (matches(word, "oif") || word === "dev") question.oif = context.device(words.need());
    else if (matches(word, "fibmatch")) question.fibMatch = true;
    else if (["tos", "mark", "vrf", "uid", "ipproto", "sport", "dport", "notify", "connected"].includes(word))
      notSimulated(word);
    else {
      if (word === "to") word = words.need();
      if (matches(word, "help")) usage("route");
      question.dst = readPrefix(word, family());
    }
  }
  return question;
}

/** A packet that this machine sends. */
function sending(context: IpContext, { from, oif }: Question, dst: Ipv4): void {
  const { stack } = context;
  const src = from?.address ?? ipv4(0);
  if (src !== 0 && !stack.isLocal(src)) throw new SystemError("ENETUNREACH");
  const path = must(stack.send4.path(dst, src, oif));
  const learned = stack.exceptions.find(path.dst, context.process.now);
  const via = path.cast === "unicast" && path.nextHop !== path.dst ? `via ${formatIpv4(path.nextHop)} ` : "";
  const answer = [
    path.cast === "unicast" ? "" : `${path.cast} `,
    `${formatIpv4(dst)} `,
    from === null ? "" : `from ${formatIpv4(src)} `,
    via,
    `dev ${path.dev.name} `,
    from === null ? `src ${formatIpv4(path.src)} ` : "",
    // The bit by which the kernel marks a multicast path is one that iproute2 takes for this.
    path.cast === "multicast" ? "rt_offload_failed " : "",
    "uid 0 ",
  ];
  const listens = path.cast !== "multicast" || stack.groups.has(path.dev, path.dst);
  const mtu = learned !== undefined && learned.mtu !== 0 ? learned.mtu : (path.route?.mtu ?? 0);
  const cache = [
    cacheFlags(path.cast, listens, learned),
    expiryText(learned, context.process.now),
    mtu === 0 ? "" : `mtu ${mtu} `,
  ];
  context.print(`${answer.join("")}${context.lineBreak}    cache ${cache.join("")}\n`);
}

function cacheFlags(cast: Cast, listens: boolean, learned: RouteException | undefined): string {
  const flags: [boolean, string][] = [
    [cast !== "unicast" && listens, "local"],
    [cast === "broadcast", "brd"],
    [cast === "multicast", "mc"],
    [learned !== undefined && learned.gateway !== 0, "redirected"],
  ];
  const set = flags.flatMap(([on, name]) => (on ? [name] : []));
  return set.length === 0 ? "" : `<${set.join(",")}> `;
}

function expiryText(learned: RouteException | undefined, now: Nanoseconds): string {
  if (learned === undefined || learned.mtu === 0) return "";
  return `expires ${Math.ceil((learned.mtuExpires - now) / SECOND)}sec `;
}

/** A packet that comes in on a device. */
function arriving(context: IpContext, { from }: Question, dst: Ipv4, iif: NetDevice): void {
  const { stack } = context;
  const src = from?.address ?? ipv4(0);
  if (src === 0 || isMulticast(src) || stack.isLocal(src)) throw new SystemError("EINVAL");
  const route = stack.fib.lookup(dst);
  const front = `${formatIpv4(dst)} from ${formatIpv4(src)} `;
  if (route !== null && (route.type === "local" || route.type === "broadcast")) {
    const flags = route.type === "local" ? "local" : "local,brd";
    context.print(`${route.type} ${front}dev lo ${context.lineBreak}    cache <${flags}> iif ${iif.name} \n`);
    return;
  }
  // RFC 1122 §3.3.4.2: a machine that does not forward takes no packet for others.
  if (!stack.forwarding || route?.type === "unreachable") throw new SystemError("EHOSTUNREACH");
  if (route === null || route.type === "throw") throw new SystemError("ENETUNREACH");
  if (route.type !== "unicast") throw new SystemError(route.type === "prohibit" ? "EACCES" : "EINVAL");
  const hop = route.nextHop(src, dst);
  const via = hop.gateway === 0 ? "" : `via ${formatIpv4(hop.gateway)} `;
  context.print(`${front}${via}dev ${hop.dev.name} ${context.lineBreak}    cache iif ${iif.name} \n`);
}
