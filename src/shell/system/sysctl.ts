/** sysctl(8): reads and writes kernel settings (-a -A -X, -e, -n, -N, -q, -r PATTERN, -w). Files of settings are left out. */
import { SystemError } from "../../host/errno.js";
import type { Stack } from "../../host/stack.js";
import type { Command } from "../command.js";
import { parseOptions } from "../parse-options.js";
import { immediate } from "./immediate.js";

const USAGE = `
Usage:
 sysctl [options] [variable[=value] ...]

Options:
  -a, -A, -X           display all variables
  -e                   ignore unknown variables errors
  -N                   print variable names without values
  -n                   print only values of the given variable(s)
  -r <expression>      select setting that match expression
  -q                   do not echo variable set
  -w                   enable writing a value to variable
`;

/** Settings that are one line of two numbers in Linux, and two settings here. */
const PAIRS = ["net.ipv4.ip_local_port_range"];

export const sysctl: Command = {
  name: "sysctl",
  about: { en: "Shows and changes kernel settings.", zh: "查看和修改内核参数。" },
  program: immediate((process) => {
    const { options, operands, error } = parseOptions(process.args, "aAXeNnqwr:", { all: "a", write: "w" });
    if (error !== undefined) {
      process.writeError(`sysctl: ${error}\n`);
      return 1;
    }
    const has = (name: string): boolean => options.some((option) => option.name === name);
    const settings = new Settings(process.stack);
    const line = (name: string, value: string): string =>
      has("N") ? `${name}\n` : has("n") ? `${value}\n` : `${name} = ${value}\n`;
    if (has("a") || has("A") || has("X")) {
      const pattern = new RegExp(options.find((option) => option.name === "r")?.value ?? "");
      for (const name of settings.names())
        if (pattern.test(name)) process.write(line(name, settings.read(name)!));
      return 0;
    }
    if (operands.length === 0) {
      process.writeError(process.args.length === 0 ? USAGE : NOTHING);
      return 1;
    }
    let status = 0;
    const complain = (text: string): void => {
      process.writeError(`sysctl: ${text}\n`);
      status = 1;
    };
    for (const operand of operands) {
      const [, written, value] = /^([^=]*)(?:=(.*))?$/s.exec(operand)!;
      const name = written!.trim().replaceAll("/", ".");
      const old = settings.read(name);
      if (value === undefined && has("w")) complain("command line(0): invalid syntax, continuing...");
      else if (old === undefined) {
        if (!has("e"))
          complain(`cannot stat /proc/sys/${name.replaceAll(".", "/")}: No such file or directory`);
      } else if (value === undefined) process.write(line(name, old));
      else if (!settings.write(name, value.trim())) complain(`setting key "${name}": Invalid argument`);
      else if (!has("q")) process.write(line(name, value.trim()));
    }
    return status;
  }),
};

const NOTHING = "sysctl: no variables specified\nTry `sysctl --help' for more information.\n";

/** The settings of a namespace under the names and with the texts that Linux has for them. */
class Settings {
  constructor(private readonly stack: Stack) {}

  /** All names in order, those of each device among them. */
  names(): string[] {
    const { sysctl, devices } = this.stack;
    const owners = ["all", "default", ...devices.map((dev) => dev.name)];
    const names = sysctl.names().flatMap((name) => {
      const key = /^net\.ipv4\.conf\.all\.(.+)$/.exec(name)?.[1];
      if (key !== undefined) return owners.map((owner) => `net.ipv4.conf.${owner}.${key}`);
      const half = /^(.+)\.(low|high)$/.exec(name)?.[1];
      return [half !== undefined && PAIRS.includes(half) ? half : name];
    });
    return [...new Set(names)].sort();
  }

  /** The value as text; undefined if there is no such setting. */
  read(name: string): string | undefined {
    if (!this.names().includes(name)) return undefined;
    const { sysctl } = this.stack;
    return PAIRS.includes(name)
      ? `${sysctl.value(`${name}.low`)}\t${sysctl.value(`${name}.high`)}`
      : String(sysctl.value(name));
  }

  /** False if the text is no value for it. */
  write(name: string, text: string): boolean {
    const words = text.split(/\s+/);
    if (words.length !== (PAIRS.includes(name) ? 2 : 1) || !words.every((word) => /^-?\d+$/.test(word)))
      return false;
    try {
      if (words.length === 1) this.stack.sysctl.set(name, Number(text));
      else
        ["low", "high"].forEach((end, i) => {
          this.stack.sysctl.set(`${name}.${end}`, Number(words[i]));
        });
      return true;
    } catch (error) {
      if (error instanceof SystemError) return false;
      throw error;
    }
  }
}
