/**
 * A file answers one question and fits in the head: sources over 600 lines and tests over 800 fail, sources over 400 are
 * named as candidates for a split; a folder holds about 20 files, and over 24 fails.
 *
 * node tools/sizes.mjs [ROOT]
 */
import { dirname, resolve } from "node:path";
import { filesBelow, readSource, report, root } from "./source.mjs";

const SOURCE_LINES = 600;
const SOURCE_WARNING = 400;
const TEST_LINES = 800;
const FOLDER_FILES = 24;
const FOLDER_WARNING = 20;

const top = resolve(process.argv[2] ?? root);
const sources = [...filesBelow("src", ".ts", top), ...filesBelow("tools", ".mjs", top)];
const tests = filesBelow("test", ".ts", top);
const faults = [];
const warnings = [];

for (const file of [...sources, ...tests]) {
  const lines = readSource(file, top).split("\n").length - 1;
  const limit = file.startsWith("test/") ? TEST_LINES : SOURCE_LINES;
  if (lines > limit)
    faults.push(`${file}:${limit + 1}: ${lines} lines, at most ${limit} are allowed: split it by role`);
  else if (limit === SOURCE_LINES && lines > SOURCE_WARNING)
    warnings.push(`${file}: ${lines} lines; split it by role before it reaches ${SOURCE_LINES}`);
}

const folders = new Map();
for (const file of [...sources, ...tests])
  folders.set(dirname(file), [...(folders.get(dirname(file)) ?? []), file]);
for (const [folder, { length }] of folders)
  if (length > FOLDER_FILES)
    faults.push(`${folder}: ${length} files, at most ${FOLDER_FILES} are allowed: make subfolders by role`);
  else if (length > FOLDER_WARNING)
    warnings.push(`${folder}: ${length} files; make subfolders by role before they are over ${FOLDER_FILES}`);

report("sizes", faults, warnings, `${sources.length} sources and ${tests.length} tests`);
