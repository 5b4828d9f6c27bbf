import { randomOf } from "./random.ts";

/**
 * Draws pixels spread over a picture: one from each cell of a grid whose cells are about square.
 * @param options.count About how many; no more than one from each row and column of the picture.
 * @param options.seed The same pixels for the same seed.
 * @returns Indices, in the order of the cells.
 */
export function jitteredPixels(
  { widthPx, heightPx }: { widthPx: number; heightPx: number },
  { count, seed }: { count: number; seed: number },
): Uint32Array {
  const random = randomOf(seed);
  const cells = (wanted: number, side: number) =>
    Math.max(1, Math.min(side, count, Math.round(wanted)));
  const columns = cells(Math.sqrt(count * widthPx / heightPx), widthPx);
  const rows = cells(count / columns, heightPx);
  return Uint32Array.from({ length: columns * rows }, (_, cell) => {
    const [column, row] = [cell % columns, Math.floor(cell / columns)];
    const x = Math.ceil((column + random()) * widthPx / columns) - 1;
    const y = Math.ceil((row + random()) * heightPx / rows) - 1;
    return y * widthPx + x;
  });
}
