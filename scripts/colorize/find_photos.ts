import { glob } from "node:fs/promises";
import { extname, join } from "node:path";

/** What the positional arguments stand for. */
export interface FoundPhotos {
  /** Each photo once, in the order of the arguments, by name inside a folder or pattern. */
  photos: string[];
  /** Whether an argument was a folder or a pattern, which mean a set even when it has one member. */
  isSet: boolean;
  /** What is wrong with the other arguments, a line each. */
  problems: string[];
}

/** How names of our results end: number of the name, candidate, map of uncertainty. */
const RESULT = /-color(-\d+)?(-candidate\d+|-uncertainty)?$/;

/** Files that a folder is searched for; a file named outright may be called anything. */
const PICTURE_EXTENSIONS = [".png", ".jpg", ".jpeg", ".webp", ".avif", ".tif", ".tiff", ".gif"];

/**
 * Expands arguments: a file; a folder (the pictures directly in it, without earlier results of ours);
 * or a pattern such as `'album-*.jpg'` that the shell left alone.
 */
export async function findPhotos(args: string[]): Promise<FoundPhotos> {
  const found: FoundPhotos = { photos: [], isSet: false, problems: [] };
  const seen = new Set<string>();
  for (const arg of args) {
    const info = await statOrUndefined(arg);
    const isPattern = !info && /[*?[{]/.test(arg);
    found.isSet ||= isPattern || info?.isDirectory === true;
    const paths = info?.isDirectory
      ? await listPictures(arg)
      : isPattern
      ? await expandPattern(arg)
      : [arg];
    if (paths.length === 0) {
      found.problems.push(`Cannot colorize ${arg}: must hold pictures, got none`);
    }
    for (const path of paths) {
      const id = await fileId(path);
      if (!id) found.problems.push(`Cannot colorize ${path}: there is no such file`);
      else if (!seen.has(id)) found.photos.push(path);
      seen.add(id ?? path);
    }
  }
  return found;
}

/** Tells whether two paths lead to one file, however they are spelled or linked. */
export async function fileId(path: string): Promise<string | undefined> {
  const info = await statOrUndefined(path);
  if (!info) return undefined;
  return info.ino === null ? await Deno.realPath(path) : `${info.dev}:${info.ino}`;
}

async function listPictures(dir: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(dir)) {
    if (!isDirectory && PICTURE_EXTENSIONS.includes(extname(name).toLowerCase())) names.push(name);
  }
  const stems = new Set(names.map(stemOf));
  return names
    .filter((name) => !(RESULT.test(stemOf(name)) && stems.has(sourceStem(name))))
    .sort()
    .map((name) => join(dir, name));
}

async function expandPattern(pattern: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const path of glob(pattern)) {
    if ((await statOrUndefined(path))?.isFile) paths.push(path);
  }
  return paths.sort();
}

function stemOf(name: string): string {
  return name.slice(0, name.length - extname(name).length);
}

function sourceStem(name: string): string {
  return stemOf(name).replace(RESULT, "");
}

async function statOrUndefined(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return undefined;
    }
    throw error;
  }
}
