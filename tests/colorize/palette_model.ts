/** A palette of few weights that answers to its hints, for tests. */
import type { Model } from "../../src/colorize/model.ts";
import { buildNetwork } from "../../src/network/build.ts";
import { parseNetworkConfig } from "../../src/network/config.ts";

/** Random weights; bin logits scaled up, so that pixels differ in what they are unsure of. */
export function makePalette(seed = 3): Model {
  const config = { kind: "palette", widths: [8, 8], encoderConvs: [0, 0], decoderConvs: [0] };
  const network = buildNetwork(parseNetworkConfig(config), { seed });
  const head = network.layers!.layers.at(-1)!;
  const [kernel, ...others] = head.getWeights();
  head.setWeights([kernel!.mul(300), ...others]);
  return { name: "palette", title: "", network };
}
