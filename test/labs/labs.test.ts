import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { formatVerdict } from "../../src/lab/index.js";
import { build, labFiles, readLab, root, runLab } from "./course.js";

describe("the labs", () => {
  it("begin with the tour", () => {
    expect(labFiles).toContain("labs/tour.lab.yaml");
  });

  it("have names of their own, those of their files", () => {
    for (const file of labFiles) expect(file).toMatch(new RegExp(`/${readLab(file).name}\\.lab\\.yaml$`));
    expect(new Set(labFiles.map((file) => readLab(file).name)).size).toBe(labFiles.length);
  });
});

let elsewhere: Record<string, string> = {};

beforeAll(() => {
  build();
  const script = join(root, "test/labs/other-process.mjs");
  const options = { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 } as const;
  elsewhere = JSON.parse(execFileSync(process.execPath, [script, ...labFiles], options));
}, 120_000);

describe.each(labFiles)("%s", (file) => {
  const lab = readLab(file);

  it("says in English and in Chinese what it is about", () => {
    expect(lab.about?.en).toMatch(/\w{3}.*\.$/s);
    expect(lab.about?.zh).toMatch(/\p{Script=Han}{3}.*。$/su);
  });

  it("expects something, and does as expected, the same each time and in another process, leaking no frame", () => {
    const { verdict, facts } = runLab(lab);
    expect(verdict.ok, formatVerdict(verdict)).toBe(true);
    expect(verdict.results.length).toBeGreaterThan(2);
    const again = runLab(lab, { debugFrames: true, record: true });
    expect(again.run.world.frames.leaks()).toEqual([]);
    expect(again.facts).toBe(facts);
    expect(elsewhere[file]).toBe(facts);
  });
});
