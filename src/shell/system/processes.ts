/** ps(1) and kill(1). */
import type { Signal } from "../../host/process.js";
import type { Command } from "../command.js";
import { immediate } from "./immediate.js";

export const ps: Command = {
  name: "ps",
  about: { en: "Lists the machine's processes.", zh: "列出主机上的进程。" },
  program: immediate((process) => {
    process.write("    PID TTY          TIME CMD\n");
    for (const { pid, commandLine } of process.host.processes.values())
      process.write(`${String(pid).padStart(7)} ?        00:00:00 ${commandLine}\n`);
    return 0;
  }),
};

const SIGNALS: Readonly<Record<string, Signal>> = {
  "2": "SIGINT",
  INT: "SIGINT",
  SIGINT: "SIGINT",
  "9": "SIGKILL",
  KILL: "SIGKILL",
  SIGKILL: "SIGKILL",
  "15": "SIGTERM",
  TERM: "SIGTERM",
  SIGTERM: "SIGTERM",
};

export const kill: Command = {
  name: "kill",
  about: { en: "Sends a signal to processes: kill [-INT|-TERM|-KILL] PID...", zh: "向进程发送信号。" },
  program: immediate((process) => {
    let signal: Signal | undefined = "SIGTERM";
    const pids = [...process.args];
    if (pids[0]?.startsWith("-") === true) {
      const option = pids.shift()!;
      const name = option === "-s" ? (pids.shift() ?? "") : option.slice(1);
      signal = Object.hasOwn(SIGNALS, name) ? SIGNALS[name] : undefined;
      if (signal === undefined) {
        process.writeError(`bash: kill: ${name}: invalid signal specification\n`);
        return 1;
      }
    }
    if (pids.length === 0) {
      process.writeError("kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ...\n");
      return 2;
    }
    let status = 0;
    for (const text of pids) {
      const target = process.host.processes.get(Number(text));
      if (target !== undefined) target.kill(signal);
      else {
        const number = /^\d+$/.test(text);
        const what = number ? `(${text}) - No such process` : `${text}: arguments must be process or job IDs`;
        process.writeError(`bash: kill: ${what}\n`);
        status = 1;
      }
    }
    return status;
  }),
};
