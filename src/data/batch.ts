/** Pixels to what networks are trained on: raw lightness in, scaled ab as the target. */
import { rgbToLab } from "../color/lab.ts";
import { normalizeAb } from "../color/normalize.ts";

/** Network input and target of N square images. */
export interface Batch {
  count: number;
  sizePx: number;
  /** L*, 0..100, shape [N, H, W, 1]. */
  lightness: Float32Array;
  /** a*, b* / 128, within -1..1, shape [N, H, W, 2]. */
  targetAb: Float32Array;
}

/**
 * Converts images to a batch; grayscale ones are images like any other.
 * @param rgb 8-bit RGB, shape [N * H * W * 3].
 * @throws {RangeError} When the length is not that of `count` images of `sizePx` squared.
 */
export function makeBatch(
  rgb: Uint8Array,
  { count, sizePx }: { count: number; sizePx: number },
): Batch {
  const pixels = count * sizePx * sizePx;
  if (rgb.length !== 3 * pixels) {
    throw new RangeError(
      `Cannot make a batch: ${count} images of ${sizePx}x${sizePx} must have ${
        3 * pixels
      } bytes, got ${rgb.length}`,
    );
  }
  const { lightness, ab } = rgbToLab(rgb, 3);
  return { count, sizePx, lightness, targetAb: normalizeAb(ab) };
}
