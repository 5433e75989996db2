/** netcosm explain: runs a command on a simulated host and tells, in English and Chinese, what each word of its output means. */
import pc from "picocolors";
import { nearest } from "../../core/nearest.js";
import { Lab } from "../../lab/index.js";
import { explain as explainWords } from "../../shell/explain/lesson.js";
import { lessons } from "../../shell/explain/lessons.js";
import { UsageError } from "../exit.js";
import { loadLab } from "../load-lab.js";

export interface ExplainOptions {
  readonly lab?: string;
  readonly node?: string;
  readonly json?: boolean;
}

export function explain(command: string, options: ExplainOptions): void {
  const words = command.trim().replace(/^ip (a|address)( show)?$/, "ip addr");
  const lesson = lessons.find((each) => each.command === words);
  if (lesson === undefined) {
    const known = lessons.map((each) => `"${each.command}"`).join(", ");
    const near = nearest(
      words,
      lessons.map((each) => each.command),
    );
    throw new UsageError(
      `no lesson on "${command}"${near === undefined ? "" : `; did you mean "${near}"?`} (there are: ${known})`,
    );
  }
  const { output, place } = outputOf(lesson.command, options);
  const explained = explainWords(output, lesson);
  if (options.json === true) {
    process.stdout.write(
      `${JSON.stringify({ command: lesson.command, output, words: explained }, null, 2)}\n`,
    );
    return;
  }
  process.stdout.write(
    `${lesson.about.en}\n${lesson.about.zh}\n\n${pc.bold(`${place}$ ${lesson.command}`)}\n${output}\n`,
  );
  let line = 0;
  for (const each of explained) {
    if (each.line !== line) process.stdout.write(`\n${pc.dim(output.split("\n")[each.line - 1]!.trim())}\n`);
    line = each.line;
    if (each.words === "," || each.words === ">") continue;
    const { en, zh } = each.about ?? { en: "(not explained here)", zh: "（此处未解释）" };
    process.stdout.write(`  ${pc.bold(each.words)}\n      ${en}\n      ${zh}\n`);
  }
}

function outputOf(command: string, { lab: path, node }: ExplainOptions): { output: string; place: string } {
  const lab = path === undefined ? example() : loadLab(path);
  const running = lab.start();
  try {
    const names = [...lab.plan.nodes].filter(([, { kind }]) => kind.commands === true).map(([name]) => name);
    const place = node ?? names[0];
    if (place === undefined || !names.includes(place))
      throw new UsageError(
        `${node ?? "the lab"} takes no commands; nodes that do: ${names.join(", ") || "none"}`,
      );
    running.runUntil("1s");
    return { output: running.host(place).run(command).stdout.trimEnd(), place };
  } finally {
    running.close();
  }
}

/** A host on a cable, as everybody knows one. */
const example = (): Lab =>
  Lab.define({
    name: "explain",
    topology: {
      nodes: {
        pc1: { kind: "host", interfaces: { eth0: { address: "192.168.1.10/24" } } },
        pc2: { kind: "host", interfaces: { eth0: { address: "192.168.1.11/24" } } },
      },
      links: [["pc1:eth0", "pc2:eth0"]],
    },
  });
