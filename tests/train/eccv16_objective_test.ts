import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { startBackend } from "../../src/backend/start.ts";
import { binCenters } from "../../src/color/ab_bins.ts";
import { rebalancedWeights, smoothAbPrior, TRAINING_AB_COUNTS } from "../../src/color/ab_prior.ts";
import { rgbToLab } from "../../src/color/lab.ts";
import { softBinsOf } from "../../src/color/soft_bins.ts";
import { buildNetwork } from "../../src/network/build.ts";
import { ECCV16_OBJECTIVE, ECCV16_PLAIN_OBJECTIVE } from "../../src/train/eccv16_objective.ts";
import { flatPictures } from "./flat_pictures.ts";
import { overfit } from "./overfit.ts";

const SIZE_PX = 16;
const COUNT = 3;
const PLACE = {
  ...{ count: COUNT, sizePx: SIZE_PX, seed: 3, epoch: 0 },
  positions: [5, 9, 11],
  augment: false,
  aged: 1,
};
const CONFIG = { kind: "eccv16", width: 6, temperature: 0.38 } as const;

Deno.test("makeShare() teaches the soft bins of every fourth pixel, weighted against the prior", () => {
  const rgb = flatPictures(COUNT, SIZE_PX);
  const [balanced, plain] = [ECCV16_OBJECTIVE, ECCV16_PLAIN_OBJECTIVE].map((objective) =>
    objective.makeShare(rgb, PLACE)
  );
  const { ab } = rgbToLab(rgb, 3);
  const weights = rebalancedWeights(smoothAbPrior(TRAINING_AB_COUNTS), 0.5);
  for (const [image, y, x] of [[0, 0, 0], [1, 3, 1], [2, 2, 3]] as const) {
    const at = 2 * ((image * SIZE_PX + 4 * y) * SIZE_PX + 4 * x);
    const color = ab.slice(at, at + 2);
    const expected = softBinsOf(color, binCenters);
    const start = 5 * ((image * 4 + y) * 4 + x);
    assertEquals(plain!.bins.slice(start, start + 5), expected.bins);
    assertEquals(plain!.weights.slice(start, start + 5), expected.weights);
    const weight = weights[expected.bins[0]!]!;
    for (let k = 0; k < 5; k++) {
      assertAlmostEquals(balanced!.weights[start + k]!, weight * expected.weights[k]!, 1e-4);
    }
  }
});

Deno.test("makeShare() lets images without color teach nothing", () => {
  const rgb = flatPictures(COUNT, SIZE_PX);
  rgb.fill(90, 0, SIZE_PX ** 2 * 3);
  const { weights } = ECCV16_OBJECTIVE.makeShare(rgb, PLACE);
  const own = weights.length / COUNT;
  assert(weights.subarray(0, own).every((weight) => weight === 0));
  assert(weights.subarray(own).some((weight) => weight > 0));
});

Deno.test("rebalancedWeights() have a mean of 1 over the prior, and rise as colors get rarer", () => {
  const prior = [0.7, 0.2, 0.1];
  const weights = rebalancedWeights(prior, 0.5);
  assertAlmostEquals(weights.reduce((sum, weight, i) => sum + weight * prior[i]!, 0), 1, 1e-12);
  assert(weights[0]! < weights[1]! && weights[1]! < weights[2]!);
  assertAlmostEquals(weights[2]! / weights[0]!, (0.35 + 1 / 6) / (0.05 + 1 / 6), 1e-12);
  assertEquals([...rebalancedWeights(prior, 1)], [1, 1, 1]);
});

Deno.test("eccv16 overfits one batch, and leaks no tensors", async () => {
  await startBackend("wasm");
  const network = buildNetwork(CONFIG, { seed: 1 });
  const share = ECCV16_PLAIN_OBJECTIVE.makeShare(flatPictures(COUNT, SIZE_PX), PLACE);
  const { first, last } = await overfit(network, share, { steps: 60 });
  assert(last < 0.6 * first, `from ${first} to ${last}`);
  network.dispose();
});
