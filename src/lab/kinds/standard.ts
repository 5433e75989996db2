/** The kinds that every lab may use: one line each. Kinds that need Node are added from outside by `registry.with(kind)`. */
import { Registry } from "../registry.js";
import { hostKind, routerKind } from "./host.js";
import { hubKind } from "./hub.js";
import { switchKind } from "./switch.js";

export const standardKinds = () =>
  Registry.empty.with(hostKind).with(routerKind).with(switchKind).with(hubKind);

export type StandardKinds = ReturnType<typeof standardKinds> extends Registry<infer Kinds> ? Kinds : never;
