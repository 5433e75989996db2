/** Puts a lease to use on the machine, and takes it back: address with lifetime, default route, MTU. */
import { ANY_IPV4 } from "../../core/ipv4.js";
import { SystemError } from "../../host/errno.js";
import { NextHop } from "../../host/ip/route.js";
import type { InterfaceAddress, NetDevice } from "../../host/netdev/net-device.js";
import type { Stack } from "../../host/stack.js";
import type { ClientLease } from "./client-lease.js";

/** RFC 791 §3.2: no link has less. */
const LEAST_MTU = 68;

export function installLease(stack: Stack, dev: NetDevice, lease: ClientLease): void {
  const { address, length, broadcast, expires, frame, mtu } = lease;
  if (find(dev, lease) === undefined)
    stack.addAddress(dev, address, length, {
      ...(broadcast !== undefined && { broadcast }),
      validUntil: expires,
      preferredUntil: expires,
      origin: { by: "frame", frame, time: stack.host.world.engine.now },
    });
  else updateLease(stack, dev, lease, lease);
  if (mtu !== undefined && mtu >= LEAST_MTU) dev.setMtu(mtu);
  addRoute(stack, dev, lease);
}

/** The lease lasts longer, and may say something else about the router. */
export function updateLease(stack: Stack, dev: NetDevice, before: ClientLease, lease: ClientLease): void {
  const own = find(dev, before);
  if (own === undefined) {
    installLease(stack, dev, lease);
    return;
  }
  stack.addresses.change(dev, own, { validUntil: lease.expires, preferredUntil: lease.expires });
  if (before.routers[0] !== lease.routers[0]) {
    removeRoute(stack, dev, before);
    addRoute(stack, dev, lease);
  }
}

export function removeLease(stack: Stack, dev: NetDevice, lease: ClientLease): void {
  removeRoute(stack, dev, lease);
  const own = find(dev, lease);
  if (own !== undefined) stack.addresses.remove(dev, own);
}

const find = (dev: NetDevice, { address }: ClientLease): InterfaceAddress | undefined =>
  dev.addresses.find((own) => own.address === address);

function addRoute(stack: Stack, dev: NetDevice, { routers: [router], address, frame }: ClientLease): void {
  if (router === undefined) return;
  const origin = { by: "frame", frame, time: stack.host.world.engine.now } as const;
  const to = { address: ANY_IPV4, length: 0, protocol: "dhcp", prefSrc: address, origin } as const;
  try {
    stack.fib.add({ ...to, nextHops: [new NextHop(dev, router)] });
  } catch (error) {
    // The machine has such a route already, or the router is on no link of it: it does without.
    if (!(error instanceof SystemError)) throw error;
  }
}

function removeRoute(stack: Stack, dev: NetDevice, { routers: [router] }: ClientLease): void {
  stack.fib.main.removeWhere(
    (route) =>
      route.protocol === "dhcp" &&
      route.length === 0 &&
      route.nextHops.some((hop) => hop.dev === dev && hop.gateway === router),
  );
}
