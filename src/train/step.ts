import * as tf from "@tensorflow/tfjs";
import type { Network, StepContext } from "../network/network.ts";

/** Loss and gradients of one share of a batch; their sums over all shares are those of the batch. */
export interface ShareGradients {
  loss: tf.Scalar;
  /** In the order of the network's trainable variables. */
  gradients: tf.Tensor[];
}

/** Images to train on: a batch of `data/`, or any images of one size. */
export interface ImageShare {
  count: number;
  heightPx: number;
  widthPx: number;
  /** L*, 0..100, shape [N, H, W, 1]. */
  lightness: Float32Array;
  /** ab / 128, shape [N, H, W, 2]. */
  targetAb: Float32Array;
}

/** The variables that training changes. */
export function trainableVariables(network: Network): tf.Variable[] {
  if (!network.layers) {
    throw new TypeError("Cannot train: the network has no layers, got a constant");
  }
  return network.layers.trainableWeights.map((weight) =>
    (weight as unknown as { val: tf.Variable }).val
  );
}

/**
 * Runs a share of a batch forward and backward. The caller disposes the results.
 * The loss is the mean squared error of ab / 128 over the whole batch, as far as this share adds to
 * it: its images' squared errors, divided by the number of values of the whole batch.
 */
export function shareGradients(
  network: Network,
  share: ImageShare,
  context: StepContext,
): ShareGradients {
  const variables = trainableVariables(network);
  const size = [share.count, share.heightPx, share.widthPx] as const;
  const lightness = tf.tensor4d(share.lightness, [...size, 1]);
  const target = tf.tensor4d(targetPlanes(network, share), [...size, planes(network)]);
  const { value, grads } = tf.variableGrads(() => {
    const kwargs = context as unknown as Parameters<tf.LayersModel["apply"]>[1];
    const predicted = network.layers!.apply(lightness, kwargs!) as tf.Tensor4D;
    const values = context.batchImages * share.heightPx * share.widthPx * planes(network);
    return tf.div(tf.sum(tf.squaredDifference(predicted, target)), values) as tf.Scalar;
  }, variables);
  tf.dispose([lightness, target]);
  return { loss: value, gradients: variables.map((variable) => grads[variable.name]!) };
}

function planes({ config }: Network): number {
  return config.kind === "encoder-decoder" ? config.planes.length : 2;
}

/** Both planes of ab, or the one that the network predicts. */
function targetPlanes({ config }: Network, { targetAb }: ImageShare): Float32Array {
  if (config.kind !== "encoder-decoder" || config.planes === "ab") return targetAb;
  const plane = new Float32Array(targetAb.length / 2);
  const offset = config.planes === "a" ? 0 : 1;
  for (let i = 0; i < plane.length; i++) plane[i] = targetAb[2 * i + offset]!;
  return plane;
}
