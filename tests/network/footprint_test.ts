import { assertEquals, assertThrows } from "@std/assert";
import { startBackend } from "../../src/backend/start.ts";
import { buildNetwork } from "../../src/network/build.ts";
import { checkBatchFits, largestActivation, largestBatch } from "../../src/network/footprint.ts";

const SIZE = { heightPx: 64, widthPx: 32 };

Deno.test("largestActivation() finds the layer with the most values", async () => {
  await startBackend("wasm");
  const network = buildNetwork({ kind: "plain-cnn", filters: [4, 16, 8] });
  assertEquals(largestActivation(network, SIZE), { layer: "conv2", bytes: 4 * 64 * 32 * 16 });
  network.dispose();
  assertEquals(largestActivation(buildNetwork({ kind: "constant", a: 0, b: 0 }), SIZE), undefined);
});

Deno.test("checkBatchFits() says which layer is too large and which batch fits", async () => {
  await startBackend("wasm");
  const network = buildNetwork({ kind: "plain-cnn", filters: [16] });
  const perImage = 4 * 64 * 32 * 16;
  const check = (images: number, maxTensorBytes: number) => () =>
    checkBatchFits(network, { images, ...SIZE, maxTensorBytes });
  check(10, 10 * perImage)();
  assertThrows(check(11, 10 * perImage), RangeError, "layer conv1");
  assertThrows(check(11, 10 * perImage), RangeError, "a batch of 10 fits");
  assertThrows(check(1, perImage - 1), RangeError, "not even one picture fits");
  network.dispose();
});

Deno.test("largestBatch() fits the largest activation, and three times all of them", async () => {
  await startBackend("wasm");
  const network = buildNetwork({ kind: "plain-cnn", filters: [16] });
  const pixels = 4 * 64 * 32; // bytes of one channel
  // Lightness, convolution, norm, ab.
  const all = 3 * (1 + 16 + 16 + 2) * pixels;
  const fit = (limits: { maxTensorBytes: number; memoryBytes: number }) =>
    largestBatch(network, { ...SIZE, ...limits });
  assertEquals(fit({ maxTensorBytes: 5 * 16 * pixels, memoryBytes: 1e12 }), 5);
  assertEquals(fit({ maxTensorBytes: 5 * 16 * pixels - 1, memoryBytes: 1e12 }), 4);
  assertEquals(fit({ maxTensorBytes: 1e12, memoryBytes: 7 * all }), 7);
  assertEquals(fit({ maxTensorBytes: 1e12, memoryBytes: all - 1 }), 0);
  network.dispose();
});
