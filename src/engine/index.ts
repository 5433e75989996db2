/** netcosm/engine: virtual time. */
export * from "./engine.js";
export * from "./event-queue.js";
export * from "./pacer.js";
export * from "./timer.js";
