/** The report page: one HTML file that needs nothing else. */

/** A part of the page under its heading. */
export interface Section {
  heading: string;
  /** What it shows, how it was measured; plain text. */
  text: string;
  blocks: Block[];
}

/** What a section can show. */
export type Block =
  | { kind: "table"; rows: string[][] }
  | { kind: "svg"; svg: string; alt: string }
  | { kind: "png"; png: Uint8Array; alt: string };

/** Writes the page; texts and cells are escaped, SVG comes from our own charts. */
export function reportPage(
  { title, text, sections }: { title: string; text: string; sections: Section[] },
): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(text)}</p>
${sections.map(sectionHtml).join("\n")}
</main>
</body>
</html>
`;
}

const STYLE = `
:root { color-scheme: light dark; --line: #8884; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 1100px; margin: 0 auto; padding: 24px; }
section { margin-top: 40px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 14px; white-space: nowrap; }
th, td { padding: 4px 10px; border-bottom: 1px solid var(--line); text-align: right; }
th:first-child, td:first-child { text-align: left; }
tr:hover td { background: #8882; }
img, svg { max-width: 100%; height: auto; background: white; border-radius: 4px; }
figure { margin: 16px 0; }
`;

function sectionHtml({ heading, text, blocks }: Section): string {
  return `<section>
<h2>${escapeHtml(heading)}</h2>
<p>${escapeHtml(text)}</p>
${blocks.map(blockHtml).join("\n")}
</section>`;
}

function blockHtml(block: Block): string {
  if (block.kind === "table") return tableHtml(block.rows);
  const alt = escapeHtml(block.alt);
  if (block.kind === "svg") {
    return `<figure class="wide" role="img" aria-label="${alt}">${block.svg}</figure>`;
  }
  const source = `data:image/png;base64,${block.png.toBase64()}`;
  return `<figure class="wide"><img alt="${alt}" src="${source}"></figure>`;
}

function tableHtml([head = [], ...rows]: string[][]): string {
  const cells = (tag: string, row: string[]) =>
    `<tr>${row.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join("")}</tr>`;
  return `<div class="wide"><table>
<thead>${cells("th", head)}</thead>
<tbody>
${rows.map((row) => cells("td", row)).join("\n")}
</tbody>
</table></div>`;
}

const ESCAPES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character]!);
}
