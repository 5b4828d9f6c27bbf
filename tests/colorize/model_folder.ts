/** Model folders for tests. */
import { buildNetwork } from "../../src/network/build.ts";
import type { NetworkConfig } from "../../src/network/config.ts";
import { saveWeights } from "../../src/network/weights.ts";

/** A network of the report's family, with few weights. */
export const TINY_NETWORK: NetworkConfig = {
  kind: "encoder-decoder",
  planes: "ab",
  encoder: [8, 8, 8],
  dense: [8],
  decoder: [8, 8, 8],
  strided: true,
  batchNorm: true,
  dropout: 0,
};

/** The same color everywhere. */
export const MEAN_NETWORK: NetworkConfig = { kind: "constant", a: 2.5, b: 8.7 };

/** Makes a folder with models `mean`, `tiny` (weights of seed 1) and `untrained` (no weights). */
export async function makeModelsFolder(): Promise<string> {
  const dir = await Deno.makeTempDir({ prefix: "polychromify-models-" });
  await addModel(dir, "mean", MEAN_NETWORK);
  await addModel(dir, "untrained", TINY_NETWORK);
  await addModel(dir, "tiny", TINY_NETWORK);
  const network = buildNetwork(TINY_NETWORK, { seed: 1 });
  await Deno.writeFile(`${dir}/tiny/weights.safetensors`, await saveWeights(network, "F32"));
  network.dispose();
  return dir;
}

async function addModel(dir: string, name: string, network: NetworkConfig): Promise<void> {
  await Deno.mkdir(`${dir}/${name}`);
  const config = { name, title: `The ${name} model`, network, training: {} };
  await Deno.writeTextFile(`${dir}/${name}/config.json`, JSON.stringify(config));
}
