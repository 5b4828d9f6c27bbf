import { assertAlmostEquals, assertEquals } from "@std/assert";
import { abOfPoint } from "../../src/hint/color_points.ts";
import { joinSeeds, seedsOfPoints, setSeeds } from "../../src/hint/seeds.ts";

const SIZE = { widthPx: 10, heightPx: 8 };
const COLOR = [200, 50, 50] as const;

Deno.test("seedsOfPoints() takes the pixel of a point alone when no radius is given", () => {
  const { pixels, ab } = seedsOfPoints([{ x: 4.4, y: 2.6, rgb: COLOR }], SIZE);
  assertEquals([...pixels], [34]);
  const [a, b] = abOfPoint({ x: 0, y: 0, rgb: COLOR });
  assertAlmostEquals(ab[0]!, a, 1e-5);
  assertAlmostEquals(ab[1]!, b, 1e-5);
});

Deno.test("seedsOfPoints() takes all pixels within a radius, as far as they lie inside", () => {
  const inside = seedsOfPoints([{ x: 4, y: 4, rgb: COLOR, radiusPx: 1 }], SIZE);
  assertEquals(new Set(inside.pixels), new Set([34, 43, 44, 45, 54]));
  const corner = seedsOfPoints([{ x: 9, y: 7, rgb: COLOR, radiusPx: 1.5 }], SIZE);
  assertEquals(new Set(corner.pixels), new Set([68, 69, 78, 79]));
  assertEquals(corner.ab.length, 2 * corner.pixels.length);
});

Deno.test("setSeeds() lets the later of joined seeds cover earlier ones", () => {
  const first = { pixels: Uint32Array.of(1, 2), ab: Float32Array.of(1, 2, 3, 4) };
  const second = { pixels: Uint32Array.of(2), ab: Float32Array.of(7, 8) };
  const plane = new Float32Array(8);
  setSeeds(plane, joinSeeds([first, second]));
  assertEquals([...plane], [0, 0, 1, 2, 7, 8, 0, 0]);
});
