import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../src/backend/start.ts";
import { rgbToLab } from "../../src/color/lab.ts";
import type { AbPlanes } from "../../src/network/config.ts";
import { buildNetwork } from "../../src/network/build.ts";
import { wholeBatchContext } from "../../src/network/network.ts";
import { REGRESSION_OBJECTIVE, type RgbShare } from "../../src/train/regression_objective.ts";
import { SeededRandom } from "../random.ts";
import { webgpuTest } from "../webgpu.ts";
import { TINY_NETWORK } from "./tiny_network.ts";

const PLACE = { count: 2, sizePx: 8, seed: 3, epoch: 0, positions: [5, 9], aged: 1 };

Deno.test("makeShare() gives the pixels of an image, in whole words of four bytes", () => {
  const rgb = pictures().subarray(0, 75);
  const share = REGRESSION_OBJECTIVE.makeShare(rgb, {
    ...PLACE,
    count: 1,
    sizePx: 5,
    augment: false,
  }) as RgbShare;
  assertEquals(share, { count: 1, heightPx: 5, widthPx: 5, rgb: Uint8Array.of(...rgb, 0) });
});

Deno.test("makeShare() augments by seed, epoch and position, and repeats itself", () => {
  const rgb = pictures();
  const make = (change: object) =>
    (REGRESSION_OBJECTIVE.makeShare(rgb, { ...PLACE, augment: true, ...change }) as RgbShare).rgb;
  assertEquals(make({}), make({}));
  // Three of eight pictures stay as they are: one seed alone may show no change.
  const seeds = [...Array(8).keys()];
  for (const change of [{ augment: false }, { epoch: 1 }, { positions: [6, 9] }]) {
    const changes = seeds.filter((seed) => {
      const before = make({ seed });
      return make({ seed, ...change }).some((value, i) => value !== before[i]);
    });
    assert(changes.length > 2, JSON.stringify(change));
  }
  assert(new Set(seeds.map((seed) => make({ seed }).join())).size > 2);
});

for (const planes of ["ab", "a", "b"] as AbPlanes[]) {
  const name = `lossOf() is the mean squared error of ${planes} over the whole batch`;
  Deno.test(`${name} on wasm`, () => checkLoss("wasm", planes));
  webgpuTest(`${name} on webgpu`, () => checkLoss("webgpu", planes));
}

async function checkLoss(backend: "wasm" | "webgpu", planes: AbPlanes): Promise<void> {
  const device = await startBackend(backend);
  // Without dropout and batch norm training predicts what inference predicts.
  const config = { ...TINY_NETWORK, planes, batchNorm: false, dropout: 0 };
  const network = buildNetwork(config, { seed: 1 });
  const share = REGRESSION_OBJECTIVE.makeShare(pictures(), { ...PLACE, augment: false });
  const { lightness: values100, ab: targetAb } = rgbToLab(pictures(), 3);
  const lightness = tf.tensor4d(values100, [2, 8, 8, 1]);
  const predicted = network.predictAb(lightness);
  const values = await predicted.data();
  let sum = 0;
  targetAb.forEach((target, i) => {
    if (planes.includes("ab"[i % 2]!)) sum += (values[i]! - target / 128) ** 2;
  });
  // Two of the batch's five images are here.
  const expected = sum / (5 * 8 * 8 * planes.length);
  const context = wholeBatchContext({ seed: 0, step: 0, batchImages: 5 });
  const ready = {
    count: 2,
    heightPx: 8,
    widthPx: 8,
    lightness: values100,
    targetAb: targetAb.map((value) => value / 128),
  };
  for (const same of [share, ready]) {
    const loss = tf.tidy(() => REGRESSION_OBJECTIVE.lossOf(network, same, context));
    assertAlmostEquals((await loss.data())[0]!, expected, 2e-6);
    loss.dispose();
  }
  tf.dispose([lightness, predicted]);
  network.dispose();
  device.check();
}

function pictures(): Uint8Array {
  const random = new SeededRandom(7);
  return Uint8Array.from({ length: 2 * 8 * 8 * 3 }, () => 256 * random.next());
}
