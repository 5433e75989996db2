/** echo(1), true(1), false(1), sleep(1), hostname(1): what every machine has. */
import { SECOND } from "../../core/time.js";
import type { Machine } from "../../host/process.js";
import type { Command } from "../command.js";
import { immediate } from "./immediate.js";

export const echo: Command<Machine> = {
  name: "echo",
  about: { en: "Writes its arguments.", zh: "输出它的参数。" },
  program: immediate((process) => {
    const bare = process.args[0] === "-n";
    process.write(process.args.slice(bare ? 1 : 0).join(" ") + (bare ? "" : "\n"));
    return 0;
  }),
};

export const yes: Command<Machine> = {
  name: "true",
  about: { en: "Succeeds.", zh: "返回成功。" },
  program: immediate(() => 0),
};

export const no: Command<Machine> = {
  name: "false",
  about: { en: "Fails.", zh: "返回失败。" },
  program: immediate(() => 1),
};

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

export const sleep: Command<Machine> = {
  name: "sleep",
  about: { en: "Waits for a number of seconds (or 2m, 1h, 1d).", zh: "等待若干秒（或 2m、1h、1d）。" },
  *program(process) {
    if (process.args.length === 0) {
      process.writeError("sleep: missing operand\nTry 'sleep --help' for more information.\n");
      return 1;
    }
    let until = process.now;
    for (const arg of process.args) {
      const [, number, unit] = /^(\d*\.?\d+|\d+\.)([smhd]?)$/.exec(arg) ?? [];
      if (number === undefined) {
        process.writeError(
          `sleep: invalid time interval '${arg}'\nTry 'sleep --help' for more information.\n`,
        );
        return 1;
      }
      until += Math.round(Number(number) * UNITS[unit === "" ? "s" : unit!]! * SECOND);
    }
    while (process.now < until) yield until;
    return 0;
  },
};

export const hostname: Command = {
  name: "hostname",
  about: { en: "Shows the machine's name.", zh: "显示主机名。" },
  program: immediate((process) => {
    const [name] = process.args;
    if (name === undefined) {
      process.write(`${process.host.name}\n`);
      return 0;
    }
    // A node's name is how the lab knows it, so it stays.
    process.writeError("hostname: the name of a machine in a lab cannot be changed\n");
    return 1;
  }),
};
