/** DHCP: server, client, relay agent. */
export * from "./client.js";
export * from "./client-lease.js";
export * from "./lease.js";
export * from "./relay.js";
export * from "./server.js";
export type { Pool, Reservation, SubnetConfig } from "./subnet.js";
