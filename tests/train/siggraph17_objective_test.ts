import { assert, assertAlmostEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../src/backend/start.ts";
import { rgbToLab } from "../../src/color/lab.ts";
import { buildNetwork } from "../../src/network/build.ts";
import { wholeBatchContext } from "../../src/network/network.ts";
import { siggraph17Input } from "../../src/network/siggraph17.ts";
import { SIGGRAPH17_OBJECTIVE } from "../../src/train/siggraph17_objective.ts";
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
const CONFIG = { kind: "siggraph17", width: 6 } as const;

Deno.test("makeShare() gives colors, hints among them, and the class of every fourth pixel", () => {
  const rgb = flatPictures(COUNT, SIZE_PX);
  const share = SIGGRAPH17_OBJECTIVE.makeShare(rgb, PLACE);
  const { ab } = rgbToLab(rgb, 3);
  assertAlmostEquals(share.targetAb[9]! * 128, ab[9]!, 1e-4);
  for (const [image, y, x] of [[0, 0, 0], [1, 3, 1], [2, 2, 3]] as const) {
    const at = 2 * ((image * SIZE_PX + 4 * y) * SIZE_PX + 4 * x);
    const step = share.classes[(image * 4 + y) * 4 + x]!;
    const [a, b] = [10 * (Math.floor(step / 23) - 11), 10 * (step % 23 - 11)];
    assert(Math.abs(a - ab[at]!) <= 5 && Math.abs(b - ab[at + 1]!) <= 5);
  }
  const masks = share.hints.filter((_, i) => i % 3 === 2);
  assert(masks.some((mask) => mask === 1) && masks.every((mask) => mask === 0 || mask === 1));
});

Deno.test("lossOf() is the Huber loss of colors and the cross-entropy of classes", async () => {
  await startBackend("wasm");
  const network = buildNetwork(CONFIG, { seed: 1 });
  const share = SIGGRAPH17_OBJECTIVE.makeShare(flatPictures(COUNT, SIZE_PX), PLACE);
  const context = wholeBatchContext({ seed: 0, step: 0, batchImages: COUNT });
  const loss = tf.tidy(() => SIGGRAPH17_OBJECTIVE.lossOf(network, share, context));
  const shape = [COUNT, SIZE_PX, SIZE_PX] as const;
  const input = siggraph17Input(
    tf.tensor4d(share.lightness, [...shape, 1]),
    tf.tensor4d(share.hints, [...shape, 3]),
  );
  // The network's outputs as it trains: by the statistics of the batch.
  const outputs = network.layers!.apply(input, context as never) as tf.Tensor[];
  const [ab, logits] = await Promise.all(outputs.map((output) => output.data()));
  let huber = 0;
  ab!.forEach((value: number, i: number) => {
    const size = Math.abs(value - share.targetAb[i]! * 128 / 110);
    const delta = 1 / 110;
    huber += size < delta ? size * size / (2 * delta) : size - delta / 2;
  });
  let entropy = 0;
  share.classes.forEach((wanted, pixel) => {
    const scores = [...logits!.slice(529 * pixel, 529 * (pixel + 1))];
    entropy += Math.log(scores.reduce((sum, score) => sum + Math.exp(score), 0)) - scores[wanted]!;
  });
  const expected = 10 * huber / ab!.length + entropy / share.classes.length;
  assertAlmostEquals((await loss.data())[0]!, expected, 1e-4 * expected);
  network.dispose();
});

Deno.test("siggraph17 overfits one batch, and leaks no tensors", async () => {
  await startBackend("wasm");
  const network = buildNetwork(CONFIG, { seed: 1 });
  const share = SIGGRAPH17_OBJECTIVE.makeShare(flatPictures(COUNT, SIZE_PX), PLACE);
  const { first, last } = await overfit(network, share, { steps: 60 });
  assert(last < 0.4 * first, `from ${first} to ${last}`);
  network.dispose();
});
