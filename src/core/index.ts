/** netcosm/core: bytes, checksums, addresses, units, seeded random streams, drop reasons. */
export * from "./bytes.js";
export * from "./checksum.js";
export * from "./crc32.js";
export * from "./drop-reason.js";
export * from "./hash.js";
export * from "./ipv4.js";
export * from "./lazy-map.js";
export * from "./mac.js";
export * from "./nearest.js";
export * from "./random.js";
export * from "./rate.js";
export * from "./step.js";
export * from "./time.js";
