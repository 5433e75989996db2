/** netcosm/device: boxes below IP. */
export * from "./hub.js";
export * from "./mac-table.js";
export * from "./switch.js";
