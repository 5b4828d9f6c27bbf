import { assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import { correctionsOf, keepPoints } from "../../src/colorize/keep_points.ts";
import { abOfPoint, type ColorPoint } from "../../src/hint/color_points.ts";

const SIZE = { widthPx: 40, heightPx: 30 };
const POINT = { x: 20, y: 15, rgb: [180, 60, 60] as const, radiusPx: 3 };

/** Gray pixels, light to the left of x = 22 and dark from there on. */
function planes() {
  const lightness = Float32Array.from({ length: 1200 }, (_, at) => at % 40 < 22 ? 80 : 20);
  return { lightness, ab: new Float32Array(2400) };
}

/** Corrects a gray picture in two bands of rows. */
function keep({ lightness, ab }: ReturnType<typeof planes>, points: ColorPoint[]): void {
  const labAt = (x: number, y: number): [number, number, number] => [lightness[40 * y + x]!, 0, 0];
  const corrections = correctionsOf(points, { ...SIZE, reachPx: 6, labAt });
  for (const [firstRow, end] of [[0, 14], [14, 30]] as const) {
    const rows = {
      firstRow,
      lightness: lightness.subarray(40 * firstRow, 40 * end),
      ab: ab.subarray(80 * firstRow, 80 * end),
    };
    keepPoints(rows, corrections, SIZE);
  }
}

Deno.test("keepPoints() gives a point its color, and leaves what is far as it is", () => {
  const { lightness, ab } = planes();
  keep({ lightness, ab }, [POINT]);
  const [a, b] = abOfPoint(POINT);
  assertAlmostEquals(ab[2 * (15 * 40 + 20)]!, a, 1e-4);
  assertAlmostEquals(ab[2 * (15 * 40 + 20) + 1]!, b, 1e-4);
  assertAlmostEquals(ab[2 * (15 * 40 + 18)]!, a, 1e-4); // within its radius
  for (let at = 0; at < 1200; at++) {
    const far = Math.hypot(at % 40 - 20, Math.floor(at / 40) - 15) >= 9;
    if (far) assertEquals([ab[2 * at], ab[2 * at + 1]], [0, 0]);
  }
});

Deno.test("keepPoints() does not cross an edge of lightness", () => {
  const { lightness, ab } = planes();
  keep({ lightness, ab }, [POINT]);
  assertLess(Math.abs(ab[2 * (15 * 40 + 22)]!), 0.01);
});

Deno.test("keepPoints() keeps the colors of points that reach each other", () => {
  const { lightness, ab } = planes();
  const near = { x: 16, y: 15, rgb: [60, 60, 180] as const, radiusPx: 3 };
  keep({ lightness, ab }, [POINT, near]);
  for (const point of [POINT, near]) {
    const at = 2 * (point.y * 40 + point.x);
    const [a, b] = abOfPoint(point);
    assertAlmostEquals(ab[at]!, a, 1e-4);
    assertAlmostEquals(ab[at + 1]!, b, 1e-4);
  }
});
