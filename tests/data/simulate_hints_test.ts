import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { drawHintCount, simulateHints } from "../../src/data/simulate_hints.ts";
import { SeededRandom } from "../random.ts";

const SIZE_PX = 64;
const AB = new SeededRandom(3).values(2 * SIZE_PX * SIZE_PX);

Deno.test("drawHintCount() is geometric: an eighth gets none, seven on average", () => {
  const counts = Array.from({ length: 20_000 }, (_, i) => drawHintCount([5, i]));
  const share = counts.filter((count) => count === 0).length / counts.length;
  assertAlmostEquals(share, 1 / 8, 0.01);
  assertAlmostEquals(counts.reduce((sum, count) => sum + count) / counts.length, 7, 0.2);
});

Deno.test("simulateHints() reveals the mean color of each patch and nothing else", () => {
  const sides = new Set<number>();
  for (let key = 0; key < 60; key++) {
    const hints = draw({ keys: [key], points: 1 });
    const hinted = Array.from({ length: SIZE_PX ** 2 }, (_, pixel) => pixel)
      .filter((pixel) => hints[3 * pixel + 2] === 1);
    sides.add(Math.sqrt(hinted.length));
    for (const plane of [0, 1]) {
      const sum = hinted.reduce((total, pixel) => total + AB[2 * pixel + plane]!, 0);
      for (const pixel of hinted) {
        assertAlmostEquals(hints[3 * pixel + plane]!, sum / hinted.length, 1e-6);
      }
    }
    const [first, last] = [hinted[0]!, hinted.at(-1)!];
    const side = Math.sqrt(hinted.length);
    assertEquals(last - first, (side - 1) * (SIZE_PX + 1), "the patch must be a square");
    assertEquals(hints.filter((value) => value !== 0).length, 3 * hinted.length);
  }
  assertEquals([...sides].sort(), [1, 2, 3]); // 1 to 9 pixels at 256
});

Deno.test("simulateHints() places points around the center, a quarter of the side off", () => {
  let [count, sum, squares] = [0, 0, 0];
  for (let key = 0; key < 400; key++) {
    const hints = draw({ keys: [key, 1], points: 5 });
    for (let pixel = 0; pixel < SIZE_PX ** 2; pixel++) {
      if (hints[3 * pixel + 2] === 0) continue;
      const x = pixel % SIZE_PX - (SIZE_PX - 1) / 2;
      [count, sum, squares] = [count + 1, sum + x, squares + x * x];
    }
  }
  assertAlmostEquals(sum / count, 0, 1);
  // The border cuts the normal distribution's ends off: below 16.
  assertAlmostEquals(Math.sqrt(squares / count), 15, 1);
});

Deno.test("simulateHints() repeats itself for the same keys alone, and points add to fewer", () => {
  assertEquals(draw({ keys: [1, 2], points: 4 }), draw({ keys: [1, 2], points: 4 }));
  assert(
    draw({ keys: [1, 2], points: 4 }).some((v, i) => v !== draw({ keys: [1, 3], points: 4 })[i]),
  );
  const [four, five] = [draw({ keys: [7], points: 4 }), draw({ keys: [7], points: 5 })];
  for (let i = 2; i < four.length; i += 3) assert(five[i]! >= four[i]!);
  assertEquals(draw({ keys: [7], points: 0 }).every((value) => value === 0), true);
});

function draw({ keys, points }: { keys: number[]; points: number }): Float32Array {
  const hints = new Float32Array(3 * SIZE_PX * SIZE_PX);
  simulateHints(AB, hints, { sizePx: SIZE_PX, keys, points });
  return hints;
}
