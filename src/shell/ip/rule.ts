/** `ip rule`: the three rules that every Linux machine starts with; there are no others here. */
import { fail } from "../failure.js";
import type { IpContext } from "./context.js";
import { usage } from "./usage.js";
import { matches, matchesAny, notSimulated } from "./words.js";

export function rule(context: IpContext, args: readonly string[]): number {
  const verb = args[0] ?? "list";
  if (matches(verb, "help")) return usage("rule");
  if (matchesAny(verb, ["add", "delete", "flush", "save", "restore"])) return notSimulated(`ip rule ${verb}`);
  if (!matchesAny(verb, ["list", "lst", "show"]))
    return fail(255, `Command "${verb}" is unknown, try "ip rule help".`);
  if (context.options.family === null || context.options.family === "inet")
    context.print(
      "0:\tfrom all lookup local\n32766:\tfrom all lookup main\n32767:\tfrom all lookup default\n",
    );
  return 0;
}
