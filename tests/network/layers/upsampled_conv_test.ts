import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../../src/backend/start.ts";
import { UpsampledConv2d } from "../../../src/network/layers/upsampled_conv.ts";
import { SeededRandom } from "../../random.ts";
import { relativeError } from "../../tolerance.ts";

Deno.test("UpsampledConv2d equals upsampling, convolution, bias and ReLU one after the other", async () => {
  await startBackend("wasm");
  for (const [height, width, channels, filters] of [[4, 4, 3, 5], [1, 7, 2, 1], [5, 3, 1, 4]]) {
    const random = new SeededRandom(11);
    const kernelInitializer = tf.initializers.glorotUniform({ seed: 1 });
    const layer = new UpsampledConv2d({ name: "up", filters: filters!, kernelInitializer });
    const features = tf.tensor4d(random.values(2 * height! * width! * channels!), [
      ...[2, height!, width!, channels!] as const,
    ]);
    const output = layer.apply(features) as tf.Tensor;
    const bias = tf.tensor1d(random.values(filters!));
    layer.setWeights([layer.getWeights()[0]!, bias]);
    const predicted = layer.apply(features) as tf.Tensor;
    const expected = tf.tidy(() => {
      const size: [number, number] = [2 * height!, 2 * width!];
      const upsampled = tf.image.resizeNearestNeighbor(features, size);
      const sums = tf.conv2d(upsampled, layer.getWeights()[0] as tf.Tensor4D, 1, "same");
      return tf.relu(tf.add(sums, bias));
    });
    assertEquals(predicted.shape, expected.shape);
    const error = relativeError(await predicted.data(), await expected.data());
    assert(error < 1e-5, `${height}x${width}x${channels} is off by ${error}`);
    tf.dispose([features, output, bias, predicted, expected]);
    layer.dispose();
  }
});
