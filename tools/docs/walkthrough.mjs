/**
 * Does what a page tells its reader to do, and says where that comes out otherwise. The file of a `yaml` block that begins with
 * `name` or a schema line is saved as <name>.lab.yaml; a `js` block that begins with `// NAME.test.mjs` must pass as a test; the
 * commands of a `console` block must print what stands below them, where a line `…` stands for any lines.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../source.mjs";

const NETCOSM = `netcosm() { node "${join(root, "dist/cli/main.js")}" "$@"; }`;

/** What is wrong with pages, as sentences. What one shows exactly as another did is done once. */
export function walk(pages) {
  // Below the root, so that `import "netcosm"` finds the package.
  const folder = mkdtempSync(join(root, "dist/walk-"));
  try {
    const blocks = new Map(
      pages.flatMap((page) =>
        [...page.matchAll(/^```(yaml|js|console)\n(.*?)^```$/gms)].map(([, kind, text]) => [text, kind]),
      ),
    );
    return [...blocks].flatMap(([text, kind]) => {
      if (kind === "console") return commandsOf(text).flatMap((command) => compare(command, folder));
      const name =
        /^\/\/ (\S+\.test\.mjs)$/m.exec(text)?.[1] ?? `${/^name: (\S+)$/m.exec(text)?.[1]}.lab.yaml`;
      writeFileSync(join(folder, name), text);
      return kind === "js" ? passes(name, folder) : [];
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(command, folder) {
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: "" };
  const { stdout, stderr, status } = spawnSync("bash", ["-c", `${NETCOSM}; ${command}`], {
    cwd: folder,
    env,
    encoding: "utf8",
  });
  return {
    status,
    lines: `${stdout}${stderr}`
      .trimEnd()
      .split("\n")
      .map((line) => line.trimEnd()),
  };
}

function passes(name, folder) {
  const { status, lines } = run(`node --test ${name}`, folder);
  return status === 0 ? [] : [`${name} fails:\n${lines.join("\n")}`];
}

/** Each line with a prompt, and the lines below it up to the next. */
function commandsOf(text) {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command, ...expected] = part.trimEnd().split("\n");
      return { command, expected };
    });
}

function compare({ command, expected }, folder) {
  const { lines } = run(command, folder);
  const printed = lines.join("\n");
  const pattern = expected
    .map((line) => (line === "…" ? "(?:.*\n)*?" : `${line.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")}\n`))
    .join("");
  if (expected.length === 0 ? printed === "" : new RegExp(`^${pattern}$`).test(`${printed}\n`)) return [];
  return [`\`${command}\` prints:\n${printed}`];
}
