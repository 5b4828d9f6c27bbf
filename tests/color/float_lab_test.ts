import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { floatRgbToLab } from "../../src/color/float_lab.ts";
import { labToRgb } from "../../src/color/lab.ts";
import reference from "../fixtures/lab.json" with { type: "json" };

Deno.test("floatRgbToLab() agrees with scikit-image to 2e-5", () => {
  const rgb = Float32Array.from(reference.rgb.flat(), (byte) => byte / 255);
  const { lightness, ab } = floatRgbToLab(rgb);
  assertEquals(lightness.length, reference.lab.length);
  reference.lab.forEach(([l, a, b], i) => {
    assertAlmostEquals(lightness[i]!, l!, 2e-5);
    assertAlmostEquals(ab[2 * i]!, a!, 2e-5);
    assertAlmostEquals(ab[2 * i + 1]!, b!, 2e-5);
  });
});

Deno.test("floatRgbToLab() turns labToRgb() back on colors between the 8-bit ones", () => {
  const lab = {
    lightness: new Float32Array([50.123, 2.3, 99]),
    ab: new Float32Array([10.4, -20.6, 0.4, 0.7, -0.3, 0.2]),
  };
  const back = floatRgbToLab(labToRgb(lab));
  lab.lightness.forEach((l, i) => assertAlmostEquals(back.lightness[i]!, l, 1e-4));
  lab.ab.forEach((value, i) => assertAlmostEquals(back.ab[i]!, value, 1e-4));
});

Deno.test("floatRgbToLab() refuses a length that does not divide by 3", () => {
  assertThrows(
    () => floatRgbToLab(new Float32Array(4)),
    RangeError,
    "Cannot convert RGB to LAB: length must divide by 3, got 4",
  );
});
