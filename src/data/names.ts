/** Looks up names in a split's `.tsv` without holding them all. */
import { readAt } from "./files.ts";
import { parseRow } from "./lines.ts";

const LINES_PER_BLOCK = 512;
const SCAN_BYTES = 1 << 18;
const LINE_FEED = 10;

/** A lookup of first fields by line number. */
export type NameLookup = (line: number) => string;

/** Scans the file once, keeping one offset per 512 lines; a lookup then reads one block of lines. */
export function indexNames(path: string): NameLookup {
  const offsets = scanBlocks(path);
  return (line) => {
    const block = Math.floor(line / LINES_PER_BLOCK);
    const start = offsets[block], end = offsets[block + 1];
    if (start === undefined || end === undefined) {
      throw new RangeError(`Cannot find a name in ${path}: line ${line} is past its end`);
    }
    const bytes = new Uint8Array(end - start);
    using file = Deno.openSync(path);
    readAt(file, start, bytes);
    const lines = new TextDecoder().decode(bytes).split("\n");
    return parseRow(lines[line % LINES_PER_BLOCK] ?? "")[0] ?? "";
  };
}

/** Offsets of lines 0, 512, 1024, ..., and of the end. */
function scanBlocks(path: string): number[] {
  using file = Deno.openSync(path);
  const bytes = new Uint8Array(SCAN_BYTES);
  const offsets = [0];
  let position = 0, lines = 0;
  for (let got = file.readSync(bytes); got !== null; got = file.readSync(bytes)) {
    const chunk = bytes.subarray(0, got);
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) {
      if (++lines % LINES_PER_BLOCK === 0) offsets.push(position + at + 1);
    }
    position += got;
  }
  if (offsets.at(-1) !== position) offsets.push(position);
  return offsets;
}
