/** The card of a model whose weights come from elsewhere. */
import type { Network } from "../../src/network/network.ts";
import { OFFICIAL } from "./official.ts";

/** What a card tells of imported weights. */
export interface ImportFacts {
  title: string;
  path: string;
  sha256: string;
  type: "F16" | "F32";
  network: Pick<Network, "parameterCount">;
}

/** Writes a card as Markdown. */
export function importCard({ title, path, sha256, type, network }: ImportFacts): string {
  const official = Object.values(OFFICIAL).find((checkpoint) => checkpoint.sha256 === sha256);
  const origin = official
    ? `the weights that its authors published, ${official.url}`
    : "weights from elsewhere, whose training is not known here";
  return `# ${title}

Imported, not trained here: ${origin}.

- File: \`${path.split("/").at(-1)}\`, SHA-256 \`${sha256}\`.
- Weights: ${network.parameterCount.toLocaleString("en-US")}, kept as ${type}.
- License: that of whoever trained them; ask there before you pass them on.
- Figures: \`deno task eval\` measures them on this machine.
`;
}
