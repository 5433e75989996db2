/** A few lines that build small networks for the tests of this room. */
import { parseInterfaceAddress, parseIpv4, parsePrefix } from "../../src/core/index.js";
import { Host, NextHop } from "../../src/host/index.js";
import type { Port } from "../../src/link/index.js";
import { Cable, type CableOptions, World } from "../../src/link/index.js";

export const world = (seed = 1): World => new World({ seed, debugFrames: true });

/** A host with cards and addresses, all up: `host(w, "pc1", { eth0: "10.0.0.1/24" })`. */
export function host(on: World, name: string, cards: Record<string, string | null> = { eth0: null }): Host {
  const made = new Host(on, name);
  for (const [card, text] of Object.entries(cards)) {
    const dev = made.addCard(card);
    dev.setUp(true);
    if (text !== null) address(made, card, text);
  }
  return made;
}

export function router(on: World, name: string, cards: Record<string, string | null>): Host {
  const made = host(on, name, cards);
  made.stack.sysctl.set("net.ipv4.ip_forward", 1);
  return made;
}

export function address(on: Host, card: string, text: string): void {
  const { address: own, length } = parseInterfaceAddress(text)!;
  on.stack.addAddress(on.stack.device(card)!, own, length);
}

/** `route(pc1, "default", "10.0.0.254")` */
export function route(on: Host, prefix: string, via: string): void {
  const gateway = parseIpv4(via)!;
  const dev = on.stack.fib.deviceTowards(gateway)!;
  on.stack.fib.add({ ...parsePrefix(prefix)!, nextHops: [new NextHop(dev, gateway)] });
}

export const cable = (a: Port | undefined, b: Port | undefined, options: CableOptions = {}): Cable =>
  new Cable(a!, b!, options);

export const ip = (text: string): NonNullable<ReturnType<typeof parseIpv4>> => parseIpv4(text)!;
