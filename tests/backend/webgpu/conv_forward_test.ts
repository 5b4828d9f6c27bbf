import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../../src/backend/start.ts";
import { conv as runConv, fusedConv } from "../../../src/backend/webgpu/conv_forward.ts";
import { chooseKernels } from "../../../src/backend/own_kernels.ts";
import { SeededRandom } from "../../random.ts";
import { relativeError } from "../../tolerance.ts";
import { webgpuTest } from "../../webgpu.ts";
import { type ConvCase, plainConv, randomConv } from "./conv_cases.ts";

webgpuTest("conv() equals plain loops for 30 random convolutions", async () => {
  const device = await startBackend("webgpu");
  const random = new SeededRandom(31);
  for (let i = 0; i < 30; i++) await check(randomConv(random));
  device.check();
  device.stop();
});

async function check(conv: ConvCase): Promise<void> {
  const { strides, dilations, pad } = conv;
  const x = tf.tensor(conv.values.x, conv.input);
  const filter = tf.tensor(conv.values.filter, conv.kernel);
  const attributes = { strides, dilations, pad, dimRoundingMode: "floor" };
  const info = runConv({ inputs: { x, filter }, attributes });
  if (!info) throw new Error(`no result for ${conv.name}`);
  const output = tf.engine().makeTensorFromTensorInfo(info);
  const error = relativeError(await output.data(), plainConv(conv, "dy"));
  assert(error < 1e-5, `off by ${error}: ${conv.name}`);
  tf.dispose([output, x, filter]);
}

webgpuTest("fusedConv() adds bias and applies what tfjs' own kernel applies", async () => {
  const device = await startBackend("webgpu");
  const random = new SeededRandom(32);
  // Channels of vec4s and others; tfjs' own kernel computes elu in both runs.
  const cases = [["relu", 3], ["sigmoid", 3], ["linear", 8], ["relu", 8], ["elu", 8]] as const;
  for (const [activation, channels] of cases) {
    const x = tf.tensor4d(random.values(2 * 7 * 6 * 4), [2, 7, 6, 4]);
    const filter = tf.tensor4d(random.values(9 * 4 * channels), [3, 3, 4, channels]);
    const bias = tf.tensor1d(random.values(channels));
    const run = () => tf.fused.conv2d({ x, filter, strides: 2, pad: "same", bias, activation });
    chooseKernels("builtin");
    const expected = run();
    chooseKernels("ours");
    const output = run();
    const error = relativeError(await output.data(), await expected.data());
    assert(error < 1e-6, `${activation}, ${channels} channels: off by ${error}`);
    tf.dispose([x, filter, bias, expected, output]);
  }
  device.check();
  device.stop();
});

webgpuTest("fusedConv() leaves other activations and biases to tfjs", async () => {
  const device = await startBackend("webgpu");
  const [x, filter] = [tf.ones([1, 4, 4, 2]), tf.ones([1, 1, 2, 3])];
  const attributes = { strides: [1, 1], pad: "same", dilations: [1, 1] };
  const call = (activation: string, bias: tf.Tensor) =>
    fusedConv({ inputs: { x, filter, bias }, attributes: { ...attributes, activation } });
  assert(call("elu", tf.ones([3])) === undefined);
  assert(call("relu", tf.ones([4, 4, 3])) === undefined);
  device.stop();
}, { sends: false });

webgpuTest("fusedConv() passes NaN through ReLU", async () => {
  const device = await startBackend("webgpu");
  const x = tf.tensor4d([NaN, 1], [2, 1, 1, 1]);
  const filter = tf.ones([1, 1, 1, 1]);
  const attributes = { strides: [1, 1], pad: "same", dilations: [1, 1], activation: "relu" };
  const info = fusedConv({ inputs: { x, filter }, attributes });
  const output = tf.engine().makeTensorFromTensorInfo(info!);
  assertEquals([...await output.data()], [NaN, 1]);
  tf.dispose([x, filter, output]);
  device.check();
  device.stop();
});
