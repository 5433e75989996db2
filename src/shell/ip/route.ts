/** `ip route`. */
import { fail } from "../failure.js";
import type { IpContext } from "./context.js";
import { get } from "./route-get.js";
import { modify } from "./route-modify.js";
import { flush, show } from "./route-show.js";
import { usage } from "./usage.js";
import { matches, matchesAny, notSimulated, Words } from "./words.js";

export function route(context: IpContext, args: readonly string[]): number {
  const words = new Words(args);
  const verb = words.take();
  if (verb === undefined || matchesAny(verb, ["list", "show", "lst"])) return show(context, words);
  if (matches(verb, "get")) return get(context, words);
  if (matches(verb, "add")) return modify(context, words, "add");
  if (matches(verb, "change") || verb === "chg") return modify(context, words, "change");
  if (matches(verb, "replace")) return modify(context, words, "replace");
  if (matches(verb, "prepend")) return modify(context, words, "prepend");
  if (matches(verb, "append")) return modify(context, words, "append");
  if (matches(verb, "test")) return notSimulated("ip route test");
  if (matches(verb, "delete")) return modify(context, words, "delete");
  if (matches(verb, "flush")) return flush(context, words);
  if (matchesAny(verb, ["save", "restore", "showdump"])) return notSimulated(`ip route ${verb}`);
  if (matches(verb, "help")) return usage("route");
  return fail(255, `Command "${verb}" is unknown, try "ip route help".`);
}
