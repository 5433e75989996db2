/** The management console of a switch: somewhere for commands to run on a box that is no host. */
import type { Switch } from "../device/switch.js";
import type { Machine } from "../host/process.js";
import type { World } from "../link/world.js";

export class SwitchConsole implements Machine {
  private lastPid = 0;

  constructor(readonly bridge: Switch) {}

  get world(): World {
    return this.bridge.world;
  }

  adopt(): number {
    return ++this.lastPid;
  }

  release(): void {}
}
