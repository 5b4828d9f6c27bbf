import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../src/backend/start.ts";
import { rgbToLab } from "../../src/color/lab.ts";
import type { AbPlanes } from "../../src/network/config.ts";
import { buildNetwork } from "../../src/network/build.ts";
import { wholeBatchContext } from "../../src/network/network.ts";
import { REGRESSION_OBJECTIVE } from "../../src/train/regression_objective.ts";
import { SeededRandom } from "../random.ts";
import { TINY_NETWORK } from "./tiny_network.ts";

const PLACE = { count: 2, sizePx: 8, seed: 3, epoch: 0, positions: [5, 9] };

Deno.test("makeShare() gives the lightness and ab / 128 of each pixel", () => {
  const rgb = pictures();
  const share = REGRESSION_OBJECTIVE.makeShare(rgb, { ...PLACE, augment: false });
  assertEquals([share.count, share.heightPx, share.widthPx], [2, 8, 8]);
  const { lightness, ab } = rgbToLab(rgb, 3);
  assertEquals(share.lightness, lightness);
  ab.forEach((value, i) => assertAlmostEquals(share.targetAb[i]!, value / 128, 1e-6));
});

Deno.test("makeShare() augments by seed, epoch and position, and repeats itself", () => {
  const rgb = pictures();
  const make = (change: object) =>
    REGRESSION_OBJECTIVE.makeShare(rgb, { ...PLACE, augment: true, ...change }).lightness;
  assertEquals(make({}), make({}));
  for (const change of [{ augment: false }, { seed: 4 }, { epoch: 1 }, { positions: [6, 9] }]) {
    assert(make(change).some((value, i) => value !== make({})[i]), JSON.stringify(change));
  }
});

for (const planes of ["ab", "a", "b"] as AbPlanes[]) {
  Deno.test(`lossOf() is the mean squared error of ${planes} over the whole batch`, async () => {
    await startBackend("wasm");
    // Without dropout and batch norm training predicts what inference predicts.
    const config = { ...TINY_NETWORK, planes, batchNorm: false, dropout: 0 };
    const network = buildNetwork(config, { seed: 1 });
    const share = REGRESSION_OBJECTIVE.makeShare(pictures(), { ...PLACE, augment: false });
    const lightness = tf.tensor4d(share.lightness, [2, 8, 8, 1]);
    const predicted = network.predictAb(lightness);
    const values = await predicted.data();
    let sum = 0;
    share.targetAb.forEach((target, i) => {
      if (planes.includes("ab"[i % 2]!)) sum += (values[i]! - target) ** 2;
    });
    // Two of the batch's five images are here.
    const expected = sum / (5 * 8 * 8 * planes.length);
    const context = wholeBatchContext({ seed: 0, step: 0, batchImages: 5 });
    const loss = tf.tidy(() => REGRESSION_OBJECTIVE.lossOf(network, share, context));
    assertAlmostEquals((await loss.data())[0]!, expected, 1e-6);
    tf.dispose([lightness, predicted, loss]);
    network.dispose();
  });
}

function pictures(): Uint8Array {
  const random = new SeededRandom(7);
  return Uint8Array.from({ length: 2 * 8 * 8 * 3 }, () => 256 * random.next());
}
