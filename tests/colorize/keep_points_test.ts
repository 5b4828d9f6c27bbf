import { assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import { keepPoints } from "../../src/colorize/keep_points.ts";
import { abOfPoint } from "../../src/hint/color_points.ts";

const SIZE = { widthPx: 40, heightPx: 30 };
const POINT = { x: 20, y: 15, rgb: [180, 60, 60] as const, radiusPx: 3 };

/** Gray pixels, light to the left of x = 22 and dark from there on. */
function planes() {
  const lightness = Float32Array.from({ length: 1200 }, (_, at) => at % 40 < 22 ? 80 : 20);
  return { lightness, ab: new Float32Array(2400) };
}

Deno.test("keepPoints() gives a point its color, and leaves what is far as it is", () => {
  const { lightness, ab } = planes();
  keepPoints({ lightness, ab }, [POINT], { ...SIZE, reachPx: 6 });
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
  keepPoints({ lightness, ab }, [POINT], { ...SIZE, reachPx: 6 });
  assertLess(Math.abs(ab[2 * (15 * 40 + 22)]!), 0.01);
});

Deno.test("keepPoints() keeps the colors of points that reach each other", () => {
  const { lightness, ab } = planes();
  const near = { x: 16, y: 15, rgb: [60, 60, 180] as const, radiusPx: 3 };
  keepPoints({ lightness, ab }, [POINT, near], { ...SIZE, reachPx: 6 });
  for (const point of [POINT, near]) {
    const at = 2 * (point.y * 40 + point.x);
    const [a, b] = abOfPoint(point);
    assertAlmostEquals(ab[at]!, a, 1e-4);
    assertAlmostEquals(ab[at + 1]!, b, 1e-4);
  }
});
