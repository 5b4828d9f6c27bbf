import * as tf from "@tensorflow/tfjs";
import type { DecodeSettings } from "../color/decode_bins.ts";
import { denormalizeAb } from "../color/normalize.ts";
import { resizePlaneArea } from "../image/resize.ts";
import type { Network } from "../network/network.ts";
import { type SmallPlanes, upsampleEdgeAware } from "./edge_aware_upsample.ts";
import { CLOSER, closerSize, logitsOfLooks, type Seen } from "./looks.ts";
import { mirrorSides, paddedSize } from "./mirror_sides.ts";
import type { Model } from "./model.ts";
import { seenBy } from "./seen.ts";
import { settingsOfLooks } from "./settings_of_looks.ts";

/** The size of a batch of pictures. */
export interface BatchShape {
  count: number;
  heightPx: number;
  widthPx: number;
}

/** What a model can be told, if it takes it. */
export interface PredictOptions {
  /**
   * From faithful, 0, to as colorful as photographs are, 1; 0 when left out. A list has one each.
   * Closer looks give stronger colors, so that less is done beside them: see `settingsOfLooks`.
   */
  vividness?: number | readonly number[];
  /** How to decode the distributions, instead of by a vividness. */
  decode?: DecodeSettings;
  /** Colors that are known: a*, b* and 1 where one is given, else 0; shape [N, H, W, 3]. */
  hints?: Float32Array;
  /**
   * L* of the same pictures with more detail, for a palette, one for each scale of `CLOSER`, of the
   * shapes [N, ...closerSize].
   */
  closer?: readonly Float32Array[];
}

/**
 * Predicts the colors of a batch of pictures. On a GPU, check the device for errors afterwards: a
 * failed GPU operation gives zeros.
 * @param lightness L*, 0..100, shape [N, H, W]; even sides for a palette.
 * @returns Interleaved a*, b*, clamped to those of sRGB colors, shape [N, H, W, 2].
 * @throws {RangeError} When the length, a side or an option does not fit.
 * @throws {Error} When the network predicts NaN.
 */
export async function predictAb(
  model: Pick<Model, "name" | "network">,
  lightness: Float32Array,
  shape: BatchShape,
  options: PredictOptions = {},
): Promise<Float32Array> {
  const planes = await predictPlanes(model, lightness, shape, options);
  const pixels = shape.heightPx * shape.widthPx;
  if (planes.every(({ ab }) => ab.length === 2 * pixels)) return joined(planes);
  return joined(planes.map((small, i) => ({
    ab: upsampleEdgeAware(small, lightness.subarray(i * pixels, (i + 1) * pixels), shape),
  })));
}

/**
 * Predicts colors at the resolution that the network gives them: that of the pictures, or half of
 * it. Else as `predictAb`.
 * @returns For each picture a*, b* and its own lightness averaged to their resolution.
 */
export async function predictPlanes(
  { name, network }: Pick<Model, "name" | "network">,
  lightness: Float32Array,
  shape: BatchShape,
  options: PredictOptions = {},
): Promise<SmallPlanes[]> {
  checkShape(network, lightness, shape);
  checkOptions({ name, network }, shape, options);
  const padded = paddedSize(shape, network.sizeMultiple);
  const predicted = tf.tidy(() =>
    predict(network, seenBy(network, { ...options, lightness }, shape), options)
  ); // [N, h, w, 2]
  try {
    const [, rows, columns] = predicted.shape;
    const map = { ...shape, channels: 2, heightPx: rows, widthPx: columns };
    const small = {
      heightPx: shape.heightPx * rows / padded.heightPx,
      widthPx: shape.widthPx * columns / padded.widthPx,
    };
    const ab = mirrorSides(denormalizeAb(await predicted.data() as Float32Array), map, small);
    if (ab.some(Number.isNaN)) {
      throw new Error(`Cannot predict colors: ${name} must predict numbers, got NaN`);
    }
    const [full, part] = [shape.heightPx * shape.widthPx, small.heightPx * small.widthPx];
    return Array.from({ length: shape.count }, (_, i) => ({
      ...small,
      lightness: averaged(lightness.subarray(i * full, (i + 1) * full), shape, small),
      ab: ab.subarray(2 * i * part, 2 * (i + 1) * part),
    }));
  } finally {
    predicted.dispose();
  }
}

function predict(
  { predictAb, palette }: Network,
  seen: Seen,
  { vividness = 0, decode }: PredictOptions,
): tf.Tensor4D {
  if (!palette) return predictAb(seen.lightness, seen.hints);
  const logits = logitsOfLooks(palette, seen);
  if (typeof vividness === "number") {
    return palette.decode(logits, decode ?? settingsOfLooks(vividness, seen));
  }
  const each = tf.split(logits, vividness.length).map((own, i) =>
    palette.decode(own as tf.Tensor4D, settingsOfLooks(vividness[i]!, seen))
  );
  return tf.concat(each);
}

function averaged(plane: Float32Array, from: BatchShape, to: Omit<BatchShape, "count">) {
  if (from.heightPx === to.heightPx && from.widthPx === to.widthPx) return plane;
  return resizePlaneArea(plane, from, to);
}

function joined(planes: { ab: Float32Array }[]): Float32Array {
  if (planes.length === 1) return planes[0]!.ab;
  const length = planes.reduce((sum, { ab }) => sum + ab.length, 0);
  const all = new Float32Array(length);
  let offset = 0;
  for (const { ab } of planes) {
    all.set(ab, offset);
    offset += ab.length;
  }
  return all;
}

function checkShape(
  { palette }: Network,
  lightness: Float32Array,
  { count, heightPx, widthPx }: BatchShape,
): void {
  const shape = `${count} x ${heightPx} x ${widthPx}`;
  if (lightness.length !== count * heightPx * widthPx) {
    throw new RangeError(
      `Cannot predict colors: must get ${shape} values, got ${lightness.length}`,
    );
  }
  if (palette && (heightPx % 2 !== 0 || widthPx % 2 !== 0)) {
    throw new RangeError(`Cannot predict colors: sides must divide by 2, got ${shape}`);
  }
}

function checkOptions(
  { name, network }: Pick<Model, "name" | "network">,
  { count, heightPx, widthPx }: BatchShape,
  { vividness, hints, closer }: PredictOptions,
): void {
  if (!network.palette && vividness !== undefined) {
    const rule = `${name} predicts one color for each pixel and takes no vividness`;
    throw new RangeError(`Cannot predict colors: ${rule}, got vividness ${vividness}`);
  }
  if (!network.takesHints && hints !== undefined) {
    throw new RangeError(`Cannot predict colors: ${name} takes no hints, got some`);
  }
  if (!network.palette && closer !== undefined) {
    throw new RangeError(`Cannot predict colors: ${name} takes no closer looks, got some`);
  }
  if (typeof vividness === "object" && vividness.length !== count) {
    throw new RangeError(
      `Cannot predict colors: vividness must be one for each of ${count} pictures, got ${vividness.length}`,
    );
  }
  if (hints && hints.length !== 3 * count * heightPx * widthPx) {
    throw new RangeError(
      `Cannot predict colors: hints must have 3 values for each pixel, ${
        3 * count * heightPx * widthPx
      }, got ${hints.length}`,
    );
  }
  if (closer) checkCloser(closer, { count, heightPx, widthPx });
}

function checkCloser(
  closer: readonly Float32Array[],
  { count, ...size }: BatchShape,
): void {
  if (closer.length !== CLOSER.length) {
    throw new RangeError(
      `Cannot predict colors: closer looks must be ${CLOSER.length}, got ${closer.length}`,
    );
  }
  for (const [i, plane] of closer.entries()) {
    const near = closerSize(size, CLOSER[i]!);
    const length = count * near.heightPx * near.widthPx;
    if (plane.length === length) continue;
    const rule = `closer look ${i + 1} must have ${length} values`;
    throw new RangeError(`Cannot predict colors: ${rule}, got ${plane.length}`);
  }
}
