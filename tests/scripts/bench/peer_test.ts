/** PyTorch computes the networks that it is compared with. */
import { assert, assertEquals, assertGreater, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { findPython, Peer, type PeerOptions } from "../../../scripts/bench/peer.ts";
import { networkConfig, TRAINING_NETWORKS } from "../../../scripts/bench/training_plan.ts";
import { startBackend } from "../../../src/backend/start.ts";
import { buildNetwork } from "../../../src/network/build.ts";
import type { NetworkConfig } from "../../../src/network/config.ts";
import { encodeSafetensors } from "../../../src/network/safetensors.ts";
import { assignWeights, readWeights } from "../../../src/network/weights.ts";
import { SeededRandom } from "../../random.ts";
import { relativeError } from "../../tolerance.ts";
import { torchTest } from "../../torch.ts";

const SIZE_PX = 16;
const IMAGES = 3;

const OPTIONS: Omit<PeerOptions, "python" | "network"> = {
  batch: 2,
  sizePx: SIZE_PX,
  threads: 1,
  cuda: false,
};

for (const name of TRAINING_NETWORKS) {
  torchTest(`peer.py predicts with ${name} what our network predicts`, async (python) => {
    await using folder = await temporaryFolder();
    const network = networkConfig(name);
    const random = new SeededRandom(4);
    const lightness = random.values(IMAGES * SIZE_PX ** 2).map((value) => 50 + 50 * value);
    const { weights, ab } = await predictOurs(network, lightness);
    const path = (file: string) => `${folder.path}/${file}`;
    await Deno.writeFile(path("weights"), weights);
    await Deno.writeFile(path("lightness"), new Uint8Array(lightness.buffer));
    await using peer = closing(await Peer.start({ ...OPTIONS, python, network }));
    await peer.ask({
      ...{ do: "predict", size: SIZE_PX },
      ...{ weights: path("weights"), lightness: path("lightness"), ab: path("ab") },
    });
    const predicted = new Float32Array((await Deno.readFile(path("ab"))).buffer);
    const error = relativeError(predicted, ab);
    assert(error < 1e-5, `off by ${error}`);
  });

  torchTest(`peer.py trains ${name} and predicts with it`, async (python) => {
    await using peer = closing(
      await Peer.start({ ...OPTIONS, python, network: networkConfig(name) }),
    );
    assertEquals(/^PyTorch .*, CPU, 1 threads$/.test(peer.runsOn), true, peer.runsOn);
    assertGreater(await peer.ask({ do: "train", steps: 2 }), 0);
    assertGreater(await peer.ask({ do: "infer", batches: 2 }), 0);
  });
}

torchTest("Peer tells what is wrong with a broken script", async (python) => {
  await using folder = await temporaryFolder();
  const network = networkConfig("u-net");
  const script = `${folder.path}/broken.py`;
  await Deno.writeTextFile(script, "raise ValueError('no such layer')");
  const start = () => Peer.start({ ...OPTIONS, python, network, script });
  await assertRejects(start, Error, "Cannot measure PyTorch: ValueError: no such layer");
  await Deno.writeTextFile(script, 'print(\'{"runs_on": "nothing"}\', flush=True); exit(0)');
  const peer = await start();
  const ask = () => peer.ask({ do: "train", steps: 1 });
  await assertRejects(ask, Error, "Cannot measure PyTorch: it ended without a word");
  await peer.close();
});

Deno.test("findPython() finds none where there is none", async () => {
  assertEquals(await findPython([]), undefined);
});

Deno.test("findPython() tells when a Python cannot even start", async () => {
  // A shell takes Python for a mistake of its own.
  await assertRejects(() => findPython(["/bin/sh"]), Error, "Cannot measure PyTorch: /bin/sh: ");
});

/** Weights as safetensors, and what the network predicts with them. */
async function predictOurs(config: NetworkConfig, lightness: Float32Array) {
  await startBackend("wasm");
  const network = buildNetwork(config, { seed: 6 });
  const random = new SeededRandom(5);
  const arrays = await readWeights(network);
  for (const array of arrays) { // what starts as zeros or ones would not show a mistake
    if (!array.name.endsWith("kernel")) {
      array.values = random.values(array.values.length).map((value) => 1 + value / 2);
    }
  }
  assignWeights(network, new Map(arrays.map((array) => [array.name, array])));
  const input = tf.tensor4d(lightness, [IMAGES, SIZE_PX, SIZE_PX, 1]);
  const predicted = network.predictAb(input);
  const ab = await predicted.data();
  tf.dispose([input, predicted]);
  network.dispose();
  return { weights: encodeSafetensors(arrays, { type: "F32" }), ab };
}

function closing(peer: Peer): Peer & AsyncDisposable {
  return Object.assign(peer, { [Symbol.asyncDispose]: () => peer.close() });
}

async function temporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir({ prefix: "polychromify-peer-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
