/** A palette of few weights that answers to its hints, for tests. */
import type { Model } from "../../src/colorize/model.ts";
import { buildNetwork } from "../../src/network/build.ts";
import { parseNetworkConfig } from "../../src/network/config.ts";
import { saveWeights } from "../../src/network/weights.ts";

const CONFIG = {
  kind: "palette",
  widths: [8, 8],
  encoderConvs: [0, 0],
  decoderConvs: [0],
  batchNorm: true,
};

/** Random weights; bin logits scaled up, so that pixels differ in what they are unsure of. */
export function makePalette(seed = 3): Model {
  const network = buildNetwork(parseNetworkConfig(CONFIG), { seed });
  const head = network.layers!.layers.at(-1)!;
  const [kernel, ...others] = head.getWeights();
  head.setWeights([kernel!.mul(300), ...others]);
  return { name: "palette", title: "", network, sizePx: 64 };
}

/** Makes a folder with the models `palette` and `gray`. */
export async function makePaletteFolder(): Promise<string> {
  const dir = await Deno.makeTempDir({ prefix: "polychromify-palette-" });
  const { network } = makePalette();
  await Deno.mkdir(`${dir}/palette`);
  await Deno.writeTextFile(`${dir}/palette/config.json`, JSON.stringify({ network: CONFIG }));
  await Deno.writeFile(`${dir}/palette/weights.safetensors`, await saveWeights(network, "F32"));
  network.dispose();
  await Deno.mkdir(`${dir}/gray`);
  const gray = { network: { kind: "constant", a: 0, b: 0 } };
  await Deno.writeTextFile(`${dir}/gray/config.json`, JSON.stringify(gray));
  return dir;
}
