/** What every part of the `ip` command works on. */
import type { Origin } from "../../core/step.js";
import type { NetDevice } from "../../host/netdev/net-device.js";
import type { Process } from "../../host/process.js";
import type { Stack } from "../../host/stack.js";
import { fail } from "../failure.js";

export interface IpOptions {
  /** Null for all of them. There is no IPv6 here: it lists nothing. */
  family: "inet" | "inet6" | "link" | null;
  brief: boolean;
  oneLine: boolean;
  details: boolean;
  /** How often -s was given. */
  statistics: number;
}

export class IpContext {
  constructor(
    readonly process: Process,
    readonly options: IpOptions,
  ) {}

  get stack(): Stack {
    return this.process.stack;
  }

  /** Between the lines of one entry: a line end, or a backslash with -o. */
  get lineBreak(): string {
    return this.options.oneLine ? "\\" : "\n";
  }

  /** Where the rows come from that this command installs. */
  get origin(): Origin {
    return { by: "command", text: this.process.commandLine, time: this.process.now };
  }

  print(text: string): void {
    this.process.write(text);
  }

  device(name: string): NetDevice {
    return this.stack.device(name) ?? fail(1, `Cannot find device "${name}"`);
  }

  /** The device that a listing is about; null for all. */
  shownDevice(name: string | null): NetDevice | null {
    if (name === null) return null;
    return this.stack.device(name) ?? fail(1, `Device "${name}" does not exist.`);
  }

  /** The report that -s asks of a flush; one round is always enough here. */
  reportFlush(count: number, what: string): void {
    if (this.options.statistics === 0) return;
    if (count === 0) this.print("Nothing to flush.\n");
    else
      this.print(`\n*** Round 1, deleting ${count} ${what} ***\n*** Flush is complete after 1 round ***\n`);
  }
}
