/** Pixels whose colors are given: what points and strokes come down to. */
import { abOfPoint, type ColorPoint, type Size } from "./color_points.ts";

/** Pixels of a picture with their colors. */
export interface Seeds {
  /** Indexes, row * widthPx + column; of several with one index the last counts. */
  pixels: Uint32Array;
  /** Interleaved a*, b* of each. */
  ab: Float32Array;
}

/** A picture and the colors that are given in it. */
export interface SpreadOptions extends Size {
  seeds: Seeds;
}

/**
 * Spreads given colors over a picture.
 * @param lightness L*, 0..100, shape [heightPx * widthPx].
 * @returns Interleaved a*, b*, shape [heightPx * widthPx * 2]; at given pixels exactly theirs.
 */
export type Spread = (lightness: Float32Array, options: SpreadOptions) => Float32Array;

/**
 * The pixels that points give a color to: each one's own, and all around it as far as a radius that
 * is given says. Later points cover earlier ones.
 * @param points Checked against `size`.
 */
export function seedsOfPoints(points: readonly ColorPoint[], size: Size): Seeds {
  const pixels: number[] = [], ab: number[] = [];
  for (const point of points) {
    const color = abOfPoint(point);
    for (const pixel of pixelsOfPoint(point, size)) {
      pixels.push(pixel);
      ab.push(...color);
    }
  }
  return { pixels: Uint32Array.from(pixels), ab: Float32Array.from(ab) };
}

/** All of several; later ones cover earlier ones. */
export function joinSeeds(parts: readonly Seeds[]): Seeds {
  const count = parts.reduce((sum, { pixels }) => sum + pixels.length, 0);
  const joined = { pixels: new Uint32Array(count), ab: new Float32Array(2 * count) };
  let at = 0;
  for (const { pixels, ab } of parts) {
    joined.pixels.set(pixels, at);
    joined.ab.set(ab, 2 * at);
    at += pixels.length;
  }
  return joined;
}

/**
 * Checks that colors can spread from seeds.
 * @throws {RangeError} When there are none, one lies outside the picture, or a length does not fit.
 */
export function checkSeeds(
  { pixels, ab }: Seeds,
  { lightness, widthPx, heightPx }: Size & { lightness: Float32Array },
): void {
  const count = widthPx * heightPx;
  if (lightness.length !== count) {
    refuse(`lightness must have ${count} values`, lightness.length);
  }
  if (pixels.length === 0) refuse("there must be a color point or a stroke", "none");
  if (ab.length !== 2 * pixels.length) {
    refuse(`ab must have ${2 * pixels.length} values`, ab.length);
  }
  for (const pixel of pixels) {
    if (pixel >= count) refuse(`pixels must lie in 0..${count - 1}`, pixel);
  }
}

/** Gives seeds exactly their colors. */
export function setSeeds(plane: Float32Array, { pixels, ab }: Seeds): void {
  for (let i = 0; i < pixels.length; i++) {
    plane[2 * pixels[i]!] = ab[2 * i]!;
    plane[2 * pixels[i]! + 1] = ab[2 * i + 1]!;
  }
}

function* pixelsOfPoint(
  { x, y, radiusPx = 0 }: ColorPoint,
  { widthPx, heightPx }: Size,
): Generator<number> {
  const [left, right] = [Math.max(0, x - radiusPx), Math.min(widthPx - 1, x + radiusPx)];
  const [top, bottom] = [Math.max(0, y - radiusPx), Math.min(heightPx - 1, y + radiusPx)];
  yield Math.round(y) * widthPx + Math.round(x);
  for (let row = Math.ceil(top); row <= bottom; row++) {
    for (let column = Math.ceil(left); column <= right; column++) {
      if (Math.hypot(column - x, row - y) <= radiusPx) yield row * widthPx + column;
    }
  }
}

function refuse(rule: string, got: number | string): never {
  throw new RangeError(`Cannot spread colors: ${rule}, got ${got}`);
}
