import { assert, assertEquals } from "@std/assert";
import sharp from "sharp";
import { drawFigure, figureColumns } from "../../src/eval/figure.ts";
import type { Predictor } from "../../src/eval/predictor.ts";
import { generatedPixels, generatedSplit } from "./generated_split.ts";

const RED: Predictor = {
  name: "red",
  parameters: 0,
  predictAb: (lightness) => Promise.resolve(new Float32Array(2 * lightness.length).fill(50)),
};

Deno.test("figureColumns() gives grayscale, a column per predictor, original", async () => {
  const columns = await figureColumns(generatedSplit(5), [RED], [4, 1]);
  assertEquals(columns.map(({ label }) => label), ["grayscale", "red", "original"]);
  const [grayscale, red, original] = columns.map(({ pictures }) => pictures);
  assertEquals(rgbOf(original![0]!), [...generatedPixels([4], 16)]);
  assertEquals(rgbOf(original![1]!), [...generatedPixels([1], 16)]);
  const [r, g, b] = rgbOf(grayscale![0]!);
  assert(Math.abs(r! - g!) <= 1 && Math.abs(g! - b!) <= 1);
  assert(rgbOf(red![0]!)[0]! > rgbOf(red![0]!)[1]! + 50);
});

Deno.test("drawFigure() enlarges pictures to 128 pixels, in rows and columns", async () => {
  const picture = new Uint8ClampedArray(4 * 64 * 64).fill(255);
  for (let i = 0; i < picture.length; i += 4) picture[i + 1] = 0; // magenta
  const columns = ["one", "two", "three"].map((label) => ({ label, pictures: [picture, picture] }));
  const { data, info } = await readPng(await drawFigure(columns, 64));
  assertEquals(info.width, 8 + 3 * (128 + 8));
  const magenta = pixels(data).filter(([r, g, b]) => r > 250 && g < 5 && b > 250).length;
  assertEquals(magenta, 6 * 128 * 128);
});

Deno.test("drawFigure() writes each label, black on white, above its column", async () => {
  const picture = new Uint8ClampedArray(4 * 64 * 64).fill(255);
  const columns = ["original", " "].map((label) => ({ label, pictures: [picture] }));
  const { data, info } = await readPng(await drawFigure(columns, 64));
  const ink = pixels(data).flatMap(([r], i) => r < 64 ? [i % info.width] : []);
  assert(ink.length > 50, `dark pixels: ${ink.length}`);
  // Centered above the first column, none above the second.
  assert(ink.every((x) => x > 8 && x < 136), `dark pixels from ${Math.min(...ink)}`);
  const middle = (Math.min(...ink) + Math.max(...ink)) / 2;
  assert(Math.abs(middle - 72) < 4, `middle at ${middle}`);
});

Deno.test("drawFigure() keeps characters that mean something in markup", async () => {
  const picture = new Uint8ClampedArray(4 * 64 * 64).fill(255);
  const png = await drawFigure([{ label: "a<b>&c", pictures: [picture] }], 64);
  assert((await readPng(png)).info.width === 144);
});

async function readPng(png: Uint8Array) {
  return await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
}

function pixels(data: Uint8Array): [r: number, g: number, b: number][] {
  return Array.from(
    { length: data.length / 3 },
    (_, i) => [data[3 * i]!, data[3 * i + 1]!, data[3 * i + 2]!],
  );
}

function rgbOf(rgba: Uint8ClampedArray): number[] {
  return [...rgba].filter((_, i) => i % 4 !== 3);
}
