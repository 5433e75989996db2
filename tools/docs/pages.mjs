/** Every generated page of docs/, by its path below that folder, from the built code. */
import { dirname } from "node:path";
import { netcosmProgram } from "../../dist/cli/program.js";
import { DROP_REASONS } from "../../dist/core/drop-reason.js";
import { kindPage, Lab, labFilePage, labSchema } from "../../dist/lab/index.js";
import { plugKinds } from "../../dist/plug/kinds.js";
import { hostCommands, switchCommands } from "../../dist/shell/index.js";
import { ADVICE } from "../../dist/trace/journey/advice-table.js";
import { CODECS } from "../../dist/wire/index.js";
import { filesBelow, readSource } from "../source.mjs";
import { block, code, page, table } from "./markdown.mjs";
import { protocolIndex, protocolPage } from "./protocol-page.mjs";

export function generatedPages() {
  const kinds = plugKinds().all;
  return new Map([
    ["lab-files.md", labFilePage()],
    ["lab.schema.json", `${JSON.stringify(labSchema(plugKinds()), null, 2)}\n`],
    ["kinds/README.md", kindIndex(kinds)],
    ...kinds.map((kind) => [`kinds/${kind.name}.md`, kindPage(kind)]),
    ["protocols/README.md", protocolIndex(CODECS)],
    ...CODECS.map((codec) => [`protocols/${codec.name}.md`, protocolPage(codec)]),
    ["commands.md", commandsPage()],
    ["drop-reasons.md", dropReasonsPage()],
    ["labs.md", labsPage()],
  ]);
}

const kindIndex = (kinds) =>
  page(
    "# Kinds of nodes",
    "What a node of a lab may be. `netcosm kinds` prints the same.",
    table([
      ["kind", "is", "是"],
      ...kinds.map(({ name, about }) => [`[${name}](${name}.md)`, about.en, about.zh ?? ""]),
    ]),
  );

function commandsPage() {
  const names = [...new Set([...hostCommands.keys(), ...switchCommands.keys()])].sort();
  return page(
    "# Commands",
    "## netcosm",
    block(helpOf(netcosmProgram()), "text"),
    netcosmProgram().commands.flatMap((verb) => [`### netcosm ${verb.name()}`, block(helpOf(verb), "text")]),
    "## On the nodes of a lab",
    "What can be typed on a host, a router or a switch: in `run` steps, in `netcosm shell`, and after `netcosm why`. Options, output " +
      "and exit status are those of the Linux programs; an option that is not there gives the usage and status of the real one. " +
      "A line may have `&&`, `||`, `;`, pipes and quotes.",
    table([
      ["command", "on", "does", "作用"],
      ...names.map((name) => {
        const { about } = hostCommands.get(name) ?? switchCommands.get(name);
        const places = [hostCommands.has(name) && "host, router", switchCommands.has(name) && "switch"];
        return [code(name), places.filter(Boolean).join(", "), about.en, about.zh];
      }),
    ]),
  );
}

/** The help of a command at the same width on every terminal, with what follows it. */
function helpOf(command) {
  let text = "";
  command.configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => 100 });
  command.outputHelp();
  return text;
}

const dropReasonsPage = () =>
  page(
    "# Drop reasons",
    "Every frame that ends before its goal is counted under one of these reasons: in the verdict of `netcosm run`, in the `drops` of an " +
      "expectation, in the comments of a capture, and at the end of a journey told by `netcosm why`, which also says what would mend it. " +
      "Words in braces are filled in there; of several texts the first applies for which everything is known.",
    Object.entries(DROP_REASONS).flatMap(([reason, sentence]) => [
      `## ${reason}`,
      `${sentence[0].toUpperCase()}${sentence.slice(1)}.`,
      ADVICE[reason].map(({ en, zh }) => `- ${en}\n  ${zh}`).join("\n"),
    ]),
  );

function labsPage() {
  const paths = filesBelow("labs", ".lab.yaml");
  const folders = [...new Set(paths.map((path) => dirname(path)))].sort();
  return page(
    "# Labs",
    "The course, one runnable lab for each idea: `netcosm run labs/tour.lab.yaml`. Each is also a test: it fails when what it shows is broken.",
    folders.flatMap((folder) => [
      folder !== "labs" && `## ${folder.slice("labs/".length)}`,
      ...paths.filter((path) => dirname(path) === folder).flatMap(labSection),
    ]),
  );
}

function labSection(path) {
  const { name, about } = Lab.parse(readSource(path), { file: path, kinds: plugKinds() });
  return [
    `### [${name}](../${path})`,
    about?.en,
    about?.zh?.replace(/(?<=[\u3000-\uffef])\n(?=[\u3000-\uffef])/g, ""),
  ];
}
