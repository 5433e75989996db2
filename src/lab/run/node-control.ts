/** A node of a running lab in the hands of a program: commands, settings, tables, power. */
import { formatDuration, type Nanoseconds, parseDuration, SECOND } from "../../core/time.js";
import type { Node } from "../../link/node.js";
import type { World } from "../../link/world.js";
import type { LabNode, Row, RunningCommand } from "../kind.js";

export interface CommandResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The ids of the frames that it sent, for `why`. */
  readonly frames: readonly number[];
}

/** How long `run` waits for a command, in virtual time, before it gives up. */
const PATIENCE = 3600 * SECOND;

export class NodeControl {
  constructor(
    private readonly world: World,
    readonly name: string,
    private readonly labNode: LabNode,
  ) {}

  /** The node itself: counters, drops, ports, and what its kind adds. */
  get node(): Node {
    return this.labNode.node;
  }

  /**
   * Runs a command to its end: virtual time goes on, for the whole lab, until it exits. Throws if it has not ended within
   * `limit` (an hour unless given).
   */
  run(commandLine: string, limit: string | Nanoseconds = PATIENCE): CommandResult {
    const { engine } = this.world;
    const command = this.start(commandLine);
    const patience = typeof limit === "number" ? limit : (parseDuration(limit) ?? PATIENCE);
    const deadline = engine.now + patience;
    while (command.running) {
      if (engine.nextTime > deadline) {
        command.kill("SIGINT");
        throw new Error(`${this.name}: \`${commandLine}\` had not ended after ${formatDuration(patience)}`);
      }
      engine.step();
    }
    const { status, stdout, stderr, frames = [] } = command;
    return { status: status ?? 0, stdout, stderr, frames };
  }

  /** Starts a command; it goes on as the lab runs. */
  start(commandLine: string): RunningCommand {
    if (this.labNode.exec === undefined) throw new Error(`${this.name} takes no commands`);
    return this.labNode.exec(commandLine);
  }

  /** The rows of a table now. */
  table(name: string): readonly Row[] {
    if (this.labNode.table === undefined) throw new Error(`${this.name} has no tables`);
    return this.labNode.table(name);
  }

  /** Changes a setting, such as `eth0.up` or a sysctl. Throws if the node will not have it. */
  set(setting: string, value: string | number | boolean): void {
    const fault =
      this.labNode.set === undefined
        ? `${this.name} has no settings`
        : this.labNode.set(setting, String(value));
    if (fault !== undefined) throw new Error(fault);
  }

  /** Power off. */
  kill(): void {
    if (this.labNode.kill === undefined) throw new Error(`${this.name} cannot be switched off`);
    this.labNode.kill();
  }

  /** Power on, as configured. */
  restart(): void {
    if (this.labNode.restart === undefined) throw new Error(`${this.name} cannot be switched on`);
    this.labNode.restart();
  }
}
