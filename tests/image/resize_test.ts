import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  crop,
  cropToSquare,
  type Pixels,
  resizeArea,
  resizePlaneArea,
  type SizePx,
  upsamplePlanesBilinear,
} from "../../src/image/resize.ts";
import { maxDifference } from "./pictures.ts";

// Smaller, larger, uneven, to one pixel, and one side each way.
const SIZES = [[13, 7], [6, 5], [26, 21], [1, 1], [5, 20], [13, 3]] as const;

Deno.test("resizeArea() averages exact areas", () => {
  const pixels = makePixels(13, 7, 3);
  for (const [widthPx, heightPx] of SIZES) {
    const to = { widthPx, heightPx };
    const expected = averageAreas(pixels, to).map((value) => Math.floor(value + 0.5 + 1e-9));
    assertEquals(Array.from(resizeArea(pixels, to)), expected, `${widthPx} x ${heightPx}`);
  }
});

Deno.test("resizeArea() rounds halves up, also where the divisor is no power of two", () => {
  const data = new Uint8Array([1, 1, 1, 0, 0, 0, 255, 254, 255, 254, 255, 254]);
  const halves = resizeArea({ data, widthPx: 12, heightPx: 1, channels: 1 }, sizePx(2, 1));
  assertEquals([...halves], [1, 255]);
});

Deno.test("resizeArea() averages each channel by itself, alpha too", () => {
  const data = new Uint8ClampedArray([0, 100, 200, 0, 10, 110, 210, 255]);
  const pixels = { data, widthPx: 2, heightPx: 1, channels: 4 };
  assertEquals([...resizeArea(pixels, sizePx(1, 1))], [5, 105, 205, 128]);
});

Deno.test("resizePlaneArea() averages exact areas", () => {
  const { data } = makePixels(13, 7, 1);
  const plane = Float32Array.from(data, (value) => value / 3 - 40);
  for (const [widthPx, heightPx] of SIZES) {
    const to = { widthPx, heightPx };
    const source = { data: plane, widthPx: 13, heightPx: 7, channels: 1 };
    const difference = maxDifference(
      resizePlaneArea(plane, source, to),
      averageAreas(source, to),
    );
    assertAlmostEquals(difference, 0, 1e-5);
  }
});

Deno.test("upsamplePlanesBilinear() interpolates between pixel centers", () => {
  const planes = Float32Array.from(makePixels(13, 7, 2).data);
  const source = { data: planes, widthPx: 13, heightPx: 7, channels: 2 };
  for (const [widthPx, heightPx] of [...SIZES, [130, 70] as const]) {
    const to = { widthPx, heightPx };
    const difference = maxDifference(
      upsamplePlanesBilinear(planes, source, to),
      interpolate(source, to),
    );
    assertAlmostEquals(difference, 0, 1e-4);
  }
});

Deno.test("upsamplePlanesBilinear() puts quarter points where half-pixel centers say", () => {
  const size = { widthPx: 2, heightPx: 1, channels: 1 };
  const line = upsamplePlanesBilinear(new Float32Array([0, 1]), size, sizePx(4, 1));
  assertEquals([...line], [0, 0.25, 0.75, 1]);
});

Deno.test("upsamplePlanesBilinear() keeps a picture of the same size", () => {
  const planes = Float32Array.from(makePixels(13, 7, 2).data);
  assertEquals(
    upsamplePlanesBilinear(planes, { ...sizePx(13, 7), channels: 2 }, sizePx(13, 7)),
    planes,
  );
});

Deno.test("crop() cuts out the box, and refuses one that reaches outside", () => {
  const pixels = {
    data: Uint8Array.from({ length: 24 }, (_, i) => i),
    ...sizePx(4, 3),
    channels: 2,
  };
  const { data, widthPx, heightPx } = crop(pixels, { left: 1, top: 1, ...sizePx(2, 2) });
  assertEquals([[...data], widthPx, heightPx], [[10, 11, 12, 13, 18, 19, 20, 21], 2, 2]);
  for (const [left, top] of [[3, 0], [0, 2], [-1, 0], [0.5, 0]] as const) {
    assertThrows(
      () => crop(pixels, { left, top, ...sizePx(2, 2) }),
      RangeError,
      `the box must lie in 4x3 pixels, got 2x2 at ${left},${top}`,
    );
  }
});

Deno.test("cropToSquare() takes the middle", () => {
  const wide = cropToSquare({ data: new Uint8Array([1, 2, 3, 4]), ...sizePx(4, 1), channels: 1 });
  assertEquals(wide, { data: new Uint8Array([2]), ...sizePx(1, 1), channels: 1 });
  const data = new Uint8Array([1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]);
  const tall = cropToSquare({ data, ...sizePx(2, 3), channels: 2 });
  assertEquals([...tall.data], [1, 1, 2, 2, 3, 3, 4, 4]);
});

Deno.test("resizing refuses sizes that do not match", () => {
  const pixels = makePixels(4, 4, 3);
  assertThrows(() => resizeArea(pixels, sizePx(0, 2)), RangeError, "got 0");
  assertThrows(() => resizeArea(pixels, sizePx(2, 1.5)), RangeError, "got 1.5");
  assertThrows(() => resizeArea({ ...pixels, channels: 4 }, sizePx(2, 2)), RangeError, "got 48");
  const size = { ...sizePx(2, 2), channels: 2 };
  assertThrows(() => upsamplePlanesBilinear(new Float32Array(4), size, size), RangeError, "got 4");
  assertThrows(() => cropToSquare({ ...pixels, widthPx: NaN }), RangeError, "got NaN");
});

function sizePx(widthPx: number, heightPx: number): SizePx {
  return { widthPx, heightPx };
}

function makePixels(widthPx: number, heightPx: number, channels: number): Pixels<Uint8Array> {
  const data = new Uint8Array(widthPx * heightPx * channels);
  for (let i = 0; i < data.length; i++) data[i] = (i * 89 + (i % 7) * i * 31) % 256;
  return { data, widthPx, heightPx, channels };
}

type Source = SizePx & { data: ArrayLike<number>; channels: number };

/** Integrates the picture, as a step function, over each new pixel. */
function averageAreas({ data, widthPx, heightPx, channels }: Source, to: SizePx): number[] {
  const overlap = (pixel: number, start: number, end: number) =>
    Math.max(0, Math.min(pixel + 1, end) - Math.max(pixel, start));
  const out = new Array<number>(to.widthPx * to.heightPx * channels).fill(0);
  const stepX = widthPx / to.widthPx, stepY = heightPx / to.heightPx;
  for (let i = 0; i < out.length; i++) {
    const channel = i % channels, at = Math.floor(i / channels);
    const toX = at % to.widthPx, toY = Math.floor(at / to.widthPx);
    for (let y = 0; y < heightPx; y++) {
      const high = overlap(y, toY * stepY, (toY + 1) * stepY);
      for (let x = 0; x < widthPx; x++) {
        const wide = overlap(x, toX * stepX, (toX + 1) * stepX);
        out[i]! += data[(y * widthPx + x) * channels + channel]! * wide * high / (stepX * stepY);
      }
    }
  }
  return out;
}

/** Bilinear interpolation pixel by pixel, with coordinates clamped to the picture. */
function interpolate({ data, widthPx, heightPx, channels }: Source, to: SizePx): number[] {
  const out: number[] = [];
  const clamp = (value: number, max: number) => Math.min(Math.max(value, 0), max);
  for (let toY = 0; toY < to.heightPx; toY++) {
    for (let toX = 0; toX < to.widthPx; toX++) {
      const x = (toX + 0.5) * widthPx / to.widthPx - 0.5, left = Math.floor(x);
      const y = (toY + 0.5) * heightPx / to.heightPx - 0.5, top = Math.floor(y);
      for (let channel = 0; channel < channels; channel++) {
        const at = (dx: number, dy: number) => {
          const column = clamp(left + dx, widthPx - 1), row = clamp(top + dy, heightPx - 1);
          return data[(row * widthPx + column) * channels + channel]!;
        };
        const upper = at(0, 0) + (at(1, 0) - at(0, 0)) * (x - left);
        const lower = at(0, 1) + (at(1, 1) - at(0, 1)) * (x - left);
        out.push(upper + (lower - upper) * (y - top));
      }
    }
  }
  return out;
}
