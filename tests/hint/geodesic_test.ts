import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertThrows,
} from "@std/assert";
import { spreadGeodesic } from "../../src/hint/geodesic.ts";
import { SeededRandom } from "../random.ts";
import { flatRegions } from "./pictures.ts";

const RED = [60, 40] as const, GREEN = [-50, 40] as const, BLUE = [10, -60] as const;

/** Seeds by places and colors. */
function seedsAt(widthPx: number, ...seeds: [x: number, y: number, ab: readonly number[]][]) {
  return {
    pixels: Uint32Array.from(seeds, ([x, y]) => y * widthPx + x),
    ab: Float32Array.from(seeds.flatMap(([, , ab]) => ab)),
  };
}

function colorAt(ab: Float32Array, pixel: number): number[] {
  return [...ab.subarray(2 * pixel, 2 * pixel + 2)];
}

Deno.test("spreadGeodesic() colors flat regions exactly by one point each, whatever their size", () => {
  for (const size of [{ widthPx: 36, heightPx: 24 }, { widthPx: 900, heightPx: 700 }]) {
    const { lightness, region } = flatRegions(size, 3);
    const { widthPx, heightPx } = size;
    const colors = [RED, GREEN, BLUE];
    const seeds = seedsAt(
      widthPx,
      [Math.floor(widthPx / 9), 3, RED],
      [Math.floor(widthPx / 2), heightPx - 1, GREEN],
      [widthPx - 2, heightPx >> 1, BLUE],
    );
    const spread = spreadGeodesic(lightness, { ...size, seeds });
    region.forEach((number, at) => {
      if (spread[2 * at] === colors[number]![0] && spread[2 * at + 1] === colors[number]![1]) {
        return;
      }
      assertEquals(colorAt(spread, at), [...colors[number]!], `pixel ${at}`);
    });
  }
});

Deno.test("spreadGeodesic() gives one point's color to everything", () => {
  const lightness = new SeededRandom(4).values(300).map((value) => 50 + 50 * value);
  const seeds = seedsAt(20, [7, 3, RED]);
  const spread = spreadGeodesic(lightness, { widthPx: 20, heightPx: 15, seeds });
  for (let at = 0; at < 300; at++) assertEquals(colorAt(spread, at), [...RED]);
});

Deno.test("spreadGeodesic() keeps given colors exactly: alike, beside each other, at an edge, one on another", () => {
  const { lightness, ...size } = flatRegions({ widthPx: 40, heightPx: 10 }, 2);
  const places: [number, number, readonly number[]][] = [
    [5, 5, RED],
    [6, 5, [58, 41]], // counts as red when it spreads
    [19, 2, GREEN], // the last column of the left stripe
    [20, 2, BLUE],
    [30, 8, RED],
    [30, 8, GREEN], // on the same pixel: the last counts
  ];
  const spread = spreadGeodesic(lightness, { ...size, seeds: seedsAt(40, ...places) });
  for (const [x, y, color] of places.toSpliced(4, 1)) {
    assertEquals(colorAt(spread, 40 * y + x), [...color]);
  }
  assertGreater(spread[2 * (8 * 40 + 29) + 1]!, 35); // green, where no red is left
});

Deno.test("spreadGeodesic() mixes two colors in a constant picture, half and half in the middle", () => {
  const widthPx = 41;
  const lightness = new Float32Array(widthPx * 5).fill(50);
  const seeds = seedsAt(widthPx, [0, 2, RED], [40, 2, BLUE]);
  const spread = spreadGeodesic(lightness, { widthPx, heightPx: 5, seeds });
  const row = Array.from({ length: widthPx }, (_, x) => colorAt(spread, 2 * widthPx + x));
  assertAlmostEquals(row[20]![0]!, (RED[0] + BLUE[0]) / 2, 1e-3);
  assertAlmostEquals(row[20]![1]!, (RED[1] + BLUE[1]) / 2, 1e-3);
  for (let x = 1; x < widthPx; x++) assertLess(row[x]![0]!, row[x - 1]![0]! + 1e-9); // no step back
  const steps = row.slice(1).map((color, x) => Math.abs(color[1]! - row[x]![1]!));
  assertLess(Math.max(...steps), 20); // of 100: nowhere a sudden border
});

Deno.test("spreadGeodesic() makes borders sharper with the power", () => {
  const lightness = new Float32Array(41).fill(50);
  const seeds = seedsAt(41, [0, 0, RED], [40, 0, BLUE]);
  const reds = [1, 2, 4, 6].map((power) =>
    spreadGeodesic(lightness, { widthPx: 41, heightPx: 1, seeds, power })[2 * 16]!
  );
  assertEquals(reds.toSorted((one, other) => one - other), reds);
  assertLess(reds[0]!, 45);
  assertGreater(reds[3]!, 52);
});

Deno.test("spreadGeodesic() takes pictures a pixel wide, a pixel high, and of one pixel", () => {
  for (const size of [{ widthPx: 1, heightPx: 9 }, { widthPx: 9, heightPx: 1 }]) {
    const lightness = Float32Array.of(20, 20, 20, 20, 80, 80, 80, 80, 80);
    const seeds = { pixels: Uint32Array.of(0, 8), ab: Float32Array.of(...RED, ...BLUE) };
    const spread = spreadGeodesic(lightness, { ...size, seeds });
    const colors = Array.from({ length: 9 }, (_, at) => colorAt(spread, at));
    assertEquals(colors, [...Array(4).fill([...RED]), ...Array(5).fill([...BLUE])]);
  }
  const one = { widthPx: 1, heightPx: 1, seeds: seedsAt(1, [0, 0, GREEN]) };
  assertEquals([...spreadGeodesic(Float32Array.of(50), one)], [...GREEN]);
});

Deno.test("spreadGeodesic() refuses no seeds, seeds outside and planes of another size", () => {
  const size = { widthPx: 4, heightPx: 3 };
  const refused = [
    [new Float32Array(12), seedsAt(4), "there must be a color point or a stroke, got none"],
    [new Float32Array(12), seedsAt(4, [0, 3, RED]), "pixels must lie in 0..11, got 12"],
    [new Float32Array(11), seedsAt(4, [0, 0, RED]), "lightness must have 12 values, got 11"],
    [new Float32Array(12), seedsAt(4, [0, 0, [1]]), "ab must have 2 values, got 1"],
  ] as const;
  for (const [lightness, seeds, problem] of refused) {
    const message = `Cannot spread colors: ${problem}`;
    assertThrows(() => spreadGeodesic(lightness, { ...size, seeds }), RangeError, message);
  }
});
