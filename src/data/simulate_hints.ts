/** Color hints as a user would give them, drawn from the true colors: for training and measuring. */
import { hashIntegers } from "./hash.ts";

/** The largest patch, for each 256 pixels of the picture's side. */
const MAX_PATCH_AT_256 = 9;

/** Chance that the next point is the last one: 7 points on average, none in an eighth. */
const STOP_CHANCE = 1 / 8;

/** What the hints of a picture depend on; the same for the same. */
export interface HintDraw {
  /** Side of the square picture. */
  sizePx: number;
  /** Integers that tell this draw from all others. */
  keys: readonly number[];
}

/**
 * Draws how many hints a picture gets: geometric, P(n) = 7/8^n * 1/8.
 * @see Zhang et al. 2017, "Real-Time User-Guided Image Colorization", section 3.2.
 */
export function drawHintCount(keys: readonly number[]): number {
  const random = uniform(hashIntegers(...keys, 0));
  return Math.floor(Math.log(random) / Math.log(1 - STOP_CHANCE));
}

/**
 * Reveals the colors of square patches: their sides uniform from 1 pixel to 9 for each 256 of the
 * picture's side, their places normal around the center with a deviation of a quarter of the side,
 * their color the mean of the patch.
 * @param ab Colors in any unit, shape [H, W, 2].
 * @param hints Colors in the same unit and 1 for a hint, shape [H, W, 3]; written in place.
 * @param options.points How many patches; later ones cover earlier ones.
 * @see Zhang et al. 2017, "Real-Time User-Guided Image Colorization", section 3.2.
 */
export function simulateHints(
  ab: Float32Array,
  hints: Float32Array,
  { sizePx, keys, points }: HintDraw & { points: number },
): void {
  const maxSide = Math.max(1, Math.ceil(MAX_PATCH_AT_256 * sizePx / 256));
  for (let point = 0; point < points; point++) {
    const draw = (index: number) => uniform(hashIntegers(...keys, 1 + 4 * point + index));
    const side = 1 + Math.floor(maxSide * draw(0));
    const radius = Math.sqrt(-2 * Math.log(draw(1))); // Box and Muller: two normal numbers
    const angle = 2 * Math.PI * draw(2);
    const place = (normal: number) => {
      const begin = Math.round((sizePx - side) / 2 + normal * (sizePx - side + 1) / 4);
      return Math.min(Math.max(begin, 0), sizePx - side);
    };
    const patch = {
      x: place(radius * Math.cos(angle)),
      y: place(radius * Math.sin(angle)),
      side,
    };
    revealPatch(ab, hints, { ...patch, sizePx });
  }
}

function revealPatch(
  ab: Float32Array,
  hints: Float32Array,
  { x, y, side, sizePx }: { x: number; y: number; side: number; sizePx: number },
): void {
  let [a, b] = [0, 0];
  const pixels: number[] = [];
  for (let row = y; row < y + side; row++) {
    for (let column = x; column < x + side; column++) pixels.push(row * sizePx + column);
  }
  for (const pixel of pixels) {
    a += ab[2 * pixel]! / pixels.length;
    b += ab[2 * pixel + 1]! / pixels.length;
  }
  for (const pixel of pixels) hints.set([a, b, 1], 3 * pixel);
}

/** In 0..1, both excluded: its logarithm is finite. */
function uniform(hash: number): number {
  return (hash + 0.5) / 2 ** 32;
}
