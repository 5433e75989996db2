/** Text filters typed as commands of their own, with nothing on their left: they read an empty input. */
import type { Machine } from "../../host/process.js";
import type { Command } from "../command.js";
import { immediate } from "../system/immediate.js";
import { textFilters } from "./filters.js";

export const filterCommands: readonly Command<Machine>[] = [...textFilters.values()].map(
  ({ name, about, open }) => ({
    name,
    about,
    program: immediate((process) => {
      const run = open(process.args, (text) => process.write(text));
      if (typeof run !== "string") return run.end();
      process.writeError(`${name}: ${run}\n`);
      return 2;
    }),
  }),
);
