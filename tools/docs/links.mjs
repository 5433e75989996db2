/** Links of Markdown pages to files of the project, and to headings in them, that lead nowhere. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { filesBelow, root } from "../source.mjs";

/** Sentences about the pages in the root and in docs/. */
export function deadLinks() {
  const pages = [...readdirSync(root).filter((name) => name.endsWith(".md")), ...filesBelow("docs", ".md")];
  return pages.flatMap((path) =>
    linksOf(readFileSync(join(root, path), "utf8"))
      .filter(({ target, heading }) => !leadsSomewhere(join(root, dirname(path), target), heading))
      .map(({ link }) => `${path}: the link ${link} leads nowhere`),
  );
}

const linksOf = (markdown) =>
  [...withoutBlocks(markdown).matchAll(/\]\((?!\w+:)(([^)#\s]*)(?:#([^)\s]*))?)\)/g)].map(
    ([, link, target, heading]) => ({ link, target, heading }),
  );

const withoutBlocks = (markdown) => markdown.replace(/^```.*?^```$/gms, "");

function leadsSomewhere(path, heading) {
  if (!existsSync(normalize(path))) return false;
  if (heading === undefined || statSync(path).isDirectory()) return true;
  const headings = withoutBlocks(readFileSync(path, "utf8")).matchAll(/^#+ (.*)$/gm);
  return [...headings].some(([, text]) => slug(text) === heading);
}

const slug = (heading) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");
