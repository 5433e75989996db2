/** One machine's stack, shaped like Linux. */
export * from "./errno.js";
export * from "./host.js";
export * from "./ip/addresses.js";
export * from "./ip/fib.js";
export * from "./ip/ipv4-send.js";
export * from "./ip/neighbour.js";
export * from "./ip/path.js";
export * from "./ip/route.js";
export { type AddMode, type RouteMatch, RouteTable } from "./ip/route-table.js";
export * from "./netdev/ethernet-device.js";
export * from "./netdev/loopback-device.js";
export * from "./netdev/net-device.js";
export * from "./process.js";
export * from "./socket/packet-socket.js";
export * from "./socket/raw-socket.js";
export * from "./stack.js";
export * from "./sysctl.js";
export * from "./udp/udp-socket.js";
