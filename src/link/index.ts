/** netcosm/link: what carries frames between ports. */
export * from "./cable.js";
export * from "./frame.js";
export * from "./frame-pool.js";
export * from "./impairments.js";
export * from "./node.js";
export * from "./port.js";
export * from "./world.js";
