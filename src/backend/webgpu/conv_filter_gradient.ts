import type * as tf from "@tensorflow/tfjs";
import type { KernelCall } from "../own_kernels.ts";
import { declareRead, declareWrite, elementOf } from "./conv_access.ts";
import { CONV_UNIFORMS, convGeometry, convUniforms } from "./conv_geometry.ts";
import { PRODUCT_UNIFORMS, runProduct } from "./conv_product.ts";
import * as tiles from "./conv_tile.ts";
import type { Shader } from "./shader.ts";

/**
 * Conv2DBackpropFilter: the gradient of a convolution with respect to its kernel, the product
 * [Kh * Kw * C, pixels] * [pixels, Cout] of shifted inputs and `dy`, for any stride, dilation and
 * padding.
 */
export function convFilterGradient(
  { inputs: { x, dy }, attributes }: KernelCall,
): tf.TensorInfo | undefined {
  const shape = attributes.filterShape as number[];
  const geometry = convGeometry({ input: x!.shape, kernel: shape }, attributes);
  if (!geometry) return undefined;
  const [rows, columns] = [shape[0]! * shape[1]! * shape[2]!, shape[3]!];
  const tile = tiles.chooseTile(rows, columns);
  return runProduct(filterGradientShader(tile, shape), {
    size: { rows, columns, depth: geometry.batchSize * geometry.outHeight * geometry.outWidth },
    tile,
    operands: [x!, dy!],
    uniforms: convUniforms(geometry),
    shape,
  });
}

function filterGradientShader(tile: tiles.Tile, [, , inChannels, outChannels]: number[]): Shader {
  const [input, output] = [elementOf(inChannels!), elementOf(outChannels!)];
  return {
    name: "ConvFilterGradient",
    variant: [...Object.values(tile), input, output].join(),
    buffers: [
      { name: "gradient", element: output, access: "read_write" },
      { name: "x", element: input, access: "read" },
      { name: "dy", element: output, access: "read" },
    ],
    uniforms: { ...CONV_UNIFORMS, ...PRODUCT_UNIFORMS },
    code: () => code(tile, { wideInput: input !== "f32", wideOutput: output !== "f32" }),
  };
}

/** Rows are (kernel row, kernel column, input channel); the depth is the pixels of dy. */
function code(tile: tiles.Tile, width: { wideInput: boolean; wideOutput: boolean }): string {
  return tiles.productCode({
    tile,
    leftBy: "rows",
    rightBy: "columns",
    declarations: `
      ${declareRead("dyAt", "dy", width.wideOutput)}
      ${declareWrite("writeGradient", "gradient", width.wideOutput)}
      ${PLACES}
      ${width.wideInput ? WIDE_INPUT : NARROW_INPUT}`,
    setup: `
      let channels = uniforms.outputSize.w;
      let rows = uniforms.kernelSize.x * uniforms.kernelSize.y * uniforms.inputSize.w;
      end = min(end, uniforms.outputSize.x * uniforms.outputSize.y * uniforms.outputSize.z);
      let taps = tapsAt(firstRow + 4 * (local % ${tiles.rowsOf(tile) / 4}), rows);
      let slab = pixelAt(${tiles.TILE_DEPTH});`,
    place: "pixelAt(depthAt)",
    left: "inputAt(place, taps, depthAt < end)",
    nextPlace: "advance(place, slab)",
    right: "dyAt(depthAt * channels + column, select(0, channels - column, depthAt < end))",
    rowOffset: "select(-1, (slice * rows + row) * channels, row < rows)",
    write: "writeGradient(offset + column, channels - column, sum);",
  });
}

/** Where a pixel of dy and a tap of the kernel meet in the input; walking on without dividing. */
const PLACES = `
    struct Pixel { image : i32, row : i32, column : i32 }

    fn pixelAt(index : i32) -> Pixel {
      let line = index / uniforms.outputSize.z;
      let image = line / uniforms.outputSize.y;
      return Pixel(
        image, line - image * uniforms.outputSize.y, index - line * uniforms.outputSize.z,
      );
    }

    fn advance(pixel : Pixel, by : Pixel) -> Pixel {
      var next = Pixel(pixel.image + by.image, pixel.row + by.row, pixel.column + by.column);
      if (next.column >= uniforms.outputSize.z) {
        next.column -= uniforms.outputSize.z;
        next.row += 1;
      }
      if (next.row >= uniforms.outputSize.y) {
        next.row -= uniforms.outputSize.y;
        next.image += 1;
      }
      return next;
    }

    // Row and column are distances from the input's pixel (stride * row, stride * column).
    struct Tap { row : i32, column : i32, channel : i32, used : bool }

    fn tapAt(index : i32, count : i32) -> Tap {
      let tap = index / uniforms.inputSize.w;
      let row = tap / uniforms.kernelSize.y;
      let column = tap - row * uniforms.kernelSize.y;
      return Tap(
        row * uniforms.dilation.x - uniforms.padding.x,
        column * uniforms.dilation.y - uniforms.padding.y,
        index - tap * uniforms.inputSize.w,
        index < count,
      );
    }

    // Offset of the value in the input, negative in the padding.
    fn offsetOf(pixel : Pixel, tap : Tap) -> i32 {
      let row = pixel.row * uniforms.stride.x + tap.row;
      let column = pixel.column * uniforms.stride.y + tap.column;
      let inside = tap.used && row >= 0 && row < uniforms.inputSize.y
        && column >= 0 && column < uniforms.inputSize.z;
      let line = pixel.image * uniforms.inputSize.y + row;
      let offset = (line * uniforms.inputSize.z + column) * uniforms.inputSize.w + tap.channel;
      return select(-1, offset, inside);
    }`;

/** Four rows of the product: neighboring channels of one tap. */
const WIDE_INPUT = `
    fn tapsAt(row : i32, rows : i32) -> Tap { return tapAt(row, rows); }

    fn inputAt(pixel : Pixel, taps : Tap, used : bool) -> vec4<f32> {
      let offset = offsetOf(pixel, taps);
      if (!used || offset < 0) { return vec4<f32>(0.0); }
      return x[offset / 4];
    }`;

/** Four rows of the product: any channels and taps. */
const NARROW_INPUT = `
    struct Taps { first : Tap, second : Tap, third : Tap, fourth : Tap }

    fn tapsAt(row : i32, rows : i32) -> Taps {
      return Taps(
        tapAt(row, rows), tapAt(row + 1, rows), tapAt(row + 2, rows), tapAt(row + 3, rows),
      );
    }

    fn valueAt(pixel : Pixel, tap : Tap, used : bool) -> f32 {
      let offset = offsetOf(pixel, tap);
      if (!used || offset < 0) { return 0.0; }
      return x[offset];
    }

    fn inputAt(pixel : Pixel, taps : Taps, used : bool) -> vec4<f32> {
      return vec4<f32>(
        valueAt(pixel, taps.first, used), valueAt(pixel, taps.second, used),
        valueAt(pixel, taps.third, used), valueAt(pixel, taps.fourth, used),
      );
    }`;
