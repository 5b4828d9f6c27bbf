import { assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../src/backend/start.ts";
import { gamutBinCenters } from "../../src/color/gamut_bins.ts";
import { buildNetwork } from "../../src/network/build.ts";
import type { NetworkConfig } from "../../src/network/config.ts";
import { encodeNpz } from "../../src/network/npz.ts";
import { portableArrays, torchArray } from "../../src/network/portable_arrays.ts";
import { SeededRandom } from "../random.ts";
import { largestError } from "../tolerance.ts";
import { torchTest } from "../torch.ts";
import { readNpy } from "./read_npz.ts";
import { shakeWeights } from "./shake_weights.ts";

const SCRIPT = new URL("./torch_networks.py", import.meta.url).pathname;
const TOLERANCE = 1e-4;
const [IMAGES, HEIGHT, WIDTH] = [2, 16, 24];

const NETWORKS: Record<string, NetworkConfig> = {
  "plain-cnn": { kind: "plain-cnn", filters: [6, 9] },
  "palette": {
    kind: "palette",
    widths: [6, 8, 10],
    encoderConvs: [0, 1, 2],
    decoderConvs: [1, 0],
    batchNorm: true,
  },
};

for (const [name, config] of Object.entries(NETWORKS)) {
  torchTest(
    `a module of PyTorch predicts by the .npz of ${name} what the network predicts`,
    async (python) => {
      await startBackend("wasm");
      const network = buildNetwork(config, { seed: 3 });
      await shakeWeights(network);
      const random = new SeededRandom(8);
      const pixels = IMAGES * HEIGHT * WIDTH;
      const lightness = random.values(pixels).map((value) => 50 + 50 * value);
      const hints = random.values(3 * pixels).map((value, i) => i % 3 === 2 ? 1 : value / 2);
      const weights = encodeNpz((await portableArrays(network)).map(torchArray));
      const inputs = encodeNpz([
        { name: "lightness", shape: [IMAGES, HEIGHT, WIDTH, 1], values: lightness },
        { name: "hints", shape: [IMAGES, HEIGHT, WIDTH, 3], values: hints },
      ]);
      const predicted = await predictInTorch(python, { config, weights, inputs });
      const input = tf.tensor4d(lightness, [IMAGES, HEIGHT, WIDTH, 1]);
      const given = tf.tensor4d(hints, [IMAGES, HEIGHT, WIDTH, 3]);
      const expected = network.palette
        ? network.palette.predictColors(input, { hints: given, vividness: 0 })
        : network.predictAb(input);
      assertEquals(predicted.shape, expected.shape);
      const error = largestError(predicted.values, await expected.data());
      assertEquals(error < TOLERANCE, true, `off by ${error}`);
      tf.dispose([input, given, expected]);
      network.dispose();
    },
  );
}

Deno.test("portableArrays() has the bins of a palette, and the color of a constant", async () => {
  await startBackend("wasm");
  const network = buildNetwork(NETWORKS.palette!);
  const arrays = await portableArrays(network);
  const values = gamutBinCenters;
  assertEquals(arrays.at(-1), { name: "bins/centers", shape: [261, 2], values });
  assertEquals(arrays.at(-2)!.name, "bins/prior");
  network.dispose();
  const constant = buildNetwork({ kind: "constant", a: 32, b: -64 });
  assertEquals(await portableArrays(constant), [
    { name: "color", shape: [2], values: Float32Array.of(0.25, -0.5) },
  ]);
});

Deno.test("torchArray() names weights as PyTorch does, and refuses what it does not know", () => {
  const named = (name: string, shape = [1]) =>
    torchArray({ name, shape, values: new Float32Array(1) });
  assertEquals(named("a_conv1/kernel", [1, 1, 1, 1]).name, "a_conv1.weight");
  assertEquals(named("bn1/gamma").name, "bn1.weight");
  assertEquals(named("bn1/beta").name, "bn1.bias");
  assertEquals(named("bn1/moving_mean").name, "bn1.running_mean");
  assertEquals(named("bn1/moving_variance").name, "bn1.running_var");
  assertEquals(named("color").name, "color");
  const problem = "must be of a convolution or batch norm, got";
  assertThrows(
    () => named("deep/depthwise_kernel"),
    RangeError,
    `${problem} deep/depthwise_kernel`,
  );
  assertThrows(() => named("dense1/kernel", [1, 1]), RangeError, `${problem} dense1/kernel [1,1]`);
});

/** Has the modules of torch_networks.py predict: ab / 128, [N, H, W, 2]. */
async function predictInTorch(
  python: string,
  { config, weights, inputs }: { config: NetworkConfig; weights: Uint8Array; inputs: Uint8Array },
) {
  const folder = await Deno.makeTempDir({ prefix: "polychromify-npz-" });
  try {
    const paths = ["weights.npz", "inputs.npz", "ab.npy"].map((name) => `${folder}/${name}`);
    await Deno.writeFile(paths[0]!, weights);
    await Deno.writeFile(paths[1]!, inputs);
    const args = [SCRIPT, JSON.stringify(config), ...paths];
    const { code, stderr } = await new Deno.Command(python, { args, stdin: "null" }).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    return readNpy(await Deno.readFile(paths[2]!));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
