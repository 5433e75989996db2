/** netcosm/plug: the real world joins (Node only). */
export * from "./border.js";
export * from "./kinds.js";
export * from "./lab-session.js";
export * from "./plug.js";
export * from "./recording.js";
export * from "./replay.js";
export * from "./run-paced.js";
export * from "./session-recorder.js";
export * from "./tap-plug.js";
export * from "./vxlan-plug.js";
export * from "./wall-clock.js";
