/** Markdown as the generated pages need it. */

/** `cells` is a list of rows; the first is the head. */
export function table([head, ...rows]) {
  const line = (cells) => `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

/** Paragraphs as a page; empty ones fall away. */
export const page = (...paragraphs) => `${paragraphs.flat().filter(Boolean).join("\n\n")}\n`;

export const code = (text) => `\`${text}\``;

/** `RFC 791 §3.1` with a link to the text. */
export const linkSpecs = (text) =>
  text.replace(/RFC (\d+)/g, (rfc, number) => `[${rfc}](https://www.rfc-editor.org/rfc/rfc${number})`);

export const block = (text, language = "") => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
