import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "netcosm-checks-"));
});
afterEach(() => rmSync(root, { recursive: true }));

/** Writes the files below a root of their own and runs the check there. */
function check(tool: string, files: Record<string, string>): { status: number | null; faults: string[] } {
  const all = { "package.json": '{ "dependencies": { "yaml": "1", "koffi": "1" } }', ...files };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const run = spawnSync(process.execPath, [`tools/${tool}.mjs`, root], { encoding: "utf8" });
  return { status: run.status, faults: run.stderr.trim().split("\n").filter(Boolean) };
}

describe("layers", () => {
  it("accepts imports downward", () => {
    const { status, faults } = check("layers", {
      "src/core/time.ts": "export const SECOND = 1;\n",
      "src/link/cable.ts":
        'import { SECOND } from "../core/time.js";\nexport const a = SECOND;\n// import "node:fs";\n',
      "src/plug/tap.ts":
        'import koffi from "koffi";\nimport { readFileSync } from "node:fs";\nexport { koffi, readFileSync };\n',
    });
    expect(faults).toEqual([]);
    expect(status).toBe(0);
  });

  it("names file, line and rule of an import upward, a type's import included", () => {
    const { status, faults } = check("layers", {
      "src/core/time.ts":
        '\nimport type {\n  Cable,\n} from "../link/cable.js";\nexport type { Cable as C };\nexport * from "../link/cable.js";\n',
      "src/link/cable.ts": "export type Cable = 1;\n",
    });
    expect(status).toBe(1);
    expect(faults).toEqual([
      'src/core/time.ts:4: "../link/cable.js": src/core may not import src/link; it may import nothing',
      'src/core/time.ts:6: "../link/cable.js": src/core may not import src/link; it may import nothing',
    ]);
  });

  it("refuses Node's modules and packages where a browser has none", () => {
    const { faults } = check("layers", {
      "src/host/a.ts": 'import { readFileSync } from "node:fs";\nexport { readFileSync };\n',
      "src/host/b.ts": 'export const b = import("yaml");\n',
      "src/lab/c.ts": 'import "yaml";\nimport "koffi";\nimport "left-pad";\n',
    });
    expect(faults.map((fault) => fault.split(": ").slice(0, 2).join(": "))).toEqual([
      'src/host/a.ts:1: "node:fs"',
      'src/host/b.ts:1: "yaml"',
      'src/lab/c.ts:2: "koffi"',
      'src/lab/c.ts:3: "left-pad"',
    ]);
  });

  it("finds a circle of values, not one of types", () => {
    const { faults } = check("layers", {
      "src/core/a.ts": 'import { b } from "./b.js";\nexport const a = b;\n',
      "src/core/b.ts": 'import { c } from "./c.js";\nexport const b = c;\n',
      "src/core/c.ts": 'import { a } from "./a.js";\nexport const c = () => a;\n',
      "src/core/d.ts": 'import { e } from "./e.js";\nexport const d = e;\nexport type D = 1;\n',
      "src/core/e.ts": 'import type { D } from "./d.js";\nexport const e = 1 as D;\n',
    });
    expect(faults).toEqual([
      "src/core/c.ts:1: circle: src/core/a.ts -> src/core/b.ts -> src/core/c.ts -> src/core/a.ts",
    ]);
  });

  it("knows no room that the plan does not name, and no file that is not there", () => {
    const { faults } = check("layers", {
      "src/attic/a.ts": "export {};\n",
      "src/core/a.ts": 'import "./b.ts";\nimport "./gone.js";\nimport "../../tools/x.js";\n',
    });
    expect(faults).toHaveLength(4);
    expect(faults.every((fault) => /^src\/(attic|core)\/a\.ts:[123]: /.test(fault))).toBe(true);
  });
});

describe("sizes", () => {
  it("fails a source over 600 lines, a test over 800 and a folder of more than 24 files", () => {
    const crowd = Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`src/wire/f${i}.ts`, "\n"]));
    const { status, faults } = check("sizes", {
      ...crowd,
      "src/core/long.ts": "\n".repeat(601),
      "src/core/full.ts": "\n".repeat(600),
      "test/core/long.test.ts": "\n".repeat(801),
      "test/core/full.test.ts": "\n".repeat(800),
    });
    expect(status).toBe(1);
    expect(faults.map((fault) => fault.split(":")[0])).toEqual([
      "src/core/long.ts",
      "test/core/long.test.ts",
      "src/wire",
    ]);
  });
});

describe("bans", () => {
  /** Checks each line behind a head comment, in a file of its own; the lines at fault. */
  const found = (lines: string[]) => {
    const files = lines.map((line, i) => [`src/host/f${i}.ts`, `/* head\n Math.random() */\n${line}\n`]);
    const places = check("bans", Object.fromEntries(files)).faults.map((fault) => fault.split(":"));
    return lines.filter((_, i) =>
      places.some(([path, line]) => path === `src/host/f${i}.ts` && line === "3"),
    );
  };

  const bad = [
    "const a = Math.random();",
    "const a = Math.sin(1);",
    "const a = Math . log10(1);",
    "const a = Math.hypot(3, 4);",
    "const { sin } = Math;",
    "const a = (b: number) => b ** 0.5;",
    "const a = 10 ** 9;",
    "const a = 1.2 ** 3;",
    "const a = (b2: number) => b2 ** 3;",
    "const a = (1).toLocaleString();",
    'const a = "a".localeCompare("b");',
    "const a = globalThis;",
    "const a = async () => 1;",
    "type A = Promise<number>;",
    "for (const key in {}) key;",
    "let count = 0;",
    "export let count = 0;",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the source that is checked is a template
    "const a = `${Math.random()}`;",
  ];
  it("finds what engines or locales decide, randomness, promises and mutable modules", () => {
    expect(found(bad)).toEqual(bad);
  });

  const good = [
    "// Math.random() is banned, and so is `new Date`",
    "const a = 'Math.random()' + \"await\" + `Math.sin`;",
    "const a = /Math.random()['\"`]/; // let it be",
    "const a = 4 / 2 / 1; const b = Math.floor(1) + Math.imul(2, 3);",
    "const a = (b: number) => 2 ** 32 + 2 ** b + Number(10n ** 9n);",
    "function f() {\n  let n = 1;\n  return n++;\n}",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the source that is checked is a template
    "const a = `async ${`await ${1}`} Promise`;",
  ];
  it("passes exact arithmetic, comments, literals and local variables", () => {
    expect(check("bans", { "src/host/a.ts": `${good.join("\n")}\n` }).faults).toEqual([]);
  });

  it("lets the pacer wait for the wall clock", () => {
    const waiting = "export const wait = async () => await Promise.resolve();\n";
    const { faults } = check("bans", { "src/engine/pacer.ts": waiting, "src/engine/engine.ts": waiting });
    expect(faults.map((fault) => fault.split(": ").slice(0, 2).join(" "))).toEqual([
      "src/engine/engine.ts:1 async",
      "src/engine/engine.ts:1 await",
      "src/engine/engine.ts:1 Promise",
    ]);
  });
});

describe("linter", () => {
  it("bans what reaches for real time, the machine or the locale in rooms that run in a browser", () => {
    const banned =
      "Date Intl setTimeout setInterval setImmediate queueMicrotask performance process Buffer console crypto";
    mkdirSync(join(root, "src/host"), { recursive: true });
    cpSync("biome.json", join(root, "biome.json"));
    writeFileSync(
      join(root, "src/host/a.ts"),
      ["export default 1;", 'import "node:fs";', ...banned.split(" ").map((name) => `${name};`)].join("\n"),
    );
    const lint = ["lint", "--vcs-enabled=false", "--reporter=github", "src/host/a.ts"];
    const run = spawnSync(resolve("node_modules/.bin/biome"), lint, { cwd: root, encoding: "utf8" });
    const lines = [...run.stdout.matchAll(/^::error .*?,line=(\d+)/gm)].map(([, line]) => Number(line));
    expect(run.status).toBe(1);
    expect([...new Set(lines)].toSorted((a, b) => a - b)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
    ]);
  });
});
