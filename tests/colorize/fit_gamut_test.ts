import { assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import { type LabPlanes, labToRgba, rgbToLab } from "../../src/color/lab.ts";
import { fitGamut } from "../../src/colorize/fit_gamut.ts";

/** A grid over lightness, hue and chroma up to far outside the gamut. */
function colorGrid(): LabPlanes {
  const lightness: number[] = [], ab: number[] = [];
  for (let level = 0; level <= 100; level += 1.7) {
    for (let hue = 0; hue < 6.28; hue += 0.13) {
      for (let chroma = 0; chroma <= 100; chroma += 12.5) {
        lightness.push(level);
        ab.push(chroma * Math.cos(hue), chroma * Math.sin(hue));
      }
    }
  }
  return { lightness: Float32Array.from(lightness), ab: Float32Array.from(ab) };
}

function largestLightnessError(lab: LabPlanes): number {
  const rgba = new Uint8Array(4 * lab.lightness.length);
  labToRgba(lab, rgba);
  const { lightness } = rgbToLab(rgba, 4);
  return Math.max(...lightness.map((value, i) => Math.abs(value - lab.lightness[i]!)));
}

Deno.test("fitGamut() keeps the lightness that clipping would change", () => {
  const lab = colorGrid();
  assertGreater(largestLightnessError(lab), 20);
  fitGamut(lab);
  assertLess(largestLightnessError(lab), 0.6); // rounding to 8 bits alone costs up to 0.25
});

Deno.test("fitGamut() keeps the hue and never adds chroma", () => {
  const before = colorGrid();
  const after = { lightness: before.lightness.slice(), ab: before.ab.slice() };
  fitGamut(after);
  assertEquals(after.lightness, before.lightness);
  for (let i = 0; i < before.ab.length; i += 2) {
    const [a0, b0, a1, b1] = [before.ab[i]!, before.ab[i + 1]!, after.ab[i]!, after.ab[i + 1]!];
    assertAlmostEquals(a0 * b1, a1 * b0, 1e-2);
    assertLess(Math.hypot(a1, b1), Math.hypot(a0, b0) + 1e-4);
  }
});

Deno.test("fitGamut() leaves colors of sRGB alone, to half a unit at the very edge", () => {
  const rgba: number[] = [];
  for (let r = 0; r < 256; r += 15) {
    for (let g = 0; g < 256; g += 15) {
      for (let b = 0; b < 256; b += 15) rgba.push(r, g, b, 255);
    }
  }
  const lab = rgbToLab(Uint8Array.from(rgba), 4);
  const before = lab.ab.slice();
  fitGamut(lab);
  const isInside = (i: number) =>
    [0, 1, 2].every((c) => rgba[4 * i + c]! > 30 && rgba[4 * i + c]! < 225);
  for (let i = 0; i < lab.lightness.length; i++) {
    if (!isInside(i)) continue;
    assertAlmostEquals(lab.ab[2 * i]!, before[2 * i]!, 0.5, `${rgba.slice(4 * i, 4 * i + 3)}`);
    assertAlmostEquals(lab.ab[2 * i + 1]!, before[2 * i + 1]!, 0.5);
  }
});

Deno.test("fitGamut() keeps white white and black black", () => {
  const lab = { lightness: Float32Array.of(0, 100), ab: Float32Array.of(20, 30, 20, 30) };
  fitGamut(lab);
  const rgba = new Uint8Array(8);
  labToRgba(lab, rgba);
  assertEquals([...rgba], [0, 0, 0, 0, 255, 255, 255, 0]);
});
