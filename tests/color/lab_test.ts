import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { labToRgb, labToRgba, rgbToLab, rgbToLightness } from "../../src/color/lab.ts";
import reference from "../fixtures/lab.json" with { type: "json" };

Deno.test("rgbToLab() agrees with scikit-image to 0.001", () => {
  const { lightness, ab } = rgbToLab(Uint8Array.from(reference.rgb.flat()), 3);
  reference.lab.forEach(([l, a, b], i) => {
    assertAlmostEquals(lightness[i]!, l!, 1e-3);
    assertAlmostEquals(ab[2 * i]!, a!, 1e-3);
    assertAlmostEquals(ab[2 * i + 1]!, b!, 1e-3);
  });
});

Deno.test("rgbToLab() stays in 0..100 for black and white", () => {
  const { lightness } = rgbToLab(new Uint8Array([0, 0, 0, 255, 255, 255]), 3);
  assertEquals([...lightness], [0, 100]);
});

Deno.test("rgbToLab() leaves alpha out and reuses out", () => {
  const rgba = Uint8ClampedArray.from(reference.rgb.flatMap((rgb, i) => [...rgb, i]));
  const out = rgbToLab(new Uint8Array(rgba.length), 4);
  assert(rgbToLab(rgba, 4, out) === out);
  assertEquals(out, rgbToLab(Uint8Array.from(reference.rgb.flat()), 3));
});

Deno.test("labToRgb() agrees with scikit-image to 1e-5, clipping out-of-gamut colors", () => {
  const rgb = labToRgb(planes(reference.out_of_gamut_lab));
  reference.out_of_gamut_rgb_clipped.flat().forEach((expected, i) => {
    assertAlmostEquals(rgb[i]!, expected, 1e-5);
  });
  const inGamut = labToRgb(planes(reference.lab));
  reference.rgb.flat().forEach((byte, i) => assertAlmostEquals(inGamut[i]!, byte / 255, 1e-5));
});

Deno.test("labToRgba() is labToRgb() rounded to nearest", () => {
  const lab = randomPlanes(100_000);
  const rgb = labToRgb(lab);
  const rgba = new Uint8ClampedArray(400_000);
  labToRgba(lab, rgba);
  for (let i = 0; i < rgb.length; i++) {
    const byte = rgba[4 * Math.floor(i / 3) + i % 3]!;
    assert(Math.abs(byte - 255 * rgb[i]!) <= 0.5001, `${255 * rgb[i]!} became ${byte}`);
  }
});

Deno.test("labToRgba() leaves alpha as it is", () => {
  const rgba = new Uint8ClampedArray([9, 9, 9, 0, 9, 9, 9, 77]);
  labToRgba(planes([[100, 0, 0], [0, 0, 0]]), rgba);
  assertEquals([...rgba], [255, 255, 255, 0, 0, 0, 0, 77]);
});

Deno.test("labToRgba() undoes rgbToLab() for 2 million colors and the corners", () => {
  // 16,777,259 is prime: the steps reach 2,097,152 different colors, spread over the cube.
  const colors = new Set<number>();
  for (let i = 0; i < 8; i++) colors.add(corner(i));
  for (let i = 0; colors.size < 2_097_152; i++) colors.add((i * 8_009_987) % 16_777_259 & 0xffffff);
  const rgba = new Uint8Array(4 * colors.size);
  const view = new DataView(rgba.buffer);
  let at = 0;
  for (const color of colors) view.setUint32(4 * at++, color * 256 + 255);
  const back = new Uint8Array(rgba.length).fill(255);
  labToRgba(rgbToLab(rgba, 4), back);
  assertEquals(rgba.findIndex((byte, i) => byte !== back[i]), -1);
});

Deno.test("labToRgb() keeps NaN, labToRgba() makes it black", () => {
  const lab = planes([[NaN, 0, 0], [50, NaN, 0], [50, 0, NaN], [Infinity, 0, 0]]);
  const rgb = labToRgb(lab);
  for (let pixel = 0; pixel < 4; pixel++) {
    assert(rgb.subarray(3 * pixel, 3 * pixel + 3).some(isNaN));
  }
  const rgba = new Uint8Array(16);
  labToRgba(lab, rgba);
  assertEquals([...rgba.subarray(0, 4)], [0, 0, 0, 0]);
});

Deno.test("labToRgb() clips the largest floats and infinite ab to colors", () => {
  const lab = planes([[3e38, 0, 0], [-3e38, 0, 0], [50, Infinity, 0], [50, 0, -Infinity]]);
  assert(labToRgb(lab).every((value) => value >= 0 && value <= 1));
});

Deno.test("LAB conversions refuse sizes that do not match", () => {
  assertThrows(() => rgbToLab(new Uint8Array(7), 3), RangeError, "got 7");
  assertThrows(() => rgbToLab(new Uint8Array(8), 4, planes([[0, 0, 0]])), RangeError, "got 8");
  assertThrows(() => labToRgba(planes([[0, 0, 0]]), new Uint8Array(3)), RangeError, "got 3");
  const uneven = { lightness: new Float32Array(2), ab: new Float32Array(3) };
  assertThrows(() => labToRgb(uneven), RangeError, "got 3");
});

function corner(index: number): number {
  return (index & 4 ? 0xff0000 : 0) | (index & 2 ? 0xff00 : 0) | (index & 1 ? 0xff : 0);
}

function planes(lab: number[][]) {
  return {
    lightness: Float32Array.from(lab, ([l]) => l!),
    ab: Float32Array.from(lab.flatMap(([, a, b]) => [a!, b!])),
  };
}

/** Evenly spread LAB pixels in and around the gamut (a Kronecker sequence). */
function randomPlanes(count: number) {
  const fraction = (value: number) => value - Math.floor(value);
  return planes(Array.from({ length: count }, (_, i) => [
    fraction(i * 0.8191725134) * 110 - 5,
    fraction(i * 0.6710436067) * 260 - 130,
    fraction(i * 0.5497004779) * 260 - 130,
  ]));
}

Deno.test("rgbToLightness() is the L* of rgbToLab(), to the bit, for every step of gray and colors", () => {
  const pixels = Uint8Array.from({ length: 4 * 4096 }, (_, i) => (i * 151 + (i >> 6)) & 255);
  assertEquals(rgbToLightness(pixels, 4), rgbToLab(pixels, 4).lightness);
  assertEquals(rgbToLightness(pixels.subarray(1), 3), rgbToLab(pixels.subarray(1), 3).lightness);
  assertThrows(() => rgbToLightness(pixels.subarray(2), 4), RangeError, "got 16382");
});

Deno.test("rgbToLightness() of a film that sees one color is the L* of a gray of that color's value", () => {
  const pixels = Uint8Array.of(200, 40, 90, 0, 255, 7);
  const films = [{ r: 1, g: 0, b: 0 }, { r: 0, g: 1, b: 0 }, { r: 0, g: 0, b: 1 }];
  for (const [channel, film] of films.entries()) {
    const grays = [0, 3].flatMap((at) => Array<number>(3).fill(pixels[at + channel]!));
    const expected = rgbToLab(Uint8Array.from(grays), 3).lightness;
    const actual = rgbToLightness(pixels, 3, film);
    actual.forEach((value, i) => assertAlmostEquals(value, expected[i]!, 1e-3));
  }
});
