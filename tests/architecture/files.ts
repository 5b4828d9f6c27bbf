/** How files are named, how large they are, and where their tests lie. */
import { codeOf, importedPaths, type SourceTree } from "./source_tree.ts";

const MOST_LINES = 250;

/** Files that are not snake_case, collections of odds and ends, and files that only re-export. */
export function nameProblems(tree: SourceTree): string[] {
  return [...tree].flatMap(([path, text]) => {
    const names = path.replace(/\.ts$/, "").split("/");
    if (!names.every((name) => /^[a-z0-9]+(_[a-z0-9]+)*$/.test(name))) {
      return [`${path}: names are snake_case`];
    }
    if (names.some((name) => /^(utils?|helpers?|index|mod)$/.test(name))) {
      return [`${path}: no utils, no barrel files`];
    }
    return isBarrel(codeOf(text)) ? [`${path}: import the file that owns a name instead`] : [];
  });
}

/** Files past the most lines that one may have. */
export function sizeProblems(tree: SourceTree): string[] {
  return [...tree].flatMap(([path, text]) => {
    const lines = text.trimEnd().split("\n").length;
    return lines > MOST_LINES ? [`${path}: ${lines} lines, split past ${MOST_LINES}`] : [];
  });
}

/** Tests that lie in the wrong folder, and modules of src/ that no test of their folder reaches. */
export function mirrorProblems(tree: SourceTree): string[] {
  const paths = [...tree.keys()];
  const misplaced = paths.filter((path) => /^tests\/.+\/.+_test\.ts$/.test(path))
    .filter((path) => !testsItsFolder(tree, path));
  const reached = new Map<string, Set<string>>();
  const untested = paths.filter((path) => path.startsWith("src/")).filter((path) => {
    const folder = path.split("/")[1]!;
    if (!reached.has(folder)) reached.set(folder, reachedFrom(tree, `tests/${folder}/`));
    return !reached.get(folder)!.has(path);
  });
  return [
    ...misplaced.map((path) => `${path}: tests no module of the folder that it mirrors`),
    ...untested.map((path) => `${path}: no test of its folder reaches it`),
  ];
}

/**
 * Whether a test has the name of a module or imports one of the same folder: tests/color/ stands
 * for src/color/, tests/scripts/command/ for scripts/command/.
 */
function testsItsFolder(tree: SourceTree, path: string): boolean {
  const mirrored = path.replace(/^tests\/(?!scripts\/)/, "src/").replace(/^tests\//, "")
    .slice(0, -"_test.ts".length);
  if (tree.has(`${mirrored}.ts`)) return true;
  const [top, folder, ...rest] = mirrored.split("/");
  return rest.length > 0 &&
    importedPaths(tree, path).some((imported) => imported.startsWith(`${top}/${folder}/`));
}

/** Every file that the files below a folder import, directly or not. */
function reachedFrom(tree: SourceTree, folder: string): Set<string> {
  const reached = new Set([...tree.keys()].filter((path) => path.startsWith(folder)));
  for (const path of reached) { // grows while it is walked
    for (const imported of importedPaths(tree, path)) reached.add(imported);
  }
  return reached;
}

function isBarrel(code: string): boolean {
  const statements = code.split(";").map((statement) => statement.trim()).filter(Boolean);
  return statements.length > 0 && statements.every((statement) => REEXPORT.test(statement));
}

const REEXPORT = /^export\s+(?:type\s+)?(?:\*|\{[^}]*\})[^"'=(]*\bfrom\s+["'][^"']+["']$/;
