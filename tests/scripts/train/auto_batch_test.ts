import { assertEquals, assertRejects } from "@std/assert";
import { chooseBatch, MOST_BATCH } from "../../../scripts/train/auto_batch.ts";
import { webgpuTest } from "../../webgpu.ts";

/** At 64x64 its one large activation takes 16 MiB an image, and all take 3 * 16.06 MiB. */
const WIDE = { kind: "plain-cnn" as const, filters: [1024] };
const NARROW = { kind: "plain-cnn" as const, filters: [1] };
const AT_64 = { backend: "wasm" as const, workers: 1, sizePx: 64, images: 1000 };

Deno.test("chooseBatch() takes what fits into 1 GiB for each worker on wasm", async () => {
  // Two layers of 16 MiB, convolution and norm, times 3: ten images, of which eight.
  assertEquals(await chooseBatch(WIDE, AT_64), 8);
  assertEquals(await chooseBatch(WIDE, { ...AT_64, workers: 2 }), 16);
});

Deno.test("chooseBatch() takes no more images than there are, nor than gain speed", async () => {
  const at8 = { ...AT_64, sizePx: 8 };
  assertEquals(await chooseBatch(NARROW, { ...at8, images: 100 }), 64);
  assertEquals(await chooseBatch(NARROW, at8), MOST_BATCH);
});

Deno.test("chooseBatch() refuses images of which not one fits", async () => {
  const huge = { ...AT_64, sizePx: 1024 };
  await assertRejects(() => chooseBatch(WIDE, huge), RangeError, "one image of 1024x1024 must fit");
});

webgpuTest("chooseBatch() tries a step on webgpu", async () => {
  const options = { ...AT_64, backend: "webgpu" as const, sizePx: 8, images: 20 };
  assertEquals(await chooseBatch(NARROW, options), 16);
});
