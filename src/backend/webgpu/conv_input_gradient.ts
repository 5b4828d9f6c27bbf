import type * as tf from "@tensorflow/tfjs";
import type { KernelCall } from "../own_kernels.ts";
import { elementOf } from "./conv_access.ts";
import { declareDepthRead, TAPS } from "./conv_depth.ts";
import { CONV_UNIFORMS, type ConvGeometry, convGeometry, convUniforms } from "./conv_geometry.ts";
import { PRODUCT_UNIFORMS, runProduct } from "./conv_product.ts";
import * as tiles from "./conv_tile.ts";
import type { Shader } from "./shader.ts";

/**
 * Conv2DBackpropInput: the gradient of a convolution with respect to its input, which is also the
 * forward pass of a transposed convolution, for any stride, dilation and padding. Input pixels of
 * one phase, (row, column) modulo the strides, meet the same taps: a product [pixels of a phase,
 * taps * Cout] * [taps * Cout, C] for each phase, so that no zero between strides is multiplied.
 */
export function convInputGradient(
  { inputs: { dy, filter }, attributes }: KernelCall,
): tf.TensorInfo | undefined {
  const shape = attributes.inputShape as number[];
  const geometry = convGeometry({ input: shape, kernel: filter!.shape }, attributes);
  if (!geometry) return undefined;
  const { strideHeight, strideWidth, outChannels, inChannels } = geometry;
  const { period, mostTaps } = phaseTaps(geometry);
  const size = {
    rows: shape[0]! * Math.ceil(shape[1]! / strideHeight) * Math.ceil(shape[2]! / strideWidth),
    columns: inChannels,
    depth: mostTaps * outChannels,
    parts: strideHeight * strideWidth,
  };
  const tile = tiles.chooseTile(size.rows, size.columns);
  return runProduct(inputGradientShader(tile, outChannels), {
    size,
    tile,
    operands: [dy!, filter!],
    uniforms: { ...convUniforms(geometry), period },
    shape,
  });
}

/** Every how many-th tap a phase meets, down and across, and the most taps that one meets. */
function phaseTaps(geometry: ConvGeometry): { period: [number, number]; mostTaps: number } {
  const down = geometry.strideHeight / divisor(geometry.strideHeight, geometry.dilationHeight);
  const across = geometry.strideWidth / divisor(geometry.strideWidth, geometry.dilationWidth);
  const { filterHeight, filterWidth } = geometry;
  return {
    period: [down, across],
    mostTaps: Math.ceil(filterHeight / down) * Math.ceil(filterWidth / across),
  };
}

/** Greatest common divisor (Euclid). */
function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

function inputGradientShader(tile: tiles.Tile, channels: number): Shader {
  const element = elementOf(channels);
  return {
    name: "ConvInputGradient",
    variant: [...Object.values(tile), element].join(),
    buffers: [
      { name: "gradient", element: "f32", access: "read_write" },
      { name: "dy", element, access: "read" },
      { name: "kernel", element, access: "read" },
    ],
    uniforms: { ...CONV_UNIFORMS, period: "vec2<i32>", ...PRODUCT_UNIFORMS },
    code: () => code(tile, element !== "f32"),
  };
}

/** Rows are a phase's pixels, columns input channels; the depth is taps and output channels. */
function code(tile: tiles.Tile, wide: boolean): string {
  return tiles.productCode({
    tile,
    leftBy: "depth",
    rightBy: "depth",
    declarations: `
      ${TAPS}
      ${PHASES}
      ${declareDepthRead("dyAt", { buffer: "dy", place: "Place", wide })}
      ${declareDepthRead("kernelAt", { buffer: "kernel", place: "i32", wide })}`,
    setup: `
      let channels = uniforms.outputSize.w;
      phaseRows = phaseOf(part / uniforms.stride.y, 0);
      phaseColumns = phaseOf(part % uniforms.stride.y, 1);
      let sides = vec2<i32>(phaseRows.taps, phaseColumns.taps);
      end = min(end, sides.x * sides.y * channels);
      var tap = tapAt(begin + 4 * (local % ${tiles.TILE_DEPTH / 4}), sides, channels);`,
    place: "placeAt(row)",
    left: "dyAt(place, tap, sides, channels)",
    right: "kernelAt(column, tap, sides, channels)",
    next: `tap = walkOn(tap, ${tiles.TILE_DEPTH}, sides, channels);`,
    rowOffset: "rowOffset(placeAt(row), slice)",
    write: "if (column < uniforms.inputSize.w) { gradient[offset + column] = sum; }",
  });
}

/** Which pixels and taps a phase has, and where they meet. */
const PHASES = `
    // One axis: pixel i of the phase is first + stride * i; its tap j is firstTap + period * j of
    // the kernel and reads dy at base + i - step * j.
    struct Phase { first : i32, firstTap : i32, taps : i32, base : i32, step : i32 }
    var<private> phaseRows : Phase;
    var<private> phaseColumns : Phase;

    fn phaseOf(first : i32, axis : i32) -> Phase {
      let stride = uniforms.stride[axis];
      let dilation = uniforms.dilation[axis];
      let period = uniforms.period[axis];
      let reach = first + uniforms.padding[axis];
      var tap = 0;
      while (tap < period && (tap * dilation - reach) % stride != 0) { tap += 1; }
      let count = (uniforms.kernelSize[axis] - tap + period - 1) / period;
      let met = tap < period && tap < uniforms.kernelSize[axis];
      return Phase(
        first, tap, select(0, count, met), (reach - tap * dilation) / stride,
        dilation * period / stride,
      );
    }

    // A pixel of the phase; negative image: none.
    struct Place { image : i32, row : i32, column : i32 }

    fn placeAt(index : i32) -> Place {
      let rows = (uniforms.inputSize.y + uniforms.stride.x - 1) / uniforms.stride.x;
      let columns = (uniforms.inputSize.z + uniforms.stride.y - 1) / uniforms.stride.y;
      let line = index / columns;
      let image = line / rows;
      return Place(
        select(-1, image, image < uniforms.inputSize.x),
        line - image * rows, index - line * columns,
      );
    }

    fn dyAtOffset(place : Place, tap : Tap) -> i32 {
      let row = place.row + phaseRows.base - tap.row * phaseRows.step;
      let column = place.column + phaseColumns.base - tap.column * phaseColumns.step;
      let size = uniforms.outputSize;
      let inside = place.image >= 0 && row >= 0 && row < size.y && column >= 0 && column < size.z;
      let offset = ((place.image * size.y + row) * size.z + column) * size.w + tap.channel;
      return select(-1, offset, inside);
    }

    fn kernelAtOffset(column : i32, tap : Tap) -> i32 {
      let row = phaseRows.firstTap + tap.row * uniforms.period.x;
      let across = phaseColumns.firstTap + tap.column * uniforms.period.y;
      let line = (row * uniforms.kernelSize.y + across) * uniforms.inputSize.w + column;
      return select(-1, line * uniforms.outputSize.w + tap.channel, column < uniforms.inputSize.w);
    }

    fn rowOffset(place : Place, slice : i32) -> i32 {
      let row = phaseRows.first + place.row * uniforms.stride.x;
      let column = phaseColumns.first + place.column * uniforms.stride.y;
      let size = uniforms.inputSize;
      let inside = place.image >= 0 && row < size.y && column < size.z;
      let image = slice * size.x + place.image;
      return select(-1, ((image * size.y + row) * size.z + column) * size.w, inside);
    }`;
