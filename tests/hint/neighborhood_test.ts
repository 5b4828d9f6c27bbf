import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  copyNeighborhood,
  neighborhoodStatistics,
  NEIGHBORS,
} from "../../src/hint/neighborhood.ts";
import { SeededRandom } from "../random.ts";

/** L* of a pixel; beyond the picture, of its nearest one. */
function at(
  { lightness, widthPx, heightPx }: { lightness: Float32Array; widthPx: number; heightPx: number },
  x: number,
  y: number,
): number {
  const column = Math.min(Math.max(x, 0), widthPx - 1);
  return lightness[Math.min(Math.max(y, 0), heightPx - 1) * widthPx + column]!;
}

for (const [widthPx, heightPx] of [[1, 1], [3, 2], [4, 9], [31, 17]] as const) {
  const random = new SeededRandom(widthPx);
  const lightness = random.values(widthPx * heightPx).map((value) => 50 + 50 * value);
  const picture = { lightness, widthPx, heightPx };
  const naive = (x: number, y: number) => {
    const values: number[] = [];
    for (let dy = -2; dy <= 2; dy++) {
      for (let dx = -2; dx <= 2; dx++) values.push(at(picture, x + dx, y + dy));
    }
    return values;
  };

  Deno.test(`neighborhoodStatistics() of ${widthPx} x ${heightPx} is what a plain loop gives`, () => {
    const { mean, deviation } = neighborhoodStatistics(picture);
    for (let i = 0; i < lightness.length; i++) {
      const values = naive(i % widthPx, Math.floor(i / widthPx));
      const expected = values.reduce((sum, value) => sum + value) / 25;
      const squares = values.reduce((sum, value) => sum + (value - expected) ** 2, 0);
      assertAlmostEquals(mean[i]!, expected, 1e-4);
      assertAlmostEquals(deviation[i]!, Math.sqrt(squares / 25), 1e-4);
    }
  });

  Deno.test(`copyNeighborhood() of ${widthPx} x ${heightPx} copies row by row`, () => {
    const copied = new Float32Array(NEIGHBORS);
    for (let i = 0; i < lightness.length; i++) {
      const [x, y] = [i % widthPx, Math.floor(i / widthPx)];
      copyNeighborhood(picture, { x, y }, copied);
      assertEquals([...copied], naive(x, y));
    }
  });
}

Deno.test("neighborhoodStatistics() of one lightness has no deviation, however large the picture", () => {
  const size = { widthPx: 700, heightPx: 500 };
  const lightness = new Float32Array(350_000).fill(77.7);
  const { mean, deviation } = neighborhoodStatistics({ ...size, lightness });
  assert(mean.every((value) => Math.abs(value - 77.7) < 1e-4));
  assert(deviation.every((value) => value < 1e-4));
});
