/**
 * node tools/docs.mjs: writes the pages of docs/ that come from the code. With --check it writes nothing, names the pages
 * that differ from what the code says and links that lead nowhere, does what the README tells its reader to do, and fails
 * where anything is not as it is written. Needs the build in dist/.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { deadLinks } from "./docs/links.mjs";
import { generatedPages } from "./docs/pages.mjs";
import { walk } from "./docs/walkthrough.mjs";
import { root } from "./source.mjs";

const docs = join(root, "docs");
const readmes = ["README.md", "README.zh-CN.md"];
const pages = generatedPages();
/** Folders that hold generated pages only: what is there and is not generated is a page of something that is gone. */
const stale = ["kinds", "protocols"]
  .filter((folder) => existsSync(join(docs, folder)))
  .flatMap((folder) => readdirSync(join(docs, folder)).map((name) => `${folder}/${name}`))
  .filter((path) => !pages.has(path));
const written = (path) => (existsSync(join(docs, path)) ? readFileSync(join(docs, path), "utf8") : undefined);
const changed = [...pages].filter(([path, text]) => written(path) !== text).map(([path]) => path);

if (process.argv.includes("--check")) {
  for (const path of [...changed, ...stale]) console.error(`docs/${path} is not what the code says`);
  if (changed.length + stale.length > 0) {
    console.error("run: node tools/docs.mjs");
    process.exitCode = 1;
  }
  const faults = walk(readmes.map((path) => readFileSync(join(root, path), "utf8")));
  for (const fault of [...faults.map((fault) => `${readmes.join(" or ")}: ${fault}`), ...deadLinks()]) {
    console.error(fault);
    process.exitCode = 1;
  }
} else {
  for (const path of changed) {
    mkdirSync(dirname(join(docs, path)), { recursive: true });
    writeFileSync(join(docs, path), pages.get(path));
  }
  for (const path of stale) rmSync(join(docs, path));
  console.log(`${pages.size} pages, ${changed.length} written, ${stale.length} removed`);
}
