/** Convolutions of many shapes for the tests of our shaders, and plain loops that compute them. */
import * as tf from "@tensorflow/tfjs";
import type { SeededRandom } from "../../random.ts";

/** One convolution with all its tensors' values. */
export interface ConvCase {
  name: string;
  input: number[];
  kernel: number[];
  output: number[];
  strides: [number, number];
  dilations: [number, number];
  pad: "same" | "valid" | number | [number, number][];
  padTop: number;
  padLeft: number;
  values: Record<"x" | "filter" | "dy", Float32Array>;
}

/**
 * Channels in and out. They decide which variants of a shader come up, and a software adapter takes
 * a second to compile each: so these few, with tiles of each width, rows of vec4s and others.
 */
const CHANNELS = [[1, 36], [3, 2], [4, 12], [20, 17], [5, 68]] as const;

/** A random convolution: odd sizes, few and many channels, every kind of padding. */
export function randomConv(random: SeededRandom): ConvCase {
  const pick = <T>(values: readonly T[]): T => values[random.integer(0, values.length - 1)]!;
  for (;;) {
    const batch = pick([1, 1, 2, 3, 17]);
    const most = batch === 17 ? 5 : 11;
    const [height, width] = [random.integer(1, most), random.integer(1, most)];
    const [inChannels, outChannels] = pick(CHANNELS);
    const kernel = [random.integer(1, 4), random.integer(1, 4), inChannels, outChannels];
    const strides: [number, number] = [random.integer(1, 3), random.integer(1, 3)];
    const dilations: [number, number] = [random.integer(1, 2), random.integer(1, 2)];
    const pad = pick<ConvCase["pad"]>([
      ...["same", "same", "valid"] as const,
      ...[1, [[0, 0], [2, 1], [0, 2], [0, 0]]] as (number | [number, number][])[],
    ]);
    const input = [batch, height, width, inChannels];
    const conv = makeConv(random, { input, kernel, strides, dilations, pad });
    if (conv) return conv;
  }
}

/** The convolution with random values, or undefined when it has no output. */
export function makeConv(
  random: SeededRandom,
  conv: Pick<ConvCase, "input" | "kernel" | "strides" | "dilations" | "pad">,
): ConvCase | undefined {
  type Sizes = [number, number, number, number];
  const { outShape, padInfo, outHeight, outWidth } = tf.backend_util.computeConv2DInfo(
    ...[conv.input as Sizes, conv.kernel as Sizes, conv.strides, conv.dilations] as const,
    ...[conv.pad as "same", typeof conv.pad === "number" ? "floor" : undefined] as const,
  );
  if (outHeight < 1 || outWidth < 1) return undefined;
  const size = (shape: number[]) => shape.reduce((product, side) => product * side, 1);
  return {
    ...conv,
    name: JSON.stringify(conv),
    output: outShape,
    padTop: padInfo.top,
    padLeft: padInfo.left,
    values: {
      x: random.values(size(conv.input)),
      filter: random.values(size(conv.kernel)),
      dy: random.values(size(outShape)),
    },
  };
}

/**
 * A convolution or one of its gradients by plain loops: for each output pixel and tap, of the three
 * tensors' values the two others multiplied are added to the one asked for.
 */
export function plainConv(conv: ConvCase, wanted: "x" | "filter" | "dy"): Float64Array {
  const [batch, height, width, inChannels] = conv.input as [number, number, number, number];
  const [kernelHeight, kernelWidth] = conv.kernel as [number, number];
  const [, outHeight, outWidth, outChannels] = conv.output as [number, number, number, number];
  const result = new Float64Array(conv.values[wanted].length);
  for (let place = 0; place < batch * outHeight * outWidth; place++) {
    const image = Math.floor(place / (outHeight * outWidth));
    const outRow = Math.floor(place / outWidth) % outHeight;
    for (let tap = 0; tap < kernelHeight * kernelWidth; tap++) {
      const row = outRow * conv.strides[0] - conv.padTop +
        Math.floor(tap / kernelWidth) * conv.dilations[0];
      const column = place % outWidth * conv.strides[1] - conv.padLeft +
        tap % kernelWidth * conv.dilations[1];
      if (row < 0 || row >= height || column < 0 || column >= width) continue;
      const at = {
        x: ((image * height + row) * width + column) * inChannels,
        filter: tap * inChannels * outChannels,
        dy: place * outChannels,
      };
      addProducts(result, conv, { wanted, at, channels: [inChannels, outChannels] });
    }
  }
  return result;
}

function addProducts(
  result: Float64Array,
  { values: { x, filter, dy } }: ConvCase,
  { wanted, at, channels: [inChannels, outChannels] }: {
    wanted: "x" | "filter" | "dy";
    at: Record<"x" | "filter" | "dy", number>;
    channels: [number, number];
  },
): void {
  for (let c = 0; c < inChannels; c++) {
    for (let o = 0; o < outChannels; o++) {
      const [atX, atFilter, atDy] = [at.x + c, at.filter + c * outChannels + o, at.dy + o];
      if (wanted === "dy") result[atDy]! += x[atX]! * filter[atFilter]!;
      else if (wanted === "filter") result[atFilter]! += x[atX]! * dy[atDy]!;
      else result[atX]! += dy[atDy]! * filter[atFilter]!;
    }
  }
}
