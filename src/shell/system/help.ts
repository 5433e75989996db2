/** help: the commands that a machine knows. */
import type { Machine } from "../../host/process.js";
import type { Command } from "../command.js";
import { immediate } from "./immediate.js";

/** A help command for the set of commands in which it stands itself; `set` is asked when it runs. */
export function helpCommand(set: () => Iterable<Pick<Command<Machine>, "name" | "about">>): Command<Machine> {
  return {
    name: "help",
    about: { en: "Lists the commands (help zh: in Chinese).", zh: "列出可用的命令（help zh：中文说明）。" },
    program: immediate((process) => {
      const language = process.args[0] === "zh" ? "zh" : "en";
      const commands = [...set()].sort((x, y) => (x.name < y.name ? -1 : 1));
      const width = Math.max(...commands.map(({ name }) => name.length));
      for (const { name, about } of commands) process.write(`${name.padEnd(width)}  ${about[language]}\n`);
      return 0;
    }),
  };
}
