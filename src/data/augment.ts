/** Online augmentation: the same picture a little differently in each epoch. */
import { hashIntegers } from "./hash.ts";

/** What the images are, and what their changes depend on. */
export interface AugmentOptions {
  count: number;
  sizePx: number;
  seed: number;
  epoch: number;
  /** Position of each image in the epoch, [count]: the same position changes in the same way. */
  positions: ArrayLike<number>;
}

/** Smallest part of the picture's area that a crop keeps. */
const MIN_AREA = 0.87;

/** Part of the images that are cropped: enlarging blurs them, and a network shall know sharp ones. */
const CROPPED = 0.25;

/**
 * Flips every other image from left to right, and crops every fourth to a square of 87% to 100% of
 * its area, enlarged back bilinearly.
 * @param rgb 8-bit RGB, shape [count * sizePx * sizePx * 3]; not changed.
 * @returns New pixels of the same shape, the same on every machine for the same options.
 * @throws {RangeError} When `rgb` or `positions` is not of `count` images.
 */
export function augmentImages(rgb: Uint8Array, options: AugmentOptions): Uint8Array {
  const { count, sizePx, seed, epoch, positions } = options;
  const bytes = sizePx * sizePx * 3;
  if (rgb.length !== count * bytes || positions.length !== count) {
    throw new RangeError(
      `Cannot augment: ${count} images of ${sizePx}x${sizePx} must have ${count * bytes} bytes ` +
        `and ${count} positions, got ${rgb.length} and ${positions.length}`,
    );
  }
  const augmented = new Uint8Array(rgb.length);
  for (let i = 0; i < count; i++) {
    const random = (draw: number) => hashIntegers(seed, epoch, positions[i]!, draw) / 2 ** 32;
    const area = random(4) < CROPPED ? MIN_AREA + (1 - MIN_AREA) * random(0) : 1;
    const side = sizePx * Math.sqrt(area);
    const columns = cropTaps(sizePx, side, (sizePx - side) * random(1));
    const rows = cropTaps(sizePx, side, (sizePx - side) * random(2));
    if (random(3) < 0.5) columns.reverse();
    const image = rgb.subarray(i * bytes, (i + 1) * bytes);
    resample(image, augmented.subarray(i * bytes, (i + 1) * bytes), { rows, columns });
  }
  return augmented;
}

/** Two neighbors, and the part of the second one. */
interface Tap {
  first: number;
  second: number;
  part: number;
}

/** Where each new pixel lies between old ones; pixel centers lie at halves. */
function cropTaps(sizePx: number, side: number, offset: number): Tap[] {
  return Array.from({ length: sizePx }, (_, i) => {
    const center = offset + (i + 0.5) * side / sizePx - 0.5;
    const position = Math.min(Math.max(center, 0), sizePx - 1);
    const first = Math.floor(position);
    return { first, second: Math.min(first + 1, sizePx - 1), part: position - first };
  });
}

function resample(
  from: Uint8Array,
  to: Uint8Array,
  { rows, columns }: { rows: Tap[]; columns: Tap[] },
): void {
  const stride = columns.length * 3;
  let at = 0;
  for (const row of rows) {
    const top = row.first * stride, bottom = row.second * stride;
    for (const column of columns) {
      const left = column.first * 3, right = column.second * 3;
      for (let channel = 0; channel < 3; channel++) {
        const l = left + channel, r = right + channel;
        const above = mix(from[top + l]!, from[top + r]!, column.part);
        const below = mix(from[bottom + l]!, from[bottom + r]!, column.part);
        to[at++] = Math.round(mix(above, below, row.part));
      }
    }
  }
}

function mix(a: number, b: number, part: number): number {
  return a + (b - a) * part;
}
