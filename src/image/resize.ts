/** Resizing of interleaved pixels and planes: area average, bilinear interpolation, crop. */
import { areaTaps, bilinearTaps, resample } from "./resample.ts";

/** Sides of a picture. */
export interface SizePx {
  widthPx: number;
  heightPx: number;
}

/** 8-bit interleaved pixels, shape [heightPx * widthPx * channels]. */
export interface Pixels<T extends Uint8Array | Uint8ClampedArray = Uint8Array | Uint8ClampedArray>
  extends SizePx {
  data: T;
  channels: number;
}

/**
 * Averages pixels over the exact area that each new pixel covers, parts of pixels by their part.
 * Channels, alpha too, are averaged each by itself; exact, rounded half up.
 * @returns Interleaved, shape [to.heightPx * to.widthPx * channels].
 * @throws {RangeError} When a side is no positive whole number or `data` has another length.
 */
export function resizeArea(pixels: Pixels, to: SizePx): Uint8Array {
  const out = new Uint8Array(checkSizes("resize pixels", pixels, to));
  const taps = {
    x: areaTaps(pixels.widthPx, to.widthPx),
    y: areaTaps(pixels.heightPx, to.heightPx),
  };
  const area = pixels.widthPx * pixels.heightPx;
  resample(pixels, taps, (row, at) => {
    for (let i = 0; i < row.length; i++) out[at + i] = Math.floor(row[i]! / area + 0.5);
  });
  return out;
}

/**
 * `resizeArea` for one plane of any numbers, without rounding.
 * @param plane Shape [size.heightPx * size.widthPx].
 * @returns Shape [to.heightPx * to.widthPx].
 * @throws {RangeError} When a side is no positive whole number or `plane` has another length.
 */
export function resizePlaneArea(plane: Float32Array, size: SizePx, to: SizePx): Float32Array {
  const source = { ...size, data: plane, channels: 1 };
  const out = new Float32Array(checkSizes("resize plane", source, to));
  const taps = { x: areaTaps(size.widthPx, to.widthPx), y: areaTaps(size.heightPx, to.heightPx) };
  const area = size.widthPx * size.heightPx;
  resample(source, taps, (row, at) => {
    for (let i = 0; i < row.length; i++) out[at + i] = row[i]! / area;
  });
  return out;
}

/**
 * Interpolates planes bilinearly. Pixel centers lie at halves, and beyond the outermost centers
 * their values go on; so the picture keeps its place. Meant for enlarging: a much smaller size
 * leaves pixels out.
 * @param planes Interleaved, shape [heightPx * widthPx * channels].
 * @returns Interleaved, shape [to.heightPx * to.widthPx * channels].
 * @throws {RangeError} When a side is no positive whole number or `planes` has another length.
 */
export function upsamplePlanesBilinear(
  planes: Float32Array,
  size: SizePx & { channels: number },
  to: SizePx,
): Float32Array {
  const source = { ...size, data: planes };
  const out = new Float32Array(checkSizes("upsample planes", source, to));
  const taps = {
    x: bilinearTaps(size.widthPx, to.widthPx),
    y: bilinearTaps(size.heightPx, to.heightPx),
  };
  resample(source, taps, (row, at) => out.set(row, at));
  return out;
}

/** A rectangle of whole pixels, and how many of the picture lie left of it and above it. */
export interface Box extends SizePx {
  left: number;
  top: number;
}

/**
 * Cuts out the largest square in the middle; of an odd remainder, the larger part is cut off at
 * the right or bottom.
 * @throws {RangeError} When a side is no positive whole number or `data` has another length.
 */
export function cropToSquare(pixels: Pixels): Pixels<Uint8Array> {
  const { widthPx, heightPx } = pixels;
  const sidePx = Math.min(widthPx, heightPx);
  const [left, top] = [(widthPx - sidePx) >> 1, (heightPx - sidePx) >> 1];
  return crop(pixels, { left, top, widthPx: sidePx, heightPx: sidePx });
}

/**
 * Cuts out a rectangle.
 * @throws {RangeError} When a side is no positive whole number, `data` has another length, or the
 * box lies outside.
 */
export function crop(pixels: Pixels, box: Box): Pixels<Uint8Array> {
  const out = new Uint8Array(checkSizes("crop", pixels, box));
  const { data, channels } = pixels;
  const { left, top, widthPx, heightPx } = box;
  const isInside = Number.isInteger(left) && Number.isInteger(top) && left >= 0 && top >= 0 &&
    left + widthPx <= pixels.widthPx && top + heightPx <= pixels.heightPx;
  if (!isInside) {
    throw new RangeError(
      `Cannot crop: the box must lie in ${pixels.widthPx}x${pixels.heightPx} pixels, got ` +
        `${widthPx}x${heightPx} at ${left},${top}`,
    );
  }
  for (let y = 0; y < heightPx; y++) {
    const start = ((top + y) * pixels.widthPx + left) * channels;
    out.set(data.subarray(start, start + widthPx * channels), y * widthPx * channels);
  }
  return { data: out, widthPx, heightPx, channels };
}

/** Checks a source and a target size; returns the number of values in the target. */
function checkSizes(
  action: string,
  source: SizePx & { data: ArrayLike<number>; channels: number },
  to: SizePx,
): number {
  const { widthPx, heightPx, channels, data } = source;
  for (const count of [widthPx, heightPx, channels, to.widthPx, to.heightPx]) {
    if (!Number.isInteger(count) || count < 1) {
      throw new RangeError(
        `Cannot ${action}: sides and channels must be whole numbers of 1 or more, got ${count}`,
      );
    }
  }
  const length = widthPx * heightPx * channels;
  if (data.length !== length) {
    throw new RangeError(
      `Cannot ${action}: ${widthPx} x ${heightPx} x ${channels} must have ${length} values, ` +
        `got ${data.length}`,
    );
  }
  return to.widthPx * to.heightPx * channels;
}
