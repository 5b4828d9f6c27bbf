import { assertAlmostEquals, assertEquals } from "@std/assert";
import { colorfulness } from "../../src/color/colorfulness.ts";

Deno.test("colorfulness() of one color is 0.3 times its mean opponent color", () => {
  // Pure red: rg = 255, yb = 127.5, no spread.
  const expected = 0.3 * Math.hypot(255, 127.5);
  assertAlmostEquals(colorfulness(new Float32Array([1, 0, 0, 1, 0, 0])), expected, 1e-9);
});

Deno.test("colorfulness() of opposite colors is their spread", () => {
  // rg = 255 and -255, yb = 127.5 both.
  const expected = 255 + 0.3 * 127.5;
  assertAlmostEquals(colorfulness(new Float32Array([1, 0, 0, 0, 1, 0])), expected, 1e-9);
});

Deno.test("colorfulness() is the same of bytes", () => {
  const bytes = Uint8Array.of(255, 0, 0, 20, 200, 30, 7, 80, 255);
  const rgb = Float32Array.from(bytes, (value) => value / 255);
  assertAlmostEquals(colorfulness(bytes, 255), colorfulness(rgb), 1e-4);
});

Deno.test("colorfulness() is 0 for gray", () => {
  assertEquals(colorfulness(new Float32Array([0.2, 0.2, 0.2, 0.9, 0.9, 0.9])), 0);
});
