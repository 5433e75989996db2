/**
 * bridge(8) of iproute2 6.1 on a switch: the forwarding database and the ports, as if the switch were a Linux bridge of
 * the name br0.
 */
import type { Command } from "../command.js";
import { Failure, fail, failing } from "../failure.js";
import { matches, notSimulated, Words } from "../ip/words.js";
import type { SwitchConsole } from "../switch-console.js";
import { fdb } from "./fdb.js";
import { link } from "./link.js";

const USAGE = `Usage: bridge [ OPTIONS ] OBJECT { COMMAND | help }
where  OBJECT := { link | fdb }
       OPTIONS := { -V[ersion] | -s[tatistics] }`;

export const bridge: Command<SwitchConsole> = {
  name: "bridge",
  about: {
    en: "Shows and changes the switch's forwarding database and ports.",
    zh: "查看和修改交换机的转发表与端口。",
  },
  program: failing<SwitchConsole>(
    (text, detail) =>
      new Failure(255, detail === undefined ? `RTNETLINK answers: ${text}` : `Error: ${detail}`),
    (process) => {
      const words = new Words(process.args);
      let statistics = false;
      for (let option = words.peek(); option?.startsWith("-") === true; option = words.peek()) {
        words.take();
        if (matches(option, "-Version")) {
          process.write("bridge utility, netcosm, after iproute2-6.1.0\n");
          return 0;
        }
        if (matches(option, "-stats") || matches(option, "-statistics")) statistics = true;
        else if (["-details", "-oneline", "-json", "-color", "-netns"].some((name) => matches(option, name)))
          notSimulated(option);
        else fail(255, `Option "${option}" is unknown, try "bridge help".`);
      }
      const object = words.take();
      if (object === undefined || matches(object, "help")) return fail(255, USAGE);
      if (matches(object, "link")) return link(process, words);
      if (matches(object, "fdb")) return fdb(process, words, statistics);
      if (["mdb", "vlan", "vni", "monitor"].some((name) => matches(object, name)))
        return notSimulated(`bridge ${object}`);
      return fail(255, `Object "${object}" is unknown, try "bridge help".`);
    },
  ),
};
