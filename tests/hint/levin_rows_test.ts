import { assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import { gradientOf, levinRows, NEIGHBORS, residualsOf } from "../../src/hint/levin_rows.ts";
import { SeededRandom } from "../random.ts";

const SIZE = { widthPx: 5, heightPx: 4 };

Deno.test("levinRows() weighs all neighbors alike where lightness is constant", () => {
  const { weights } = levinRows(new Float32Array(20).fill(60), SIZE);
  const [corner, side, inside] = [0, 1, 6].map((pixel) => weights.slice(8 * pixel, 8 * pixel + 8));
  assertEquals([...corner!], [0, 0, 0, 0, 1, 0, 1, 1].map((part) => part / 3));
  assertEquals([...side!], [0, 0, 0, 1, 1, 1, 1, 1].map((part) => part / 5));
  assertEquals([...inside!], Array(8).fill(1 / 8));
});

Deno.test("levinRows() follows the formula at an edge", () => {
  // Two columns of L* 20, three of 60: the window of pixel 6 has six pixels of 20 and three of 60.
  const lightness = Float32Array.from({ length: 20 }, (_, at) => at % 5 < 2 ? 20 : 60);
  const { weights } = levinRows(lightness, SIZE);
  const variance = 0.4 ** 2 * (3 / 9) * (6 / 9);
  const across = Math.exp(-(0.4 ** 2) / (0.6 * variance));
  const total = 5 + 3 * across;
  for (const [k, weight] of [...weights.slice(48, 56)].entries()) {
    assertAlmostEquals(weight, ([2, 4, 7].includes(k) ? across : 1) / total, 1e-9);
  }
});

Deno.test("levinRows() lets a pixel unlike all around it have neighbors too", () => {
  const lightness = Float32Array.from({ length: 20 }, (_, at) => at === 6 ? 90 : 30);
  const own = levinRows(lightness, SIZE).weights.slice(48, 56);
  for (const weight of own) assertAlmostEquals(weight, 1 / 8, 1e-12);
  assertEquals(levinRows(Float32Array.of(50), { widthPx: 1, heightPx: 1 }).weights.length, 8);
});

Deno.test("gradientOf() is the gradient of the squares of residualsOf()", () => {
  const random = new SeededRandom(5);
  const rows = levinRows(random.values(20).map((value) => 50 + 50 * value), SIZE);
  const values = Float64Array.from(random.values(20));
  const squares = () => residualsOf(rows, values).reduce((sum, value) => sum + value ** 2, 0);
  const gradient = gradientOf(rows, residualsOf(rows, values));
  for (let pixel = 0; pixel < 20; pixel++) {
    const before = values[pixel]!;
    const [above, below] = [1e-5, -1e-5].map((step) => {
      values[pixel] = before + step;
      return squares();
    });
    values[pixel] = before;
    assertAlmostEquals((above! - below!) / 4e-5, gradient[pixel]!, 1e-7);
  }
  const constant = residualsOf(rows, new Float64Array(20).fill(7));
  for (const value of constant) assertLess(Math.abs(value), 1e-12);
  assertEquals(rows.weights.length, 20 * NEIGHBORS);
});
