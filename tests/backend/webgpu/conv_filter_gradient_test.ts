import { assert } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { convFilterGradient } from "../../../src/backend/webgpu/conv_filter_gradient.ts";
import { startBackend } from "../../../src/backend/start.ts";
import { SeededRandom } from "../../random.ts";
import { relativeError } from "../../tolerance.ts";
import { webgpuTest } from "../../webgpu.ts";
import { type ConvCase, makeConv, plainConv, randomConv } from "./conv_cases.ts";

webgpuTest("convFilterGradient() equals plain loops for 30 random convolutions", async () => {
  const device = await startBackend("webgpu");
  const random = new SeededRandom(11);
  for (let i = 0; i < 30; i++) await check(randomConv(random));
  device.check();
  device.stop();
});

webgpuTest("convFilterGradient() adds slices of many pixels in their order", async () => {
  const device = await startBackend("webgpu");
  const random = new SeededRandom(12);
  const conv = makeConv(random, {
    input: [3, 41, 37, 4],
    kernel: [3, 3, 4, 12],
    strides: [1, 1],
    dilations: [1, 1],
    pad: "same",
  })!;
  const [first, second] = [await check(conv), await check(conv)];
  assert(first.every((value, i) => value === second[i]), "two runs differ");
  device.check();
  device.stop();
});

/** Compares with plain loops; rows of 4, other channel counts and narrow tiles all come up. */
async function check(conv: ConvCase): Promise<Float32Array> {
  const { strides, dilations, pad, kernel } = conv;
  const x = tf.tensor(conv.values.x, conv.input);
  const dy = tf.tensor(conv.values.dy, conv.output);
  const before = tf.memory().numTensors;
  const info = convFilterGradient({
    inputs: { x, dy },
    attributes: { strides, dilations, pad, filterShape: kernel, dimRoundingMode: "floor" },
  });
  if (!info) throw new Error(`no result for ${conv.name}`);
  const gradient = tf.engine().makeTensorFromTensorInfo(info);
  const values = await gradient.data() as Float32Array;
  const error = relativeError(values, plainConv(conv, "filter"));
  assert(error < 1e-5, `off by ${error}: ${conv.name}`);
  gradient.dispose();
  assert(tf.memory().numTensors === before, "tensors leak");
  tf.dispose([x, dy]);
  return values;
}
