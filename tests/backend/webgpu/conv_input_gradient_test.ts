import { assert } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../../src/backend/start.ts";
import { convInputGradient } from "../../../src/backend/webgpu/conv_input_gradient.ts";
import { SeededRandom } from "../../random.ts";
import { relativeError } from "../../tolerance.ts";
import { webgpuTest } from "../../webgpu.ts";
import { type ConvCase, makeConv, plainConv, randomConv } from "./conv_cases.ts";

webgpuTest("convInputGradient() equals plain loops for 30 random convolutions", async () => {
  const device = await startBackend("webgpu");
  const random = new SeededRandom(21);
  for (let i = 0; i < 30; i++) await check(randomConv(random));
  device.check();
  device.stop();
});

webgpuTest("convInputGradient() computes the transposed convolution of upsampling", async () => {
  const device = await startBackend("webgpu");
  const conv = makeConv(new SeededRandom(22), {
    input: [2, 10, 14, 12],
    kernel: [4, 4, 12, 68],
    strides: [2, 2],
    dilations: [1, 1],
    pad: "same",
  })!;
  await check(conv);
  device.check();
  device.stop();
});

async function check(conv: ConvCase): Promise<void> {
  const { strides, dilations, pad, input } = conv;
  const dy = tf.tensor(conv.values.dy, conv.output);
  const filter = tf.tensor(conv.values.filter, conv.kernel);
  const info = convInputGradient({
    inputs: { dy, filter },
    attributes: { strides, dilations, pad, inputShape: input, dimRoundingMode: "floor" },
  });
  if (!info) throw new Error(`no result for ${conv.name}`);
  const gradient = tf.engine().makeTensorFromTensorInfo(info);
  const error = relativeError(await gradient.data(), plainConv(conv, "x"));
  assert(error < 1e-5, `off by ${error}: ${conv.name}`);
  tf.dispose([gradient, dy, filter]);
}
