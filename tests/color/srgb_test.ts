import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { decodeSrgb, encodeSrgb, encodeSrgbByte, LINEAR_OF_BYTE } from "../../src/color/srgb.ts";

Deno.test("decodeSrgb() gives 0.2140 for middle gray", () => {
  assertEquals(decodeSrgb(0), 0);
  assertAlmostEquals(decodeSrgb(0.5), 0.21404114, 1e-8);
  assertEquals(decodeSrgb(1), 1);
});

Deno.test("encodeSrgb() undoes decodeSrgb()", () => {
  for (let i = 0; i <= 1000; i++) {
    assertAlmostEquals(encodeSrgb(decodeSrgb(i / 1000)), i / 1000, 1e-6);
  }
});

Deno.test("encodeSrgbByte() undoes LINEAR_OF_BYTE", () => {
  for (let byte = 0; byte < 256; byte++) assertEquals(encodeSrgbByte(LINEAR_OF_BYTE[byte]!), byte);
});

Deno.test("encodeSrgbByte() rounds to nearest", () => {
  for (let i = 0; i <= 200_000; i++) {
    const linear = i / 200_000;
    const error = encodeSrgbByte(linear) - 255 * encodeSrgb(linear);
    assert(Math.abs(error) <= 0.5 + 1e-6, `${linear} is off by ${error}`);
  }
});

Deno.test("encodeSrgbByte() clips what is no color", () => {
  const clipped = [-Infinity, -1, -0, NaN, 1.0001, 1e300, Infinity].map(encodeSrgbByte);
  assertEquals(clipped, [0, 0, 0, 0, 255, 255, 255]);
});
