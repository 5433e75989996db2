/**
 * The verbs of `netcosm` with their arguments, options and help. Each verb is a file in commands/, loaded when it is typed,
 * so that starting stays quick.
 */
import { Command } from "commander";
import { version } from "./version.js";

const LAB = ["<lab>", "a lab file, *.lab.yaml"] as const;
const SEED = ["--seed <number>", "seed of all random streams, instead of the lab's own"] as const;
const RECORD = [
  "--record <file>",
  "record what crosses the border of a lab that is joined to the outside",
] as const;

/** Throws commander's errors rather than ending the process. */
export function netcosmProgram(): Command {
  const program = new Command("netcosm")
    .description("A whole network in one process: real bytes, virtual time.")
    .version(version())
    .showSuggestionAfterError()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error:/, "netcosm:")) })
    .exitOverride();

  program
    .command("run")
    .description("run a lab and say whether it did what it should")
    .argument(...LAB)
    .option("--until <time>", "end at this virtual time, such as 30s")
    .option(...SEED)
    .option("--capture <file>", "write the frames as pcapng; - for standard output")
    .option("--link <endpoint...>", "capture only the links at these endpoints, such as pc1:eth0")
    .option("--pace <factor>", "run against the wall clock: 1 is real time, 10 ten times as fast")
    .option(...RECORD)
    .option("--replay <file>", "run a recorded session again, without the outside")
    .option("--json", "print the facts as JSON")
    .option("--quiet", "print failures and the verdict only")
    .addHelpText(
      "after",
      `${examples(
        "netcosm run labs/tour.lab.yaml",
        "netcosm run labs/tour.lab.yaml --capture tour.pcapng --link pc1:eth0",
        "netcosm run labs/tour.lab.yaml --capture - | wireshark -k -i -",
      )}\nExit status: 0 as expected, 1 an expectation failed, 2 wrong usage or a faulty lab file.`,
    )
    .action(async (lab, options) => (await import("./commands/run.js")).run(lab, options));

  program
    .command("why")
    .description("tell a packet's journey: what each node decided, and why")
    .argument(...LAB)
    .argument("<where>", "the node to type on; or, without a command, the id of a frame")
    .argument("[command]", 'what to type there, such as "ping 10.0.2.9"')
    .option("--at <time>", "when to type it; by default when the lab has come to its end")
    .option(...SEED)
    .option("--lang <language>", "language of the advice: en or zh", "en")
    .option("--json", "print the journeys as JSON")
    .addHelpText("after", examples('netcosm why labs/tour.lab.yaml pc1 "ping -c 1 10.0.2.3"'))
    .action(async (lab, where, command, options) =>
      (await import("./commands/why.js")).why(lab, where, command, options),
    );

  program
    .command("shell")
    .description("run a lab in real time and type commands on its nodes")
    .argument(...LAB)
    .option(...SEED)
    .option(...RECORD)
    .action(async (lab, options) => (await import("./commands/shell.js")).shell(lab, options));

  program
    .command("explain")
    .description("tell what each word of a command's output means, in English and Chinese")
    .argument("<command>", 'such as "ip addr"')
    .option("--lab <file>", "run it in this lab, not in a small one made for the purpose")
    .option("--node <name>", "the node to run it on; by default the lab's first host")
    .option("--json", "print the words as JSON")
    .addHelpText("after", examples('netcosm explain "ip addr"'))
    .action(async (command, options) => (await import("./commands/explain.js")).explain(command, options));

  program
    .command("dissect")
    .description("print every field of every packet of a capture file")
    .argument("<file>", "a pcapng or pcap file; - for standard input")
    .option("--filter <expression>", "only frames that a capture filter lets through, such as 'arp or icmp'")
    .action(async (file, options) => (await import("./commands/dissect.js")).dissect(file, options));

  program
    .command("kinds")
    .description("list the kinds of nodes, or tell all about one")
    .argument("[kind]", "a kind, such as host")
    .option("--markdown", "as a page of the documentation")
    .action(async (kind, options) => (await import("./commands/kinds.js")).kinds(kind, options));

  program
    .command("schema")
    .description("print the JSON Schema of lab files, for editors")
    .action(async () => (await import("./commands/schema.js")).schema());

  for (const verb of [program, ...program.commands])
    verb.showHelpAfterError(`(${verb === program ? "" : "netcosm "}${verb.name()} --help tells more)`);
  return program;
}

const examples = (...lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  ${line}\n`).join("")}`;
