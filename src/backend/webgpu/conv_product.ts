/**
 * Products of matrices whose operands the convolution shaders find in their tensors: cut into tiles
 * for the workgroups, and into slices of the sums where there are too few tiles.
 */
import type * as tf from "@tensorflow/tfjs";
import { columnsOf, rowsOf, type Tile, TILE_DEPTH } from "./conv_tile.ts";
import { gpuTensor, linearGroups, releaseGpuTensor, runShader, type Shader } from "./shader.ts";

/** A product of matrices: `parts` times `rows` x `columns` values, sums of `depth` terms. */
export interface ProductSize {
  rows: number;
  columns: number;
  depth: number;
  parts?: number;
  /** Keeps the depth whole, for shaders that do more with a sum than write it. */
  unsliced?: boolean;
}

/** How the depth is cut into slices that are summed apart, and the terms of each. */
interface SlicePlan {
  slices: number;
  sliceDepth: number;
}

/** Workgroups that keep a large GPU busy; products of fewer tiles share out their depth. */
const WANTED_GROUPS = 512;
/** A slice of fewer terms would cost more to add up than it gains. */
const LEAST_SLICE_DEPTH = 256;
/** Values of all slices together, at most: 64 MiB. */
const MOST_SLICE_VALUES = 2 ** 24;

/** Cuts the depth of a product with few tiles into slices, whole multiples of `TILE_DEPTH`. */
function planSlices(
  { rows, columns, depth, parts = 1, unsliced }: ProductSize,
  tile: Tile,
): SlicePlan {
  const tiles = Math.ceil(rows / rowsOf(tile)) * Math.ceil(columns / columnsOf(tile)) * parts;
  const wanted = Math.min(
    Math.floor(WANTED_GROUPS / tiles),
    Math.floor(depth / LEAST_SLICE_DEPTH),
    Math.floor(MOST_SLICE_VALUES / (rows * columns * parts)),
  );
  if (unsliced || wanted <= 1) {
    return { slices: 1, sliceDepth: Math.ceil(depth / TILE_DEPTH) * TILE_DEPTH };
  }
  const sliceDepth = Math.ceil(depth / wanted / TILE_DEPTH) * TILE_DEPTH;
  return { slices: Math.ceil(depth / sliceDepth), sliceDepth };
}

/** Uniforms of every product's shader. */
export const PRODUCT_UNIFORMS = { columnTiles: "i32", slices: "i32", sliceDepth: "i32" } as const;

/**
 * Runs a product's shader, whose first buffer is the result; adds the slices in their order where
 * there are several, so that every run has the same result.
 */
export function runProduct(
  shader: Shader,
  { size, tile, operands, uniforms, shape }: {
    size: ProductSize;
    tile: Tile;
    operands: tf.TensorInfo[];
    uniforms: Record<string, number | number[]>;
    /** Of the result. */
    shape: number[];
  },
): tf.TensorInfo {
  const plan = planSlices(size, tile);
  const columnTiles = Math.ceil(size.columns / columnsOf(tile));
  const [across, down] = linearGroups(size.rows, rowsOf(tile));
  const result = gpuTensor(plan.slices === 1 ? shape : [plan.slices, ...shape]);
  runShader(shader, {
    buffers: [result, ...operands],
    uniforms: { ...uniforms, columnTiles, ...plan },
    groups: [across, down, columnTiles * plan.slices * (size.parts ?? 1)],
  });
  return plan.slices === 1 ? result : sumSlices(result, shape);
}

function sumSlices(slices: tf.TensorInfo, shape: number[]): tf.TensorInfo {
  const total = gpuTensor(shape);
  const size = shape.reduce((product, side) => product * side, 1);
  runShader(SLICE_SUM, {
    buffers: [total, slices],
    uniforms: { size, count: slices.shape[0]! },
    groups: linearGroups(size, 64),
  });
  releaseGpuTensor(slices);
  return total;
}

/** Adds slices that lie one behind the other. */
const SLICE_SUM: Shader = {
  name: "ConvSliceSum",
  buffers: [
    { name: "total", element: "f32", access: "read_write" },
    { name: "slices", element: "f32", access: "read" },
  ],
  uniforms: { size: "u32", count: "u32" },
  code: () => `
    @compute @workgroup_size(64)
    fn main(
      @builtin(workgroup_id) group : vec3<u32>,
      @builtin(num_workgroups) groups : vec3<u32>,
      @builtin(local_invocation_index) local : u32,
    ) {
      let index = (group.y * groups.x + group.x) * 64u + local;
      if (index >= uniforms.size) { return; }
      var sum = 0.0;
      for (var slice = 0u; slice < uniforms.count; slice++) {
        sum += slices[slice * uniforms.size + index];
      }
      total[index] = sum;
    }`,
};
