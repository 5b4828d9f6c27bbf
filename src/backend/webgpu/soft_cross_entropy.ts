import * as tf from "@tensorflow/tfjs";
import { type KernelCall, registerOwnKernel } from "../own_kernels.ts";
import { composeSoftCrossEntropy, composeSoftCrossEntropyGradient } from "../soft_cross_entropy.ts";
import { gpuTensor, linearGroups, runShader, type Shader } from "./shader.ts";

/** One workgroup works on one pixel: each of its lanes on every 64th class. */
const LANES = 64;

/**
 * Loss and log-sum-exp of each pixel. A lane keeps the largest of its logits and the sum of
 * exp(logit - largest) as it goes, so that each logit is read once.
 */
const LOSS: Shader = {
  name: "SoftCrossEntropy",
  buffers: [
    { name: "losses", element: "f32", access: "read_write" },
    { name: "logSumExps", element: "f32", access: "read_write" },
    { name: "logits", element: "f32", access: "read" },
    { name: "bins", element: "i32", access: "read" },
    { name: "weights", element: "f32", access: "read" },
  ],
  uniforms: { pixels: "u32", classes: "u32", targets: "u32" },
  code: () => `
    /// The largest logit so far, and the sum of exp(logit - largest).
    struct Part { largest : f32, sum : f32 }

    var<workgroup> parts : array<Part, ${LANES}>;

    fn join(a : Part, b : Part) -> Part {
      let largest = max(a.largest, b.largest);
      return Part(largest, a.sum * exp(a.largest - largest) + b.sum * exp(b.largest - largest));
    }

    @compute @workgroup_size(${LANES})
    fn main(
      @builtin(workgroup_id) group : vec3<u32>,
      @builtin(num_workgroups) groups : vec3<u32>,
      @builtin(local_invocation_index) lane : u32,
    ) {
      let pixel = group.y * groups.x + group.x;
      if (pixel >= uniforms.pixels) { return; }
      let row = pixel * uniforms.classes;
      var part = Part(-3.4e38, 0.0);
      for (var c = lane; c < uniforms.classes; c += ${LANES}u) {
        part = join(part, Part(logits[row + c], 1.0));
      }
      parts[lane] = part;
      workgroupBarrier();
      for (var width = ${LANES / 2}u; width > 0u; width /= 2u) {
        if (lane < width) { parts[lane] = join(parts[lane], parts[lane + width]); }
        workgroupBarrier();
      }
      if (lane > 0u) { return; }
      let logSumExp = parts[0].largest + log(parts[0].sum);
      var loss = 0.0;
      for (var k = pixel * uniforms.targets; k < (pixel + 1u) * uniforms.targets; k++) {
        loss += weights[k] * (logSumExp - logits[row + u32(bins[k])]);
      }
      losses[pixel] = loss;
      logSumExps[pixel] = logSumExp;
    }`,
};

/** Gradient of the logits, scaled by dy, written in one pass. */
const GRADIENT: Shader = {
  name: "SoftCrossEntropyGradient",
  buffers: [
    { name: "gradient", element: "f32", access: "read_write" },
    { name: "logits", element: "f32", access: "read" },
    { name: "bins", element: "i32", access: "read" },
    { name: "weights", element: "f32", access: "read" },
    { name: "logSumExps", element: "f32", access: "read" },
    { name: "dy", element: "f32", access: "read" },
  ],
  uniforms: { pixels: "u32", classes: "u32", targets: "u32" },
  code: () => `
    @compute @workgroup_size(${LANES})
    fn main(
      @builtin(workgroup_id) group : vec3<u32>,
      @builtin(num_workgroups) groups : vec3<u32>,
      @builtin(local_invocation_index) lane : u32,
    ) {
      let pixel = group.y * groups.x + group.x;
      if (pixel >= uniforms.pixels) { return; }
      let row = pixel * uniforms.classes;
      let first = pixel * uniforms.targets;
      var sumOfWeights = 0.0;
      for (var k = first; k < first + uniforms.targets; k++) { sumOfWeights += weights[k]; }
      for (var c = lane; c < uniforms.classes; c += ${LANES}u) {
        var value = sumOfWeights * exp(logits[row + c] - logSumExps[pixel]);
        for (var k = first; k < first + uniforms.targets; k++) {
          value -= select(0.0, weights[k], u32(bins[k]) == c);
        }
        gradient[row + c] = dy[0] * value;
      }
    }`,
};

/** Registers the loss and its gradient, which tfjs has under no name. */
export function registerSoftCrossEntropy(): void {
  registerOwnKernel({
    kernelName: "SoftCrossEntropy",
    backendName: "webgpu",
    run: softCrossEntropy,
    compose: composeSoftCrossEntropy,
  });
  registerOwnKernel({
    kernelName: "SoftCrossEntropyGradient",
    backendName: "webgpu",
    run: softCrossEntropyGradient,
    compose: composeSoftCrossEntropyGradient,
  });
}

/**
 * Sum of the soft cross-entropy.
 * @param call.inputs Logits [.., Q], bins int32 [.., K], weights [.., K].
 * @returns The loss [], and log-sum-exp [P] for the gradient.
 */
function softCrossEntropy({ inputs }: KernelCall): tf.Tensor[] {
  const { logits, bins, weights } = inputs as Record<string, tf.Tensor>;
  const uniforms = sizes(logits!, bins!);
  const [losses, logSumExps] = [gpuTensor([uniforms.pixels]), gpuTensor([uniforms.pixels])];
  runShader(LOSS, {
    buffers: [losses, logSumExps, logits!, bins!, weights!],
    uniforms,
    groups: linearGroups(uniforms.pixels, 1),
  });
  const lossOfPixels = tf.engine().makeTensorFromTensorInfo(losses);
  const loss = tf.sum(lossOfPixels);
  lossOfPixels.dispose();
  return [loss, tf.engine().makeTensorFromTensorInfo(logSumExps)];
}

/**
 * Gradient of the logits.
 * @param call.inputs Those of the loss, its second result as `saved`, and dy [].
 * @returns [.., Q].
 */
function softCrossEntropyGradient({ inputs }: KernelCall): tf.TensorInfo {
  const { logits, bins, weights, saved, dy } = inputs as Record<string, tf.Tensor>;
  const gradient = gpuTensor(logits!.shape);
  const uniforms = sizes(logits!, bins!);
  runShader(GRADIENT, {
    buffers: [gradient, logits!, bins!, weights!, saved!, dy!],
    uniforms,
    groups: linearGroups(uniforms.pixels, 1),
  });
  return gradient;
}

function sizes(logits: tf.Tensor, bins: tf.Tensor) {
  const classes = logits.shape.at(-1)!;
  return { pixels: logits.size / classes, classes, targets: bins.shape.at(-1)! };
}
