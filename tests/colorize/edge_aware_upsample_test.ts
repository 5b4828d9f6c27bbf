import { assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import { upsampleEdgeAware } from "../../src/colorize/edge_aware_upsample.ts";
import { resizePlaneArea, upsamplePlanesBilinear } from "../../src/image/resize.ts";
import { SeededRandom } from "../random.ts";

const SMALL = { widthPx: 9, heightPx: 6 };
const FULL = { widthPx: 61, heightPx: 43 };
const random = new SeededRandom(3);

function randomAb(pixels: number): Float32Array {
  return random.values(2 * pixels).map((value) => 60 * value);
}

Deno.test("upsampleEdgeAware() interpolates bilinearly where lightness is flat", () => {
  const ab = randomAb(54);
  const lightness = new Float32Array(54).fill(50);
  const full = new Float32Array(61 * 43).fill(50);
  const enlarged = upsampleEdgeAware({ ...SMALL, lightness, ab }, full, FULL);
  const expected = upsamplePlanesBilinear(ab, { ...SMALL, channels: 2 }, FULL);
  expected.forEach((value, i) => assertAlmostEquals(enlarged[i]!, value, 1e-4));
});

Deno.test("upsampleEdgeAware() leaves colors of the full size as they are", () => {
  const [ab, lightness] = [randomAb(54), random.values(54)];
  assertEquals(upsampleEdgeAware({ ...SMALL, lightness, ab }, lightness, SMALL), ab);
});

/** A dark green left part and a light blue right part, whose edge lies within a small pixel. */
function edge() {
  const isLeft = (x: number) => x < 26;
  const planes = [20, 80].map((left, i) =>
    Float32Array.from(
      { length: 61 * 43 },
      (_, at) => isLeft(at % 61) ? [left, -40][i]! : [90, 10][i]!,
    )
  );
  const [lightness, a] = planes as [Float32Array, Float32Array];
  const smallA = resizePlaneArea(a, FULL, SMALL);
  const ab = Float32Array.from({ length: 108 }, (_, i) => i % 2 === 0 ? smallA[i >> 1]! : 5);
  const small = { ...SMALL, lightness: resizePlaneArea(lightness, FULL, SMALL), ab };
  return { small, lightness, a };
}

Deno.test("upsampleEdgeAware() lets less color cross an edge of lightness than bilinear does", () => {
  const { small, lightness, a } = edge();
  const meanError = (ab: Float32Array) =>
    a.reduce((sum, value, i) => sum + Math.abs(ab[2 * i]! - value), 0) / a.length;
  const bilinear = upsamplePlanesBilinear(small.ab, { ...SMALL, channels: 2 }, FULL);
  const edgeAware = upsampleEdgeAware(small, lightness, FULL);
  assertLess(meanError(edgeAware), 0.6 * meanError(bilinear));
  for (let i = 0; i < a.length; i++) assertAlmostEquals(edgeAware[2 * i + 1]!, 5, 1e-3);
});

Deno.test("upsampleEdgeAware() agrees with its formula, computed plainly in double precision", () => {
  const ab = randomAb(54);
  const lightness = random.values(54).map((value) => 50 + 50 * value);
  const full = random.values(61 * 43).map((value) => 50 + 50 * value);
  const enlarged = upsampleEdgeAware({ ...SMALL, lightness, ab }, full, FULL);
  const planes = [0, 1].map((offset) => Array.from({ length: 54 }, (_, i) => ab[2 * i + offset]!));
  for (let y = 0; y < 43; y += 3) {
    for (let x = 0; x < 61; x += 2) {
      for (const [offset, plane] of planes.entries()) {
        const slope = at(meanOf(slopes([...lightness], plane)), x, y);
        const detail = full[y * 61 + x]! - at([...lightness], x, y);
        const expected = at(plane, x, y) + slope * detail;
        assertAlmostEquals(enlarged[2 * (y * 61 + x) + offset]!, expected, 2e-3);
      }
    }
  }
});

/** Bilinear interpolation of a small plane at the center of a full pixel. */
function at(plane: number[], x: number, y: number): number {
  const along = (i: number, from: number, to: number) => {
    const position = Math.min(Math.max((i + 0.5) * from / to - 0.5, 0), from - 1);
    const first = Math.min(Math.floor(position), from - 2);
    return { first, part: position - first };
  };
  const [u, v] = [along(x, 9, 61), along(y, 6, 43)];
  const pixel = (dx: number, dy: number) => plane[(v.first + dy) * 9 + u.first + dx]!;
  const top = pixel(0, 0) * (1 - u.part) + pixel(1, 0) * u.part;
  const bottom = pixel(0, 1) * (1 - u.part) + pixel(1, 1) * u.part;
  return top * (1 - v.part) + bottom * v.part;
}

function meanOf(plane: number[]): number[] {
  return plane.map((_, i) => {
    const near = plane.filter((_, j) =>
      Math.abs(i % 9 - j % 9) <= 1 && Math.abs(Math.floor(i / 9) - Math.floor(j / 9)) <= 1
    );
    return near.reduce((sum, value) => sum + value, 0) / near.length;
  });
}

/** rho^2 * cov / (var + 1e-2), lightness in units of 100. */
function slopes(lightness: number[], plane: number[]): number[] {
  const product = (p: number[], q: number[]) => p.map((value, i) => value * q[i]!);
  const covariance = (p: number[], q: number[]) => {
    const [mean, mp, mq] = [meanOf(product(p, q)), meanOf(p), meanOf(q)];
    return mean.map((value, i) => value - mp[i]! * mq[i]!);
  };
  const [both, own, other] = [
    covariance(lightness, plane),
    covariance(lightness, lightness),
    covariance(plane, plane),
  ];
  return both.map((value, i) => {
    const fit = Math.min(1, value ** 2 / (own[i]! * other[i]! + 1e-6));
    return fit * value / (own[i]! + 100);
  });
}

Deno.test("upsampleEdgeAware() refuses planes of another size", () => {
  const small = { ...SMALL, lightness: new Float32Array(54), ab: new Float32Array(108) };
  const full = new Float32Array(61 * 43);
  assertThrows(() => upsampleEdgeAware(small, full.subarray(1), FULL), RangeError, "got 2622");
  const ab = new Float32Array(54);
  assertThrows(() => upsampleEdgeAware({ ...small, ab }, full, FULL), RangeError, "108 values");
});
