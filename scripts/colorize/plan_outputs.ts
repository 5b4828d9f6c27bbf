import { basename, dirname, extname, join, resolve } from "node:path";
import { formatOfPath, type OutputFormat } from "../../src/image/encode.ts";

/** One photo to colorize, and where to. */
export interface Job {
  input: string;
  output: string;
  format: OutputFormat;
}

/** Where the results go. */
export interface OutputPlan {
  /** A folder for all, a file for one, or nothing: beside each input. */
  folder?: string | undefined;
  file?: string | undefined;
  /** The format of all; each input's own when left out. */
  format?: OutputFormat | undefined;
}

const EXTENSION: Record<OutputFormat, string> = {
  png: ".png",
  jpeg: ".jpg",
  webp: ".webp",
  avif: ".avif",
};

/**
 * Plans one output per photo. In a folder names are kept, beside the input `-color` is added; where
 * two photos would get one name, the later one gets `-2` and so on. An input's format is kept where we
 * write it; others become PNG.
 */
export function planOutputs(photos: string[], { folder, file, format }: OutputPlan): Job[] {
  const taken = new Set<string>();
  return photos.map((input) => {
    const outputFormat = format ?? formatOfPath(file ?? input) ?? "png";
    if (file) return { input, output: file, format: outputFormat };
    const kept = formatOfPath(input) === outputFormat;
    const extension = kept ? extname(input) : EXTENSION[outputFormat];
    const stem = basename(input, extname(input)) + (folder ? "" : "-color");
    const output = freePath(join(folder ?? dirname(input), stem), { extension, taken });
    return { input, output, format: outputFormat };
  });
}

/** A path like another one, with something after its name, and another extension if one is given. */
export function besidePath(path: string, suffix: string, extension = extname(path)): string {
  return join(dirname(path), basename(path, extname(path)) + suffix + extension);
}

function freePath(
  stem: string,
  { extension, taken }: { extension: string; taken: Set<string> },
): string {
  // Lower case, because two names that differ in case are one file on some systems.
  const key = (path: string) => resolve(path).toLowerCase();
  let path = stem + extension;
  for (let number = 2; taken.has(key(path)); number++) path = `${stem}-${number}${extension}`;
  taken.add(key(path));
  return path;
}
