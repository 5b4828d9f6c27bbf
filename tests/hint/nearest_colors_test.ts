import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  colorInSlot,
  COLORS_PER_PIXEL,
  findNearestColors,
  NO_COLOR,
} from "../../src/hint/nearest_colors.ts";
import { indexInTiles } from "../../src/hint/tile_grid.ts";
import { SeededRandom } from "../random.ts";

/** Levels of lightness that the distances are counted in. */
const LEVELS = 2047 / 100;

interface Case {
  widthPx: number;
  heightPx: number;
  lightness: Float32Array;
  pixels: Uint32Array;
  colors: Uint8Array;
}

/** A picture of some flat patches and some noise, with seeds of up to seven colors. */
function makeCase(random: SeededRandom): Case {
  const [widthPx, heightPx] = [random.integer(1, 40), random.integer(1, 24)];
  const patches = Array.from({ length: 9 }, () => 100 * random.next());
  const noise = random.integer(0, 1) * 20 * random.next();
  const lightness = Float32Array.from({ length: widthPx * heightPx }, (_, at) => {
    const patch = patches[3 * (at % widthPx % 3) + Math.floor(at / widthPx / 9) % 3]!;
    return Math.min(100, Math.max(0, patch + noise * (random.next() - 0.5)));
  });
  const pixels = Uint32Array.from(
    new Set(Array.from({ length: 9 }, () => random.integer(0, lightness.length - 1))),
  );
  const colors = Uint8Array.from(pixels, (_, i) => i % 7);
  return { widthPx, heightPx, lightness, pixels, colors };
}

/** Distances from some pixels by relaxing every edge until nothing changes; given ones stop others. */
function distancesOf(from: number[], all: Case, unitsPerLevel: number): Float64Array {
  const { lightness, widthPx, pixels } = all;
  const levels = lightness.map((value) => Math.round(value * LEVELS));
  const distances = new Float64Array(lightness.length).fill(Infinity);
  for (const pixel of from) distances[pixel] = 0;
  const stops = new Set(pixels);
  const relax = (one: number, other: number) => {
    if (stops.has(one) && distances[one] !== 0 || stops.has(other)) return false;
    const distance = distances[one]! + 1 + unitsPerLevel * Math.abs(levels[one]! - levels[other]!);
    if (distance >= distances[other]!) return false;
    distances[other] = distance;
    return true;
  };
  for (let changed = true; changed;) {
    changed = false;
    for (let at = 0; at < levels.length; at++) {
      const beside = at % widthPx > 0 ? [at - 1] : [];
      const above = at >= widthPx ? [at - widthPx] : [];
      for (const other of [...beside, ...above]) {
        changed = relax(at, other) || changed;
        changed = relax(other, at) || changed;
      }
    }
  }
  return distances;
}

/** What was found for a pixel, the nearest first. */
function foundAt(found: ReturnType<typeof findNearestColors>, place: { x: number; y: number }) {
  const index = indexInTiles(found.grid, place);
  return Array.from({ length: COLORS_PER_PIXEL }, (_, slot) => ({
    color: colorInSlot(found.state, index, slot),
    distance: found.state[index + slot]!,
  })).filter(({ color }) => color !== NO_COLOR).sort((one, other) => one.distance - other.distance);
}

Deno.test("findNearestColors() finds the distances that relaxing every edge finds", () => {
  const random = new SeededRandom(3);
  for (let round = 0; round < 30; round++) {
    const all = makeCase(random);
    const found = findNearestColors(all.lightness, { ...all, maxRatio: 1e6 });
    const unitsPerLevel = Math.round(found.unitsPerLightness / LEVELS);
    const expected = Array.from({ length: 7 }, (_, color) => {
      const from = [...all.pixels].filter((_, i) => all.colors[i] === color);
      return distancesOf(from, all, unitsPerLevel);
    });
    for (let at = 0; at < all.lightness.length; at++) {
      const place = { x: at % all.widthPx, y: Math.floor(at / all.widthPx) };
      const colors = foundAt(found, place);
      for (const { color, distance } of colors) assertEquals(distance, expected[color]![at]);
      const nearest = expected.map((distances) => distances[at]!).sort((a, b) => a - b);
      const reached = nearest.slice(0, COLORS_PER_PIXEL).filter((distance) => distance < Infinity);
      assertEquals(colors.map(({ distance }) => distance), reached, `round ${round}`);
    }
  }
});

Deno.test("findNearestColors() follows a color no farther than its ratio or its reach", () => {
  const widthPx = 100;
  const row = { widthPx, heightPx: 1, lightness: new Float32Array(widthPx).fill(50) };
  const starts = { ...row, pixels: Uint32Array.of(0, 99), colors: Uint8Array.of(0, 1) };
  const both = findNearestColors(row.lightness, { ...starts, maxRatio: 2 });
  const colorsAt = (x: number) => foundAt(both, { x, y: 0 }).map(({ color }) => color);
  assertEquals([20, 31, 35, 45, 55, 80].map(colorsAt), [[0], [0], [0, 1], [0, 1], [1, 0], [1]]);
  const reach = 10.5 / both.unitsPerLightness;
  const near = findNearestColors(row.lightness, { ...starts, maxRatio: 2, reach });
  assertEquals(foundAt(near, { x: 10, y: 0 }), [{ color: 0, distance: 10 }]);
  assertEquals(foundAt(near, { x: 11, y: 0 }), []);
});

Deno.test("findNearestColors() has steps cost 10 L* along two sides of a picture of any size", () => {
  for (const side of [300, 1000, 2500]) {
    const lightness = new Float32Array(side * side);
    const found = findNearestColors(lightness, {
      ...{ widthPx: side, heightPx: side, maxRatio: 2 },
      ...{ pixels: Uint32Array.of(0), colors: Uint8Array.of(0) },
    });
    const [{ distance } = { distance: 0 }] = foundAt(found, { x: side - 1, y: side - 1 });
    assertEquals(distance, 2 * side - 2);
    assertAlmostEquals(distance / found.unitsPerLightness, 10, 0.5);
  }
});

Deno.test("findNearestColors() keeps whole distances, exact on the longest way there is", () => {
  const [widthPx, heightPx] = [16_384, 3];
  const stripes = Float32Array.from({ length: widthPx * heightPx }, (_, at) => 100 * (at % 2));
  const found = findNearestColors(stripes, {
    ...{ widthPx, heightPx, maxRatio: 2 },
    ...{ pixels: Uint32Array.of(0), colors: Uint8Array.of(5) },
  });
  const [far] = foundAt(found, { x: widthPx - 1, y: 0 });
  const step = 1 + 100 * found.unitsPerLightness;
  assertAlmostEquals(far!.distance, (widthPx - 1) * step, 1);
  assert(far!.distance < 2 ** 30 && far!.color === 5);
});
