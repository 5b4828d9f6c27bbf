/** Who may import whom, and who may know of the process around it. */
import { codeOf, COMPUTED, importsOf, resolveImport, type SourceTree } from "./source_tree.ts";

/** Each folder of src/ with every sibling that it may import. */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  color: [],
  image: [],
  backend: [],
  network: ["color"],
  data: ["color", "image"],
  hint: ["color"],
  train: ["color", "data", "network"],
  colorize: ["color", "hint", "image", "network"],
  eval: ["color", "data", "colorize"],
  serve: ["image", "colorize"],
};

/** Imports that the layers forbid, and folders that they do not know. */
export function layerProblems(tree: SourceTree): string[] {
  return eachImport(tree, (path, specifier) => {
    const [top, folder = ""] = path.split("/");
    const imported = resolveImport(path, specifier);
    if (imported === undefined) return;
    const [importedTop, sibling = ""] = imported.split("/");
    if (importedTop === "tests" && top !== "tests") return "only tests import tests";
    if (importedTop === "scripts" && (top === "src" || top === "main.ts")) {
      return "only scripts and tests import scripts";
    }
    if (top !== "src") return;
    const allowed = LAYERS[folder];
    if (!allowed) return `src/${folder} is no folder of the layout`;
    if (importedTop !== "src") return "src imports from src alone";
    if (sibling !== folder && !allowed.includes(sibling)) {
      return `${folder} may import ${allowed.join(", ") || "no sibling"}`;
    }
  });
}

/** Imports that name no file, no listed package, or what only runs where it was computed. */
export function specifierProblems(tree: SourceTree, packages: string[]): string[] {
  return eachImport(tree, (path, specifier) => {
    if (specifier === COMPUTED) return path.startsWith("tests/") ? undefined : "must be a literal";
    const imported = resolveImport(path, specifier);
    if (imported?.endsWith(".ts")) return tree.has(imported) ? undefined : "no such file";
    if (imported !== undefined || specifier.startsWith("node:")) return;
    if (path.startsWith("src/color/")) return "color uses plain arrays and no package";
    const listed = packages.some((name) => specifier === name || specifier.startsWith(`${name}/`));
    return listed ? undefined : "not in the imports of deno.json";
  });
}

/** Code in src/ that reads flags or the environment, or picks a seed. */
export function processProblems(tree: SourceTree): string[] {
  return inSource(tree, /\b(?:Deno|process)\s*\.\s*(?:env|args|argv)\b|\bparseArgs\b/g)
    .concat(inSource(tree, /\bMath\s*\.\s*random\b|\bgetRandomValues\b/g))
    .map((found) => `${found}: only main.ts and scripts/ may`);
}

/** Tensors read synchronously, but for those that lie in memory anyway, which a comment must say. */
export function syncReadProblems(tree: SourceTree): string[] {
  return [...tree].filter(([path]) => /^src\/(?!backend\/wasm\/)/.test(path))
    .flatMap(([path, text]) =>
      text.split("\n").flatMap((line, index, lines) => {
        if (!/\.(?:dataSync|arraySync)\b/.test(codeOf(line))) return [];
        const above = lines.slice(Math.max(0, index - 3), index + 1).join("\n");
        return /(?:\/\/|\*).*WASM/.test(above)
          ? []
          : [`${path}:${index + 1}: await data() instead`];
      })
    );
}

function eachImport(
  tree: SourceTree,
  problemOf: (path: string, specifier: string) => string | undefined,
): string[] {
  return [...tree].flatMap(([path, text]) =>
    importsOf(text).flatMap((specifier) => {
      const problem = problemOf(path, specifier);
      return problem === undefined ? [] : [`${path} imports ${specifier}: ${problem}`];
    })
  );
}

function inSource(tree: SourceTree, pattern: RegExp): string[] {
  return [...tree].filter(([path]) => path.startsWith("src/")).flatMap(([path, text]) =>
    [...codeOf(text).matchAll(pattern)].map(([found]) => `${path} uses ${found}`)
  );
}
