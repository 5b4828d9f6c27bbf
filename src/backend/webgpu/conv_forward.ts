import type * as tf from "@tensorflow/tfjs";
import type { KernelCall } from "../own_kernels.ts";
import { declareRead, declareWrite, elementOf } from "./conv_access.ts";
import { declareDepthRead, TAPS } from "./conv_depth.ts";
import { CONV_UNIFORMS, convGeometry, convUniforms } from "./conv_geometry.ts";
import { PRODUCT_UNIFORMS, runProduct } from "./conv_product.ts";
import * as tiles from "./conv_tile.ts";
import type { Shader } from "./shader.ts";

/**
 * What may follow a convolution in its shader: WGSL of a function of `values`, a vec4. ReLU passes
 * NaN on, which max() may hide: a run that diverges must be seen.
 */
const ACTIVATIONS: Record<string, string> = {
  linear: "values",
  relu: "select(values, vec4<f32>(0.0), values < vec4<f32>(0.0))",
  sigmoid: "1.0 / (1.0 + exp(-values))",
};

/**
 * Conv2D: the product [pixels, Kh * Kw * C] * [Kh * Kw * C, Cout] of shifted inputs and the kernel,
 * for any stride, dilation and padding.
 */
export function conv(
  { inputs: { x, filter }, attributes }: KernelCall,
): tf.TensorInfo | undefined {
  return runConv([x!, filter!], attributes, "linear");
}

/** FusedConv2D: a convolution, bias and activation; other activations are left to tfjs. */
export function fusedConv({ inputs, attributes }: KernelCall): tf.TensorInfo | undefined {
  const { x, filter, bias } = inputs;
  const activation = attributes.activation as string;
  if (!(activation in ACTIVATIONS)) return undefined;
  if (!bias) return runConv([x!, filter!], attributes, activation);
  // tfjs also takes biases that broadcast in other ways.
  const channels = filter!.shape[3]!;
  if (bias.shape.at(-1) !== channels || bias.shape.slice(0, -1).some((side) => side !== 1)) {
    return undefined;
  }
  return runConv([x!, filter!, bias], attributes, activation);
}

/** @param operands Input [N, H, W, C], kernel [Kh, Kw, C, Cout] and maybe bias [Cout]. */
function runConv(
  operands: tf.TensorInfo[],
  attributes: KernelCall["attributes"],
  activation: string,
): tf.TensorInfo | undefined {
  const [input, kernel] = operands.map(({ shape }) => shape) as [number[], number[]];
  const geometry = convGeometry({ input, kernel }, attributes);
  if (!geometry) return undefined;
  const { batchSize, outHeight, outWidth, outChannels } = geometry;
  const withBias = operands.length === 3;
  const size = {
    rows: batchSize * outHeight * outWidth,
    columns: outChannels,
    depth: kernel[0]! * kernel[1]! * kernel[2]!,
    unsliced: withBias || activation !== "linear",
  };
  const tile = tiles.chooseTile(size.rows, size.columns);
  return runProduct(convShader(tile, { kernel, withBias, activation }), {
    size,
    tile,
    operands,
    uniforms: convUniforms(geometry),
    shape: geometry.outShape,
  });
}

interface Variant {
  kernel: number[];
  withBias: boolean;
  activation: string;
}

function convShader(tile: tiles.Tile, variant: Variant): Shader {
  const [input, output] = [elementOf(variant.kernel[2]!), elementOf(variant.kernel[3]!)];
  const { withBias, activation } = variant;
  return {
    name: "Conv",
    variant: [...Object.values(tile), input, output, withBias, activation].join(),
    buffers: [
      { name: "result", element: output, access: "read_write" },
      { name: "x", element: input, access: "read" },
      { name: "kernel", element: output, access: "read" },
      ...withBias ? [{ name: "bias", element: output, access: "read" } as const] : [],
    ],
    uniforms: { ...CONV_UNIFORMS, ...PRODUCT_UNIFORMS },
    code: () => code(tile, variant),
  };
}

/** Rows are pixels of the result, columns its channels; the depth is taps and input channels. */
function code(tile: tiles.Tile, { kernel, withBias, activation }: Variant): string {
  const [wideInput, wideOutput] = [kernel[2]! % 4 === 0, kernel[3]! % 4 === 0];
  const biased = withBias ? "sum + biasAt(column, outChannels - column)" : "sum";
  return tiles.productCode({
    tile,
    leftBy: "depth",
    rightBy: "columns",
    declarations: `
      ${TAPS}
      ${PLACES}
      ${declareDepthRead("inputAt", { buffer: "x", place: "Place", wide: wideInput })}
      ${declareRead("kernelAt", "kernel", wideOutput)}
      ${withBias ? declareRead("biasAt", "bias", wideOutput) : ""}
      ${declareWrite("writeResult", "result", wideOutput)}
      fn activated(values : vec4<f32>) -> vec4<f32> { return ${ACTIVATIONS[activation]!}; }`,
    setup: `
      let channels = uniforms.inputSize.w;
      let outChannels = uniforms.outputSize.w;
      let sides = uniforms.kernelSize;
      let rows = uniforms.outputSize.x * uniforms.outputSize.y * uniforms.outputSize.z;
      end = min(end, sides.x * sides.y * channels);
      var tap = tapAt(begin + 4 * (local % ${tiles.TILE_DEPTH / 4}), sides, channels);`,
    place: "placeAt(row)",
    left: "inputAt(place, tap, sides, channels)",
    right: "kernelAt(depthAt * outChannels + column, " +
      "select(0, outChannels - column, depthAt < end))",
    next: `tap = walkOn(tap, ${tiles.TILE_DEPTH}, sides, channels);`,
    rowOffset: "select(-1, (slice * rows + row) * outChannels, row < rows)",
    write: `writeResult(offset + column, outChannels - column, activated(${biased}));`,
  });
}

/** Where a pixel of the result begins to read the input. */
const PLACES = `
    struct Place { image : i32, row : i32, column : i32 }

    fn placeAt(index : i32) -> Place {
      let line = index / uniforms.outputSize.z;
      let image = line / uniforms.outputSize.y;
      return Place(
        image,
        (line - image * uniforms.outputSize.y) * uniforms.stride.x - uniforms.padding.x,
        (index - line * uniforms.outputSize.z) * uniforms.stride.y - uniforms.padding.y,
      );
    }

    fn inputAtOffset(place : Place, tap : Tap) -> i32 {
      let row = place.row + tap.row * uniforms.dilation.x;
      let column = place.column + tap.column * uniforms.dilation.y;
      let size = uniforms.inputSize;
      let inside = place.image < size.x && row >= 0 && row < size.y
        && column >= 0 && column < size.z;
      let offset = ((place.image * size.y + row) * size.z + column) * size.w + tap.channel;
      return select(-1, offset, inside);
    }`;
