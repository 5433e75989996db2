/** netcosm schema: the JSON Schema of lab files. */
import { labSchema } from "../../lab/index.js";
import { plugKinds } from "../../plug/kinds.js";

export function schema(): void {
  process.stdout.write(`${JSON.stringify(labSchema(plugKinds()), null, 2)}\n`);
}
