import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Image } from "imagescript";
import { startBackend } from "../../src/backend/start.ts";
import { colorizeImage } from "../../src/colorize/colorize_image.ts";
import { loadModel, ModelNotFoundError } from "../../src/colorize/model.ts";
import { decodeImage } from "../../src/image/decode.ts";
import { encodeImage } from "../../src/image/encode.ts";
import { ImageError } from "../../src/image/errors.ts";
import { sniffFormat } from "../../src/image/sniff.ts";
import { createApp } from "../../src/serve/app.ts";
import { ProblemError } from "../../src/serve/problem.ts";
import { createService, type InferenceDevice } from "../../src/serve/service.ts";
import { makeModelsFolder } from "../colorize/model_folder.ts";

await startBackend("wasm");
const modelsDir = await makeModelsFolder();
addEventListener("unload", () => Deno.removeSync(modelsDir, { recursive: true }));

/** A device that fails when told to. */
function fakeDevice() {
  const lost = Promise.withResolvers<Error>();
  let failure: Error | undefined;
  let trims = 0;
  const device: InferenceDevice = {
    backend: "wasm",
    description: "test device",
    check: () => {
      if (failure) throw failure;
    },
    trim: () => trims++,
    lost: lost.promise,
  };
  return {
    device,
    lose: lost.resolve,
    fail: (error: Error) => failure = error,
    trims: () => trims,
  };
}

function makeService({ defaultModel = "tiny", device = fakeDevice().device } = {}) {
  return createService({
    modelsDir,
    defaultModel,
    limits: { maxPixels: 250_000 },
    startDevice: () => Promise.resolve(device),
  });
}

/** A gray picture, different for every number. */
function grayPicture(number: number, { widthPx = 80 + number, heightPx = 60 } = {}): Image {
  const image = new Image(widthPx, heightPx);
  for (let pixel = 0; pixel < widthPx * heightPx; pixel++) {
    const gray = Math.round(128 + 100 * Math.sin((pixel % widthPx) / (3 + number) + number));
    image.bitmap.set([gray, gray, gray, 255], 4 * pixel);
  }
  return image;
}

const PNG = { format: "png" } as const;

Deno.test("createService() gets ready once the default model is warm", async () => {
  const service = makeService();
  assertEquals(service.status().state, "starting");
  await service.started;
  assertEquals(service.status(), { state: "ready", model: "tiny", device: "test device" });
  service.drain();
  assertEquals(service.status().state, "draining");
});

Deno.test("colorize() answers 20 concurrent pictures each with its own colors", async () => {
  const service = makeService();
  const app = createApp({ service, maxBodyBytes: 1e6 });
  const tiny = await loadModel(modelsDir, "tiny");
  const pictures = [...Array(20).keys()].map((number) => grayPicture(number));
  const expected: Image[] = [];
  for (const picture of pictures) expected.push(await colorizeImage(picture, tiny));
  const answers = await Promise.all(pictures.map(async (picture) => {
    const body = await encodeImage(picture, PNG) as Uint8Array<ArrayBuffer>;
    return await (await app.request("/v1/colorize", { method: "POST", body })).bytes();
  }));
  for (const [number, answer] of answers.entries()) {
    const image = await decodeImage(answer);
    assertEquals(image.bitmap, expected[number]!.bitmap, `picture ${number}`);
  }
  tiny.network.dispose();
});

Deno.test("colorize() lets the device trim its memory after each picture", async () => {
  const { device, trims } = fakeDevice();
  const service = makeService({ device });
  await service.started;
  const warm = trims();
  const picture = await encodeImage(grayPicture(1), PNG);
  for (let i = 0; i < 3; i++) await service.colorize(picture, PNG);
  assertEquals(trims() - warm, 3);
});

Deno.test("colorize() goes on between bad pictures", async () => {
  const service = makeService();
  const good = await encodeImage(grayPicture(1), PNG);
  const tasks = [...Array(30).keys()].map((number) =>
    service.colorize(number % 3 === 0 ? good : good.slice(0, 200 * (number % 3)), PNG)
  );
  const results = await Promise.allSettled(tasks);
  for (const [number, result] of results.entries()) {
    assertEquals(result.status, number % 3 === 0 ? "fulfilled" : "rejected");
    if (result.status === "rejected") assertEquals(result.reason instanceof ImageError, true);
  }
});

Deno.test("colorize() takes model, size and format", async () => {
  const service = makeService();
  const picture = await encodeImage(grayPicture(3), PNG);
  const answers = [
    await service.colorize(picture, { ...PNG }),
    await service.colorize(picture, { ...PNG, model: "mean" }),
    await service.colorize(picture, { ...PNG, sizePx: 24 }),
  ].map((bytes) => bytes.join());
  assertEquals(new Set(answers).size, 3);
  const webp = await service.colorize(picture, { format: "webp" });
  assertEquals(sniffFormat(webp), "webp");
});

Deno.test("colorize() refuses unknown models and pictures over the limit", async () => {
  const service = makeService();
  const picture = await encodeImage(grayPicture(3), PNG);
  await assertRejects(
    () => service.colorize(picture, { ...PNG, model: "nothing" }),
    ModelNotFoundError,
    "mean, tiny, untrained",
  );
  const large = await encodeImage(new Image(501, 500), PNG);
  await assertRejects(() => service.colorize(large, PNG), ImageError, "501 x 500");
});

Deno.test("colorize() loads a model at the next request after it could not", async () => {
  const dir = await makeModelsFolder();
  const startDevice = () => Promise.resolve(fakeDevice().device);
  const service = createService({ modelsDir: dir, defaultModel: "mean", limits: {}, startDevice });
  const picture = await encodeImage(grayPicture(3), PNG);
  const options = { ...PNG, model: "untrained" };
  await assertRejects(() => service.colorize(picture, options), ModelNotFoundError);
  const weights = "weights.safetensors";
  await Deno.copyFile(`${dir}/tiny/${weights}`, `${dir}/untrained/${weights}`);
  await service.colorize(picture, options);
  await Deno.remove(dir, { recursive: true });
});

Deno.test("createService() answers 503 when the default model cannot be loaded", async () => {
  const service = makeService({ defaultModel: "untrained" });
  await assertRejects(() => service.started, ModelNotFoundError);
  assertEquals(service.status().state, "failed");
  const picture = await encodeImage(grayPicture(3), PNG);
  const error = await assertRejects(() => service.colorize(picture, PNG), ProblemError);
  assertEquals(error.status, 503);
  assertStringIncludes(error.message, "deno task train untrained");
});

Deno.test("a lost device answers 503 and ends readiness", async () => {
  const { device, lose } = fakeDevice();
  const service = makeService({ device });
  await service.started;
  lose(new Error("the GPU fell off"));
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(service.status(), { state: "failed", detail: "the GPU fell off" });
  const picture = await encodeImage(grayPicture(3), PNG);
  const error = await assertRejects(() => service.colorize(picture, PNG), ProblemError);
  assertEquals(error.status, 503);
});

Deno.test("a device error during a request answers 503, never its zeros", async () => {
  const { device, fail } = fakeDevice();
  const service = makeService({ device });
  await service.started;
  fail(new Error("out of memory"));
  const picture = await encodeImage(grayPicture(3), PNG);
  const error = await assertRejects(() => service.colorize(picture, PNG), ProblemError);
  assertEquals([error.status, service.status().state], [503, "failed"]);
});

Deno.test("a draining service still finishes requests", async () => {
  const service = makeService();
  await service.started;
  service.drain();
  const picture = await encodeImage(grayPicture(3), PNG);
  assertEquals(sniffFormat(await service.colorize(picture, PNG)), "png");
});
