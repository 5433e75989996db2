/** A kind of node whose commands are written in the test: what the lab does with output, status and time needs no shell. */
import { z } from "zod";
import { parseDuration } from "../../src/core/time.js";
import { Hub } from "../../src/device/hub.js";
import { Lab } from "../../src/lab/index.js";
import { defineKind, type RunningCommand } from "../../src/lab/kind.js";
import { standardKinds } from "../../src/lab/kinds/standard.js";
import type { World } from "../../src/link/world.js";

/** `sleep TIME STATUS TEXT...` prints the text after the time and exits; anything else is not found. */
class ScriptedCommand implements RunningCommand {
  status: number | null = null;
  stdout = "";
  stderr = "";
  private readonly callbacks: ((status: number) => void)[] = [];

  constructor(world: World, line: string) {
    const [name, time = "", status = "", ...words] = line.split(" ");
    if (name !== "sleep") {
      this.stderr = `bash: ${name}: command not found\n`;
      this.end(127);
      return;
    }
    world.engine.after(parseDuration(time)!, () => {
      if (!this.running) return;
      this.stdout = `${words.join(" ").replaceAll("\\n", "\n")}\n`;
      this.end(Number(status));
    });
  }

  get running(): boolean {
    return this.status === null;
  }

  onExit(call: (status: number) => void): void {
    if (this.status === null) this.callbacks.push(call);
    else call(this.status);
  }

  kill(): void {
    this.end(130);
  }

  private end(status: number): void {
    this.status = status;
    for (const call of this.callbacks.splice(0)) call(status);
  }
}

const scriptedKind = defineKind({
  name: "scripted",
  about: { en: "Takes the commands of a test." },
  config: z.strictObject({}),
  ports: { expected: "1", accepts: (name) => name === "1", names: () => ["1"] },
  commands: true,
  build: (world, name) => ({
    node: new Hub(world, name),
    port: () => undefined,
    exec: (line) => new ScriptedCommand(world, line),
  }),
});

/** A lab of one scripted node `n1`, with more below. */
export const scripted = (more: string): Lab =>
  Lab.parse(`name: scripted\ntopology:\n  nodes:\n    n1: {kind: scripted}\n${more}`, {
    file: "s.lab.yaml",
    kinds: standardKinds().with(scriptedKind),
  });
