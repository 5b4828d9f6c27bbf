/** The project's files as texts, and what their code imports. */

/** File texts by path below the project's folder, such as `src/color/lab.ts`. */
export type SourceTree = ReadonlyMap<string, string>;

/** Reads every TypeScript file below some folders and files of the project. */
export async function readSourceTree(root: URL, names: string[]): Promise<SourceTree> {
  const tree = new Map<string, string>();
  const visit = async (path: string) => {
    const url = new URL(path, root);
    if ((await Deno.stat(url)).isFile) {
      if (path.endsWith(".ts")) tree.set(path, await Deno.readTextFile(url));
    } else {
      for await (const { name } of Deno.readDir(url)) await visit(`${path}/${name}`);
    }
  };
  for (const name of names) await visit(name);
  return new Map([...tree].sort());
}

/** The code of a file without its comments. */
export function codeOf(text: string): string {
  return text.replaceAll(TOKEN, (token) => /^\/[/*]/.test(token) ? " " : token);
}

/** Stands for an import whose specifier is no literal. */
export const COMPUTED = "(computed)";

/**
 * Every specifier that a file imports, by whichever means: import and export declarations, types,
 * dynamic imports, and module URLs as Workers take them.
 */
export function importsOf(text: string): string[] {
  const strings: string[] = [];
  const code = text.replaceAll(TOKEN, (token) => {
    if (/^\/[/*]/.test(token)) return " ";
    if (token.startsWith("`")) return "``";
    return `"${strings.push(token.slice(1, -1)) - 1}"`; // so that no text looks like code
  });
  const specifiers = [...code.matchAll(IMPORT)].flatMap(([keyword, index]) => {
    const specifier = strings[Number(index)]!;
    return keyword.startsWith("new URL") && !specifier.endsWith(".ts") ? [] : [specifier];
  });
  return /\bimport\s*\(\s*[^"\s]/.test(code) ? [...specifiers, COMPUTED] : specifiers;
}

/** The path that a relative specifier means, or undefined for a package. */
export function resolveImport(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}

/** The paths of the tree that a file imports. */
export function importedPaths(tree: SourceTree, path: string): string[] {
  return importsOf(tree.get(path) ?? "")
    .map((specifier) => resolveImport(path, specifier))
    .filter((imported) => imported !== undefined && tree.has(imported)) as string[];
}

/** Comments, strings and templates; strings end with their line. */
const TOKEN =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`/g;

const IMPORT = /\b(?:from|import|import\s*\(|new URL\s*\(|import\.meta\.resolve\s*\()\s*"(\d+)"/g;
