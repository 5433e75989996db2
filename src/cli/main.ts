#!/usr/bin/env node
/** netcosm: the command line. Each verb is a file in commands/, loaded when it is typed, so that starting stays quick. */
import { Command, CommanderError } from "commander";
import { EXIT_USAGE, fail, UsageError } from "./exit.js";
import { version } from "./version.js";

const program = new Command("netcosm")
  .description("A whole network in one process: real bytes, virtual time.")
  .version(version())
  .showHelpAfterError("(netcosm --help tells the commands)")
  .showSuggestionAfterError()
  .exitOverride();

program
  .command("run")
  .description("run a lab and say whether it did what it should")
  .argument("<lab>", "a lab file, *.lab.yaml")
  .option("--until <time>", "end at this virtual time, such as 30s")
  .option("--seed <number>", "seed of all random streams, instead of the lab's own")
  .option("--capture <file>", "write the frames as pcapng; - for standard output")
  .option("--link <endpoint...>", "capture only the links at these endpoints, such as pc1:eth0")
  .option("--pace <factor>", "run against the wall clock: 1 is real time, 10 ten times as fast")
  .option("--record <file>", "record what crosses the border of a lab that is joined to the outside")
  .option("--replay <file>", "run a recorded session again, without the outside")
  .option("--json", "print the facts as JSON")
  .option("--quiet", "print failures and the verdict only")
  .action(async (lab, options) => (await import("./commands/run.js")).run(lab, options));

program
  .command("why")
  .description("tell a packet's journey: what each node decided, and why")
  .argument("<lab>", "a lab file, *.lab.yaml")
  .argument("<where>", "the node to type on; or, without a command, the id of a frame")
  .argument("[command]", 'what to type there, such as "ping 10.0.2.9"')
  .option("--at <time>", "when to type it; by default when the lab has come to its end")
  .option("--seed <number>", "seed of all random streams, instead of the lab's own")
  .option("--lang <language>", "language of the advice: en or zh", "en")
  .option("--json", "print the journeys as JSON")
  .action(async (lab, where, command, options) =>
    (await import("./commands/why.js")).why(lab, where, command, options),
  );

program
  .command("shell")
  .description("run a lab in real time and type commands on its nodes")
  .argument("<lab>", "a lab file, *.lab.yaml")
  .option("--seed <number>", "seed of all random streams, instead of the lab's own")
  .option("--record <file>", "record what crosses the border of a lab that is joined to the outside")
  .action(async (lab, options) => (await import("./commands/shell.js")).shell(lab, options));

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

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // The reader of a pipe went away (head, a closed Wireshark): that ends the program, and is no fault of the lab.
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : EXIT_USAGE;
  else if (error instanceof UsageError) fail(error.message, EXIT_USAGE);
  else throw error;
}
