import type { Model } from "../../src/colorize/model.ts";
import { type BatchShape, predictAb, type PredictOptions } from "../../src/colorize/predict.ts";
import { resizePlaneArea, upsamplePlanesBilinear } from "../../src/image/resize.ts";

/**
 * Predicts the colors of pictures that are smaller than those a model was trained on: they are
 * stretched to its size, one after the other, and its colors averaged back. Pictures of its size or
 * larger ones are predicted as they are.
 * @param lightness L*, 0..100, shape [N, H, W].
 * @returns a*, b*, shape [N, H, W, 2].
 */
export async function predictAtOwnSize(
  model: Model,
  lightness: Float32Array,
  shape: BatchShape,
  { hints, ...options }: PredictOptions = {},
): Promise<Float32Array> {
  const { count, ...size } = shape;
  const scale = model.sizePx / Math.min(size.heightPx, size.widthPx);
  if (scale <= 1) {
    return await predictAb(model, lightness, shape, { ...options, ...(hints && { hints }) });
  }
  const pixels = size.heightPx * size.widthPx;
  const own = {
    heightPx: Math.round(size.heightPx * scale),
    widthPx: Math.round(size.widthPx * scale),
  };
  const all = new Float32Array(2 * count * pixels);
  for (let i = 0; i < count; i++) {
    const plane = lightness.subarray(i * pixels, (i + 1) * pixels);
    const stretched = upsamplePlanesBilinear(plane, { ...size, channels: 1 }, own);
    const given = hints?.subarray(3 * i * pixels, 3 * (i + 1) * pixels);
    const ab = await predictAb(model, stretched, { count: 1, ...own }, {
      ...options,
      ...(given && { hints: stretchHints(given, size, own) }),
    });
    all.set(averagedBack(ab, own, size), 2 * i * pixels);
  }
  return all;
}

type Size = Omit<BatchShape, "count">;

/** Each pixel of the larger picture has the hint of the one that it lies in. */
function stretchHints(hints: Float32Array, from: Size, to: Size): Float32Array {
  const stretched = new Float32Array(3 * to.heightPx * to.widthPx);
  for (let y = 0; y < to.heightPx; y++) {
    const row = Math.floor(y * from.heightPx / to.heightPx);
    for (let x = 0; x < to.widthPx; x++) {
      const at = 3 * (row * from.widthPx + Math.floor(x * from.widthPx / to.widthPx));
      stretched.set(hints.subarray(at, at + 3), 3 * (y * to.widthPx + x));
    }
  }
  return stretched;
}

function averagedBack(ab: Float32Array, from: Size, to: Size): Float32Array {
  const planes = [0, 1].map((plane) => {
    const values = new Float32Array(ab.length / 2);
    for (let i = 0; i < values.length; i++) values[i] = ab[2 * i + plane]!;
    return resizePlaneArea(values, from, to);
  });
  return Float32Array.from(
    { length: 2 * to.heightPx * to.widthPx },
    (_, i) => planes[i % 2]![i >> 1]!,
  );
}
