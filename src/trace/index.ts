/** netcosm/trace: what happened. Capture files, the capture filter, one-line printing, and the journeys of frames. */
export * from "./capture-file.js";
export * from "./filter/compile-filter.js";
export * from "./filter/filter-error.js";
export * from "./pcapng-writer.js";
export * from "./print/print-packet.js";
export * from "./read-capture.js";
