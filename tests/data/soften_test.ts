import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { soften } from "../../src/data/soften.ts";
import { SeededRandom } from "../random.ts";

const SIZE_PX = 9;

Deno.test("soften() once and twice spreads a dot by the products of 1 2 1 and of 1 4 6 4 1", () => {
  for (const [strength, taps] of [[1, [1, 2, 1]], [2, [1, 4, 6, 4, 1]]] as const) {
    const plane = dot(64);
    soften(plane, SIZE_PX, strength);
    const sum = taps.reduce<number>((total, tap) => total + tap, 0) ** 2;
    const reach = (taps.length - 1) / 2;
    for (let y = 0; y < SIZE_PX; y++) {
      for (let x = 0; x < SIZE_PX; x++) {
        const [down, across] = [y - 4 + reach, x - 4 + reach];
        const expected = 64 * (taps[down] ?? 0) * (taps[across] ?? 0) / sum;
        assertAlmostEquals(plane[y * SIZE_PX + x]!, expected, 1e-4);
      }
    }
  }
});

Deno.test("soften() between mixes in parts, and below 0 goes the other way", () => {
  const blurred = dot(64);
  soften(blurred, SIZE_PX, 1);
  for (const strength of [0.25, -0.5]) {
    const plane = lifted(dot(64));
    soften(plane, SIZE_PX, strength);
    const expected = dot(64).map((value, i) => 30 + value + strength * (blurred[i]! - value));
    plane.forEach((value, i) => assertAlmostEquals(value, Math.min(expected[i]!, 100), 1e-4));
  }
});

Deno.test("soften() keeps even planes, and all values from 0 to 100", () => {
  const even = new Float32Array(SIZE_PX ** 2).fill(37);
  for (const strength of [-0.5, 0, 0.7, 2]) {
    const plane = even.slice();
    soften(plane, SIZE_PX, strength);
    plane.forEach((value) => assertAlmostEquals(value, 37, 1e-4));
  }
  const rough = new SeededRandom(1).values(SIZE_PX ** 2).map((value) => value > 0 ? 100 : 0);
  const unchanged = rough.slice();
  soften(unchanged, SIZE_PX, 0);
  assertEquals(unchanged, rough);
  const sharp = rough.map((value) => 20 + 0.6 * value);
  soften(sharp, SIZE_PX, -2);
  assert(Math.min(...sharp) === 0 && Math.max(...sharp) === 100);
});

function dot(value: number): Float32Array {
  const plane = new Float32Array(SIZE_PX ** 2);
  plane[4 * SIZE_PX + 4] = value;
  return plane;
}

function lifted(plane: Float32Array): Float32Array {
  return plane.map((value) => value + 30);
}
