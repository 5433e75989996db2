import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** The source of a file in dist/. */
const sourceOf = (path: string): string =>
  join(root, path.replace(/^\.\/dist/, "src").replace(/(\.d)?\.[jt]s$/, ".ts"));

describe("the package", () => {
  it("offers only what there is, types included", () => {
    const targets = Object.values(manifest.exports).flatMap((target) =>
      typeof target === "string" ? [] : Object.values(target as Record<string, string>),
    );
    expect(targets.length).toBeGreaterThan(10);
    for (const target of [...targets, manifest.bin.netcosm]) expect(sourceOf(target)).toSatisfy(existsSync);
    expect(readFileSync(sourceOf(manifest.bin.netcosm), "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it("depends on nothing that it does not use", () => {
    const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .map((path) => readFileSync(join(root, "src", path), "utf8"));
    for (const name of Object.keys(manifest.dependencies))
      expect(
        sources.some((source) => source.includes(`"${name}"`)),
        name,
      ).toBe(true);
  });
});
