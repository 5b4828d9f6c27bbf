import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { Image } from "imagescript";
import { rgbToLab } from "../../src/color/lab.ts";
import { paint } from "../../src/colorize/paint.ts";
import { propagateColors, PROPAGATION_METHODS } from "../../src/colorize/propagate_colors.ts";
import { seedsOfPoints } from "../../src/hint/seeds.ts";

type Rgb = readonly [number, number, number];

/** Colors that keep the lightness of the stripes' grays: what exact colorization gives. */
const STRIPES = [
  { gray: 70, rgb: [106, 56, 56] },
  { gray: 128, rgb: [91, 140, 85] },
  { gray: 200, rgb: [169, 204, 241] },
] as const;

/** Gray stripes with some transparency, and the number of each pixel's stripe. */
function stripes(width: number, height: number) {
  const image = new Image(width, height);
  const region = Uint8Array.from(
    { length: width * height },
    (_, at) => Math.floor(at % width * 3 / width),
  );
  region.forEach((number, at) => {
    const { gray } = STRIPES[number]!;
    image.bitmap.set([gray, gray, gray, at % 256], 4 * at);
  });
  return { image, region };
}

/** One point in each stripe. */
function pointsIn({ width, height }: Image) {
  return seedsOfPoints(
    STRIPES.map(({ rgb }, i) => ({
      x: Math.floor((i + 0.5) * width / 3),
      y: Math.floor((0.2 + 0.3 * i) * height),
      rgb,
    })),
    { widthPx: width, heightPx: height },
  );
}

function difference(one: ArrayLike<number>, other: Rgb): number {
  return Math.max(...other.map((value, i) => Math.abs(value - one[i]!)));
}

const CASES = [["geodesic", 60, 40], ["geodesic", 1500, 900], ["optimization", 60, 40]] as const;

for (const [method, width, height] of CASES) {
  Deno.test(`propagateColors() by ${method} colors flat regions of ${width} x ${height} exactly`, () => {
    const { image, region } = stripes(width, height);
    const before = image.bitmap.slice();
    const painted = propagateColors(image, { method, seeds: pointsIn(image) });
    assertEquals(image.bitmap, before);
    let worst = 0;
    region.forEach((number, at) => {
      const own = painted.bitmap.subarray(4 * at, 4 * at + 4);
      if (own[3] !== before[4 * at + 3]) throw new Error(`alpha of pixel ${at}`);
      worst = Math.max(worst, difference(own, STRIPES[number]!.rgb));
    });
    // Levin's weights are never 0, which leaves one step of 255.
    assert(worst <= (method === "geodesic" ? 0 : 1), `${worst}`);
  });
}

Deno.test("propagateColors() optimizes on a copy of large pictures, whose colors keep to the edges", () => {
  const { image, region } = stripes(1200, 60);
  const seeds = pointsIn(image);
  const painted = propagateColors(image, { method: "optimization", seeds });
  region.forEach((number, at) => {
    const fromEdge = Math.abs((at + 200) % 400 - 199.5); // stripes are 400 wide
    const own = painted.bitmap.subarray(4 * at, 4 * at + 4);
    assert(fromEdge < 2 || difference(own, STRIPES[number]!.rgb) <= 8, `${at}: ${own}`);
  });
});

Deno.test("propagateColors() spreads in a copy of scans of more than 16 megapixels", () => {
  const { image, region } = stripes(4200, 4000);
  const seeds = pointsIn(image);
  const painted = propagateColors(image, { method: "geodesic", seeds });
  for (const pixel of seeds.pixels) {
    assertEquals([...painted.bitmap.subarray(4 * pixel, 4 * pixel + 3)], [
      ...STRIPES[region[pixel]!]!.rgb,
    ]);
  }
  let worst = 0;
  for (let at = 0; at < region.length; at += 97) {
    const fromEdge = Math.abs((at % 4200 + 700) % 1400 - 699.5); // stripes are 1400 wide
    const own = painted.bitmap.subarray(4 * at, 4 * at + 4);
    if (fromEdge >= 12) worst = Math.max(worst, difference(own, STRIPES[region[at]!]!.rgb));
    if (own[3] !== image.bitmap[4 * at + 3]) throw new Error(`alpha of pixel ${at}`);
  }
  assert(worst <= 1, `${worst}`);
});

Deno.test("propagateColors() over a network's colors leaves what is far as paint() paints it", () => {
  const { image } = stripes(60, 40);
  const base = { widthPx: 6, heightPx: 4, lightness: new Float32Array(24).fill(50) };
  const planes = { ...base, ab: Float32Array.from({ length: 48 }, (_, i) => i % 2 ? 12 : -8) };
  const predicted = paint(image, planes);
  const seeds = seedsOfPoints([{ x: 5, y: 20, rgb: STRIPES[0].rgb }], {
    widthPx: 60,
    heightPx: 40,
  });
  for (const method of PROPAGATION_METHODS) {
    const painted = propagateColors(image, { method, seeds, base: planes });
    for (let at = 0; at < 2400; at++) {
      const own = painted.bitmap.subarray(4 * at, 4 * at + 4);
      if (at % 60 >= 20) assertEquals(own, predicted.bitmap.subarray(4 * at, 4 * at + 4));
      else assert(difference(own, STRIPES[0].rgb) <= 6, `${own}`);
    }
  }
});

Deno.test("propagateColors() through a copy leaves what is far exactly, too", () => {
  const size = { widthPx: 300, heightPx: 200 }; // more than optimization does at once
  const { image } = stripes(size.widthPx, size.heightPx);
  const base = { widthPx: 30, heightPx: 20, lightness: new Float32Array(600).fill(50) };
  const planes = { ...base, ab: Float32Array.from({ length: 1200 }, (_, i) => 20 * Math.sin(i)) };
  const predicted = paint(image, planes);
  const seeds = seedsOfPoints([{ x: 15, y: 100, rgb: STRIPES[0].rgb }], size);
  const painted = propagateColors(image, { method: "optimization", seeds, base: planes });
  const at = (x: number, y: number) => 4 * (y * 300 + x);
  const near = painted.bitmap.subarray(at(20, 105), at(20, 105) + 3);
  assert(difference(near, STRIPES[0].rgb) <= 10, `${near}`);
  for (let y = 0; y < 200; y++) {
    const [from, to] = [at(120, y), at(299, y)];
    assertEquals(painted.bitmap.subarray(from, to), predicted.bitmap.subarray(from, to));
  }
});

Deno.test("propagateColors() keeps given colors, as far as sRGB can show them at the lightness", () => {
  const image = new Image(20, 10).fill(0xf8f8f8ff);
  const size = { widthPx: 20, heightPx: 10 };
  const seeds = seedsOfPoints([{ x: 3, y: 3, rgb: [20, 20, 250] }], size);
  const { lightness, ab } = rgbToLab(
    propagateColors(image, { method: "geodesic", seeds }).bitmap,
    4,
  );
  assertAlmostEquals(lightness[63]!, 97.6, 0.5); // no blue is so light: it got paler, not darker
  assertAlmostEquals(Math.atan2(ab[127]!, ab[126]!), Math.atan2(seeds.ab[1]!, seeds.ab[0]!), 0.2);
});

Deno.test("propagateColors() refuses a picture without a color", () => {
  const seeds = seedsOfPoints([], { widthPx: 3, heightPx: 3 });
  for (const method of PROPAGATION_METHODS) {
    assertThrows(
      () => propagateColors(new Image(3, 3), { method, seeds }),
      RangeError,
      "Cannot spread colors: there must be a color point or a stroke, got none",
    );
  }
});
