import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../src/backend/start.ts";
import { rgbToLab } from "../../src/color/lab.ts";
import { softBinsOf } from "../../src/color/soft_bins.ts";
import { buildNetwork } from "../../src/network/build.ts";
import type { PaletteConfig } from "../../src/network/config.ts";
import { wholeBatchContext } from "../../src/network/network.ts";
import { paletteInput } from "../../src/network/palette.ts";
import { PALETTE_OBJECTIVE } from "../../src/train/palette_objective.ts";
import { flatPictures } from "./flat_pictures.ts";
import { overfit } from "./overfit.ts";

const CONFIG: PaletteConfig = {
  kind: "palette",
  widths: [16, 24],
  encoderConvs: [1, 1],
  decoderConvs: [1],
  batchNorm: false,
};
const SIZE_PX = 8;
const COUNT = 4;
const PLACE = {
  count: COUNT,
  sizePx: SIZE_PX,
  seed: 3,
  epoch: 0,
  positions: [5, 9, 11, 200],
  augment: false,
  aged: 1,
};

Deno.test("makeShare() teaches the soft bins of the mean color of each 2x2 pixels", () => {
  const rgb = flatPictures(COUNT, SIZE_PX);
  const share = PALETTE_OBJECTIVE.makeShare(rgb, PLACE);
  const { lightness, ab } = rgbToLab(rgb, 3);
  assertEquals(share.lightness, lightness);
  assertEquals(share.bins.length, COUNT * 4 * 4 * 5);
  for (const [image, y, x] of [[0, 0, 0], [1, 3, 1], [3, 2, 3]] as const) {
    const mean = [0, 1].map((plane) => {
      const at = (dy: number, dx: number) =>
        ab[2 * ((image * SIZE_PX + 2 * y + dy) * SIZE_PX + 2 * x + dx) + plane]!;
      return (at(0, 0) + at(0, 1) + at(1, 0) + at(1, 1)) / 4;
    });
    const expected = softBinsOf(Float32Array.from(mean));
    const start = 5 * ((image * 4 + y) * 4 + x);
    assertEquals(share.bins.slice(start, start + 5), expected.bins);
    assertEquals(share.weights.slice(start, start + 5), expected.weights);
  }
});

Deno.test("makeShare() hints the true colors of about half of the images", () => {
  const [rgb, count] = [flatPictures(COUNT, SIZE_PX), 200];
  const many = new Uint8Array(count * SIZE_PX ** 2 * 3);
  for (let i = 0; i < count; i++) many.set(rgb.subarray(0, SIZE_PX ** 2 * 3), i * SIZE_PX ** 2 * 3);
  const positions = Array.from({ length: count }, (_, i) => i);
  const { hints } = PALETTE_OBJECTIVE.makeShare(many, { ...PLACE, count, positions });
  const { ab } = rgbToLab(rgb.subarray(0, SIZE_PX ** 2 * 3), 3);
  const range = [0, 1].map((plane) => {
    const values = ab.filter((_, i) => i % 2 === plane).map((value) => value / 128);
    return [Math.min(...values) - 1e-6, Math.max(...values) + 1e-6];
  });
  let hinted = 0;
  for (let i = 0; i < count; i++) {
    const image = hints.subarray(i * SIZE_PX ** 2 * 3, (i + 1) * SIZE_PX ** 2 * 3);
    if (image.some((value) => value !== 0)) hinted++;
    for (let pixel = 0; pixel < SIZE_PX ** 2; pixel++) {
      const [a, b, mask] = image.slice(3 * pixel, 3 * pixel + 3) as unknown as number[];
      if (mask === 0) assertEquals([a, b], [0, 0]);
      else assert(a! >= range[0]![0]! && a! <= range[0]![1]! && b! >= range[1]![0]!);
    }
  }
  // Half of 7 in 8.
  assertAlmostEquals(hinted / count, 7 / 16, 0.08);
});

Deno.test("makeShare() repeats itself, and changes with seed, epoch and position", () => {
  const rgb = flatPictures(COUNT, SIZE_PX);
  const make = (change: object) => PALETTE_OBJECTIVE.makeShare(rgb, { ...PLACE, ...change });
  assertEquals(make({}), make({}));
  const changes = [{ seed: 4 }, { epoch: 1 }, { positions: [6, 10, 12, 201] }];
  for (const change of changes) {
    const { hints } = make(change);
    assert(hints.some((value, i) => value !== make({}).hints[i]), JSON.stringify(change));
  }
  const { lightness } = make({ augment: true });
  assert(lightness.some((value, i) => value !== make({}).lightness[i]));
});

Deno.test("lossOf() is the soft cross-entropy over the whole batch, in two shares too", async () => {
  await startBackend("wasm");
  const network = buildNetwork(CONFIG, { seed: 1 });
  const rgb = flatPictures(COUNT, SIZE_PX);
  const context = wholeBatchContext({ seed: 0, step: 0, batchImages: COUNT });
  const lossOf = async (first: number, count: number) => {
    const bytes = SIZE_PX ** 2 * 3;
    const part = rgb.subarray(first * bytes, (first + count) * bytes);
    const positions = PLACE.positions.slice(first, first + count);
    const share = PALETTE_OBJECTIVE.makeShare(part, { ...PLACE, count, positions });
    const loss = tf.tidy(() => PALETTE_OBJECTIVE.lossOf(network, share, context));
    return (await loss.data())[0]!;
  };
  const share = PALETTE_OBJECTIVE.makeShare(rgb, PLACE);
  // The layers' own: places agree with their neighbors in inference alone.
  const input = paletteInput(
    tf.tensor4d(share.lightness, [COUNT, SIZE_PX, SIZE_PX, 1]),
    tf.tensor4d(share.hints, [COUNT, SIZE_PX, SIZE_PX, 3]),
  );
  const logits = network.layers!.apply(input, { training: false }) as tf.Tensor4D;
  const values = await logits.data();
  const bins = logits.shape[3];
  let sum = 0;
  for (let pixel = 0; pixel < COUNT * 16; pixel++) {
    const scores = Array.from(values.slice(pixel * bins, (pixel + 1) * bins));
    const total = Math.log(scores.reduce((all, score) => all + Math.exp(score), 0));
    for (let k = 5 * pixel; k < 5 * (pixel + 1); k++) {
      sum -= share.weights[k]! * (scores[share.bins[k]!]! - total);
    }
  }
  assertAlmostEquals(await lossOf(0, COUNT), sum / (COUNT * 16), 1e-4);
  assertAlmostEquals(await lossOf(0, 1) + await lossOf(1, 3), sum / (COUNT * 16), 1e-4);
  network.dispose();
});

Deno.test("a palette overfits one batch, towards the entropy of its targets, and leaks nothing", async () => {
  await startBackend("wasm");
  const network = buildNetwork(CONFIG, { seed: 1 });
  const share = PALETTE_OBJECTIVE.makeShare(flatPictures(COUNT, SIZE_PX), PLACE);
  const entropy = -share.weights.reduce((sum, weight) => sum + weight * Math.log(weight), 0) /
    (COUNT * 16);
  const losses = await overfit(network, share, { steps: 250 });
  const [first, last] = [losses.first - entropy, losses.last - entropy];
  assert(last > 0 && last < 0.1 * first, `from ${first} to ${last} above the targets' entropy`);
  network.dispose();
});
