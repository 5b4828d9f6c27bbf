import { assertAlmostEquals, assertEquals } from "@std/assert";
import { boxMean } from "../../src/hint/box_mean.ts";
import { SeededRandom } from "../random.ts";

Deno.test("boxMean() averages the square around each pixel, as far as there is a picture", () => {
  for (const [widthPx, heightPx, radius] of [[9, 7, 1], [9, 7, 3], [4, 3, 5], [1, 6, 2]] as const) {
    const plane = new SeededRandom(radius).values(widthPx * heightPx);
    const means = boxMean(plane, { widthPx, heightPx, radius });
    for (let y = 0; y < heightPx; y++) {
      for (let x = 0; x < widthPx; x++) {
        const around: number[] = [];
        for (let v = Math.max(0, y - radius); v <= Math.min(heightPx - 1, y + radius); v++) {
          for (let u = Math.max(0, x - radius); u <= Math.min(widthPx - 1, x + radius); u++) {
            around.push(plane[v * widthPx + u]!);
          }
        }
        const expected = around.reduce((sum, value) => sum + value) / around.length;
        assertAlmostEquals(means[y * widthPx + x]!, expected, 1e-6);
      }
    }
  }
});

Deno.test("boxMean() of radius 0 leaves the plane", () => {
  const plane = Float32Array.of(1, 2, 3);
  assertEquals(boxMean(plane, { widthPx: 3, heightPx: 1, radius: 0 }), plane);
});
