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
  /** What else each photo gets. */
  extras?: Extras;
}

/** Pictures of a photo besides the plain one. */
export interface Extras {
  /** How many pictures in all; 1 for the plain one alone. */
  candidates: number;
  /** Whether there is a map of uncertainty. */
  uncertainty: boolean;
}

const EXTENSION: Record<OutputFormat, string> = {
  png: ".png",
  jpeg: ".jpg",
  webp: ".webp",
  avif: ".avif",
};

/**
 * Plans one output per photo. In a folder names are kept, beside the input `-color` is added; where
 * two photos would get one name, or one's extras that of another, the later one gets `-2` and so on. An input's format is kept where we
 * write it; others become PNG.
 */
export function planOutputs(
  photos: string[],
  { folder, file, format, extras = { candidates: 1, uncertainty: false } }: OutputPlan,
): Job[] {
  const taken = new Set<string>();
  return photos.map((input) => {
    const outputFormat = format ?? formatOfPath(file ?? input) ?? "png";
    if (file) return { input, output: file, format: outputFormat };
    const kept = formatOfPath(input) === outputFormat;
    const extension = kept ? extname(input) : EXTENSION[outputFormat];
    const stem = basename(input, extname(input)) + (folder ? "" : "-color");
    const output = freePath(join(folder ?? dirname(input), stem), { extension, taken, extras });
    return { input, output, format: outputFormat };
  });
}

/** All paths that a photo's pictures go to: the plain one's, the other candidates', the map's. */
export function outputPaths(
  output: string,
  { candidates, uncertainty }: Extras,
): { pictures: string[]; map: string | undefined } {
  const extension = extname(output);
  const stem = join(dirname(output), basename(output, extension));
  const others = Array.from(
    { length: candidates - 1 },
    (_, i) => `${stem}-candidate${i + 2}${extension}`,
  );
  return {
    pictures: [output, ...others],
    map: uncertainty ? `${stem}-uncertainty.png` : undefined,
  };
}

function freePath(
  stem: string,
  { extension, taken, extras }: { extension: string; taken: Set<string>; extras: Extras },
): string {
  // Lower case, because two names that differ in case are one file on some systems.
  const keys = (path: string) => {
    const { pictures, map } = outputPaths(path, extras);
    return [...pictures, ...(map ? [map] : [])].map((one) => resolve(one).toLowerCase());
  };
  let path = stem + extension;
  for (let number = 2; keys(path).some((key) => taken.has(key)); number++) {
    path = `${stem}-${number}${extension}`;
  }
  for (const key of keys(path)) taken.add(key);
  return path;
}
