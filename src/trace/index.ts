/** netcosm/trace: what happened. Capture files, the capture filter, one-line printing, and the journeys of frames. */
export * from "./capture-file.js";
export * from "./filter/compile-filter.js";
export * from "./filter/filter-error.js";
export type { Advice } from "./journey/advice.js";
export { describeStep } from "./journey/describe-step.js";
export * from "./journey/journey.js";
export * from "./journey/recorder.js";
export * from "./journey/render-journey.js";
export * from "./pcapng-writer.js";
export * from "./print/print-packet.js";
export * from "./read-capture.js";
