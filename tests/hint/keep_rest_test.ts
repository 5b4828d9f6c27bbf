import { assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import { spreadGeodesic } from "../../src/hint/geodesic.ts";
import { keepRest } from "../../src/hint/keep_rest.ts";
import { spreadOptimized } from "../../src/hint/optimization.ts";
import { SeededRandom } from "../random.ts";

const SIZE = { widthPx: 60, heightPx: 20 };
/** Two flat halves, 40 L* apart. */
const LIGHTNESS = Float32Array.from({ length: 1200 }, (_, at) => at % 60 < 30 ? 30 : 70);
const BASE = new SeededRandom(6).values(2400).map((value) => 5 * value);
const GIVEN = 10 * 60 + 10;
const SEEDS = { pixels: Uint32Array.of(GIVEN), ab: Float32Array.of(60, 40) };

for (const spread of [spreadGeodesic, spreadOptimized]) {
  Deno.test(`keepRest() with ${spread.name}() corrects near a point, and leaves what is far`, () => {
    const before = BASE.slice();
    const ab = keepRest(LIGHTNESS, { ...SIZE, seeds: SEEDS, base: BASE, spread });
    assertEquals(BASE, before);
    assertEquals([...ab.subarray(2 * GIVEN, 2 * GIVEN + 2)], [60, 40]);
    const missing = 60 - BASE[2 * GIVEN]!;
    let last = missing + 1e-3;
    for (let at = GIVEN + 1; at < 10 * 60 + 30; at++) { // less and less, onto what the base has
      const added = ab[2 * at]! - BASE[2 * at]!;
      assertLess(added, last);
      assertLess(0.5 * missing, added);
      last = added;
    }
    for (let at = 0; at < 1200; at++) {
      if (at % 60 >= 30) {
        assertEquals([ab[2 * at], ab[2 * at + 1]], [BASE[2 * at], BASE[2 * at + 1]]);
      }
    }
  });
}

Deno.test("keepRest() fades out along a slope of lightness, smoothly", () => {
  const slope = Float32Array.from({ length: 100 }, (_, x) => x);
  const seeds = { pixels: Uint32Array.of(50), ab: Float32Array.of(10, 0) };
  const options = { widthPx: 100, heightPx: 1, seeds, base: new Float32Array(200) };
  const ab = keepRest(slope, { ...options, spread: spreadGeodesic });
  for (let x = 0; x < 100; x++) {
    const part = Math.abs(x - 50) * 1.05 / 20; // a step itself costs 5 L* by 100
    assertAlmostEquals(ab[2 * x]!, part < 1 ? 10 * (1 - part ** 2) ** 2 : 0, 0.1);
  }
});

Deno.test("keepRest() reaches through grain, and not over a border", () => {
  const size = { widthPx: 300, heightPx: 200 };
  const grain = new SeededRandom(4).values(300 * 200);
  const lightness = grain.map((value, at) => (at % 300 < 200 ? 40 : 80) + 4 * value);
  const seeds = { pixels: Uint32Array.of(100 * 300 + 150), ab: Float32Array.of(40, 0) };
  const options = { ...size, seeds, base: new Float32Array(2 * lightness.length) };
  const ab = keepRest(lightness, { ...options, spread: spreadGeodesic });
  const at = (x: number, y: number) => ab[2 * (y * 300 + x)]!;
  for (const [x, y] of [[170, 100], [130, 100], [150, 120]] as const) assertLess(20, at(x, y));
  for (const [x, y] of [[205, 100], [250, 100], [20, 20]] as const) assertEquals(at(x, y), 0);
});

Deno.test("keepRest() refuses a base of another size", () => {
  const options = { ...SIZE, seeds: SEEDS, base: new Float32Array(7), spread: spreadGeodesic };
  assertThrows(
    () => keepRest(LIGHTNESS, options),
    RangeError,
    "Cannot correct colors: base must have 2400 values, got 7",
  );
});
