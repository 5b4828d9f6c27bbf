import type * as tf from "@tensorflow/tfjs";
import {
  gpuTensor,
  releaseGpuTensor,
  runShader,
  type Shader,
  type ShaderBuffer,
} from "./shader.ts";

/** What is summed down the columns of a matrix [rows, columns]. */
export interface ColumnTerm {
  /** How profiles name the shader. */
  name: string;
  /** Tells apart terms of one name whose text differs. */
  variant?: string;
  /** Sums that each column has, 1 or 2; the result is [sums * columns], one sum after the other. */
  sums?: 1 | 2;
  /** What `code` reads, and may write. */
  buffers: ShaderBuffer[];
  uniforms?: Shader["uniforms"];
  /**
   * WGSL of `fn term(at : u32, column : u32) -> Sum`, an f32, or a vec2<f32> for two sums, where `at` is
   * row * columns + column. It is called once for each element, by neighbors for neighbors.
   */
  code: string;
}

/** The matrix, the tensors behind the term's buffers, and its uniforms. */
export interface ColumnSumsRun {
  rows: number;
  columns: number;
  buffers: tf.TensorInfo[];
  uniforms?: Record<string, number>;
}

const WORKGROUP = 256;
/** Rows for each invocation that make another workgroup worth its partial sums. */
const ROWS_EACH = 16;
/** Enough to fill a large GPU. More would shift the work to the second stage. */
const MOST_WORKGROUPS = 1024;

/**
 * Sums a term over rows. Rows are split into chunks, a workgroup for each; a second dispatch adds
 * up what the chunks gave, if there are several. The order of additions depends on the shape alone,
 * so that results are the same in every run.
 * @returns [sums * columns].
 */
export function columnSums(term: ColumnTerm, run: ColumnSumsRun): tf.TensorInfo {
  const { rows, columns } = run;
  const sums = term.sums ?? 1;
  const width = Math.min(32, powerOfTwoFrom(columns));
  const lanes = WORKGROUP / width;
  const across = Math.ceil(columns / width);
  const most = Math.max(Math.floor(MOST_WORKGROUPS / across), 1);
  const chunkRows = Math.ceil(rows / Math.min(Math.ceil(rows / (lanes * ROWS_EACH)), most));
  const chunks = Math.ceil(rows / chunkRows);
  const partial = gpuTensor([chunks * sums * columns]);
  runShader(shaderOf(term, width), {
    buffers: [partial, ...run.buffers],
    uniforms: { rows, columns, chunkRows, ...run.uniforms },
    groups: [across, chunks, 1],
  });
  const total = { ...partial, shape: [sums * columns] };
  if (chunks === 1) return total;
  const whole = columnSumsOf(partial, { rows: chunks, columns: sums * columns });
  releaseGpuTensor(partial);
  return whole;
}

/** Sums the columns of a matrix of few rows. */
function columnSumsOf(
  values: tf.TensorInfo,
  { rows, columns }: { rows: number; columns: number },
): tf.TensorInfo {
  const total = gpuTensor([columns]);
  const width = Math.min(8, powerOfTwoFrom(columns));
  runShader(shaderOf(PLAIN_TERM, width), {
    buffers: [total, values],
    uniforms: { rows, columns, chunkRows: rows },
    groups: [Math.ceil(columns / width), 1, 1],
  });
  return total;
}

/** The values themselves. */
export const PLAIN_TERM: ColumnTerm = {
  name: "ColumnSums",
  buffers: [{ name: "values", element: "f32", access: "read" }],
  code: "fn term(at : u32, column : u32) -> Sum { return values[at]; }",
};

/** A workgroup sums `width` neighboring columns of a chunk, so that it reads neighboring values. */
function shaderOf(term: ColumnTerm, width: number): Shader {
  const pair = term.sums === 2;
  const type = pair ? "vec2<f32>" : "f32";
  return {
    name: term.name,
    variant: `${term.variant ?? ""} ${width}`,
    buffers: [{ name: "partial", element: "f32", access: "read_write" }, ...term.buffers],
    uniforms: { rows: "u32", columns: "u32", chunkRows: "u32", ...term.uniforms },
    code: () => `
      const WIDTH = ${width}u;
      const LANES = ${WORKGROUP / width}u;
      alias Sum = ${type};
      ${term.code}
      ${MAIN}
      fn write(sum : Sum, chunk : u32, column : u32) {
        ${pair ? WRITE_PAIR : "partial[chunk * uniforms.columns + column] = sum;"}
      }`,
  };
}

const WRITE_PAIR = `
  partial[2u * chunk * uniforms.columns + column] = sum.x;
  partial[(2u * chunk + 1u) * uniforms.columns + column] = sum.y;`;

const MAIN = `
  var<workgroup> laneSums : array<Sum, ${WORKGROUP}>;

  @compute @workgroup_size(${WORKGROUP})
  fn main(@builtin(workgroup_id) group : vec3<u32>,
          @builtin(local_invocation_index) local : u32) {
    let column = group.x * WIDTH + local % WIDTH;
    let lane = local / WIDTH;
    var sum = Sum();
    if (column < uniforms.columns) { sum = sumOfLane(group.y, lane, column); }
    laneSums[local] = sum;
    workgroupBarrier();
    for (var reach = LANES / 2u; reach > 0u; reach /= 2u) {
      if (lane < reach) { laneSums[local] += laneSums[local + reach * WIDTH]; }
      workgroupBarrier();
    }
    if (lane == 0u && column < uniforms.columns) { write(laneSums[local], group.y, column); }
  }

  fn sumOfLane(chunk : u32, lane : u32, column : u32) -> Sum {
    let end = min((chunk + 1u) * uniforms.chunkRows, uniforms.rows);
    let step = LANES * uniforms.columns;
    var sum = Sum();
    var row = chunk * uniforms.chunkRows + lane;
    // Four rows at a time keep four reads under way.
    for (; row + 3u * LANES < end; row += 4u * LANES) {
      let at = row * uniforms.columns + column;
      sum += (term(at, column) + term(at + step, column)) +
        (term(at + 2u * step, column) + term(at + 3u * step, column));
    }
    for (; row < end; row += LANES) { sum += term(row * uniforms.columns + column, column); }
    return sum;
  }`;

function powerOfTwoFrom(count: number): number {
  return 2 ** Math.ceil(Math.log2(count));
}
