/** dmesg(1): the kernel log. */
import { SECOND } from "../../core/time.js";
import type { Command } from "../command.js";
import { immediate } from "./immediate.js";

export const dmesg: Command = {
  name: "dmesg",
  about: { en: "Shows the kernel log.", zh: "显示内核日志。" },
  program: immediate((process) => {
    for (const { time, text } of process.host.messages) {
      const seconds = Math.floor(time / SECOND);
      const micros = String(Math.floor((time - seconds * SECOND) / 1000)).padStart(6, "0");
      process.write(`[${`${seconds}.${micros}`.padStart(12)}] ${text}\n`);
    }
    return 0;
  }),
};
