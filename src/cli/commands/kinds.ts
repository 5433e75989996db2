/** netcosm kinds [kind]: what nodes there are, and all about one of them. */
import { nearest } from "../../core/nearest.js";
import { describeKind, kindPage } from "../../lab/index.js";
import { plugKinds } from "../../plug/kinds.js";
import { UsageError } from "../exit.js";

export function kinds(name: string | undefined, options: { readonly markdown?: boolean }): void {
  const all = plugKinds();
  if (name === undefined) {
    const width = Math.max(...all.names.map((each) => each.length)) + 2;
    for (const each of all.names) process.stdout.write(`${each.padEnd(width)}${all.kind(each)!.about.en}\n`);
    return;
  }
  const kind = all.kind(name);
  if (kind === undefined) {
    const near = nearest(name, all.names);
    throw new UsageError(`no kind "${name}"${near === undefined ? "" : `; did you mean "${near}"?`}`);
  }
  process.stdout.write(options.markdown === true ? kindPage(kind) : describeKind(kind));
}
