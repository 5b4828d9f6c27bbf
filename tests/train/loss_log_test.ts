import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../src/backend/start.ts";
import { LossLog } from "../../src/train/loss_log.ts";

Deno.test("LossLog weighs losses by their images, reads them once and disposes them", async () => {
  await startBackend("wasm");
  const before = tf.memory().numTensors;
  const log = new LossLog(2);
  assertEquals([log.isEmpty, log.isDue], [true, false]);
  log.add(tf.scalar(0.5), { epoch: 1, step: 1, images: 8 });
  assertEquals([log.isEmpty, log.isDue], [false, false]);
  log.add(tf.scalar(0.25), { epoch: 1, step: 2, images: 2 });
  assertEquals([log.isEmpty, log.isDue], [false, true]);
  assertEquals(await log.read(), { lossSum: 0.5 * 8 + 0.25 * 2, images: 10 });
  assertEquals([log.isEmpty, log.isDue], [true, false]);
  assertEquals(tf.memory().numTensors, before);
});

Deno.test("LossLog takes plain numbers, as groups of workers give them", async () => {
  const log = new LossLog(1);
  log.add(0.1, { epoch: 1, step: 1, images: 4 });
  const { lossSum, images } = await log.read();
  assertAlmostEquals(lossSum, 0.4, 1e-12);
  assertEquals(images, 4);
});

Deno.test("LossLog names the first step whose loss is not finite", async () => {
  await startBackend("wasm");
  const before = tf.memory().numTensors;
  const log = new LossLog(3);
  for (const [i, loss] of [0.1, Infinity, NaN].entries()) {
    log.add(tf.scalar(loss), { epoch: 2, step: 10 + i, images: 1 });
  }
  const message = "the loss must be finite, got Infinity in epoch 2, step 11";
  await assertRejects(() => log.read(), RangeError, message);
  assertEquals(tf.memory().numTensors, before);
});
