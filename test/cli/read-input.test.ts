import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UsageError } from "../../src/cli/exit.js";
import { readInput } from "../../src/cli/read-input.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "netcosm-input-"));
  writeFileSync(join(folder, "office.lab.yaml"), "name: office\n");
  writeFileSync(join(folder, "notes.txt"), "");
});
afterEach(() => rmSync(folder, { recursive: true }));

const read = (name: string) => readInput(join(folder, name), "lab file", [".lab.yaml"]);
const wrongUse = (message: string) => new UsageError(message);

describe("a file that the user names", () => {
  it("is read", () => {
    expect(read("office.lab.yaml").toString()).toBe("name: office\n");
  });

  it("is guessed at when its name is misspelt", () => {
    expect(() => read("ofice.lab.yaml")).toThrow(
      wrongUse(
        `no lab file ${join(folder, "ofice.lab.yaml")}; did you mean ${join(folder, "office.lab.yaml")}?`,
      ),
    );
  });

  it("is not guessed at when nothing is near, nor in a folder that is not there", () => {
    expect(() => read("cloud.lab.yaml")).toThrow(wrongUse(`no lab file ${join(folder, "cloud.lab.yaml")}`));
    expect(() => read("x/office.lab.yaml")).toThrow(
      wrongUse(`no lab file ${join(folder, "x/office.lab.yaml")}`),
    );
  });

  it("is to be chosen from those in a folder", () => {
    expect(() => read("")).toThrow(
      wrongUse(`${folder} is a folder; name a lab file in it:\n  ${join(folder, "office.lab.yaml")}`),
    );
    mkdirSync(join(folder, "empty"));
    expect(() => read("empty")).toThrow(
      wrongUse(`${join(folder, "empty")} is a folder; name a lab file, *.lab.yaml`),
    );
  });
});
