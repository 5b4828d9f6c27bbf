/** onnxruntime computes each kind of layer as tfjs does. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../../src/backend/start.ts";
import { ConvRelu } from "../../../src/network/layers/conv_relu.ts";
import { OnnxGraph } from "../../../src/network/onnx/graph.ts";
import { addLayers } from "../../../src/network/onnx/walk.ts";
import { runOnnx } from "../../onnx_session.ts";
import { SeededRandom } from "../../random.ts";
import { largestError } from "../../tolerance.ts";

const TOLERANCE = 1e-5;
const CHANNELS = 3;
/** Odd and even sides: strides pad them differently. */
const SIZES = [[7, 10], [8, 5]] as const;

const { layers, initializers } = tf;
const seeded = {
  kernelInitializer: initializers.glorotUniform({ seed: 1 }),
  biasInitializer: initializers.randomNormal({ seed: 2 }),
};
const conv = { ...seeded, filters: 4, kernelSize: 3 };
const transposed = { ...seeded, filters: 5, kernelSize: 4, strides: 2 };

/** Layers to put behind each other, by what they show. */
const CHAINS: Record<string, () => tf.layers.Layer[]> = {
  "a dilated convolution": () => [
    layers.conv2d({ ...conv, dilationRate: 2, padding: "same", activation: "relu" }),
  ],
  "a convolution of stride 2 with padding same": () => [
    layers.conv2d({ ...conv, strides: 2, padding: "same", activation: "tanh" }),
  ],
  "a convolution of stride 2 with padding of its own": () => [
    layers.zeroPadding2d({ padding: 1 }),
    layers.conv2d({ ...conv, strides: 2, padding: "valid", useBias: false }),
  ],
  "uneven padding and an even kernel": () => [
    layers.zeroPadding2d({ padding: [[1, 0], [2, 3]] }),
    layers.conv2d({ ...conv, kernelSize: [2, 4], padding: "same", activation: "sigmoid" }),
  ],
  "a transposed convolution": () => [
    layers.conv2dTranspose({ ...transposed, padding: "same", activation: "relu" }),
  ],
  "a transposed convolution with padding valid": () => [
    layers.conv2dTranspose({ ...transposed, padding: "valid", useBias: false }),
  ],
  "a transposed convolution whose kernel is smaller than its strides": () => [
    layers.conv2dTranspose({ ...transposed, kernelSize: 2, strides: [3, 4], padding: "same" }),
  ],
  "a transposed convolution of an odd overlap": () => [
    layers.conv2dTranspose({ ...transposed, kernelSize: 3, padding: "same" }),
  ],
  "batch norm": () => [
    layers.batchNormalization({
      epsilon: 1e-5,
      betaInitializer: initializers.randomNormal({ seed: 2 }),
      gammaInitializer: initializers.randomUniform({ minval: 0.5, maxval: 2, seed: 3 }),
      movingMeanInitializer: initializers.randomNormal({ seed: 4 }),
      movingVarianceInitializer: initializers.randomUniform({ minval: 0.5, maxval: 2, seed: 5 }),
    }),
  ],
  "leaky ReLU and softmax": () => [layers.leakyReLU({ alpha: 0.2 }), layers.softmax({ axis: -1 })],
  "ReLU and rescaling": () => [
    layers.reLU(),
    tf.layers.rescaling({ scale: 0.25, offset: -0.5 }),
    layers.activation({ activation: "linear" }),
  ],
  "bilinear enlarging": () => [layers.upSampling2d({ size: [2, 4], interpolation: "bilinear" })],
  "nearest enlarging and dropout": () => [
    layers.upSampling2d({ size: [3, 2] }),
    layers.dropout({ rate: 0.5 }),
  ],
  "our dilated convolution": () => [
    new ConvRelu({
      ...{ name: "dilated", filters: 4, dilation: 4, activation: "linear" },
      kernelInitializer: initializers.glorotUniform({ seed: 6 }),
    }),
  ],
};

for (const [name, chain] of Object.entries(CHAINS)) {
  Deno.test(`addLayers() converts ${name}`, async () => {
    await startBackend("wasm");
    const input = tf.input({ shape: [null, null, CHANNELS] });
    const output = chain().reduce((value, layer) => layer.apply(value) as typeof input, input);
    await compare(tf.model({ inputs: input, outputs: output }));
  });
}

Deno.test("addLayers() converts branches, a layer applied twice, and several outputs", async () => {
  await startBackend("wasm");
  const input = tf.input({ shape: [null, null, CHANNELS] });
  const shared = layers.conv2d({ ...conv, filters: CHANNELS, padding: "same", name: "shared" });
  const once = shared.apply(input) as tf.SymbolicTensor;
  const twice = shared.apply(once) as tf.SymbolicTensor;
  const sum = layers.add().apply([input, once, twice]) as tf.SymbolicTensor;
  const joined = layers.concatenate().apply([twice, sum]) as tf.SymbolicTensor;
  await compare(tf.model({ inputs: input, outputs: [joined, once] }));
});

Deno.test("addLayers() refuses by name what it has no conversion for", async () => {
  await startBackend("wasm");
  const cases: [layer: tf.layers.Layer, problem: string][] = [
    [
      layers.depthwiseConv2d({ kernelSize: 3, name: "deep" }),
      "Cannot export layer deep as ONNX: must be one of",
    ],
    [layers.depthwiseConv2d({ kernelSize: 3 }), "got DepthwiseConv2D"],
    [
      layers.conv2d({ ...conv, activation: "elu", name: "first" }),
      "layer first as ONNX: activation must be linear or relu, sigmoid, softmax, tanh, got",
    ],
    [layers.conv2d({ ...conv, dataFormat: "channelsFirst" }), "dataFormat must be one of"],
    [layers.reLU({ maxValue: 6 }), "maxValue must be none, got 6"],
    [layers.softmax({ axis: 1 }), "axis must be that of the channels, got 1"],
  ];
  for (const [layer, problem] of cases) {
    const input = tf.input({ shape: [8, 8, CHANNELS] });
    const output = layer.apply(input) as tf.SymbolicTensor;
    const model = tf.model({ inputs: input, outputs: output });
    const graph = new OnnxGraph(["in"]);
    await assertRejects(() => addLayers(graph, model, ["in"]), RangeError, problem);
    model.dispose();
  }
});

/** Runs layers and their conversion on the same random features. */
async function compare(model: tf.LayersModel): Promise<void> {
  const names = model.outputs.map((_, i) => `out${i}`);
  const graph = new OnnxGraph(["in", ...names]);
  const dimensions = ["N", CHANNELS, "H", "W"];
  const input = graph.input("in", { dimensions, docString: "" });
  for (const [i, value] of (await addLayers(graph, model, [input])).entries()) {
    const any = ["n", "c", "h", "w"].map((name) => `${name}${i}`);
    graph.output(names[i]!, value, { dimensions: any, docString: "" });
  }
  const file = graph.encode({ name: "layers", docString: "", metadata: {} });
  for (const [height, width] of SIZES) {
    const values = new SeededRandom(height).values(2 * height * width * CHANNELS);
    const features = tf.tensor4d(values, [2, height, width, CHANNELS]);
    const outputs = [model.apply(features, { training: false })].flat() as tf.Tensor[];
    const results = await runOnnx(file, { in: features });
    for (const [i, name] of names.entries()) {
      assertEquals(results[name]!.shape, outputs[i]!.shape);
      const error = largestError(results[name]!.values, await outputs[i]!.data());
      assert(error < TOLERANCE, `off by ${error}`);
    }
    tf.dispose([features, outputs]);
  }
  model.dispose();
}
