import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../src/backend/start.ts";
import { listModels, loadModel, ModelNotFoundError } from "../../src/colorize/model.ts";
import { predictAb } from "../../src/colorize/predict.ts";
import { makeModelsFolder, TINY_NETWORK } from "./model_folder.ts";
import { buildNetwork } from "../../src/network/build.ts";

await startBackend("wasm");
const dir = await makeModelsFolder();
addEventListener("unload", () => Deno.removeSync(dir, { recursive: true }));

Deno.test("loadModel() loads a trained network: it predicts what was saved", async () => {
  const model = await loadModel(dir, "tiny");
  assertEquals([model.name, model.title], ["tiny", "The tiny model"]);
  const shape = { count: 1, heightPx: 8, widthPx: 8 };
  const lightness = Float32Array.from({ length: 64 }, (_, i) => i);
  const saved = {
    name: "saved",
    title: "",
    network: buildNetwork(TINY_NETWORK, { seed: 1 }),
    sizePx: 64,
  };
  const loadedAb = await predictAb(model, lightness, shape);
  assertEquals(loadedAb, await predictAb(saved, lightness, shape));
  assertEquals(loadedAb.some((value) => value !== 0), true);
  model.network.dispose();
  saved.network.dispose();
});

Deno.test("loadModel() loads a constant, which needs no weights", async () => {
  assertEquals((await loadModel(dir, "mean")).network.parameterCount, 0);
});

Deno.test("loadModel() refuses unknown names and names the known ones", async () => {
  const bad = [
    "nothing",
    "",
    "../mean",
    "mean/../mean",
    `${dir}/mean`,
    ".",
    "..",
    "mean/",
    "mean\0",
  ];
  for (const name of bad) {
    const error = await assertRejects(() => loadModel(dir, name), ModelNotFoundError);
    assertStringIncludes(error.message, "one of mean, tiny, untrained");
    assertStringIncludes(error.message, JSON.stringify(name));
  }
});

Deno.test("loadModel() tells how to train a model that has no weights", async () => {
  const error = await assertRejects(() => loadModel(dir, "untrained"), ModelNotFoundError);
  assertStringIncludes(error.message, "deno task publish untrained");
});

Deno.test("loadModel() names the damaged file", async (t) => {
  const dir = await makeModelsFolder();
  const damage: [file: string, content: string, detail: string][] = [
    ["tiny/weights.safetensors", "no weights at all", "safetensors"],
    ["tiny/config.json", "{", "JSON"],
    ["tiny/config.json", "null", "network must be an object"],
    ["tiny/config.json", '{"network":{"kind":"unheard-of"}}', "unheard-of"],
  ];
  for (const [file, content, detail] of damage) {
    await t.step(`${file}: ${content}`, async () => {
      await Deno.writeTextFile(`${dir}/${file}`, content);
      const error = await assertRejects(() => loadModel(dir, "tiny"), SyntaxError, file);
      assertStringIncludes((error.cause as Error).message, detail);
    });
  }
  await Deno.remove(dir, { recursive: true });
});

Deno.test("loadModel() leaks no tensors when it refuses or is disposed", async () => {
  const before = tf.memory().numTensors;
  await assertRejects(() => loadModel(dir, "untrained"));
  (await loadModel(dir, "tiny")).network.dispose();
  await listModels(dir);
  assertEquals(tf.memory().numTensors, before);
});

Deno.test("listModels() tells which models can be loaded", async () => {
  const network = buildNetwork(TINY_NETWORK);
  const { parameterCount: parameters } = network;
  network.dispose();
  assertEquals(await listModels(dir), [
    {
      name: "mean",
      title: "The mean model",
      parameters: 0,
      hasWeights: true,
      takesHints: false,
      takesVividness: false,
      suggestsColors: false,
      sizePx: 64,
    },
    {
      name: "tiny",
      title: "The tiny model",
      parameters,
      hasWeights: true,
      takesHints: false,
      takesVividness: false,
      suggestsColors: false,
      sizePx: 64,
    },
    {
      name: "untrained",
      title: "The untrained model",
      parameters,
      hasWeights: false,
      takesHints: false,
      takesVividness: false,
      suggestsColors: false,
      sizePx: 64,
    },
  ]);
});

Deno.test("listModels() names a folder that is not there", async () => {
  await assertRejects(() => listModels(`${dir}/missing`), Error, `${dir}/missing must be a folder`);
});
