import { assertEquals, assertLess, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../src/backend/start.ts";
import { rgbToLab } from "../../src/color/lab.ts";
import { transferByFeatures } from "../../src/colorize/transfer_by_features.ts";
import { paintScene, SCENE_PALETTES, withoutColors } from "./made_scene.ts";
import { makePalette } from "./palette_model.ts";

await startBackend("wasm");
const model = makePalette();
const scene = paintScene(SCENE_PALETTES.tulips, { seed: 4 });
const gray = withoutColors(scene);

Deno.test("transferByFeatures() gives a picture its own colors back, at its own lightness", async () => {
  const painted = rgbToLab(
    (await transferByFeatures(gray, scene, { model, seed: 0 })).bitmap,
    4,
  );
  const truth = rgbToLab(scene.bitmap, 4);
  let [distance, chroma] = [0, 0];
  for (let i = 0; i < truth.ab.length; i += 2) {
    distance += Math.hypot(painted.ab[i]! - truth.ab[i]!, painted.ab[i + 1]! - truth.ab[i + 1]!);
    chroma += Math.hypot(truth.ab[i]!, truth.ab[i + 1]!);
  }
  assertLess(distance, 0.35 * chroma);
  const { lightness } = rgbToLab(gray.bitmap, 4);
  painted.lightness.forEach((value, i) => assertLess(Math.abs(value - lightness[i]!), 0.8));
});

Deno.test("transferByFeatures() is the same each time, keeps alpha and inputs, leaks nothing", async () => {
  const target = gray.clone();
  for (let at = 3; at < target.bitmap.length; at += 4) target.bitmap[at] = at % 256;
  const before = target.bitmap.slice();
  await transferByFeatures(target, scene, { model, seed: 0 });
  const tensors = tf.memory().numTensors;
  const painted = await transferByFeatures(target, scene, { model, seed: 0, sizePx: 32 });
  assertEquals(tf.memory().numTensors, tensors);
  assertEquals(painted.bitmap.filter((_, i) => i % 4 === 3), before.filter((_, i) => i % 4 === 3));
  assertEquals(target.bitmap, before);
  const again = await transferByFeatures(target, scene, { model, seed: 0, sizePx: 32 });
  assertEquals(again.bitmap, painted.bitmap);
});

Deno.test("transferByFeatures() takes pictures of any aspect", async () => {
  for (const [widthPx, heightPx] of [[1, 1], [2, 300], [300, 3]] as const) {
    const strip = withoutColors(paintScene(SCENE_PALETTES.snow, { seed: 5, widthPx, heightPx }));
    const painted = await transferByFeatures(strip, scene, { model, seed: 0 });
    assertEquals([painted.width, painted.height], [widthPx, heightPx]);
    const back = await transferByFeatures(gray, scene.clone().resize(widthPx, heightPx), {
      model,
      seed: 0,
    });
    assertEquals(back.bitmap.length, gray.bitmap.length);
  }
});

Deno.test("transferByFeatures() stops when it is told to", async () => {
  const controller = new AbortController();
  const running = transferByFeatures(gray, scene, { model, seed: 0, signal: controller.signal });
  controller.abort();
  const error = await assertRejects(() => running);
  assertEquals((error as DOMException).name, "AbortError");
});
