import { SeededRandom } from "../random.ts";

/** Pictures of four flat colors each, which a network can tell apart by their lightness. */
export function flatPictures(count: number, sizePx: number): Uint8Array {
  const random = new SeededRandom(7);
  const quarters = Array.from(
    { length: 4 * count },
    () => [1, 2, 3].map(() => random.integer(0, 255)),
  );
  const half = sizePx / 2;
  const pixels = Array.from({ length: count * sizePx ** 2 }, (_, pixel) => {
    const [row, column] = [Math.floor(pixel / sizePx), pixel % sizePx];
    return quarters[2 * Math.floor(row / half) + Math.floor(column / half)]!;
  });
  return Uint8Array.from(pixels.flat());
}
