/** onnxruntime gives for an export what our network predicts. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../../src/backend/start.ts";
import { decodeSettings } from "../../../src/color/decode_bins.ts";
import { binCenters } from "../../../src/color/ab_bins.ts";
import { gamutBinCenters } from "../../../src/color/gamut_bins.ts";
import { loadModel } from "../../../src/colorize/model.ts";
import { weightVariables } from "../../../src/network/weights.ts";
import { buildNetwork } from "../../../src/network/build.ts";
import type { EncoderDecoderConfig, NetworkConfig } from "../../../src/network/config.ts";
import type { Network } from "../../../src/network/network.ts";
import { exportOnnx } from "../../../src/network/onnx/export_onnx.ts";
import { decodeModel } from "../../../src/network/onnx/messages.ts";
import { runOnnx } from "../../onnx_session.ts";
import { SeededRandom } from "../../random.ts";
import { largestError } from "../../tolerance.ts";
import { shakeWeights } from "../shake_weights.ts";

const TOLERANCE = 1e-4;
const IMAGES = 2;
/** Multiples of what the networks' strides divide; one wider than high, one higher than wide. */
const SIZES = [[16, 24], [40, 8]] as const;

const PART: Omit<EncoderDecoderConfig, "kind" | "planes"> = {
  encoder: [6, 8],
  dense: [5, 7],
  decoder: [8, 6],
  strided: true,
  batchNorm: true,
  dropout: 0.5,
};
const LEVELS = { widths: [6, 8, 10], encoderConvs: [0, 1, 2], decoderConvs: [1, 0] };

/** A small network of each kind. */
const NETWORKS: Record<string, NetworkConfig> = {
  "a constant": { kind: "constant", a: 2.5, b: -8.7 },
  "plain-cnn": { kind: "plain-cnn", filters: [6, 9] },
  "encoder-decoder": { kind: "encoder-decoder", planes: "ab", ...PART },
  "encoder-decoder of a": { kind: "encoder-decoder", planes: "a", ...PART },
  "encoder-decoder of b": { kind: "encoder-decoder", planes: "b", ...PART },
  "encoder-decoder at full resolution": {
    ...{ kind: "encoder-decoder", planes: "ab" },
    ...{ ...PART, strided: false, batchNorm: false, dropout: 0 },
  },
  "pair": { kind: "pair", part: PART },
  "u-net": { kind: "u-net", ...LEVELS, firstStride: 1, batchNorm: true },
  "u-net at half resolution": { kind: "u-net", ...LEVELS, firstStride: 2, batchNorm: false },
  "palette": { kind: "palette", ...LEVELS, batchNorm: true },
  "eccv16": { kind: "eccv16", width: 3, temperature: 0.38 },
  "siggraph17": { kind: "siggraph17", width: 3 },
};

for (const [name, config] of Object.entries(NETWORKS)) {
  Deno.test(`exportOnnx() of ${name} predicts in onnxruntime what the network predicts`, async () => {
    await startBackend("wasm");
    const network = buildNetwork(config, { seed: 3 });
    await shakeWeights(network);
    const file = await exportOnnx(network, { name, metadata: {} });
    for (const size of SIZES) await compare(network, file, { size });
    network.dispose();
  });
}

for (const vividness of [0.3, 1]) {
  Deno.test(`exportOnnx() decodes a palette at vividness ${vividness}`, async () => {
    await startBackend("wasm");
    const network = buildNetwork(NETWORKS.palette!, { seed: 3 });
    await shakeWeights(network);
    const file = await exportOnnx(network, { name: "palette", metadata: {}, vividness });
    await compare(network, file, { size: SIZES[0], vividness });
    network.dispose();
  });
}

const MODELS = new URL("../../../models", import.meta.url).pathname;

for (const name of ["palette", "polychromify", "polychromify-ab", "cnn", "gray", "mean"]) {
  Deno.test(`exportOnnx() of models/${name} predicts in onnxruntime what the model predicts`, async () => {
    await startBackend("wasm");
    const { network } = await loadModel(MODELS, name);
    const file = await exportOnnx(network, { name, metadata: {} });
    await compare(network, file, { size: [64, 96] });
    await compare(network, file, { size: [96, 32] });
    network.dispose();
  });
}

for (const name of ["polychromify-a", "polychromify-b", "v1", "v2", "v3", "v4", "v5", "v6"]) {
  Deno.test(`exportOnnx() takes the configuration of models/${name}`, async () => {
    await startBackend("wasm");
    const config = JSON.parse(await Deno.readTextFile(`${MODELS}/${name}/config.json`));
    const network = buildNetwork(config.network, { seed: 3 });
    await shakeWeights(network);
    const file = await exportOnnx(network, { name, metadata: {} });
    await compare(network, file, { size: SIZES[0] });
    network.dispose();
  });
}

Deno.test("exportOnnx() tells in the file what using the network takes", async () => {
  await startBackend("wasm");
  const network = buildNetwork(NETWORKS.palette!, { seed: 3 });
  const file = await exportOnnx(network, {
    name: "small palette",
    metadata: { license: "MIT" },
    vividness: 0.5,
  });
  const { graph, opsetImport, metadataProps } = decodeModel(file);
  assertEquals(graph.name, "small palette");
  assertEquals(opsetImport, [{ domain: "", version: 17 }]);
  assertEquals(graph.input.map(({ name }) => name), ["lightness", "hints"]);
  assertEquals(graph.output.map(({ name }) => name), ["ab", "logits"]);
  assertEquals(
    graph.input[0]!.docString,
    "L* of CIELAB, 0 to 100; sides must be multiples of 8",
  );
  const facts = Object.fromEntries(metadataProps.map(({ key, value }) => [key, value]));
  const { license, ab_scale, size_multiple, bin_centers, bin_prior, decode } = facts;
  assertEquals([license, ab_scale, size_multiple], ["MIT", "128", "8"]);
  assertEquals(JSON.parse(bin_centers!), [...gamutBinCenters]);
  const sum = (JSON.parse(bin_prior!) as number[]).reduce((total, share) => total + share);
  assert(Math.abs(sum - 1) < 1e-5);
  assertEquals(JSON.parse(decode!), { vividness: 0.5, ...decodeSettings(0.5) });
  network.dispose();
});

Deno.test("exportOnnx() tells the bins and the temperature that an eccv16 has itself", async () => {
  await startBackend("wasm");
  const network = buildNetwork(NETWORKS.eccv16!, { seed: 3 });
  const facts = async () => {
    const file = await exportOnnx(network, { name: "eccv16", metadata: {} });
    return Object.fromEntries(
      decodeModel(file).metadataProps.map(({ key, value }) => [key, value]),
    );
  };
  const ours = await facts();
  assertEquals(ours.temperature, "0.38");
  assertEquals(JSON.parse(ours.bin_centers!), [...binCenters]);
  const kernel = weightVariables(network).find(({ name }) => name === "ab/kernel")!.variable;
  tf.tidy(() => kernel.assign(tf.fill(kernel.shape, 0.5)));
  assertEquals(new Set(JSON.parse((await facts()).bin_centers!)), new Set([55]));
  network.dispose();
});

Deno.test("exportOnnx() refuses a vividness outside 0..1, and layers that lead elsewhere", async () => {
  await startBackend("wasm");
  const network = buildNetwork(NETWORKS.palette!, { seed: 3 });
  const options = { name: "palette", metadata: {} };
  const tooVivid = exportOnnx(network, { ...options, vividness: 2 });
  await assertRejects(() => tooVivid, RangeError, "vividness must lie in 0..1");
  const other = { ...network, config: NETWORKS["u-net"]! };
  await assertRejects(
    () => exportOnnx(other, options),
    RangeError,
    "it must go from lightness to ab, got channels 4,261",
  );
  network.dispose();
});

/** Runs a network and its export on the same random pictures. */
async function compare(
  network: Network,
  file: Uint8Array,
  { size: [height, width], vividness = 0 }: {
    size: readonly [number, number];
    vividness?: number;
  },
): Promise<void> {
  const random = new SeededRandom(height);
  const values = random.values(IMAGES * height * width).map((value) => 50 + 50 * value);
  const lightness = tf.tensor4d(values, [IMAGES, height, width, 1]);
  const { palette, takesHints } = network;
  const hints = takesHints ? randomHints(random, [IMAGES, height, width]) : undefined;
  const expected: Record<string, tf.Tensor4D> = palette && hints
    ? {
      ab: palette.predictColors(lightness, { hints, vividness }),
      logits: palette.predictLogits(lightness, hints),
    }
    : { ab: network.predictAb(lightness, hints) };
  if (network.config.kind === "eccv16") {
    [expected.logits] = network.layers!.apply(lightness, { training: false }) as [tf.Tensor4D];
  }
  const results = await runOnnx(file, { lightness, ...(hints && { hints }) });
  assertEquals(Object.keys(results).sort(), Object.keys(expected).sort());
  for (const [name, tensor] of Object.entries(expected)) {
    assertEquals(results[name]!.shape, tensor.shape);
    const ours = await tensor.data();
    const error = largestError(results[name]!.values, ours);
    assert(error < TOLERANCE, `${name} is off by ${error}`);
    assert(name === "logits" || ours.some((value) => Math.abs(value) < 0.9), "all is saturated");
  }
  tf.dispose([lightness, hints ?? [], expected]);
}

/** A color for one pixel in ten. */
function randomHints(random: SeededRandom, shape: [number, number, number]): tf.Tensor4D {
  const pixels = shape.reduce((product, side) => product * side, 1);
  const values = new Float32Array(3 * pixels);
  for (let i = 0; i < pixels; i += 10) {
    values.set([0.5 * random.next(), -0.5 * random.next(), 1], 3 * i);
  }
  return tf.tensor4d(values, [...shape, 3]);
}
